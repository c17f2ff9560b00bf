//! Whoever waits for a lock of others waits no longer than `dfa.lock_timeout`, and is told who has it.

use crate::session::Session;

const CATALOG: &str = "
src_s: {create: {features: {a: int}}, initial: {value: '1'}}
func:fn_hidden: {create: 'create function {ai_schema_name}.fn_hidden() returns bigint language plpgsql as $$ declare n bigint; begin execute ''select count(*) from ai.src_s'' into n; return n; end $$'}
ai_rows:
  create: {features: {a: int, n: int}, primary_key: [a]}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_rows select a, 1 from {ai_schema_name}.src_s on conflict (a) do update set n = ai_rows.n + 1'}}
ai_hidden:
  depends_on: [src_s]
  run: {wait_for_writers: false}
  create: {features: {n: bigint}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_hidden select {ai_schema_name}.fn_hidden()'}}
pipeline:some: {id: some, nodes: [ai_rows], trigger: landed, alerts: [other]}
pipeline:other: {id: other, nodes: [ai_hidden]}
";

/// A session that holds what `statement` takes, and its process.
fn holder(session: &Session, statement: &str) -> (Session, String) {
    let mut holder = session.another();
    holder.run(&format!("set application_name = 'somebody'; begin; {statement}"));
    let pid = holder.pid();
    (holder, format!("process {pid} of postgres (somebody)"))
}

#[test]
fn a_statement_of_a_node_names_who_has_its_table_or_rows_of_it() {
    let mut session = Session::with(CATALOG);
    session.run_table("ai_rows", "2021-01-02");
    session.run("set dfa.lock_timeout = '100ms'");
    for (table, taken, of) in [
        ("ai_rows", "update ai.ai_rows set n = 0", "ai.ai_rows"),
        (
            "ai_rows",
            "select from ai.ai_rows for key share; lock table ai.ai_rows in share mode",
            "ai.ai_rows",
        ),
        ("ai_rows", "lock table ai.ai_rows", "ai.ai_rows"),
        ("ai_hidden", "lock table ai.src_s", "ai.src_s"),
    ] {
        let (mut other, named) = holder(&session, taken);
        let row = session.value(&format!(
            "select status, sqlstate, detail, hint from dfa.run_table('{table}', '2021-01-03')"
        ));
        for word in ["1|55P03|Waited 100 ms for ", &named, of, "dfa.lock_timeout"] {
            assert!(row.contains(word), "{taken}: '{word}' is not in {row}");
        }
        let refusal =
            session.refused(&format!("select * from dfa.run_table('{table}', '2021-01-03', raise => true)"));
        refusal.says(&["55P03", &named]);
        other.run("rollback");
    }
    assert_eq!(session.value("show lock_timeout"), "0");
    assert_eq!(session.run_table("ai_hidden", "2021-01-03"), ["ai_hidden|fill|1|0"]);
}

#[test]
fn a_wait_for_what_no_lineage_sees_names_the_process_and_its_statement() {
    let mut session = Session::with(
        "ai_else: {create: {features: {n: bigint}}, update: {fill: {statement: 'insert into {ai_schema_name}.ai_else select public.touch()'}}}",
    );
    session.run(
        "create table public.elsewhere (n int); insert into public.elsewhere values (1);
         create function public.touch() returns bigint language plpgsql as $$begin execute 'update public.elsewhere set n = 2'; return 1; end$$",
    );
    // Postgres says for whom it waits after the second of them; the first one leaves a busy machine its time.
    session.run("set dfa.lock_timeout = '3s'; set deadlock_timeout = '10ms'");
    for (statement, raise) in
        [("update public.elsewhere set n = 7", false), ("lock table public.elsewhere", true)]
    {
        let mut other = session.another();
        let pid = other.pid();
        other.run(&format!("begin; {statement}"));
        let named = format!("Waited 3000 ms for process {pid}, whose statement is: begin; {statement}");
        let call = format!("dfa.run_table('ai_else', '2021-01-02', raise => {raise})");
        if raise {
            session.refused(&format!("select * from {call}")).says(&["55P03", &named, "dfa.lock_timeout"]);
        } else {
            let row = session.value(&format!("select status, sqlstate, detail, hint from {call}"));
            for word in ["1|55P03|", &named, "dfa.lock_timeout"] {
                assert!(row.contains(word), "'{word}' is not in {row}");
            }
        }
        other.run("rollback");
    }
    assert_eq!(session.value("show log_lock_waits"), "off");
    assert_eq!(session.run_table("ai_else", "2021-01-02"), ["ai_else|fill|1|0"]);
}

#[test]
fn who_has_the_tracking_of_a_pipeline_is_named() {
    let mut session = Session::with(CATALOG);
    let (mut other, named) = holder(&session, "update ai.ctr_task_schedule set active_flg = active_flg");
    session.run("set dfa.lock_timeout = '100ms'");
    for call in [
        "select * from dfa.run_pipeline('some', '2021-01-02')",
        "call dfa.run('some', '{2021-01-02}')",
        "select dfa.submit('data', 'some', '{2021-01-02}')",
        "select * from dfa.notify_source('landed')",
    ] {
        session.refused(call).says(&["55P03", "dfa.task_schedule", "100 ms", &named]);
    }
    other.run("rollback");
    // What counts as updated with it is somebody else's row.
    let (mut other, named) = holder(
        &session,
        "update ai.ctr_task_schedule set active_flg = active_flg where pipeline_id = 'other'",
    );
    session.refused("select * from dfa.run_pipeline('some', '2021-01-02')").says(&["55P03", &named]);
    other.run("rollback");
    assert_eq!(session.rows("select status from dfa.run_pipeline('some', '2021-01-02')"), ["0"]);
}

#[test]
fn a_shorter_time_of_the_caller_holds() {
    let mut session = Session::with(CATALOG);
    let (mut other, _) = holder(&session, "lock table ai.ai_rows in share mode");
    session.run("set dfa.lock_timeout = '1h'; set lock_timeout = '80ms'");
    let row = session.value("select sqlstate, detail from dfa.run_table('ai_rows', '2021-01-02')");
    assert!(row.starts_with("55P03|Waited 80 ms for "), "{row}");
    let refusal = session.refused("select * from dfa.setup('ai_rows', drop_before_create => 'Y')");
    assert_eq!(refusal.sqlstate, "55P03");
    other.run("rollback");
    assert_eq!(session.value("show lock_timeout"), "80ms");
}
