//! `{interval_start}` and `{interval_end}`: whole intervals, half open, the same in every mode; and what the ledger says of an
//! interval that was still open.

use crate::session::Session;

/// `src_s`, with a row of 10 for each day of January 2021, summed by day and by month.
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
ai_month:
  create: {features: {month: date, a: bigint}, primary_key: [month]}
  run: {type: monthly}
  retention: {column: month, months: 0}
  update:
    fill:
      parameter: [interval_start, interval_end]
      statement: |
        insert into {ai_schema_name}.ai_month
        select date_trunc('month', day)::date, sum(a) from {ai_schema_name}.src_s
        where day >= '{interval_start}' and day < '{interval_end}' group by 1
        on conflict (month) do update set a = excluded.a
";

fn sums() -> Session {
    sums_of(SUMS)
}

fn sums_of(catalog: &str) -> Session {
    let mut session = Session::with(catalog);
    session.run("insert into ai.src_s select date '2021-01-01' + n, 10 from generate_series(0, 30) as n");
    session
}

/// What a run would put in for `{interval_start}` and `{interval_end}`.
fn interval(session: &mut Session, table: &str, run_date: &str, run_mode: &str) -> String {
    session.value(&format!(
        r"select (regexp_match(statement, $$day >= '(\S+)'$$))[1] || ' ' || (regexp_match(statement, $$day < '(\S+)'$$))[1]
          from dfa.render('{table}', run_date => '{run_date}', run_mode => '{run_mode}')"
    ))
}

fn ledger(session: &mut Session, table: &str) -> Vec<String> {
    session.rows(&format!(
        "select interval_start, state from dfa.data_interval where table_name = '{table}' order by 1"
    ))
}

#[test]
fn the_first_run_takes_the_day_of_the_setup_too() {
    let mut session = sums();
    session.run_table("ai_day", "2021-01-03");
    assert_eq!(
        session.rows("select * from ai.ai_day order by 1"),
        ["2021-01-01|10", "2021-01-02|10", "2021-01-03|10"]
    );
}

#[test]
fn a_common_run_begins_with_the_interval_of_data_date_and_ends_with_that_of_its_date() {
    let mut session = sums();
    session.run_table("ai_day", "2021-01-10");
    assert_eq!(interval(&mut session, "ai_day", "2021-01-12", "common"), "2021-01-10 2021-01-13");
    session.run_table("ai_month", "2021-01-10");
    assert_eq!(interval(&mut session, "ai_month", "2021-02-12", "common"), "2021-01-01 2021-03-01");
}

#[test]
fn a_rerun_takes_the_interval_of_its_date_and_no_other() {
    let mut session = sums();
    session.run_table("ai_month", "2021-01-20");
    for (date, of_day, of_month) in [
        ("2020-12-07", "2020-12-07 2020-12-08", "2020-12-01 2021-01-01"),
        ("2021-01-20", "2021-01-20 2021-01-21", "2021-01-01 2021-02-01"),
        ("2024-02-29", "2024-02-29 2024-03-01", "2024-02-01 2024-03-01"),
    ] {
        assert_eq!(interval(&mut session, "ai_day", date, "rerun"), of_day);
        assert_eq!(interval(&mut session, "ai_month", date, "rerun"), of_month);
    }
    session.run("select * from dfa.run_table('ai_month', '2021-01-07', 'rerun')");
    assert_eq!(
        session.rows("select * from ai.ai_month"),
        ["2021-01-01|310"],
        "the whole month, not its first day"
    );
}

#[test]
fn weeks_begin_on_mondays_and_years_on_the_first_of_january() {
    for (run_type, expected) in [("weekly", "2020-12-28 2021-01-04"), ("yearly", "2021-01-01 2022-01-01")] {
        let mut session = Session::with(&SUMS.replace("monthly", run_type));
        assert_eq!(interval(&mut session, "ai_month", "2021-01-01", "common"), expected, "{run_type}");
        assert_eq!(interval(&mut session, "ai_month", "2021-01-01", "rerun"), expected, "{run_type}");
    }
}

#[test]
fn a_lookback_takes_late_rows_and_is_a_placeholder_itself() {
    let with_lookback = SUMS.replace("ai_day:\n", "ai_day:\n  lookback: 7\n").replacen(
        "parameter: [interval_start, interval_end]\n      statement: |\n        insert into {ai_schema_name}.ai_day\n        select day, sum(a)",
        "parameter: [interval_start, interval_end, lookback]\n      statement: |\n        insert into {ai_schema_name}.ai_day\n        select day, sum(a) + 0 * {lookback}",
        1,
    );
    let mut session = sums_of(&with_lookback);
    session.run_table("ai_day", "2021-01-10");
    session.run("insert into ai.src_s values ('2021-01-05', 1)");
    assert_eq!(interval(&mut session, "ai_day", "2021-01-11", "common"), "2021-01-03 2021-01-12");
    session.run_table("ai_day", "2021-01-11");
    assert_eq!(session.value("select a from ai.ai_day where day = '2021-01-05'"), "11");
    let text = session.value("select statement from dfa.render('ai_day', run_date => '2021-01-12')");
    assert!(text.contains("0 * 7"), "{text}");
    assert_eq!(interval(&mut session, "ai_day", "2021-01-11", "rerun"), "2021-01-11 2021-01-12");
}

#[test]
fn a_lookback_of_a_monthly_table_reaches_into_the_month_before() {
    let mut session = sums_of(&SUMS.replace("run: {type: monthly}", "run: {type: monthly}\n  lookback: 3"));
    session.run_table("ai_month", "2021-01-20");
    session.run("update dfa.data_pipeline set data_date = '2021-02-02', run_date = '2021-02-02' where table_name = 'ai_month'");
    assert_eq!(interval(&mut session, "ai_month", "2021-02-10", "common"), "2021-01-01 2021-03-01");
}

#[test]
fn parameters_that_had_these_names_before_keep_their_values() {
    let mut session = sums();
    session.run("insert into ai.ctr_data_parameter (parameter_name, parameter_value) values ('interval_start', '1999-01-01')");
    assert_eq!(interval(&mut session, "ai_day", "2021-01-12", "common"), "1999-01-01 2021-01-13");
}

#[test]
fn without_a_retention_column_a_common_run_goes_on_from_the_last_one() {
    let mut session = sums_of(&SUMS.replace("  retention: {column: day, months: 0}\n", ""));
    session.run_table("ai_day", "2021-01-10");
    assert_eq!(session.value("select count(*) from ai.ai_day"), "10");
    assert_eq!(interval(&mut session, "ai_day", "2021-01-12", "common"), "2021-01-10 2021-01-13");
}

#[test]
fn neither_a_date_in_years_to_come_nor_a_rerun_far_ahead_hides_the_days_between() {
    let mut session = sums();
    session.run_table("ai_day", "2021-01-03");
    session.run("select * from dfa.run_table('ai_day', '2021-01-20', 'rerun')");
    assert_eq!(interval(&mut session, "ai_day", "2021-01-21", "common"), "2021-01-03 2021-01-22");
    session.run("update dfa.data_pipeline set data_date = '2099-01-01' where table_name = 'ai_day'");
    session.run_table("ai_day", "2021-01-31");
    assert_eq!(session.value("select count(*) from ai.ai_day"), "31");
}

/// The day that is today in the zone that is last to have it; in the zone that is first to have it, it is over.
fn open_day(session: &mut Session) -> String {
    session.run("set dfa.timezone = 'Etc/GMT+12'");
    session.value("select (now() at time zone 'Etc/GMT+12')::date")
}

#[test]
fn a_day_that_is_run_before_its_end_is_open_and_the_next_run_takes_it_again() {
    let mut session = sums();
    let today = open_day(&mut session);
    session.run(&format!("insert into ai.src_s values ('{today}', 1), (date '{today}' - 1, 5)"));
    session.run(&format!(
        "update dfa.data_pipeline set data_date = date '{today}' - 1, run_date = date '{today}' - 1"
    ));
    session.run_table("ai_day", &today);
    let of_today = format!(
        "select state from dfa.data_interval where table_name = 'ai_day' and interval_start = '{today}'"
    );
    assert_eq!(session.value(&of_today), "open");
    assert_eq!(
        session.value(&format!("select state from dfa.data_interval where table_name = 'ai_day' and interval_start = date '{today}' - 1")),
        "done"
    );
    assert!(
        session.rows(&format!("select * from dfa.gaps('ai_day', '{today}', '{today}')")).is_empty(),
        "it is not over"
    );
    // Twelve hours east of Greenwich and two more it is over; rows came after the run.
    session.run(&format!("set dfa.timezone = 'Etc/GMT-14'; insert into ai.src_s values ('{today}', 1)"));
    assert_eq!(
        session.rows(&format!(
            "select interval_start, state, reason from dfa.gaps('ai_day', '{today}', '{today}')"
        )),
        [format!("{today}|open|a run took it before it was over")]
    );
    session.run(&format!("select * from dfa.run_table('ai_day', date '{today}' + 1)"));
    assert_eq!(session.value(&format!("select a from ai.ai_day where day = '{today}'")), "2");
    assert_eq!(session.value(&of_today), "done");
}

#[test]
fn an_open_day_is_taken_again_however_far_the_watermark_is() {
    let mut session = sums();
    let today = open_day(&mut session);
    session.run_table("ai_day", "2021-01-31");
    session.run(&format!("select * from dfa.run_table('ai_day', '{today}', 'rerun')"));
    session.run(&format!(
        "update dfa.data_pipeline set data_date = date '{today}' + 5, run_date = date '{today}' + 5 where table_name = 'ai_day'"
    ));
    let next = session.value(&format!("select date '{today}' + 6"));
    let end = session.value(&format!("select date '{today}' + 7"));
    assert_eq!(interval(&mut session, "ai_day", &next, "common"), format!("{today} {end}"));
}

#[test]
fn by_the_older_placeholders_an_open_day_stays_one_until_a_run_surely_takes_it() {
    let older = SUMS.replace("[interval_start, interval_end]", "[data_date, run_date]").replace(
        "day >= '{interval_start}' and day < '{interval_end}'",
        "day > '{data_date}' and day <= '{run_date}'",
    );
    for (catalog, state) in
        [(older.clone(), "open"), (older.replace("ai_day:\n", "ai_day:\n  lookback: 1\n"), "done")]
    {
        let mut session = sums_of(&catalog);
        let today = open_day(&mut session);
        session.run(&format!("insert into ai.src_s values ('{today}', 1)"));
        session.run_table("ai_day", &today);
        session.run(&format!(
            "set dfa.timezone = 'Etc/GMT-14'; insert into ai.src_s values (date '{today}' + 1, 1);
             select * from dfa.run_table('ai_day', date '{today}' + 1)"
        ));
        assert_eq!(
            session.value(&format!("select state from dfa.data_interval where table_name = 'ai_day' and interval_start = '{today}'")),
            state
        );
        session.run(&format!("select * from dfa.run_table('ai_day', '{today}', 'rerun')"));
        assert_eq!(
            session.value(&format!("select state from dfa.data_interval where table_name = 'ai_day' and interval_start = '{today}'")),
            "done",
            "a rerun takes it whole"
        );
    }
}

#[test]
fn a_month_counts_as_done_when_it_is_over_and_not_on_its_first_day() {
    let mut session = sums();
    let today = open_day(&mut session);
    let first = session.value(&format!("select date_trunc('month', date '{today}')::date"));
    session.run_table("ai_month", &first);
    let states = ledger(&mut session, "ai_month");
    assert_eq!(states.last(), Some(&format!("{first}|open")));
    assert!(states.iter().rev().skip(1).all(|state| state.ends_with("|done")), "{states:?}");
}

#[test]
fn a_common_run_covers_what_it_took_and_a_rerun_its_own_interval() {
    let mut session = sums();
    session.run_table("ai_day", "2021-01-03");
    session.run("select * from dfa.run_table('ai_day', '2021-01-09', 'rerun')");
    assert_eq!(
        ledger(&mut session, "ai_day"),
        ["2021-01-01|done", "2021-01-02|done", "2021-01-03|done", "2021-01-09|done"]
    );
}

#[test]
fn a_run_before_the_watermark_says_how_to_take_the_day_all_the_same() {
    let mut session = sums();
    session.run_table("ai_day", "2021-01-31");
    let refusal = session.refused("select * from dfa.run_table('ai_day', '2021-01-05', raise => true)");
    assert_eq!(refusal.sqlstate, "DF003");
    refusal.says(&["rerun", "dfa.backfill('ai_day', '2021-01-05', '2021-01-31')"]);
}
