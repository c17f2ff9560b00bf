//! One action on many tasks, by a preview.

use crate::session::Session;

const NIGHT: &str = "
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
ai_broken: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_broken select 1 / count(*) from {ai_schema_name}.ai_t'}}}
both: {id: both, nodes: [ai_broken, ai_t]}
";

const FAILED: &str = "array(select process_id from dfa.task_process where status = 1 order by process_id)";

/// Two tasks wait for workers that never come, one has failed.
fn night() -> Session {
    let mut session = Session::with(NIGHT);
    session.run("set dfa.max_workers = 1");
    session.run("select dfa.pause('worker', 'a test')");
    session
        .run("select dfa.submit('data', 'ai_t', '{2021-01-03}'), dfa.submit('data', 'both', '{2021-01-04}')");
    session.run("call dfa.run('ai_broken', '{2021-01-02}')");
    session
}

#[test]
fn all_tasks_of_a_query_are_cancelled_and_those_that_have_ended_are_told() {
    let mut session = night();
    let all = "array(select process_id from dfa.task_process where process_module = 'framework|data' order by created_at)";
    assert_eq!(
        session.rows(&format!("select name, action, reason from dfa.preview_tasks('cancel', {all})")),
        [
            "ai_t|cancel|1 of 1 step left",
            "both|cancel|2 of 2 steps left",
            "ai_broken|refused|the task has ended"
        ]
    );
    assert_eq!(
        session.rows(&format!("select name, outcome, message from dfa.change_tasks('cancel', {all})")),
        ["ai_t|done|cancelled", "both|done|cancelled", "ai_broken|refused|the task has ended"]
    );
    assert_eq!(
        session.value("select count(*) from dfa.task_process where cancelled_at is not null and status = 1"),
        "2"
    );
    assert_eq!(
        session.rows(&format!(
            "select name, outcome, message from dfa.change_tasks('resume', {FAILED}) order by name"
        )),
        [
            "ai_broken|done|goes on with 1 step",
            "ai_t|done|goes on with 1 step",
            "both|done|goes on with 2 steps"
        ]
    );
}

#[test]
fn a_rerun_is_a_new_task_whose_parent_is_the_old_one() {
    let mut session = night();
    session.run("insert into ai.ai_t values (0); select dfa.unpause('worker')");
    session.until("select not exists (select from dfa.task_process where status = 2)");
    let made = session.rows(&format!(
        "select process_id, outcome, new_process_id from dfa.change_tasks('rerun', {FAILED})"
    ));
    assert_eq!(made.len(), 1, "{made:?}");
    let row: Vec<&str> = made[0].split('|').collect();
    assert_eq!(row[1], "done");
    session.until(&format!("select status <> 2 from dfa.task_process where process_id = '{}'", row[2]));
    assert_eq!(
        session.value(&format!(
            "select status, run_mode, run_date_put, parent = '{}' from dfa.task_process where process_id = '{}'",
            row[0], row[2]
        )),
        "0|rerun|2021-01-02|t"
    );
}

#[test]
fn a_rerun_of_a_backfill_takes_its_whole_range() {
    let mut session = night();
    session.run("select dfa.unpause('worker')");
    let id = session.value("select dfa.backfill('ai_t', '2021-02-01', '2021-02-03', only_gaps => true)");
    session.until("select not exists (select from dfa.task_process where status = 2)");
    let made = session.value(&format!("select new_process_id from dfa.change_tasks('rerun', array['{id}'])"));
    session.until(&format!("select status = 0 from dfa.task_process where process_id = '{made}'"));
    assert_eq!(
        session.value(&format!("select count(*) from dfa.task_step where process_id = '{made}'")),
        "3"
    );
}

#[test]
fn a_token_holds_the_call_to_what_its_preview_showed() {
    let mut session = night();
    let token = session.value(&format!("select dfa.preview_tasks_token('rerun', {FAILED})"));
    let call = |token: &str| format!("select outcome from dfa.change_tasks('rerun', {FAILED}, '{token}')");
    session.run("call dfa.run('ai_broken', '{2021-01-02}')");
    let refusal = session.refused(&call(&token));
    assert_eq!(refusal.sqlstate, "DF015");
    refusal.says(&["not what the preview showed", "ai_broken", "runs 2021-01-02 again"]);
    let token = session.value(&format!("select dfa.preview_tasks_token('rerun', {FAILED})"));
    assert_eq!(session.rows(&call(&token)), ["done", "done"]);
}

#[test]
fn what_cannot_be_done_is_said_of_each_task_and_what_is_no_action_at_once() {
    let mut session = night();
    let refusal = session.refused("select * from dfa.change_tasks('stop', '{}')");
    assert_eq!(refusal.sqlstate, "22023");
    refusal.says(&["stop", "cancel", "rerun"]);
    session.refused("select * from dfa.change_tasks('cancel', '{null}')").says(&["null"]);
    assert!(session.rows("select * from dfa.change_tasks('cancel', '{}')").is_empty());
    let setups = "array(select process_id from dfa.task_process where process_module = 'framework|setup')";
    assert_eq!(
        session.rows(&format!(
            "select distinct outcome, message from dfa.change_tasks('rerun', {setups} || '12'::text) order by 2"
        )),
        ["refused|the task is no run of tables", "refused|the task is not known"]
    );
    session.run("create role bulk_operator login in role dfa_operator");
    let mut operator = session.another_as("bulk_operator");
    assert_eq!(
        operator.rows("select outcome, message from dfa.change_tasks('cancel', array(select process_id from dfa.task_process where status = 2))"),
        ["refused|the task belongs to role postgres", "refused|the task belongs to role postgres"]
    );
}
