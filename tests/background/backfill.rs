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
fn each_node_runs_all_its_intervals_that_touch_the_range_the_longer_ones_after_the_shorter() {
    let mut session = Session::with(DAYS);
    let steps = run(&mut session, "'all', '2020-12-30', '2021-02-03'");
    let of = |node: &str| -> Vec<&str> {
        steps.iter().filter_map(|step| step.strip_prefix(&format!("{node}|"))).collect()
    };
    assert_eq!(of("ai_day").len(), 36);
    assert_eq!(
        of("ai_week"),
        ["2020-12-28", "2021-01-04", "2021-01-11", "2021-01-18", "2021-01-25", "2021-02-01"]
    );
    assert_eq!(of("ai_month"), ["2020-12-01", "2021-01-01", "2021-02-01"]);
    assert_eq!(of("ai_year"), ["2020-01-01", "2021-01-01"]);
    let place = |step: &str| steps.iter().position(|known| known == step).expect("a step");
    assert!(place("ai_month|2020-12-01") > place("ai_day|2020-12-31"));
    assert!(place("ai_month|2020-12-01") < place("ai_day|2021-01-01"));
    assert!(place("ai_year|2020-01-01") > place("ai_month|2020-12-01"));
    assert!(place("ai_week|2021-01-25") > place("ai_day|2021-01-31"));
    assert!(place("ai_month|2021-01-01") < place("ai_day|2021-02-01"));
    assert!(place("ai_month|2021-02-01") > place("ai_day|2021-02-03"));
    assert_eq!(session.value("select count(*) from ai.ai_day"), "36");
}

/// `ai_day` of `src_s`, from which `ai_month` and `ai_week` are summed; `ai_share` of a day reads its month.
const SUMS: &str = "
src_s: {create: {features: {day: date, a: int}}}
ai_day:
  create: {features: {day: date, a: bigint}, primary_key: [day]}
  retention: {column: day, months: 0}
  update:
    fill:
      parameter: [interval_start, interval_end]
      statement: |
        insert into {ai_schema_name}.ai_day
        select day, sum(a) from {ai_schema_name}.src_s
        where day >= '{interval_start}' and day < '{interval_end}' group by day
        on conflict (day) do update set a = excluded.a
ai_week:
  create: {features: {week: date, a: bigint}, primary_key: [week]}
  run: {type: weekly}
  update:
    fill:
      parameter: [interval_start, interval_end]
      statement: |
        insert into {ai_schema_name}.ai_week
        select date_trunc('week', day)::date, sum(a) from {ai_schema_name}.ai_day
        where day >= '{interval_start}' and day < '{interval_end}' group by 1
        on conflict (week) do update set a = excluded.a
ai_month:
  create: {features: {month: date, a: bigint}, primary_key: [month]}
  run: {type: monthly}
  update:
    fill:
      parameter: [interval_start, interval_end]
      statement: |
        insert into {ai_schema_name}.ai_month
        select date_trunc('month', day)::date, sum(a) from {ai_schema_name}.ai_day
        where day >= '{interval_start}' and day < '{interval_end}' group by 1
        on conflict (month) do update set a = excluded.a
ai_share:
  create: {features: {day: date, part: numeric}, primary_key: [day]}
  update:
    fill:
      parameter: [interval_start, interval_end]
      statement: |
        insert into {ai_schema_name}.ai_share
        select day, ai_day.a::numeric / ai_month.a from {ai_schema_name}.ai_day
        join {ai_schema_name}.ai_month on month = date_trunc('month', day)
        where day >= '{interval_start}' and day < '{interval_end}'
        on conflict (day) do update set part = excluded.part
sums: {nodes: [ai_day, ai_week, ai_month]}
";

fn sums() -> Session {
    let mut session = Session::with(SUMS);
    session.run("insert into ai.src_s select day, 1 from generate_series('2021-01-01'::date, '2021-03-31', '1 day') as day");
    session
}

#[test]
fn a_backfill_of_two_grains_sums_each_month_when_its_days_are_there() {
    let mut session = sums();
    run(&mut session, "'sums', '2021-01-01', '2021-03-31'");
    assert_eq!(
        session.rows("select * from ai.ai_month order by 1"),
        ["2021-01-01|31", "2021-02-01|28", "2021-03-01|31"]
    );
    assert_eq!(
        session.value("select count(*) from ai.ai_week where a < 7"),
        "2",
        "the first and the last are cut"
    );
}

#[test]
fn what_landed_late_reaches_months_and_weeks_once_and_leaves_no_gap() {
    let mut session = sums();
    run(&mut session, "'sums', '2021-01-01', '2021-03-31'");
    session.run(
        "insert into ai.src_s values ('2021-03-12', 1), ('2021-03-13', 1);
         select dfa.landed('src_s', '2021-03-12', '2021-03-13', 2)",
    );
    let steps =
        run(&mut session, "'ai_day', '2021-03-12', '2021-03-13', only_gaps => true, downstream => true");
    assert_eq!(
        steps,
        [
            "ai_day|2021-03-12",
            "ai_day|2021-03-13",
            "ai_week|2021-03-08",
            "ai_month|2021-03-01",
            "ai_share|2021-03-12",
            "ai_share|2021-03-13"
        ]
    );
    assert_eq!(session.value("select a from ai.ai_month where month = '2021-03-01'"), "33");
    assert_eq!(session.value("select a from ai.ai_week where week = '2021-03-08'"), "9");
    for table in ["ai_day", "ai_week", "ai_month"] {
        assert!(session.rows(&format!("select * from dfa.gaps('{table}')")).is_empty(), "{table}");
    }
}

#[test]
fn gaps_and_a_backfill_of_gaps_mean_the_same_range() {
    let mut session = sums();
    run(&mut session, "'sums', '2021-01-01', '2021-03-31'");
    session.run("select dfa.mark_stale('src_s', '2021-03-12', '2021-03-13')");
    assert_eq!(
        session.rows("select interval_start from dfa.gaps('ai_month', '2021-03-12', '2021-03-13')"),
        ["2021-03-01"]
    );
    assert_eq!(
        run(&mut session, "'ai_month', '2021-03-12', '2021-03-13', only_gaps => true"),
        ["ai_month|2021-03-01"]
    );
}

#[test]
fn days_that_read_a_month_come_after_it() {
    let mut session = sums();
    let steps = run(&mut session, "'ai_day', '2021-01-01', '2021-02-28', downstream => true");
    let place = |step: &str| steps.iter().position(|known| known == step).expect("a step");
    assert!(place("ai_month|2021-01-01") > place("ai_day|2021-01-31"));
    assert!(place("ai_share|2021-01-01") > place("ai_month|2021-01-01"));
    assert!(place("ai_share|2021-02-01") > place("ai_month|2021-02-01"));
    assert_eq!(session.value("select count(*) from ai.ai_share"), "59");
}

#[test]
fn a_backfill_takes_the_days_asked_for_and_the_next_run_those_before_them() {
    let mut session = sums();
    run(&mut session, "'ai_day', '2021-01-10', '2021-01-12'");
    assert_eq!(
        session.rows("select day from ai.ai_day order by 1"),
        ["2021-01-10", "2021-01-11", "2021-01-12"]
    );
    session.run_table("ai_day", "2021-01-13");
    assert_eq!(session.value("select count(*) from ai.ai_day"), "13");
    assert!(session.rows("select * from dfa.gaps('ai_day')").is_empty());
}

#[test]
fn a_backfill_from_the_watermark_on_moves_it() {
    let mut session = sums();
    run(&mut session, "'ai_day', '2021-01-01', '2021-01-12'");
    assert_eq!(session.watermark("ai_day"), "2021-01-12|2021-01-12|0");
}

#[test]
fn days_whose_sources_retention_has_deleted_are_told() {
    let mut session = sums();
    run(&mut session, "'sums', '2021-01-01', '2021-03-31'");
    session.run("update ai.ctr_data_pipeline set rtt_value = 1 where table_name = 'ai_day'");
    session.run("select * from dfa.run_retention('ai_day', '2021-03-31')");
    let id = session.value("select dfa.backfill('ai_week', '2021-01-18', '2021-03-01')");
    ended(&mut session, &id);
    let message =
        session.value(&format!("select process_message from dfa.task_process where process_id = '{id}'"));
    assert!(message.contains("retention has deleted the rows of 'ai_day' before 2021-02-01"), "{message}");
    let told = session
        .rows("select message from dfa.run_table('ai_week', '2021-01-18', 'rerun') where process is null");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(session
        .rows("select message from dfa.run_table('ai_week', '2021-02-18', 'rerun') where process is null")
        .is_empty());
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
    assert_eq!(
        steps,
        [
            "ai_day|2021-01-31",
            "ai_month|2021-01-01",
            "ai_day|2021-02-01",
            "ai_day|2021-02-02",
            "ai_month|2021-02-01"
        ]
    );
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
