//! `dfa.try_table`: what a run would make of a table, with nothing of it left.

use crate::session::Session;

/// Everything that a run writes.
const STATE: &str = "select md5(string_agg(t, '|' order by t)) from (
    select t::text as t from ai.ai_t as t union all select t::text from dfa.task_process as t
    union all select t::text from dfa.data_pipeline as t union all select t::text from dfa.data_interval as t
    union all select t::text from dfa.data_logging as t union all select t::text from ai.src_a as t) as all_rows";

fn tried(session: &mut Session, arguments: &str) -> Vec<String> {
    session.rows(&format!(
        "select what, process, number, rows #>> '{{0,before}}', rows #>> '{{0,after}}' from dfa.try_table({arguments})"
    ))
}

#[test]
fn what_would_be_new_changed_and_gone_is_told_and_nothing_stays() {
    let mut session = Session::fresh();
    session.load(
        "
src_a: {create: {features: {id: int, a: text}}}
ai_t: {create: {features: {id: int primary key, a: text}}, update: {
  clear: {statement: \"delete from {ai_schema_name}.ai_t where id = 1\"},
  fill: {statement: \"insert into {ai_schema_name}.ai_t select id, a from {ai_schema_name}.src_a on conflict (id) do update set a = excluded.a\"}}}
ai_u: {create: {features: {a: text}}, update: {p: {statement: \"insert into {ai_schema_name}.ai_u select a from {ai_schema_name}.src_a\"}}}
",
    );
    session.rows("select * from dfa.setup(run_date => '2021-01-01')");
    session.run("insert into ai.ai_t values (1, 'gone'), (2, 'old'), (3, 'same')");
    session.run("insert into ai.src_a values (2, 'new'), (3, 'same'), (4, null)");
    let before = session.rows(STATE);
    assert_eq!(
        tried(&mut session, "'ai_t', '2021-01-02'"),
        [
            "ran|clear|1||".to_owned(),
            "ran|fill|3||".to_owned(),
            "new||1||{\"id\":4,\"a\":null}".to_owned(),
            "changed||1|{\"id\":2,\"a\":\"old\"}|{\"id\":2,\"a\":\"new\"}".to_owned(),
            "gone||1|{\"id\":1,\"a\":\"gone\"}|".to_owned(),
            "same||1||".to_owned(),
        ]
    );
    // Without a key a row is what it says.
    let rows = session
        .rows("select what, number, rows #>> '{1,after}' from dfa.try_table('ai_u', '2021-01-02', 'common') where what <> 'ran'");
    assert_eq!(rows, ["new|3|{\"a\":\"new\"}"]);
    assert_eq!(session.rows(STATE), before);
    // A table that is not there yet is made for it.
    session.run("drop table ai.ai_u");
    assert_eq!(session.rows("select what, number from dfa.try_table('ai_u') where what <> 'ran'"), ["new|3"]);
    assert_eq!(session.rows("select to_regclass('ai.ai_u') is null"), ["t"]);
    assert_eq!(session.rows("select count(*) from pg_class where relname like 'dfa_try%'"), ["0"]);
}

#[test]
fn a_failure_is_raised_with_its_statement_and_nothing_stays() {
    let mut session = Session::fresh();
    session.load(
        "ai_t: {create: {features: {id: int primary key}}, update: {p: {statement: \"insert into {ai_schema_name}.ai_t select 1 / 0\"}}}
src_a: {create: {features: {id: int}}}",
    );
    session.rows("select * from dfa.setup(run_date => '2021-01-01')");
    let before = session.rows(STATE);
    assert_eq!(session.refused("select * from dfa.try_table('ai_t', '2021-01-02')").sqlstate, "22012");
    assert_eq!(session.refused("select * from dfa.try_table('ai_none')").sqlstate, "DF002");
    assert_eq!(session.rows(STATE), before);
}
