//! Backfills: the dates of each run type, gaps, readers, and ranges that are refused.

use crate::ended;
use dfa_tests::Session;

const DAYS: &str = "
src_s: {create: {features: {day: date, a: int}}}
ai_day:
  create: {features: {day: date, a: int}, primary_key: [day]}
  update:
    fill: {parameter: [run_date], statement: \"insert into {ai_schema_name}.ai_day select '{run_date}', count(*) from {ai_schema_name}.src_s where day = '{run_date}' on conflict (day) do update set a = excluded.a\"}
ai_week: {create: {features: {day: date}}, run: {type: weekly}, update: {fill: {parameter: [run_date], statement: \"insert into {ai_schema_name}.ai_week values ('{run_date}')\"}}}
ai_month: {create: {features: {day: date}}, run: {type: monthly}, update: {fill: {parameter: [run_date], statement: \"insert into {ai_schema_name}.ai_month select '{run_date}' from {ai_schema_name}.ai_day limit 1\"}}}
ai_year: {create: {features: {day: date}}, run: {type: yearly}, update: {fill: {parameter: [run_date], statement: \"insert into {ai_schema_name}.ai_year values ('{run_date}')\"}}}
all: {nodes: [ai_day, ai_week, ai_month, ai_year]}
";

fn run(session: &mut Session, call: &str) -> Vec<String> {
    let id = session.value(&format!("select dfa.backfill({call})"));
    assert_eq!(ended(session, &id), "0", "{call}");
    session.rows(&format!(
        "select node, run_date from dfa.task_step where process_id = '{id}' order by step_order"
    ))
}

#[test]
fn each_node_runs_at_the_first_days_of_its_intervals_oldest_first() {
    let mut session = Session::with(DAYS);
    let steps = run(&mut session, "'all', '2020-12-30', '2021-02-03'");
    let of = |node: &str| -> Vec<&str> {
        steps.iter().filter_map(|step| step.strip_prefix(&format!("{node}|"))).collect()
    };
    assert_eq!(of("ai_day").len(), 36);
    assert_eq!(of("ai_week"), ["2021-01-04", "2021-01-11", "2021-01-18", "2021-01-25", "2021-02-01"]);
    assert_eq!(of("ai_month"), ["2021-01-01", "2021-02-01"]);
    assert_eq!(of("ai_year"), ["2021-01-01"]);
    let mut dates: Vec<&str> = steps.iter().filter_map(|step| step.split('|').nth(1)).collect();
    let unsorted = dates.clone();
    dates.sort_unstable();
    assert_eq!(unsorted, dates);
    assert_eq!(session.value("select count(*) from ai.ai_day"), "36");
}

#[test]
fn dates_before_the_watermark_are_reruns_and_the_others_common() {
    let mut session = Session::with(DAYS);
    run(&mut session, "'ai_day', '2020-12-31', '2021-01-02'");
    assert_eq!(
        session.rows("select run_date, action_type from dfa.data_logging where table_name = 'ai_day' and action_type <> 'initial' order by run_date"),
        ["2020-12-31|rerun", "2021-01-01|common", "2021-01-02|common"]
    );
}

#[test]
fn only_gaps_takes_what_is_missing_or_stale() {
    let mut session = Session::with(DAYS);
    run(&mut session, "'ai_day', '2021-01-01', '2021-01-10'");
    session.run("select dfa.mark_stale('src_s', '2021-01-03', '2021-01-04')");
    assert_eq!(
        run(&mut session, "'ai_day', '2021-01-01', '2021-01-11', only_gaps => true"),
        ["ai_day|2021-01-03", "ai_day|2021-01-04", "ai_day|2021-01-11"]
    );
    assert_eq!(
        session.value("select dfa.backfill('ai_day', '2021-01-01', '2021-01-11', only_gaps => true) is null"),
        "t"
    );
    assert!(session.rows("select * from dfa.gaps('ai_day')").is_empty());
}

#[test]
fn downstream_takes_the_tables_that_read_it() {
    let mut session = Session::with(DAYS);
    let steps = run(&mut session, "'ai_day', '2021-01-31', '2021-02-02', downstream => true");
    assert_eq!(steps, ["ai_day|2021-01-31", "ai_day|2021-02-01", "ai_month|2021-02-01", "ai_day|2021-02-02"]);
}

#[test]
fn ranges_that_make_no_sense_are_refused() {
    let mut session = Session::with(DAYS);
    for (call, sqlstate, word) in [
        ("'all', '2021-01-02', '2021-01-01'", "22023", "not after the last"),
        ("'all', '1900-01-01', '2173-10-15'", "22023", "10000 days"),
        ("'nobody', '2021-01-01', '2021-01-02'", "DF002", "'nobody'"),
        ("'all', null, '2021-01-02'", "22004", "from is null"),
        ("'all', '2021-01-01', 'infinity'", "22023", "calendar year"),
        ("'all', '2021-01-01', '2021-01-02', 'x'", "22023", "run_mode"),
    ] {
        let refusal = session.refused(&format!("select dfa.backfill({call})"));
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[word]);
    }
    assert_eq!(session.value("select count(*) from dfa.task_step"), "0");
}
