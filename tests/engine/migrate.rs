//! `dfa.plan` and `dfa.migrate`: tables follow their catalogs.

use crate::session::Session;

mod dependants;
mod killed;
mod names;
mod refused;
mod repartition;
mod retype;
mod routines;

/// A catalog of one table with these columns and further keys of `create`.
pub fn table(version: &str, features: &str, more: &str) -> String {
    format!("src_t: {{version: 2021-01-{version}, create: {{features: {{{features}}}{more}}}}}\nsrc_p: {{create: {{features: {{id: int}}, primary_key: [id]}}}}")
}

/// A database with the first of two versions set up, and the second loaded.
pub fn between(old: &str, new: &str) -> Session {
    let mut session = Session::with(&table("01", old, ""));
    session.load(&table("02", new, ""));
    session
}

pub fn plan(session: &mut Session) -> Vec<String> {
    session.rows("select change, object, rewrites, loss from dfa.plan()")
}

/// Migrates, and sees that nothing is left to do.
pub fn migrate(session: &mut Session) {
    let rows = session.rows("select status from dfa.migrate(allow_destructive => true)");
    assert!(rows.iter().all(|status| status == "0"), "{rows:?}");
    assert!(plan(session).is_empty(), "{:?}", session.rows("select ddl from dfa.plan()"));
}

#[test]
fn a_table_as_its_catalog_says_needs_nothing() {
    let mut session = between(
        "a: int, b: 'varchar(10) not null default ''x''', c: 'numeric( 10 , 2 ) check (c > 0)', d: serial, e: 'text unique', f: 'timestamp default now()'",
        "a: integer, b: 'VARCHAR(10) NOT NULL DEFAULT ''x''', c: 'decimal(10,2) check ((c > 0))', d: serial4, e: 'text unique', f: 'timestamp default now()'",
    );
    assert!(plan(&mut session).is_empty(), "{:?}", session.rows("select ddl from dfa.plan()"));
}

#[test]
fn a_missing_table_is_created() {
    let mut session = Session::fresh();
    session.load(&table("01", "a: int", ""));
    assert_eq!(plan(&mut session), ["create table||f|none", "create table||f|none"]);
    migrate(&mut session);
    assert_eq!(session.value("select count(*) from dfa.data_pipeline"), "2");
}

#[test]
fn columns_are_added_and_dropped() {
    let mut session = between(
        "a: int, b: int",
        "a: int, c: 'text not null default ''x''', d: 'bigserial', e: 'float default random()'",
    );
    session.run("insert into ai.src_t values (1, 2)");
    assert_eq!(
        plan(&mut session),
        ["drop column|b|f|data", "add column|c|f|none", "add column|d|t|none", "add column|e|t|none"]
    );
    migrate(&mut session);
    assert_eq!(session.rows("select a, c, d from ai.src_t"), ["1|x|1"]);
}

#[test]
fn types_grow_without_a_rewrite_where_postgres_can() {
    let mut session = between(
        "a: 'varchar(5)', b: 'varchar(5)', c: 'numeric(10,2)', d: int, e: 'numeric(10,2)'",
        "a: 'varchar(9)', b: text, c: 'numeric(12,2)', d: bigint, e: numeric",
    );
    session.run("insert into ai.src_t values ('a', 'b', 1.25, 3, 4.5)");
    assert_eq!(
        plan(&mut session),
        [
            "retype column|a|f|none",
            "retype column|b|f|none",
            "retype column|c|f|none",
            "retype column|d|t|none",
            "retype column|e|f|none",
        ]
    );
    migrate(&mut session);
    assert_eq!(session.rows("select * from ai.src_t"), ["a|b|1.25|3|4.50"]);
}

#[test]
fn what_a_plan_says_of_rewrites_is_what_postgres_does() {
    let cases = [
        ("varchar(5)", "varchar(9)"),
        ("varchar(5)", "text"),
        ("numeric(10,2)", "numeric(12,2)"),
        ("numeric(10,2)", "numeric(12,4)"),
        ("numeric(10,2)", "numeric"),
        ("int", "bigint"),
        ("date", "timestamp"),
        ("text", "varchar(20)"),
        ("int", "text"),
    ];
    for (old, new) in cases {
        let mut session = between(&format!("a: '{old}'"), &format!("a: '{new}'"));
        let said = session.value("select rewrites from dfa.plan()");
        let file = "select pg_relation_filenode('ai.src_t')";
        let before = session.value(file);
        migrate(&mut session);
        let rewritten = if session.value(file) == before { "f" } else { "t" };
        assert_eq!(said, rewritten, "{old} to {new}");
    }
}

#[test]
fn a_cast_that_fits_the_rows_is_made_with_its_default() {
    let mut session = between("a: 'text default ''7'''", "a: 'int default 8'");
    session.run("insert into ai.src_t values ('12'), (null), (default)");
    assert_eq!(plan(&mut session), ["retype column|a|t|values"]);
    migrate(&mut session);
    session.run("insert into ai.src_t values (default)");
    assert_eq!(session.rows("select a + 1 from ai.src_t"), ["13", "", "8", "9"]);
}

#[test]
fn defaults_and_nulls_follow() {
    let mut session = between(
        "a: 'int default 1', b: 'int default 1', c: int, d: 'int not null', e: int",
        "a: 'int default 2', b: int, c: 'int default 3', d: int, e: 'int not null'",
    );
    assert_eq!(
        plan(&mut session),
        [
            "default|a|f|none",
            "default|b|f|none",
            "default|c|f|none",
            "drop not null|d|f|none",
            "set not null|e|f|values"
        ]
    );
    migrate(&mut session);
    session.run("insert into ai.src_t (e) values (9)");
    assert_eq!(session.rows("select * from ai.src_t"), ["2||3||9"]);
}

#[test]
fn keys_unique_columns_and_checks_come_and_go() {
    let mut session = Session::with(&table(
        "01",
        "a: 'int not null', b: 'int unique', c: 'int check (c > 0)', d: int",
        ", primary_key: [a], foreign_key: {d: src_p.id}",
    ));
    session.load(&table(
        "02",
        "a: 'int not null', b: 'int not null', c: 'int unique check (c > 1)', d: int, e: int",
        ", primary_key: [a, b], foreign_key: {e: src_p.id}",
    ));
    let changes: Vec<String> = session.rows("select change from dfa.plan()");
    assert_eq!(
        changes,
        [
            "drop foreign key",
            "drop check",
            "drop primary key",
            "drop unique",
            "set not null",
            "add column",
            "add check",
            "add primary key",
            "add unique",
            "add foreign key",
        ]
        .map(str::to_owned)
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>(),
    );
    migrate(&mut session);
    session
        .run("insert into ai.src_p values (1); insert into ai.src_t values (1, 1, 2, 5, 1), (1, 2, 3, 5, 1)");
    for (row, sqlstate) in [
        ("1, 1, 9, 9, 1", "23505"),
        ("2, 2, 1, 9, 1", "23514"),
        ("2, 2, 2, 9, 1", "23505"),
        ("2, 2, 9, 9, 9", "23503"),
    ] {
        assert_eq!(
            session.refused(&format!("insert into ai.src_t values ({row})")).sqlstate,
            sqlstate,
            "{row}"
        );
    }
}

#[test]
fn a_check_that_postgres_prints_in_another_way_is_no_difference() {
    let mut session = between("a: 'varchar(5)'", "a: 'varchar(5) check (a in (''x'', ''y''))'");
    migrate(&mut session);
    session.load(&table("03", "a: 'varchar(5) check (a in (''x'', ''z''))'", ""));
    assert_eq!(session.rows("select change from dfa.plan()"), ["drop check", "add check"]);
    migrate(&mut session);
}

#[test]
fn drift_made_by_hand_is_found() {
    let mut session = Session::with(&table("01", "a: 'int default 1'", ""));
    session.run(
        "alter table ai.src_t add stray text, alter a set default 2, add constraint odd check (a < 100)",
    );
    assert_eq!(plan(&mut session), ["drop check|odd|f|none", "default|a|f|none", "drop column|stray|f|data"]);
    migrate(&mut session);
}

#[test]
fn another_partition_key_moves_the_rows() {
    let mut session = Session::with(&table("01", "day: 'date not null', n: int, gone: int", ""));
    session.run("insert into ai.src_t values ('2021-01-15', 1), ('1999-01-01', 2)");
    session.load(&table("02", "day: 'date not null', n: int", ", partition_by_range: [day]"));
    let rows = session.rows("select change, object, rewrites from dfa.plan()");
    assert_eq!(rows, ["repartition|RANGE (day)|t"]);
    migrate(&mut session);
    assert_eq!(session.value("select sum(n), count(*) from ai.src_t"), "3|2");
    assert_eq!(session.value("select relkind from pg_class where oid = 'ai.src_t'::regclass"), "p");
    assert_eq!(session.value("select has_table_privilege('dfa_reader', 'ai.src_t', 'select')"), "t");
}

#[test]
fn a_plan_changes_nothing_and_says_its_ddl_and_locks() {
    let mut session = between("a: int", "a: int, b: int");
    assert_eq!(
        session.rows("select ddl, lock_level from dfa.plan('src_t')"),
        ["alter table ai.src_t add column b int|ACCESS EXCLUSIVE"]
    );
    assert_eq!(
        session
            .value("select count(*) from pg_attribute where attrelid = 'ai.src_t'::regclass and attnum > 0"),
        "1"
    );
    assert_eq!(session.value("select count(*) from pg_class where relname like 'dfa_shadow%'"), "0");
}

#[test]
fn a_migration_is_logged() {
    let mut session = between("a: int", "a: int, b: int");
    assert_eq!(
        session.rows("select table_name, change, object, status, message from dfa.migrate('src_t')"),
        ["src_t|add column|b|0|Success: Migrate 'src_t': add column b"]
    );
    assert_eq!(
        session.rows("select table_name, action_type, status, message from dfa.data_logging where action_type = 'migrate'"),
        ["src_t|migrate|0|alter table ai.src_t add column b int"]
    );
}

#[test]
fn eighty_nine_tables_are_planned_within_a_second() {
    let mut session = Session::fresh();
    let columns: String = (0..12).map(|n| format!("c{n}: 'numeric(14,2) default {n}', ")).collect();
    let catalog: String = (0..89)
        .map(|n| {
            format!(
                "src_t{n}: {{create: {{features: {{{columns}id: 'int not null'}}, primary_key: [id]}}}}\n"
            )
        })
        .collect();
    session.load(&catalog);
    session.set_up();
    // The quickest of some: others use the machine as well.
    let took = (0..10).map(|_| {
        let started = std::time::Instant::now();
        assert!(plan(&mut session).is_empty());
        started.elapsed()
    });
    let quickest = took.min().unwrap();
    assert!(quickest.as_secs_f64() < 1.0, "{quickest:?}");
}

#[test]
fn foreign_keys_to_all_columns_of_a_key_are_one_constraint() {
    let catalog = |version: &str, keys: &str| {
        format!(
            "src_w: {{create: {{features: {{a: int, b: int}}, primary_key: [a, b]}}}}
src_d: {{create: {{features: {{id: int}}, primary_key: [id]}}}}
src_c: {{version: 2021-01-{version}, create: {{features: {{x: int, y: int, d: int, e: int}}, foreign_key: {{{keys}}}}}}}
"
        )
    };
    let mut session = Session::with(&catalog("01", "y: src_w.b, x: src_w.a, d: src_d.id, e: src_d"));
    let known = "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'ai.src_c'::regclass order by 1";
    assert_eq!(
        session.rows(known),
        [
            "src_c_d_fkey|FOREIGN KEY (d) REFERENCES ai.src_d(id)",
            "src_c_e_fkey|FOREIGN KEY (e) REFERENCES ai.src_d(id)",
            "src_c_x_y_fkey|FOREIGN KEY (x, y) REFERENCES ai.src_w(a, b)",
        ]
    );
    assert!(plan(&mut session).is_empty(), "{:?}", session.rows("select ddl from dfa.plan()"));
    session.load(&catalog("02", "d: src_d.id"));
    assert_eq!(
        session.rows("select change, object from dfa.plan()"),
        ["drop foreign key|src_c_e_fkey", "drop foreign key|src_c_x_y_fkey"]
    );
    migrate(&mut session);
    session.load(&catalog("03", "x: src_w(a), y: src_w(b), d: src_d.id"));
    assert_eq!(session.rows("select change, object from dfa.plan()"), ["add foreign key|x, y"]);
    session.run("insert into ai.src_c (x, y) values (1, 1)");
    assert_eq!(session.refused("select * from dfa.migrate()").sqlstate, "23503");
    session.run("insert into ai.src_w values (1, 1)");
    migrate(&mut session);
    session.run("alter table ai.src_c add foreign key (y, x) references ai.src_w (a, b)");
    assert_eq!(
        session.rows("select change, object from dfa.plan()"),
        ["drop foreign key|src_c_y_x_fkey"],
        "drift"
    );
}

#[test]
fn a_serial_column_comes_goes_and_grows_with_its_sequence() {
    let mut session = between("a: int, b: serial, c: 'serial'", "a: serial, b: int, c: bigserial, d: serial");
    session.run("insert into ai.src_t (a, b) values (7, 1), (9, 2)");
    assert_eq!(
        session.rows("select change, object from dfa.plan()"),
        [
            "sequence|a",
            "set not null|a",
            "default|b",
            "sequence|b",
            "drop not null|b",
            "retype column|c",
            "sequence|c",
            "add column|d",
        ]
    );
    migrate(&mut session);
    session.run("insert into ai.src_t (b) values (null)");
    assert_eq!(session.rows("select a, b, c, d from ai.src_t order by a"), ["7|1|1|1", "9|2|2|2", "10||3|3"]);
    assert_eq!(
        session.value("select seqtypid::regtype from pg_sequence where seqrelid = pg_get_serial_sequence('ai.src_t', 'c')::regclass"),
        "bigint"
    );
    assert_eq!(session.value("select pg_get_serial_sequence('ai.src_t', 'b') is null"), "t");
    for column in ["a", "c", "d"] {
        let sequence = format!("pg_get_serial_sequence('ai.src_t', '{column}')");
        assert_eq!(
            session.value(&format!("select has_sequence_privilege('dfa_operator', {sequence}, 'usage')")),
            "t"
        );
    }
}
