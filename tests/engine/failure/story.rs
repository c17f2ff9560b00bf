//! A failure tells its whole story where its caller is.

use super::failing;
use crate::session::Session;

#[test]
fn a_row_of_a_run_has_the_code_the_detail_the_hint_the_statement_and_its_line() {
    let mut session = Session::with(
        "ai_t:
  create: {features: {a: int}, primary_key: [a]}
  update:
    twice: {statement: \"insert into {ai_schema_name}.ai_t values (1);\\n insert into {ai_schema_name}.ai_t values (1)\"}
ai_u:
  create: {features: {a: int}}
  update:
    wrong: {statement: \"insert into {ai_schema_name}.ai_u\\nselect 1\\n  + nothing\"}
some: {nodes: [ai_t, ai_u]}
",
    );
    let rows = session.rows("select node, process, status, sqlstate, detail, left(hint, 15), statement, line from dfa.run_pipeline('some', '2021-01-02')");
    assert_eq!(
        rows,
        [
            "ai_t|twice|1|23505|Key (a)=(1) already exists.|If an earlier r|insert into ai.ai_t values (1)|",
            "ai_u|wrong|1|42703|||insert into ai.ai_u\nselect 1\n  + nothing|3"
        ]
    );
    let row = session.value("select sqlstate, hint, statement from dfa.run_table('ai_t', '2020-01-02')");
    assert!(row.starts_with("DF003|run_mode => 'rerun'"), "{row}");
    session.run("truncate ai.ai_t");
    let call = session.value("call dfa.run('ai_u', '{2021-01-02}')");
    assert!(call.ends_with("|1|Error: column \"nothing\" does not exist (node 'ai_u', process 'wrong')|42703|||wrong|insert into ai.ai_u\nselect 1\n  + nothing|3"), "{call}");
}

#[test]
fn a_run_that_succeeds_has_none_of_it() {
    let mut session = Session::with("ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}");
    assert_eq!(
        session.value(
            "select status, sqlstate, detail, hint, statement, line from dfa.run_table('ai_t', '2021-01-02')"
        ),
        "0|||||"
    );
    assert!(session.value("call dfa.run('ai_t', '{2021-01-02}')").ends_with("|0|||||||"));
}

#[test]
fn the_message_of_a_task_names_the_node_that_failed() {
    let mut session = failing();
    session.run("select from dfa.run_pipeline('all', '2021-01-02')");
    let message =
        session.value("select process_message from dfa.task_process where process_module = 'framework|data'");
    assert!(message.contains("Error: division by zero (node 'ai_bad', process 'second')"), "{message}");
    assert!(message.contains("\nError: 'ai_reader' was not run, because 'ai_bad' failed"), "{message}");
}
