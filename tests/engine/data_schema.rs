//! A database has one data schema: another one is refused by name, wherever it comes in, and nothing is reset.

use crate::session::Session;
use dfa_tests::session::quoted;

const CATALOG: &str = "
func:fn_one: {create: 'create or replace function {ai_schema_name}.fn_one() returns int language sql as $$select 1 from {ai_schema_name}.src_s limit 1$$'}
src_s: {create: {features: {n: int}}, initial: {value: '1'}}
ai_a:
  create: {features: {n: int}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_a select {ai_schema_name}.fn_one()'}}
";

#[test]
fn a_setup_in_another_schema_is_refused_with_the_way_out_and_resets_nothing() {
    let mut session = Session::with(CATALOG);
    session.run_table("ai_a", "2021-05-01");
    session.run("set dfa.ai_schema = 'dev'");
    for call in [
        "select * from dfa.setup(run_date => '2020-01-01')".to_owned(),
        "select * from dfa.setup('ai_a', run_date => '2020-01-01', drop_before_create => 'Y')".to_owned(),
        "select * from dfa.run_table('ai_a', '2021-05-02', auto_create => true, raise => true)".to_owned(),
        "select * from dfa.ingest('src_s', '[{\"n\": 5}]')".to_owned(),
        "select * from dfa.run_retention('ai_a')".to_owned(),
        "select * from dfa.migrate()".to_owned(),
        "select dfa.submit('setup', 'ai_a')".to_owned(),
        "select dfa.submit('data', 'ai_a')".to_owned(),
        format!("select * from dfa.load_catalog({})", quoted("ai_b: {version: 2022-01-01, create: {features: {n: int}}, update: {p: {statement: 'select 1'}}}")),
    ] {
        let refusal = session.refused(&call);
        assert_eq!(refusal.sqlstate, "55000", "{call}: {refusal}");
        refusal.says(&["'ai'", "'dev'", "move_schema => true"]);
    }
    assert_eq!(session.watermark("ai_a"), "2021-01-01|2021-05-01|0");
    assert_eq!(session.value("select to_regnamespace('dev') is null"), "t");
}

#[test]
fn whoever_sets_nothing_works_in_the_schema_of_the_database() {
    let mut session = Session::fresh();
    session.run("set dfa.ai_schema = 'dev'");
    session.load(CATALOG);
    session.set_up();
    let mut other = session.another();
    other.run_table("ai_a", "2021-05-01");
    assert_eq!(other.value("select count(*) from dev.ai_a"), "1");
    assert_eq!(other.value("select dfa.ai_schema()"), "dev");
    other.run("set dfa.ai_schema = 'ai'");
    assert_eq!(
        other.refused("select * from dfa.setup()").sqlstate,
        "55000",
        "said aloud, the default is another one, too"
    );
}

#[test]
fn a_move_renames_the_schema_with_all_that_is_in_it() {
    let mut session = Session::with(CATALOG);
    session.run_table("ai_a", "2021-05-01");
    session.run("set dfa.ai_schema = 'dev'; create schema dev");
    let failed = session.rows("select name, message from dfa.setup(move_schema => true) where status <> 0");
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(session.value("select count(*) from dev.ai_a"), "1");
    session.run_table("ai_a", "2021-05-02");
    assert_eq!(session.value("select count(*) from dev.ai_a"), "2");
    assert_eq!(session.watermark("ai_a"), "2021-01-01|2021-05-02|0");
    assert_eq!(session.value("select to_regnamespace('ai') is null"), "t");
}

#[test]
fn a_move_onto_what_is_there_is_refused() {
    let mut session = Session::with(CATALOG);
    session.run("create schema dev; create table dev.t (a int); set dfa.ai_schema = 'dev'");
    let refusal = session.refused("select * from dfa.setup(move_schema => true)");
    assert_eq!(refusal.sqlstate, "22023", "{refusal}");
    refusal.says(&["'dev'", "not empty"]);
}
