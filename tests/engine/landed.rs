//! Rows that land by other ways than ingest: the watermark of their table, and what they make stale.

use crate::session::Session;

/// `src_s`, dated by `day`, which `ai_day` and through it `ai_top` read; both are done from 2021-01-01 to 2021-01-10.
fn done() -> Session {
    let mut session = Session::with(
        "
src_s: {create: {features: {id: int, day: date}}, retention: {column: day, months: 0}}
ai_day: {create: {features: {n: bigint}}, update: {fill: {statement: 'insert into ai.ai_day select count(*) from ai.src_s'}}}
ai_top: {create: {features: {n: bigint}}, update: {fill: {statement: 'insert into ai.ai_top select n from ai.ai_day'}}}
",
    );
    for table in ["ai_day", "ai_top"] {
        session.run_table(table, "2021-01-10");
    }
    session
}

fn stale(session: &mut Session, table: &str) -> Vec<String> {
    session.rows(&format!(
        "select interval_start, reason from dfa.gaps('{table}', '2021-01-01', '2021-01-10') where state = 'stale'"
    ))
}

#[test]
fn the_watermark_of_a_landed_table_follows_what_lands() {
    let mut session = done();
    session.run("select dfa.landed('src_s', '2021-03-01', '2021-03-05', 100)");
    assert_eq!(session.watermark("src_s"), "2021-03-05|2021-01-01|0");
    session.run("select dfa.landed('src_s', '2021-02-01', '2021-02-02', 7)");
    assert_eq!(session.watermark("src_s"), "2021-03-05|2021-01-01|0", "it does not go back");
    assert_eq!(
        session.rows("select data_date, row_record, status from dfa.data_logging where table_name = 'src_s' and action_type = 'ingestion' order by id"),
        ["2021-03-05|100|0", "2021-02-02|7|0"]
    );
}

#[test]
fn the_first_rows_take_the_place_of_the_date_of_the_setup_which_says_nothing_of_them() {
    let mut session = done();
    session.run("select dfa.landed('src_s', '2017-01-01', '2017-12-31')");
    assert_eq!(session.watermark("src_s"), "2017-12-31|2021-01-01|0");
    session.run("select dfa.landed('ai_day', '2017-01-01', '2017-12-31')");
    assert_eq!(session.watermark("ai_day"), "2021-01-01|2021-01-10|0", "a derived table has its own runs");
    session.run("drop table ai.src_s; select * from dfa.setup('src_s', run_date => '2021-02-01')");
    session.run("select dfa.landed('src_s', '2019-01-01', '2019-01-01')");
    assert_eq!(session.watermark("src_s"), "2019-01-01|2021-02-01|0", "a table made anew has no rows yet");
}

#[test]
fn rows_that_are_ingested_count_in_the_same_way() {
    let mut session = done();
    session.run("select * from dfa.ingest('src_s', '[{\"id\": 1, \"day\": \"2020-06-01\"}]')");
    assert_eq!(session.watermark("src_s"), "2020-06-01|2021-01-01|0");
}

#[test]
fn infinity_dates_rows_and_moves_no_watermark() {
    let mut session = done();
    session.run("select dfa.landed('src_s', '-infinity', 'infinity')");
    assert_eq!(session.watermark("src_s"), "2021-01-01|2021-01-01|0");
    assert_eq!(stale(&mut session, "ai_day").len(), 10);
}

#[test]
fn what_read_the_days_is_stale_and_what_read_other_days_is_not() {
    let mut session = done();
    assert_eq!(session.value("select dfa.landed('src_s', '2021-01-03', '2021-01-04', 2)"), "4");
    for table in ["ai_day", "ai_top"] {
        assert_eq!(
            stale(&mut session, table),
            ["2021-01-03|rows landed in src_s", "2021-01-04|rows landed in src_s"]
        );
    }
}

#[test]
fn without_an_end_later_days_are_stale_too_and_without_days_none_is() {
    let mut session = done();
    assert_eq!(session.value("select dfa.landed('src_s', rows => 5)"), "0");
    assert_eq!(session.value("select dfa.landed('src_s', '2021-01-09')"), "4");
    assert_eq!(session.watermark("src_s"), "2021-01-01|2021-01-01|0");
}

#[test]
fn an_operator_may_say_it_and_wrong_arguments_are_refused() {
    let mut session = done();
    session
        .run("set role dfa_operator; select dfa.landed('src_s', '2021-01-03', '2021-01-03', 1); reset role");
    for (call, sqlstate, word) in [
        ("select dfa.landed('src_t')", "DF002", "'src_s'"),
        ("select dfa.landed('src_s', '2021-02-01', '2021-01-01')", "22023", "not after the last"),
        ("select dfa.landed('src_s', rows => -1)", "22023", "0 or more"),
        ("select dfa.landed(null)", "22004", "name is null"),
    ] {
        let refusal = session.refused(call);
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[word]);
    }
}

/// `ai_day` reads `src_s` through a gate that is shut while an advisory lock is held: what its run sees is settled before it
/// opens.
fn gated() -> Session {
    let mut session = Session::fresh();
    session.run(
        "create function public.gate() returns boolean language plpgsql as
         'begin perform pg_advisory_xact_lock_shared(1); return true; end'",
    );
    session.load(
        "
src_s: {create: {features: {id: int, day: date}}, retention: {column: day, months: 0}}
ai_day:
  create: {features: {day: date, n: bigint}, primary_key: [day]}
  retention: {column: day, months: 0}
  update:
    fill:
      parameter: [interval_start, interval_end]
      statement: |
        insert into {ai_schema_name}.ai_day select day, count(*) from {ai_schema_name}.src_s
        where day >= '{interval_start}' and day < '{interval_end}' and (select public.gate()) group by day
        on conflict (day) do update set n = excluded.n
",
    );
    session.set_up();
    session.run("insert into ai.src_s select 1, date '2021-01-01' + n from generate_series(0, 9) as n");
    session
}

/// What is stale after rows landed while a call was reading, by someone who commits them before it ends.
fn stale_after_landing(session: &mut Session, call: &'static str, landing: &str) -> Vec<String> {
    let (mut keeper, mut reader) = (session.another(), session.another());
    keeper.run("select pg_advisory_lock(1)");
    let pid = reader.pid();
    let run = std::thread::spawn(move || reader.value(&format!("select status from {call}")));
    session.until_waiting(&pid);
    session.run(landing);
    keeper.run("select pg_advisory_unlock(1)");
    assert_eq!(run.join().unwrap(), "0");
    stale(session, "ai_day")
}

#[test]
fn rows_that_land_while_a_run_reads_leave_their_days_stale() {
    let mut session = gated();
    let landing = "insert into ai.src_s values (2, '2021-01-03'); select dfa.landed('src_s', '2021-01-03', '2021-01-03')";
    let first = "dfa.run_table('ai_day', '2021-01-05')";
    let told = ["2021-01-03|rows landed in src_s"];
    assert_eq!(stale_after_landing(&mut session, first, landing), told, "of a run that was the first");
    let rerun = "dfa.run_table('ai_day', '2021-01-03', run_mode => 'rerun')";
    assert_eq!(stale_after_landing(&mut session, rerun, landing), told, "of a rerun of what is stale");
    session.run(&format!("select * from {rerun}"));
    assert_eq!(stale(&mut session, "ai_day"), [] as [&str; 0], "a run that saw the rows");
    assert_eq!(stale_after_landing(&mut session, rerun, landing), told, "of a rerun of what is done");
    session.run("select dfa.backfill('ai_day', '2021-01-01', '2021-01-05', only_gaps => true)");
    session.until("select not exists (select from dfa.task_process where status = 2)");
    assert_eq!(session.value("select n from ai.ai_day where day = '2021-01-03'"), "4");
    assert_eq!(stale(&mut session, "ai_day"), [] as [&str; 0]);
}

#[test]
fn rows_of_any_day_that_a_date_can_be_land() {
    let mut session = done();
    assert_eq!(session.value("select dfa.landed('src_s', '0044-03-15 BC', '2021-01-03', 2)"), "6");
    assert_eq!(session.watermark("src_s"), "2021-01-03|2021-01-01|0");
    session.run("set datestyle = 'German'; select dfa.landed('src_s', '2021-01-05', '12000-01-01')");
    session.run("set datestyle = 'ISO'");
    assert_eq!(session.watermark("src_s"), "12000-01-01|2021-01-01|0");
    session.run("select dfa.landed('src_s', '-infinity', 'infinity')");
    assert_eq!(session.watermark("src_s"), "12000-01-01|2021-01-01|0");
}
