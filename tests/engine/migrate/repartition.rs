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
         create role {role}; grant select on ai.src_t to {role}; create role {role}_owner; grant create, usage on schema ai to {role}_owner;
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
