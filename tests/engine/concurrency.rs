//! Several sessions at once: one run of a table at a time, and no late commit skipped.

mod bounded;
mod late;

use crate::session::Session;
use std::thread::{self, JoinHandle};

/// Tables that read the same source by different ways, each taking what its data date has not covered.
const READERS: &str = "
src_s: {create: {features: {day: 'date', a: 'int'}}}
src_p: {create: {features: {day: 'date', a: 'int'}, partition_by_range: [day]}}
view:vw_s: {create: 'create view {ai_schema_name}.vw_s as select * from {ai_schema_name}.vw_inner'}
view:vw_inner: {create: 'create view {ai_schema_name}.vw_inner as select * from {ai_schema_name}.src_s'}
func:fn_s: {create: 'create function {ai_schema_name}.fn_s() returns bigint language sql as $$ select count(*) from ai.src_s $$'}
ai_direct:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_direct select count(*) from {ai_schema_name}.src_s'}}
ai_by_cte:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'with w as (select * from {ai_schema_name}.src_s) insert into {ai_schema_name}.ai_by_cte select count(*) from w'}}
ai_by_view:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_by_view select count(*) from {ai_schema_name}.vw_s'}}
ai_by_function:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_by_function select {ai_schema_name}.fn_s()'}}
ai_by_partition:
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_by_partition select count(*) from {ai_schema_name}.src_p'}}
ai_by_key:
  depends_on: [src_s]
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: \"do $$ begin insert into ai.ai_by_key select count(*) from ai.src_s; end $$\"}}
ai_hasty:
  run: {wait_for_writers: false}
  create: {features: {n: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_hasty select count(*) from {ai_schema_name}.src_s'}}
some: {nodes: [ai_direct]}
";

/// A run of a table in a thread of its own; its process and its rows `rows|status|message`.
fn start(session: &Session, table: &str) -> (String, JoinHandle<Vec<String>>) {
    let mut runner = session.another();
    let pid = runner.pid();
    let statement = format!("select rows, status, message from dfa.run_table('{table}', '2021-01-02')");
    (pid, thread::spawn(move || runner.rows(&statement)))
}

/// A row with an old date, written before the run and committed during it, is in the result.
fn sees_a_late_commit(table: &str, source: &str) {
    let mut session = Session::with(READERS);
    let mut writer = session.another();
    writer.run(&format!("begin; insert into ai.{source} values ('1999-01-01', 1)"));
    let (pid, run) = start(&session, table);
    session.until_waiting(&pid);
    writer.run("commit");
    assert!(run.join().unwrap()[0].contains("|0|Success"));
    assert_eq!(session.value(&format!("select n from ai.{table}")), "1");
}

#[test]
fn a_late_commit_is_seen_in_a_table() {
    sees_a_late_commit("ai_direct", "src_s");
}

#[test]
fn a_late_commit_is_seen_in_a_cte() {
    sees_a_late_commit("ai_by_cte", "src_s");
}

#[test]
fn a_late_commit_is_seen_through_views() {
    sees_a_late_commit("ai_by_view", "src_s");
}

#[test]
fn a_late_commit_is_seen_through_a_function() {
    sees_a_late_commit("ai_by_function", "src_s");
}

#[test]
fn a_late_commit_is_seen_in_a_partitioned_table() {
    sees_a_late_commit("ai_by_partition", "src_p");
}

#[test]
fn a_late_commit_into_a_partition_itself_is_seen() {
    sees_a_late_commit("ai_by_partition", "src_p_default");
}

#[test]
fn a_late_commit_is_seen_where_the_catalog_says_what_lineage_cannot() {
    sees_a_late_commit("ai_by_key", "src_s");
}

#[test]
fn a_late_commit_is_seen_by_a_call_and_by_a_pipeline() {
    for call in
        ["call dfa.run('some', '{2021-01-02}')", "select * from dfa.run_pipeline('some', '2021-01-02')"]
    {
        let mut session = Session::with(READERS);
        let mut writer = session.another();
        writer.run("begin; insert into ai.src_s values ('1999-01-01', 1)");
        let mut runner = session.another();
        let pid = runner.pid();
        let run = thread::spawn(move || runner.run(call));
        session.until_waiting(&pid);
        writer.run("commit");
        run.join().unwrap();
        assert_eq!(session.value("select n from ai.ai_direct"), "1", "{call}");
    }
}

#[test]
fn a_writer_that_rolls_back_is_waited_for_and_leaves_no_row() {
    let mut session = Session::with(READERS);
    let mut writer = session.another();
    writer.run("begin; insert into ai.src_s values ('1999-01-01', 1)");
    let (pid, run) = start(&session, "ai_direct");
    session.until_waiting(&pid);
    writer.run("rollback");
    run.join().unwrap();
    assert_eq!(session.value("select n from ai.ai_direct"), "0");
}

#[test]
fn without_waiting_a_run_takes_what_is_committed() {
    let mut session = Session::with(READERS);
    let mut writer = session.another();
    writer.run("begin; insert into ai.src_s values ('1999-01-01', 1)");
    assert_eq!(session.run_table("ai_hasty", "2021-01-02"), ["ai_hasty|fill|1|0"]);
    assert_eq!(session.value("select n from ai.ai_hasty"), "0");
    writer.run("commit");
}

#[test]
fn new_writers_go_on_while_a_run_waits_for_old_ones() {
    let mut session = Session::with(READERS);
    let mut writer = session.another();
    writer.run("begin; insert into ai.src_s values ('1999-01-01', 1)");
    let (pid, run) = start(&session, "ai_direct");
    session.until_waiting(&pid);
    session.run("set lock_timeout = '5s'; insert into ai.src_s values ('2021-01-02', 2)");
    // One that came after the wait began is not waited for.
    let mut later = session.another();
    later.run("begin; insert into ai.src_s values ('2021-01-02', 3)");
    writer.run("commit");
    run.join().unwrap();
    assert_eq!(session.value("select n from ai.ai_direct"), "2");
    later.run("rollback");
}

#[test]
fn a_writer_that_does_not_end_is_named_after_the_timeout() {
    let mut session = Session::with(READERS);
    let mut writer = session.another();
    writer.run("set application_name = 'landing'; begin; insert into ai.src_s values ('1999-01-01', 1)");
    let pid = writer.pid();
    session.run("set dfa.lock_timeout = '50ms'");
    assert_eq!(
        session.rows("select status, message from dfa.run_table('ai_direct', '2021-01-02')"),
        ["1|Error: table 'ai.src_s', which 'ai_direct' reads, is being written by another session"]
    );
    let error =
        session.value("select error ->> 'sqlstate', error ->> 'detail', error ->> 'hint' from dfa.task_step");
    for word in
        ["55P03|", "50 ms", &format!("process {pid} of postgres (landing)"), "ai.src_s", "dfa.lock_timeout"]
    {
        assert!(error.contains(word), "'{word}' is not in {error}");
    }
    assert_eq!(session.value("show lock_timeout"), "0");
}

#[test]
fn a_second_run_of_a_table_waits_for_the_first() {
    let mut session = Session::with(READERS);
    let mut first = session.another();
    first.run("begin; select * from dfa.run_table('ai_direct', '2021-01-02')");
    let (pid, second) = start(&session, "ai_direct");
    session.until_waiting(&pid);
    first.run("commit");
    assert!(second.join().unwrap()[0].contains("|0|Success"));
    assert_eq!(session.value("select count(*) from ai.ai_direct"), "2");
    assert_eq!(session.watermark("ai_direct"), "2021-01-01|2021-01-02|1");
}

#[test]
fn a_second_run_of_a_table_says_who_holds_it_after_the_timeout() {
    let mut session = Session::with(READERS);
    let mut first = session.another();
    first.run(
        "set application_name = 'nightly job'; begin; select * from dfa.run_table('ai_direct', '2021-01-02')",
    );
    let pid = first.pid();
    let refusal = session.refused("set dfa.lock_timeout = '50ms'; select * from dfa.run_table('ai_direct', '2021-01-02', raise => true)");
    assert_eq!(refusal.sqlstate, "55P03");
    refusal.says(&[
        "'ai_direct'",
        "50 ms",
        &format!("process {pid} of postgres (nightly job)"),
        "dfa.lock_timeout",
    ]);
    first.run("commit");
    session.run("set dfa.lock_timeout = '50ms'");
    assert_eq!(session.run_table("ai_direct", "2021-01-02"), ["ai_direct|fill|1|0"]);
}

#[test]
fn a_run_that_failed_gives_the_table_free() {
    let mut session = Session::with(READERS);
    let mut first = session.another();
    session.run("alter table ai.ai_direct add check (n > 5)");
    first.run("begin; select * from dfa.run_table('ai_direct', '2021-01-02')");
    session.run("set dfa.lock_timeout = '50ms'");
    let row = session.value("select message from dfa.run_table('ai_direct', '2021-01-02')");
    assert!(row.contains("violates check constraint"), "{row}");
    first.run("rollback");
}

#[test]
fn runs_of_different_tables_do_not_block_each_other() {
    let mut session = Session::with(READERS);
    let mut first = session.another();
    first.run("begin; select * from dfa.run_table('ai_direct', '2021-01-02')");
    session.run("set dfa.lock_timeout = '50ms'; set lock_timeout = '50ms'");
    for table in ["ai_by_cte", "ai_by_view", "ai_hasty"] {
        assert!(session.run_table(table, "2021-01-02")[0].ends_with("|0"), "{table}");
    }
    first.run("commit");
}

#[test]
fn a_snapshot_that_cannot_see_late_commits_is_refused() {
    let mut session = Session::with(READERS);
    for level in ["repeatable read", "serializable"] {
        let refusal = session.refused(&format!("begin isolation level {level}; select * from dfa.run_table('ai_direct', '2021-01-02', raise => true)"));
        session.run("rollback");
        assert_eq!(refusal.sqlstate, "25001");
        refusal.says(&[&level.to_uppercase(), "READ COMMITTED"]);
    }
    session.run("begin isolation level repeatable read; select * from dfa.run_table('ai_hasty', '2021-01-02'); commit");
    assert_eq!(session.value("select n from ai.ai_hasty"), "0");
}

#[test]
fn rows_of_the_callers_own_transaction_are_seen_without_waiting() {
    let mut session = Session::with(READERS);
    session.run("set dfa.lock_timeout = '50ms'; begin; insert into ai.src_s values ('2021-01-02', 1)");
    assert_eq!(session.run_table("ai_direct", "2021-01-02"), ["ai_direct|fill|1|0"]);
    session.run("commit");
    assert_eq!(session.value("select n from ai.ai_direct"), "1");
}

#[test]
fn a_cancel_ends_the_wait() {
    let mut session = Session::with(READERS);
    let mut writer = session.another();
    writer.run("begin; insert into ai.src_s values ('1999-01-01', 1)");
    let mut runner = session.another();
    let pid = runner.pid();
    let run = thread::spawn(move || runner.refused("select * from dfa.run_table('ai_direct', '2021-01-02')"));
    session.until_waiting(&pid);
    session.run(&format!("select pg_cancel_backend({pid})"));
    assert_eq!(run.join().unwrap().sqlstate, "57014");
    writer.run("rollback");
}
