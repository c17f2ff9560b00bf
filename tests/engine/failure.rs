//! Nodes that fail: what stays of them, who else is stopped, and how they are tried again.

mod audits;
mod story;

use crate::session::Session;
use std::thread;

/// `ai_bad` fails in its second process when a source row is 0; `ai_reader` reads it, `ai_alone` does not.
const DIVISION: &str = "
src_s: {create: {features: {a: 'int'}}, initial: {values: ['1', '2']}}
ai_bad:
  create: {features: {a: 'int', b: \"int check (b < 100)\"}}
  update:
    first: {statement: 'insert into {ai_schema_name}.ai_bad select a, 0 from {ai_schema_name}.src_s'}
    second: {statement: 'update {ai_schema_name}.ai_bad set b = 10 / a; insert into {ai_schema_name}.ai_bad values (-1, 1)'}
ai_reader:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_reader select count(*) from {ai_schema_name}.vw_bad'}}
ai_last:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_last select n from {ai_schema_name}.ai_reader'}}
ai_alone:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_alone select count(*) from {ai_schema_name}.src_s'}}
view:vw_bad: {create: 'create view {ai_schema_name}.vw_bad as select a from {ai_schema_name}.ai_bad'}
all: {nodes: [ai_bad, ai_reader, ai_last, ai_alone]}
";

/// [`DIVISION`] with a row that makes it fail.
fn failing() -> Session {
    let mut session = Session::with(DIVISION);
    session.run("insert into ai.src_s values (0)");
    session
}

#[test]
fn a_failed_node_leaves_nothing_but_its_record() {
    let mut session = failing();
    assert_eq!(
        session
            .rows("select node, process, rows, status, message from dfa.run_table('ai_bad', '2021-01-02')"),
        ["ai_bad|second|0|1|Error: division by zero"]
    );
    assert_eq!(session.value("select count(*) from ai.ai_bad"), "0");
    assert_eq!(session.watermark("ai_bad"), "2021-01-01|2021-01-01|0");
    assert_eq!(session.value("select count(*) from dfa.data_interval"), "0");
    assert_eq!(
        session.value("select run_date, row_record, action_type, status, message from dfa.data_logging where table_name = 'ai_bad'"),
        "2021-01-02|0|common|1|Error: division by zero"
    );
    assert_eq!(
        session.value(
            "select state, attempts, worker = pg_backend_pid(), finished_at >= started_at from dfa.task_step"
        ),
        "FAILED|1|t|t"
    );
    assert_eq!(
        session.value(
            "select status, process_number_get from dfa.task_process where process_module = 'framework|data'"
        ),
        "1|0"
    );
}

#[test]
fn the_record_has_the_statement_and_the_place() {
    let mut session = failing();
    session.run_table("ai_bad", "2021-01-02");
    assert_eq!(
        session.value("select error ->> 'sqlstate', error ->> 'message', error ->> 'process', error ->> 'statement' from dfa.task_step"),
        "22012|division by zero|second|update ai.ai_bad set b = 10 / a"
    );
    session.run("alter table ai.ai_bad drop column b; select * from dfa.run_table('ai_bad', '2021-01-02')");
    let error = session.value("select error ->> 'sqlstate', error ->> 'process', error ->> 'position', error ->> 'statement' from dfa.task_step order by id desc limit 1");
    assert_eq!(error, "42601|first|33|insert into ai.ai_bad select a, 0 from ai.src_s");
}

#[test]
fn the_record_names_constraint_and_column() {
    let mut session = Session::with(DIVISION);
    session.run("alter table ai.ai_bad add constraint small check (a < 2); select * from dfa.run_table('ai_bad', '2021-01-02')");
    let error = session
        .value("select error ->> 'sqlstate', error ->> 'constraint', error ->> 'detail' from dfa.task_step");
    assert!(error.starts_with("23514|small|") && error.contains("(2, 0)"), "{error}");
    session.run("alter table ai.ai_bad drop constraint small, add c int not null; select * from dfa.run_table('ai_bad', '2021-01-02')");
    let error = session
        .value("select error ->> 'sqlstate', error ->> 'column' from dfa.task_step order by id desc limit 1");
    assert_eq!(error, "23502|c");
}

#[test]
fn a_failed_node_stops_its_readers_and_theirs_and_no_others() {
    let mut session = failing();
    assert_eq!(
        session.rows("select node, process, status, message from dfa.run_pipeline('all', '2021-01-02')"),
        [
            "ai_bad|second|1|Error: division by zero",
            "ai_reader||1|Error: 'ai_reader' was not run, because 'ai_bad' failed",
            "ai_last||1|Error: 'ai_last' was not run, because 'ai_reader' failed",
            "ai_alone|fill|0|Success: Running 'ai_alone' in common mode with logging value (1 row, 0 sec)",
        ]
    );
    assert_eq!(
        session.rows("select state from dfa.task_step order by step_order"),
        ["FAILED", "BLOCKED", "BLOCKED", "SUCCESS"]
    );
    assert_eq!(
        session.value(
            "select status, process_number_get from dfa.task_process where process_module = 'framework|data'"
        ),
        "1|1"
    );
    assert_eq!(session.value("select tracking from dfa.task_schedule"), "FAILED");
    assert_eq!(session.watermark("ai_reader"), "2021-01-01|2021-01-01|0");
    assert_eq!(session.watermark("ai_alone"), "2021-01-01|2021-01-02|0");
}

#[test]
fn a_failure_on_one_date_does_not_stop_readers_on_the_next() {
    let mut session = Session::with(
        "ai_odd:
  create: {features: {day: 'date'}}
  update: {fill: {parameter: [run_date], statement: \"insert into {ai_schema_name}.ai_odd select date '{run_date}' where 1 / (extract(day from date '{run_date}')::int % 2) > 0\"}}
ai_reader:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_reader select count(*) from {ai_schema_name}.ai_odd'}}
both: {nodes: [ai_odd, ai_reader]}
",
    );
    let answer = session.value("call dfa.run('both', '{2021-01-02,2021-01-03}')");
    assert!(
        answer
            .contains("|1|Error: division by zero (node 'ai_odd', process 'fill')|22012|||fill|insert into"),
        "{answer}"
    );
    assert_eq!(
        session.rows("select run_date, node, state from dfa.task_step order by step_order"),
        [
            "2021-01-02|ai_odd|FAILED",
            "2021-01-02|ai_reader|BLOCKED",
            "2021-01-03|ai_odd|SUCCESS",
            "2021-01-03|ai_reader|SUCCESS"
        ]
    );
    assert_eq!(session.value("select run_date_get, process_number_put, process_number_get from dfa.task_process where process_module = 'framework|data'"), "2021-01-03|4|2");
}

#[test]
fn raise_raises_with_statement_and_leaves_no_record() {
    let mut session = failing();
    let refusal = session.refused("select * from dfa.run_pipeline('all', '2021-01-02', raise => true)");
    assert_eq!(refusal.sqlstate, "22012");
    assert_eq!(refusal.message, "division by zero");
    assert_eq!(
        session.value("select (select count(*) from dfa.task_step), (select count(*) from ai.ai_bad)"),
        "0|0"
    );
}

#[test]
fn the_next_attempt_is_linked_to_the_failed_one_which_stays() {
    let mut session = failing();
    session.run_table("ai_bad", "2021-01-02");
    session.run_table("ai_bad", "2021-01-02");
    session.run("delete from ai.src_s where a = 0");
    session.run_table("ai_bad", "2021-01-02");
    assert_eq!(
        session.rows(
            "select log.status, before.status, before.id = lag(log.id) over (order by log.id)
             from dfa.data_logging as log left join dfa.data_logging as before on before.id = log.attempt_of
             where log.table_name = 'ai_bad' order by log.id"
        ),
        ["1||", "1|1|t", "0|1|t"]
    );
}

#[test]
fn a_caller_who_rolls_back_takes_the_log_along() {
    let mut session = Session::with(DIVISION);
    session.run("begin; select * from dfa.run_pipeline('all', '2021-01-02'); rollback");
    assert_eq!(
        session.value("select (select count(*) from ai.ai_bad), (select count(*) from dfa.task_step), (select count(*) from dfa.data_interval)"),
        "0|0|0"
    );
    assert_eq!(session.watermark("ai_alone"), "2021-01-01|2021-01-01|0");
}

#[test]
fn a_failed_node_does_not_spoil_the_callers_transaction() {
    let mut session = failing();
    session.run("begin; insert into ai.src_s values (7); select * from dfa.run_table('ai_bad', '2021-01-02'); insert into ai.src_s values (8); commit");
    assert_eq!(session.rows("select a from ai.src_s order by a"), ["0", "1", "2", "7", "8"]);
    assert_eq!(session.value("select count(*) from dfa.data_logging where status = 1"), "1");
}

#[test]
fn a_call_commits_node_by_node() {
    let mut session = Session::with(DIVISION);
    let mut blocker = session.another();
    blocker.run("begin; lock table ai.ai_reader in access exclusive mode");
    let mut runner = session.another();
    let pid = runner.pid();
    let run = thread::spawn(move || runner.value("call dfa.run('all', '{2021-01-02}')"));
    session.until_waiting(&pid);
    assert_eq!(session.value("select count(*) from ai.ai_bad"), "3");
    assert_eq!(session.watermark("ai_bad"), "2021-01-01|2021-01-02|0");
    assert_eq!(
        session.rows("select node, state from dfa.task_step where state = 'SUCCESS'"),
        ["ai_bad|SUCCESS"]
    );
    blocker.run("commit");
    assert_eq!(run.join().unwrap().split('|').nth(1), Some("0"));
    assert_eq!(session.value("select n from ai.ai_last"), "3");
}

#[test]
fn a_cancelled_node_leaves_nothing_and_the_cancel_reaches_the_caller() {
    let mut session = Session::with(DIVISION);
    let mut blocker = session.another();
    blocker.run("begin; lock table ai.ai_alone in access exclusive mode");
    let mut runner = session.another();
    let pid = runner.pid();
    let run = thread::spawn(move || runner.refused("select * from dfa.run_pipeline('all', '2021-01-02')"));
    session.until_waiting(&pid);
    session.run(&format!("select pg_cancel_backend({pid})"));
    assert_eq!(run.join().unwrap().sqlstate, "57014");
    assert_eq!(
        session.value("select (select count(*) from ai.ai_bad), (select count(*) from dfa.task_step)"),
        "0|0"
    );
    assert_eq!(session.watermark("ai_bad"), "2021-01-01|2021-01-01|0");
}

#[test]
fn a_cancelled_call_keeps_its_finished_nodes_and_nothing_of_the_cancelled_one() {
    let mut session = Session::with(DIVISION);
    let mut blocker = session.another();
    blocker.run("begin; lock table ai.ai_last in access exclusive mode");
    let mut runner = session.another();
    let pid = runner.pid();
    let run = thread::spawn(move || runner.refused("call dfa.run('all', '{2021-01-02}')"));
    session.until_waiting(&pid);
    session.run(&format!("select pg_cancel_backend({pid})"));
    assert_eq!(run.join().unwrap().sqlstate, "57014");
    blocker.run("commit");
    assert_eq!(session.value("select (select count(*) from ai.ai_bad), (select count(*) from ai.ai_reader), (select count(*) from ai.ai_last)"), "3|1|0");
    assert_eq!(session.watermark("ai_last"), "2021-01-01|2021-01-01|0");
    assert_eq!(session.value("select count(*) from dfa.data_logging where table_name = 'ai_last'"), "0");
}

#[test]
fn a_statement_timeout_ends_a_run_like_a_cancel() {
    let mut session = Session::with(
        "ai_slow: {create: {features: {a: 'int'}}, update: {wait: {statement: 'insert into ai.ai_slow select 1; select pg_sleep(60)'}}}",
    );
    let refusal = session.refused("set statement_timeout = '100ms'; select * from dfa.run_table('ai_slow')");
    assert_eq!(refusal.sqlstate, "57014");
    assert_eq!(session.value("set statement_timeout = 0; select count(*) from ai.ai_slow"), "0");
}

#[test]
fn a_session_goes_on_after_many_failures() {
    let mut session = failing();
    for _ in 0..50 {
        assert_eq!(session.run_table("ai_bad", "2021-01-02"), ["ai_bad|second|0|1"]);
    }
    session.run("delete from ai.src_s where a = 0");
    assert_eq!(session.run_table("ai_bad", "2021-01-02"), ["ai_bad|first|2|0", "ai_bad|second|1|0"]);
}

#[test]
fn a_call_that_writes_says_so_in_a_transaction_that_is_read_only() {
    let mut session = failing();
    for call in [
        "select * from dfa.run_table('ai_bad', '2021-01-02')",
        "select * from dfa.run_pipeline('all', '2021-01-02')",
        "select dfa.submit('data', 'all', '{2021-01-02}')",
        "select * from dfa.ingest('src_s', '{\"a\":1}')",
        "select * from dfa.setup('ai_bad')",
        "select * from dfa.run_retention('ai_bad')",
    ] {
        let refusal = session.refused(&format!("begin read only; {call}"));
        refusal.says(&[
            "25006",
            "this call writes, and its transaction is read only",
            "default_transaction_read_only",
        ]);
        session.run("rollback");
    }
    session.run("begin read only; select * from dfa.gaps('ai_bad'); rollback");
}
