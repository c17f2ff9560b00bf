//! Keys of ours in a table: indexes, computed columns, identities, descriptions; made by setup, kept by migrate.

use crate::session::Session;

const CATALOG: &str = "
src_t:
  description: what it is about
  create:
    features:
      id: {datatype: bigint, identity: always}
      a: {datatype: int, description: \"it's a number\"}
      twice: {datatype: int, generated: a * 2}
      j: jsonb
    primary_key: [id]
  indexes:
    - [a]
    - {columns: ['a desc', id], where: a > 0, include: [twice]}
    - {columns: [j], using: gin}
    - {columns: [twice], unique: true}
  initial: {values: [\"1, null\"]}
";

fn changes(session: &mut Session) -> Vec<String> {
    session.rows("select change, object, lock_level, loss from dfa.plan()")
}

fn migrate(session: &mut Session) {
    let rows = session.rows("select status from dfa.migrate(allow_destructive => true)");
    assert!(rows.iter().all(|status| status == "0"), "{rows:?}");
    assert!(changes(session).is_empty(), "{:?}", session.rows("select ddl from dfa.plan()"));
}

fn indexes(session: &mut Session) -> Vec<String> {
    session.rows("select indexdef from pg_indexes where tablename = 'src_t' order by 1")
}

#[test]
fn they_are_made_by_setup_and_a_plan_is_empty_then() {
    let mut session = Session::with(CATALOG);
    assert!(changes(&mut session).is_empty(), "{:?}", session.rows("select ddl from dfa.plan()"));
    assert_eq!(session.rows("select id, a, twice from ai.src_t"), ["1|1|2"]);
    assert_eq!(
        session
            .value("select obj_description('ai.src_t'::regclass), col_description('ai.src_t'::regclass, 2)"),
        "what it is about|it's a number"
    );
    assert_eq!(
        indexes(&mut session),
        [
            "CREATE INDEX src_t_a_id_idx ON ai.src_t USING btree (a DESC, id) INCLUDE (twice) WHERE (a > 0)",
            "CREATE INDEX src_t_a_idx ON ai.src_t USING btree (a)",
            "CREATE INDEX src_t_j_idx ON ai.src_t USING gin (j)",
            "CREATE UNIQUE INDEX src_t_pkey ON ai.src_t USING btree (id)",
            "CREATE UNIQUE INDEX src_t_twice_idx ON ai.src_t USING btree (twice)",
        ]
    );
    assert_eq!(session.value("select has_sequence_privilege('dfa_operator', pg_get_serial_sequence('ai.src_t', 'id'), 'usage')"), "t");
}

#[test]
fn a_migration_brings_them_to_a_table_that_had_none_and_takes_them_away() {
    let old = "src_t: {version: 1980-01-01, create: {features: {id: serial, a: text, twice: int, j: json}, primary_key: [id]}}";
    let mut session = Session::with(old);
    session.run(
        "insert into ai.src_t (a, twice) values ('5', 1), ('6', 2); create index by_hand on ai.src_t (a, id)",
    );
    session.load(CATALOG);
    migrate(&mut session);
    session.run("insert into ai.src_t (a) values (7)");
    assert_eq!(session.rows("select id, a, twice from ai.src_t order by id"), ["1|5|10", "2|6|12", "3|7|14"]);
    assert_eq!(indexes(&mut session).len(), 6, "and the one that was made by hand");
    assert_eq!(session.refused("insert into ai.src_t (id, a) values (9, 9)").sqlstate, "428C9");
    session.load(&old.replace("1980-01-01", "2021-02-01").replace("serial", "int"));
    migrate(&mut session);
    assert_eq!(session.rows("select id, a, twice from ai.src_t order by id"), ["1|5|10", "2|6|12", "3|7|14"]);
    assert_eq!(indexes(&mut session).len(), 2, "those of the catalog are gone: {:?}", indexes(&mut session));
}

#[test]
fn each_is_a_change_with_its_lock() {
    let set = |version: &str, column: &str, more: &str| {
        format!("src_t: {{version: 2021-01-{version}, create: {{features: {{b: int, a: {{datatype: int, {column}}}}}{more}}}}}")
    };
    let mut session = Session::with(&set("01", "nullable: true", ""));
    for (version, column, more, expected) in [
        ("02", "nullable: true", ", indexes: [[a]]", "add index|btree (a)|SHARE|none"),
        (
            "03",
            "nullable: true",
            ", indexes: [{columns: [a], unique: true}]",
            "drop index|src_t_a_idx|ACCESS EXCLUSIVE|none",
        ),
        (
            "04",
            "description: one",
            ", indexes: [{columns: [a], unique: true}]",
            "comment|a|SHARE UPDATE EXCLUSIVE|none",
        ),
        (
            "05",
            "description: two",
            ", indexes: [{columns: [a], unique: true}]",
            "comment|a|SHARE UPDATE EXCLUSIVE|none",
        ),
        ("06", "generated: b + 1", "", "drop generated column|a|ACCESS EXCLUSIVE|data"),
        ("07", "generated: b + 2", "", "drop generated column|a|ACCESS EXCLUSIVE|none"),
        ("08", "nullable: true", "", "drop expression|a|ACCESS EXCLUSIVE|none"),
        ("09", "identity: always", "", "identity|a|ACCESS EXCLUSIVE|values"),
        ("10", "identity: by default", "", "identity|a|ACCESS EXCLUSIVE|none"),
        ("11", "nullable: true", "", "identity|a|ACCESS EXCLUSIVE|none"),
    ] {
        session.load(&set(version, column, more));
        let planned = changes(&mut session);
        assert!(planned.iter().any(|change| change == expected), "{version}: {planned:?}");
        migrate(&mut session);
    }
}

#[test]
fn a_column_that_others_are_computed_from_gets_another_type() {
    let set = |version: &str, datatype: &str| {
        format!(
            "src_t: {{version: 2021-01-{version}, create: {{features: {{n: {datatype}, twice: {{datatype: {datatype}, generated: n * 2, unique: true}}}}}}, indexes: [[n, twice]]}}
\"view:v_t\": {{create: 'select twice from {{ai_schema_name}}.src_t'}}"
        )
    };
    let mut session = Session::with(&set("01", "int"));
    session.run("insert into ai.src_t values (4)");
    session.load(&set("02", "numeric"));
    migrate(&mut session);
    assert_eq!(session.value("select twice, pg_typeof(twice) from ai.v_t"), "8|numeric");
    assert_eq!(session.value("select count(*) from pg_indexes where tablename = 'src_t'"), "2");
    assert_eq!(session.refused("insert into ai.src_t values (4)").sqlstate, "23505");
    session.run("create index by_hand on ai.src_t (twice desc)");
    session.load(&set("03", "bigint"));
    session.refused("select * from dfa.migrate()").says(&["2BP01", "index ai.by_hand"]);
}

#[test]
fn another_partition_key_takes_them_along() {
    let set = |version: &str, more: &str| {
        format!(
            "src_t: {{version: 2021-01-{version}, description: table {version}, create: {{features: {{id: {{datatype: int, identity: always}}, a: {{datatype: int, description: column {version}}}, twice: {{datatype: int, generated: a * 2}}}}{more}, indexes: [[a], {{columns: [id, twice], unique: true}}]}}}}"
        )
    };
    let mut session = Session::with(&set("01", ""));
    session.run("insert into ai.src_t (a) values (1), (2)");
    for (version, more) in
        [("02", ", partition_by_hash: [id]"), ("03", ", partition_by_range: [id]"), ("04", "")]
    {
        session.load(&set(version, more));
        migrate(&mut session);
        assert_eq!(session.rows("select id, a, twice from ai.src_t order by id"), ["1|1|2", "2|2|4"]);
        assert_eq!(
            session.value(
                "select obj_description('ai.src_t'::regclass), col_description('ai.src_t'::regclass, 2)"
            ),
            format!("table {version}|column {version}")
        );
    }
    session.run("insert into ai.src_t (a) values (3)");
    assert_eq!(session.value("select max(id) from ai.src_t"), "3");
    assert_eq!(indexes(&mut session).len(), 2);
}

#[test]
fn the_longest_names_have_their_indexes() {
    let name = format!("src_{}", "t".repeat(59));
    let column = "c".repeat(63);
    let mut session = Session::with(&format!(
        "{name}: {{create: {{features: {{{column}: int, b: int}}, indexes: [[{column}], [{column}, b], {{columns: [{column}], unique: true}}]}}}}"
    ));
    assert!(changes(&mut session).is_empty());
    assert_eq!(session.value(&format!("select count(*) from pg_indexes where tablename = '{name}'")), "3");
}
