//! Triggers: pipelines that run because others, or sources outside, succeeded.

use dfa_tests::Session;

const PIPELINES: &str = "
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
ai_broken: {create: {features: {a: int}}, update: {p: {statement: 'select 1 / 0'}}}
first: {id: a, nodes: [ai_t], trigger: [landed]}
second: {id: b, nodes: [ai_t]}
both: {id: both, nodes: [ai_t], trigger: a & b}
either: {id: either, nodes: [ai_t], trigger: \"a & (b | c)\"}
third: {id: c, nodes: [ai_t], alert: [told]}
reads_told: {id: reader, nodes: [ai_t], trigger: told}
failing: {id: failing, nodes: [ai_broken], trigger: other_file}
";

/// Everything loaded, in a session that ticks by itself; what was loaded is older than what succeeds from here on.
fn session() -> Session {
    let mut session = Session::with(PIPELINES);
    session.run("update dfa.task_schedule set started_at = now()");
    session
}

fn tick(session: &mut Session) -> Vec<String> {
    let started = session.rows("select pipeline_name from dfa.tick() order by 1");
    session.until("select not exists (select from dfa.task_process where status = 2)");
    started
}

fn touch(session: &mut Session, id: &str) {
    session.run(&format!("update ai.ctr_task_schedule set tracking = 'SUCCESS', update_date = now() where pipeline_id = '{id}'"));
}

#[test]
fn a_source_that_reports_starts_what_waits_for_it_and_that_what_waits_for_that() {
    let mut session = session();
    assert!(tick(&mut session).is_empty());
    assert_eq!(
        session.rows("select pipeline_name, reason from dfa.notify_source('landed')"),
        ["first|trigger landed"]
    );
    session.until("select tracking = 'SUCCESS' and process_id is not null from dfa.task_schedule where pipeline_id = 'a'");
    assert!(tick(&mut session).is_empty(), "b and c did not succeed");
    let parent = "select coalesce(parent.process_name_put, 'none') from dfa.task_process as task
        left join dfa.task_process as parent on parent.process_id = task.parent where task.process_name_put = ";
    assert_eq!(session.value(&format!("{parent} 'first'")), "none", "a source is no task");
    touch(&mut session, "b");
    assert_eq!(tick(&mut session), ["both", "either"]);
    assert!(tick(&mut session).is_empty());
}

#[test]
fn the_parent_of_a_triggered_task_is_the_latest_success_that_it_waited_for() {
    let mut session = session();
    for name in ["first", "second"] {
        session.run(&format!("select dfa.submit('data', '{name}')"));
        session.until("select not exists (select from dfa.task_process where status = 2)");
    }
    assert_eq!(tick(&mut session), ["both", "either"]);
    let parents = "select parent.process_name_put, parent.status from dfa.task_process as task
        join dfa.task_process as parent on parent.process_id = task.parent where task.process_name_put = ";
    assert_eq!(session.value(&format!("{parents} 'both'")), "second|0");
    assert_eq!(session.value(&format!("{parents} 'either'")), "second|0");
    // A slot and a person are nobody's task.
    assert_eq!(
        session.value(
            "select count(*) from dfa.task_process where process_name_put in ('first', 'second') and parent is not null"
        ),
        "0"
    );
}

#[test]
fn an_expression_is_true_by_its_brackets() {
    let mut session = session();
    touch(&mut session, "a");
    assert!(tick(&mut session).is_empty());
    touch(&mut session, "c");
    assert_eq!(tick(&mut session), ["either"]);
}

#[test]
fn an_alert_counts_as_updated_when_the_pipeline_succeeds() {
    let mut session = session();
    session.run("select * from dfa.run_pipeline('third', '2021-01-02')");
    assert_eq!(tick(&mut session), ["reads_told"]);
}

#[test]
fn a_pipeline_that_is_running_is_not_started_again() {
    let mut session = session();
    session.run("update dfa.task_schedule set tracking = 'PROCESSING' where pipeline_id = 'a'");
    assert!(session.rows("select * from dfa.notify_source('landed')").is_empty());
    session.run("update dfa.task_schedule set tracking = 'SUCCESS' where pipeline_id = 'a'");
    assert_eq!(tick(&mut session), ["first"]);
}

#[test]
fn what_succeeds_during_a_run_starts_it_again() {
    let mut session = session();
    // The run began a minute ago, the source reported since, and the run has ended after that.
    touch(&mut session, "landed");
    session.run("update dfa.task_schedule set started_at = now() - interval '1 minute', update_date = now() + interval '1 minute', ended_at = now() + interval '1 minute' where pipeline_id = 'a'");
    assert_eq!(tick(&mut session), ["first"]);
}

#[test]
fn dates_and_states_that_people_set_by_hand_count() {
    let mut session = session();
    let set = |session: &mut Session, id: &str, values: &str| {
        session.run(&format!("update ai.ctr_task_schedule set {values} where pipeline_id = '{id}'"));
    };
    set(&mut session, "landed", "tracking = 'SUCCESS', update_date = '2021-02-01'");
    set(&mut session, "a", "update_date = '2021-03-01'");
    assert!(tick(&mut session).is_empty(), "the source is older than the pipeline");
    set(&mut session, "a", "update_date = '2021-01-01'");
    assert_eq!(tick(&mut session), ["first"]);
    assert!(tick(&mut session).is_empty(), "it has run since");
    set(&mut session, "a", "tracking = 'FAILED', update_date = now()");
    assert_eq!(tick(&mut session), ["first"], "a failed one is tried again");
}

#[test]
fn a_triggered_pipeline_that_fails_is_tried_again_later_and_not_for_ever() {
    let mut session = session();
    session.run("set dfa.trigger_retries = 2");
    assert_eq!(session.rows("select pipeline_name from dfa.notify_source('other_file')"), ["failing"]);
    let failed = |session: &mut Session, failures: u32| {
        session.until(&format!("select tracking = 'FAILED' and failures = {failures} from dfa.task_schedule where pipeline_id = 'failing'"));
    };
    failed(&mut session, 1);
    assert!(tick(&mut session).is_empty(), "the back-off has just begun");
    for failures in 2..=3 {
        session.run("update dfa.task_schedule set retry_at = now() where pipeline_id = 'failing'");
        assert_eq!(session.rows("select reason from dfa.tick()"), ["retry after a failure"]);
        failed(&mut session, failures);
    }
    session.run("update dfa.task_schedule set retry_at = now() where pipeline_id = 'failing'");
    assert!(tick(&mut session).is_empty(), "two retries are over");
    assert_eq!(session.rows("select reason from dfa.notify_source('other_file')"), ["trigger other_file"]);
}

#[test]
fn only_sources_can_be_reported() {
    let mut session = session();
    session.refused("select * from dfa.notify_source('lnded')").says(&["source 'lnded'", "'landed'"]);
    assert_eq!(session.refused("select * from dfa.notify_source('a')").sqlstate, "DF002");
    assert_eq!(session.refused("select * from dfa.notify_source(null)").sqlstate, "22004");
}

#[test]
fn pipelines_that_trigger_each_other_in_a_cycle_are_refused() {
    let mut session = session();
    for cycle in [
        "second: {id: b, nodes: [ai_t], trigger: both}",
        "own: {id: own, nodes: [ai_t], trigger: own}",
        "by_alert: {id: by_alert, nodes: [ai_t], trigger: pinged, alert: pinged}",
        "x: {id: x, nodes: [ai_t], trigger: y}\ny: {id: y, nodes: [ai_t], trigger: x | a}",
    ] {
        let refusal = session.load_refused(cycle);
        assert_eq!(refusal.sqlstate, "DF001", "{cycle}: {refusal}");
        refusal.says(&["cycle"]);
    }
    assert_eq!(session.value("select count(*) from dfa.catalog where kind = 'pipeline'"), "7");
}

#[test]
fn a_tick_with_ten_thousand_pipelines_and_nothing_due_is_quick() {
    let mut session = Session::with("ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}");
    let mut catalog = String::new();
    for number in 0..10_000 {
        let trigger = if number % 2 == 0 { String::new() } else { format!(", trigger: p{}", number - 1) };
        catalog.push_str(&format!("p{number}: {{nodes: [ai_t], schedule: \"0 6 * * *\"{trigger}}}\n"));
    }
    session.load(&catalog);
    session.run("analyze");
    session.run("select * from dfa.tick(now() - interval '1 year')");
    let started = std::time::Instant::now();
    assert!(session.rows("select * from dfa.tick(now() - interval '1 year')").is_empty());
    // The bench has the figure; this is that it does not grow with the pipelines.
    assert!(started.elapsed().as_millis() < 500, "{:?}", started.elapsed());
}

/// `ai_d` and what is made of it, which keep the run dates of their runs.
const DATED: &str = "
ai_d:
  create: {features: {run_date: date, mode: text}}
  update: {p: {parameter: [run_date, run_mode], statement: \"insert into {ai_schema_name}.ai_d values ('{run_date}', '{run_mode}')\"}}
ai_e:
  create: {features: {run_date: date, mode: text}}
  update: {p: {parameter: [run_date, run_mode], statement: \"insert into {ai_schema_name}.ai_e values ('{run_date}', '{run_mode}')\"}}
days: {id: days, nodes: [ai_d], trigger: landed_days}
after: {id: after, nodes: [ai_e], trigger: days}
";

fn all_done(session: &mut Session) {
    session.until("select not exists (select from dfa.task_process where status = 2)");
}

#[test]
fn what_a_success_triggers_runs_for_the_date_of_that_success() {
    let mut session = Session::with(DATED);
    session.run("update dfa.task_schedule set started_at = now(); select * from dfa.run_pipeline('days', '2021-02-03')");
    session.run("select * from dfa.tick()");
    all_done(&mut session);
    assert_eq!(session.rows("select * from ai.ai_e"), ["2021-02-03|common"]);
}

#[test]
fn a_source_says_for_which_day_it_has_data() {
    let mut session = Session::with(DATED);
    session.run("update dfa.task_schedule set started_at = now()");
    session.run("select * from dfa.notify_source('landed_days', '2021-02-04')");
    all_done(&mut session);
    session.run("select * from dfa.tick()");
    all_done(&mut session);
    assert_eq!(
        session.rows("select * from ai.ai_d union all select * from ai.ai_e"),
        ["2021-02-04|common"; 2]
    );
    // Without a day it is today, in the zone of DFA.
    session.run("set dfa.timezone = 'Etc/GMT-14'; select * from dfa.notify_source('landed_days')");
    assert_eq!(
        session.value("select run_date = (now() at time zone 'Etc/GMT-14')::date from dfa.task_schedule where pipeline_id = 'landed_days'"),
        "t"
    );
    all_done(&mut session);
}

#[test]
fn an_older_date_than_the_watermark_triggers_a_rerun_and_all_run_on_afterwards() {
    let mut session = Session::with(DATED);
    session.run("update dfa.task_schedule set started_at = now()");
    for date in ["2021-06-01", "2021-03-01", "2021-06-02"] {
        session.run(&format!("select * from dfa.notify_source('landed_days', '{date}')"));
        all_done(&mut session);
        session.run("select * from dfa.tick()");
        all_done(&mut session);
    }
    for table in ["ai_d", "ai_e"] {
        assert_eq!(
            session.rows(&format!("select * from ai.{table} order by 1")),
            ["2021-03-01|rerun", "2021-06-01|common", "2021-06-02|common"],
            "{table}"
        );
    }
}

#[test]
fn a_report_waits_for_the_sums_that_the_same_success_starts() {
    let mut session = Session::with(
        "
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
sales: {id: sales, nodes: [ai_t], alerts: [period]}
period: {id: period, nodes: [ai_t], trigger: sales}
report: {id: a_report, nodes: [ai_t], trigger: period & sales}
",
    );
    session.run("update dfa.task_schedule set started_at = now(); select * from dfa.run_pipeline('sales', '2021-02-03')");
    assert_eq!(tick(&mut session), ["period"], "the report is not due by the alert alone");
    assert_eq!(tick(&mut session), ["report"]);
    assert!(tick(&mut session).is_empty(), "and once is enough");
}

#[test]
fn a_report_is_not_due_while_another_tick_is_about_to_start_its_sums() {
    let mut session = session();
    touch(&mut session, "a");
    touch(&mut session, "b");
    let mut other = session.another();
    other.run("begin; select from dfa.task_schedule where pipeline_id = 'b' for no key update");
    let started = session.rows("select pipeline_name from dfa.tick() order by 1");
    assert!(!started.contains(&"both".to_owned()), "{started:?}");
    other.run("rollback");
    let started = session.rows("select pipeline_name from dfa.tick() order by 1");
    assert!(started.contains(&"both".to_owned()), "{started:?}");
    all_done(&mut session);
}
