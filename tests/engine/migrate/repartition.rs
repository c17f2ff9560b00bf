//! A table with another partition key takes the place of the old one.

use super::{migrate, plan, table};
use crate::session::Session;

fn sums(session: &mut Session) -> String {
    session.value("select count(*), sum(id), sum(a) from ai.src_t")
}

#[test]
fn it_keeps_rows_numbers_keys_rights_and_what_was_made_by_hand() {
    let mut session = Session::with(&format!(
        "{}\nsrc_k: {{create: {{features: {{t: int}}, foreign_key: {{t: src_t.id}}}}}}",
        table("01", "id: serial, a: int, c: text", ", primary_key: [id]")
    ));
    let role = format!("{}_analyst", session.database.name());
    session.run(&format!(
        "insert into ai.src_t (a, c) select n, n from generate_series(1, 5) as n; insert into ai.src_k values (3);
         create role {role}; grant select on ai.src_t to {role}; create role {role}_owner in role dfa_admin; grant create, usage on schema ai to {role}_owner;
         alter table ai.src_t owner to {role}_owner; grant select, references on ai.src_t to postgres; create index by_hand on ai.src_t (c);
         comment on column ai.src_t.c is 'a text'"
    ));
    let before = sums(&mut session);
    session.load(&table(
        "02",
        "id: serial, a: numeric, c: int, d: 'int default 4'",
        ", primary_key: [id], partition_by_hash: [id]",
    ));
    assert_eq!(plan(&mut session), ["repartition|HASH (id)|t|values"]);
    migrate(&mut session);
    assert_eq!(sums(&mut session), before);
    session.run("insert into ai.src_t (a) values (9)");
    assert_eq!(session.value("select max(id), max(d) from ai.src_t"), "6|4", "numbers go on");
    assert_eq!(session.refused("insert into ai.src_k values (99)").sqlstate, "23503");
    assert_eq!(session.refused("delete from ai.src_t where id = 3").sqlstate, "23503");
    assert_eq!(
        session.value(&format!(
            "select has_table_privilege('{role}', 'ai.src_t', 'select'), to_regclass('ai.by_hand') is not null,
                    to_regclass('ai.src_t_id_seq') is not null, col_description('ai.src_t'::regclass, 3)"
        )),
        "t|t|t|a text"
    );
    assert_eq!(
        session.rows("select distinct relowner::regrole from pg_class where relname like 'src_t%'"),
        [format!("{role}_owner")]
    );
    session.load(&table("03", "id: serial, a: numeric, c: int, d: 'int default 4'", ", primary_key: [id]"));
    migrate(&mut session);
    assert_eq!(
        session
            .value("select count(*) from pg_class where relname like '%before%' or relname like 'src_t_p_'"),
        "0"
    );
    session.run("insert into ai.src_t (a) values (9)");
    assert_eq!(session.value("select max(id) from ai.src_t"), "7");
}

#[test]
fn from_one_range_to_another_and_for_another_type_of_the_key() {
    let mut session = Session::with(&table(
        "01",
        "day: 'date not null', seen: 'date not null', n: int",
        ", partition_by_range: [day]",
    ));
    session.run("insert into ai.src_t select date '2021-01-01' + 10 * n, date '2031-01-01' + 10 * n, n from generate_series(1, 100) as n");
    session.load(&table(
        "02",
        "day: 'date not null', seen: 'date not null', n: int",
        ", partition_by_range: [seen]",
    ));
    migrate(&mut session);
    assert_eq!(session.value("select count(*), sum(n) from ai.src_t"), "100|5050");
    assert_eq!(
        session.value("select count(*) from only ai.src_t_default"),
        "0",
        "each month has its partition"
    );
    session.load(&table(
        "03",
        "day: 'date not null', seen: 'timestamp not null', n: int",
        ", partition_by_range: [seen]",
    ));
    assert_eq!(plan(&mut session), ["repartition|RANGE (seen)|t|none"]);
    migrate(&mut session);
    assert_eq!(
        session.value("select count(*), sum(n), count(distinct tableoid) > 30 from ai.src_t"),
        "100|5050|t"
    );
}

#[test]
fn a_column_that_goes_is_lost_only_when_that_is_allowed_and_misfits_are_named() {
    let mut session = Session::with(&table("01", "day: 'date not null', n: text, gone: int", ""));
    session.run("insert into ai.src_t values ('2021-01-15', 'x', 1)");
    session.load(&table("02", "day: 'date not null', n: int", ", partition_by_range: [day]"));
    assert_eq!(plan(&mut session), ["repartition|RANGE (day)|t|data"]);
    session.refused("select * from dfa.migrate()").says(&["DF013", "repartition", "allow_destructive"]);
    session.refused("select * from dfa.migrate(allow_destructive => true)").says(&["DF013", "x"]);
    assert_eq!(session.value("select n, gone from ai.src_t"), "x|1");
    session.run("update ai.src_t set n = '12'");
    migrate(&mut session);
    assert_eq!(session.value("select n + 1 from ai.src_t"), "13");
}

#[test]
fn foreign_keys_of_nobodys_catalog_and_row_level_security_are_in_the_way() {
    let mut session = Session::with(&table("01", "id: int, a: int", ", primary_key: [id]"));
    session.load(&table("02", "id: int, a: int", ", primary_key: [id], partition_by_hash: [id]"));
    for (make, undo, word) in [
        (
            "create table public.k (id int references ai.src_t)",
            "drop table public.k",
            "foreign key k_id_fkey of public.k",
        ),
        (
            "alter table ai.src_t enable row level security",
            "alter table ai.src_t disable row level security",
            "row level security",
        ),
    ] {
        session.run(make);
        session.refused("select * from dfa.migrate()").says(&["2BP01", word]);
        session.run(undo);
    }
    migrate(&mut session);
}

#[test]
fn what_was_given_to_the_table_by_hand_is_kept() {
    let mut session =
        Session::with(&table("01", "id: serial, a: int, b: text, gone: int", ", primary_key: [id]"));
    let role = format!("{}_writer", session.database.name());
    session.run(&format!(
        "create role {role};
         create function public.same() returns trigger language plpgsql as 'begin return new; end';
         create publication p for table ai.src_t (id, a) where (id > 0) with (publish_via_partition_root);
         alter table ai.src_t replica identity full;
         create statistics ai.s on a, b from ai.src_t; alter statistics ai.s set statistics 200; comment on statistics ai.s is 'a and b';
         alter table ai.src_t alter a set statistics 300, alter a set (n_distinct = 7), alter b set storage external, alter b set compression pglz;
         alter table ai.src_t set (fillfactor = 70);
         create trigger off before insert on ai.src_t for each row execute function public.same();
         alter table ai.src_t disable trigger off; comment on trigger off on ai.src_t is 'not now';
         create index by_hand on ai.src_t (a); comment on index ai.by_hand is 'mine';
         create index of_gone on ai.src_t (gone); comment on column ai.src_t.gone is 'goes'; grant select (gone) on ai.src_t to {role};
         alter sequence ai.src_t_id_seq increment 10 cache 3; grant select on sequence ai.src_t_id_seq to {role};
         comment on sequence ai.src_t_id_seq is 'tens'; alter sequence ai.src_t_id_seq rename to tens;
         insert into ai.src_t (a, b) values (1, 'x')"
    ));
    let state = format!(
        "select (select string_agg(attname || coalesce(pg_get_expr(prqual, prrelid), ''), ',') from pg_publication_rel join pg_attribute on attrelid = prrelid and attnum = any(prattrs) where prrelid = c.oid),
                relreplident, pg_get_statisticsobjdef(s.oid), stxstattarget, obj_description(s.oid, 'pg_statistic_ext'),
                a.attstattarget, array_to_string(a.attoptions, ',') like '%n_distinct=7%', b.attstorage, b.attcompression,
                (select tgenabled::text || obj_description(oid, 'pg_trigger') from pg_trigger where tgrelid = c.oid and tgname = 'off'),
                obj_description('ai.by_hand'::regclass, 'pg_class'), obj_description('ai.tens'::regclass, 'pg_class'),
                pg_get_serial_sequence('ai.src_t', 'id'), has_sequence_privilege('{role}', 'ai.tens', 'select'), has_sequence_privilege('dfa_operator', 'ai.tens', 'usage'),
                (select seqincrement || ' ' || seqcache from pg_sequence where seqrelid = 'ai.tens'::regclass)
         from pg_class c join pg_statistic_ext s on stxrelid = c.oid
              join pg_attribute a on a.attrelid = c.oid and a.attname = 'a' join pg_attribute b on b.attrelid = c.oid and b.attname = 'b'
         where c.oid = 'ai.src_t'::regclass"
    );
    let before = session.value(&state);
    session.load(&table("02", "id: serial, a: int, b: text", ", primary_key: [id], partition_by_hash: [id]"));
    migrate(&mut session);
    assert_eq!(session.value(&state), before);
    assert_eq!(
        session.rows("select distinct relreplident, reloptions from pg_class join pg_inherits on inhrelid = oid and inhparent = 'ai.src_t'::regclass"),
        ["f|{fillfactor=70}"],
        "each partition"
    );
    session.run("insert into ai.src_t (a) values (2)");
    assert_eq!(
        session.value("select max(id) from ai.src_t"),
        "31",
        "after the three numbers that were fetched at once"
    );
}

#[test]
fn what_a_new_table_cannot_have_is_named_before_anything_changes() {
    let cases = [
        ("alter table ai.src_t add constraint x exclude (a with =)", "exclusion constraint x"),
        ("create unique index u on ai.src_t (a)", "unique index ai.u"),
        ("create table public.child () inherits (ai.src_t)", "table public.child, which inherits"),
        ("create table public.holder (it ai.src_t)", "column it of public.holder"),
        ("create table public.counter (n int default nextval('ai.src_t_id_seq'))", "column n of table public.counter"),
        ("alter table ai.src_t alter id set not null; alter table ai.src_t replica identity using index src_t_pkey", "replica identity"),
        ("alter table ai.src_t set unlogged", "unlogged"),
        ("create publication p for table ai.src_t (id)", "publication p, which has rows or columns"),
        ("create policy seen on ai.src_t using (true)", "row level security"),
    ];
    for (make, called) in cases {
        let mut session = Session::with(&table("01", "id: serial, a: int", ", primary_key: [id]"));
        session.run("insert into ai.src_t (a) values (1)");
        session.run(make);
        session.load(&table("02", "id: serial, a: int", ", primary_key: [id], partition_by_hash: [id]"));
        let planned = session.value("select string_agg(ddl, '') from dfa.plan()");
        assert!(planned.contains("-- in the way: ") && planned.contains(called), "{make}: {planned}");
        let refusal = session.refused("select * from dfa.migrate(allow_destructive => true)");
        assert_eq!(refusal.sqlstate, "2BP01", "{make}: {refusal}");
        refusal.says(&[called]);
        assert_eq!(session.value("select relkind from pg_class where oid = 'ai.src_t'::regclass"), "r");
    }
}

#[test]
fn what_was_given_to_a_partition_is_named() {
    for (make, called) in [
        ("alter table ai.src_t_p0 set (fillfactor = 50)", "storage parameters of partition ai.src_t_p0"),
        ("create publication p for table ai.src_t_p0", "publication p of partition ai.src_t_p0"),
        ("create index mine on ai.src_t_p0 (a)", "index ai.mine of partition ai.src_t_p0"),
        ("alter table ai.src_t_p0 replica identity full", "replica identity of partition ai.src_t_p0"),
    ] {
        let mut session = Session::with(&table("01", "id: int, a: int", ", partition_by_hash: [id]"));
        session.run(make);
        session.load(&table("02", "id: int, a: int", ", partition_by_hash: [a]"));
        session.refused("select * from dfa.migrate()").says(&["2BP01", called]);
    }
}

#[test]
fn names_as_long_as_names_can_be() {
    for length in [48, 53, 56, 61, 63] {
        let name = format!("src_{}", "t".repeat(length - 4));
        let catalog = |version: &str, key: &str| {
            format!(
                "{name}: {{version: 2021-01-{version}, create: {{features: {{id: serial, day: 'date not null', n: 'int unique', m: int}}{key}}}}}"
            )
        };
        let plain = |version: &str, key: &str| catalog(version, key).replace(" unique", "");
        let mut session = Session::with(&plain("01", ", partition_by_range: [day]"));
        session.run(&format!("insert into ai.{name} (day, n) select date '2021-01-01' + n, n from generate_series(1, 50) as n; create index on ai.{name} (n); create index on ai.{name} (m)"));
        for (version, key) in
            [("02", ", partition_by_hash: [n]"), ("03", ""), ("04", ", partition_by_range: [day]")]
        {
            session.load(&plain(version, key));
            migrate(&mut session);
            assert_eq!(
                session.value(&format!("select count(*), sum(n), max(id) from ai.{name}")),
                "50|1275|50"
            );
        }
        session.run(&format!("insert into ai.{name} (day) values ('2021-01-01')"));
        assert_eq!(session.value(&format!("select max(id) from ai.{name}")), "51", "{length}");
    }
}

#[test]
fn a_sequence_of_a_default_of_the_catalog_stays_with_the_column() {
    let mut session = Session::with(&table("01", "id: int, a: int", ""));
    session.run("create sequence ai.numbers owned by ai.src_t.a; select setval('ai.numbers', 41)");
    let counted = "id: int, a: \"bigint default nextval('ai.numbers')\"";
    session.load(&table("02", counted, ""));
    migrate(&mut session);
    session.load(&table("03", counted, ", partition_by_hash: [id]"));
    migrate(&mut session);
    session.run("insert into ai.src_t (id) values (1)");
    assert_eq!(
        session.value("select a, pg_get_serial_sequence('ai.src_t', 'a') from ai.src_t"),
        "42|ai.numbers"
    );
    session.load(&table("04", "id: serial, a: int", ""));
    migrate(&mut session);
    session.load(&table("05", "id: int, a: int", ", partition_by_hash: [a]"));
    migrate(&mut session);
    assert_eq!(
        session.value("select count(*) from pg_depend where refobjid = 'ai.src_t'::regclass and deptype = 'a' and objid in (select oid from pg_class where relkind = 'S')"),
        "0",
        "no sequence is left behind"
    );
}

#[test]
fn partitions_are_made_around_the_watermark() {
    let mut session = Session::with(&table("01", "day: 'date not null'", ""));
    session.run("update dfa.data_pipeline set data_date = '1999-06-01', run_date = '1999-06-01'");
    session.load(&table("02", "day: 'date not null'", ", partition_by_range: [day]"));
    migrate(&mut session);
    assert_eq!(
        session.value("select to_regclass('ai.src_t_p1999_06') is not null, to_regclass('ai.src_t_p2000_06') is not null"),
        "t|t"
    );
}
