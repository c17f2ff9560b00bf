//! Schedules: each slot once, whoever ticks; outages, overlaps, deadlines, daylight saving, and pg_cron as the clock.

use dfa_tests::{Cluster, Session};
use jiff::civil::{DateTime, Weekday};
use jiff::ToSpan;
use std::thread;

const TABLE: &str = "ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}";

/// A session with pipelines `name: schedule …` over one table, their schedules beginning at `start`.
fn scheduled(pipelines: &[(&str, &str)], start: &str) -> Session {
    let mut session = Session::with(TABLE);
    begin(&mut session, pipelines, start);
    session
}

/// Loads the pipelines and takes their next slots from a moment of the past, so that time can be told by the test.
fn begin(session: &mut Session, pipelines: &[(&str, &str)], start: &str) {
    for (name, keys) in pipelines {
        session.load(&format!("{name}: {{nodes: [ai_t], {keys}}}"));
    }
    session.run(&format!("update dfa.task_schedule set next_slot = '{start}' where next_slot is not null"));
}

fn tick(session: &mut Session, at: &str) -> Vec<String> {
    session.rows(&format!("select pipeline_name, reason from dfa.tick('{at}')"))
}

fn done(session: &mut Session) {
    session.until("select not exists (select from dfa.task_process where status = 2)");
}

/// The minutes of a year that a cron expression means, by looking at each of them. Lists, ranges and steps; when both day
/// fields are given, either will do.
fn by_looking_at_each_minute(cron: &str, year: i16) -> Vec<String> {
    let fields: Vec<&str> = cron.split(' ').collect();
    let matches = |field: &str, value: i8, low: i8, high: i8| {
        field.split(',').any(|part| {
            let (range, step) = part
                .split_once('/')
                .map_or((part, 1), |(range, step)| (range, step.parse::<i8>().expect("a step")));
            let (from, to) = match range.split_once('-') {
                Some((from, to)) => (from.parse().expect("a number"), to.parse().expect("a number")),
                None if range == "*" => (low, high),
                None => (range.parse().expect("a number"), range.parse().expect("a number")),
            };
            (from..=to).contains(&value) && (value - from) % step == 0
        })
    };
    let mut slots = Vec::new();
    let mut at = DateTime::constant(year, 1, 1, 0, 0, 0, 0);
    while at.year() == year {
        let weekday = match at.weekday() {
            Weekday::Sunday => 0,
            day => day.to_monday_one_offset(),
        };
        let (by_day, by_weekday) = (matches(fields[2], at.day(), 1, 31), matches(fields[4], weekday, 0, 6));
        let on_day =
            if fields[2] != "*" && fields[4] != "*" { by_day || by_weekday } else { by_day && by_weekday };
        if on_day
            && matches(fields[0], at.minute(), 0, 59)
            && matches(fields[1], at.hour(), 0, 23)
            && matches(fields[3], at.month(), 1, 12)
        {
            slots.push(at.strftime("%Y-%m-%d %H:%M:00+00").to_string());
        }
        at = at.checked_add(1.minutes()).expect("a moment");
    }
    slots
}

#[test]
fn two_tickers_over_a_year_run_each_slot_once() {
    let crons = [
        ("daily", "30 5 * * *"),
        ("workdays", "15 7 * * 1-5"),
        ("quarters", "0 1 1 1,4,7,10 *"),
        ("either_day", "10 3 13 * 5"),
        ("steps", "0 */8 1-10/3 * *"),
    ];
    let pipelines: Vec<(&str, String)> = crons
        .iter()
        .map(|(name, cron)| {
            (*name, format!("schedule: \"{cron}\", timezone: UTC, catch_up: all, overlap: parallel"))
        })
        .collect();
    let pipelines: Vec<(&str, &str)> = pipelines.iter().map(|(name, keys)| (*name, keys.as_str())).collect();
    let mut session = Session::with(TABLE);
    session.load(
        &pipelines
            .iter()
            .map(|(name, keys)| format!("{name}: {{nodes: [ai_t], {keys}}}\n"))
            .collect::<String>(),
    );
    for (name, cron) in crons {
        let first = &by_looking_at_each_minute(cron, 2031)[0];
        session
            .run(&format!("update dfa.task_schedule set next_slot = '{first}' where pipeline_id = '{name}'"));
    }
    // Nobody runs what is due: it is counted, not done.
    session.run("set timezone = 'UTC'");
    let tickers: Vec<_> = (0..2)
        .map(|_| {
            let mut ticker = session.another();
            thread::spawn(move || {
                ticker.run("set timezone = 'UTC'; set dfa.log_retention = ''");
                for day in 0..366 {
                    ticker.run(&format!("select count(*) from dfa.tick(timestamptz '2031-01-01 13:00+00' + {day} * interval '1 day')"));
                }
            })
        })
        .collect();
    tickers.into_iter().for_each(|ticker| ticker.join().expect("a ticker"));
    // A pipeline whose row is locked, as by a worker that ends its run, is left to the next tick.
    session.run("set dfa.log_retention = ''");
    session.until("select count(*) = 0 from dfa.tick('2032-01-01 13:00+00')");
    for (name, cron) in crons {
        let slots = session.rows(&format!(
            "select to_char(slot, 'YYYY-MM-DD HH24:MI:SS') || '+00' from dfa.schedule_slot
             where pipeline_id = '{name}' and slot < '2032-01-01' order by slot"
        ));
        assert_eq!(slots, by_looking_at_each_minute(cron, 2031), "{name}");
    }
    assert_eq!(session.value("select count(*) from dfa.schedule_slot where process_id is null"), "0");
    session.run("update dfa.task_process set cancelled_at = now() where status = 2");
}

#[test]
fn after_an_outage_the_last_slot_runs_or_none_or_all() {
    let zone = "timezone: UTC, schedule: \"0 6 * * *\"";
    let all = format!("{zone}, catch_up: all");
    let none = format!("{zone}, catch_up: none");
    let mut session =
        scheduled(&[("last_one", zone), ("each_one", &all), ("on_time", &none)], "2021-03-01 06:00+00");
    assert_eq!(
        tick(&mut session, "2021-03-04 12:00+00"),
        ["each_one|slot 2021-03-04 06:00 UTC", "last_one|slot 2021-03-04 06:00 UTC"]
    );
    done(&mut session);
    let dates = |session: &mut Session, name: &str| {
        session.rows(&format!("select run_date from dfa.task_step where pipeline_name = '{name}' order by 1"))
    };
    assert_eq!(dates(&mut session, "last_one"), ["2021-03-04"]);
    assert_eq!(dates(&mut session, "each_one"), ["2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04"]);
    assert!(tick(&mut session, "2021-03-05 05:59+00").is_empty());
    assert_eq!(tick(&mut session, "2021-03-05 06:01+00").len(), 3);
    done(&mut session);
    assert_eq!(dates(&mut session, "on_time"), ["2021-03-05"]);
}

#[test]
fn a_slot_that_comes_during_a_run_is_kept_merged_or_skipped() {
    let zone = "timezone: UTC, schedule: \"0 * * * *\"";
    let skip = format!("{zone}, overlap: skip");
    let mut session = scheduled(&[("keeps", zone), ("skips", &skip)], "2021-03-01 00:00+00");
    session.run("update dfa.task_schedule set tracking = 'PROCESSING'");
    for hour in 0..5 {
        assert!(tick(&mut session, &format!("2021-03-01 0{hour}:00+00")).is_empty());
    }
    session.run("update dfa.task_schedule set tracking = 'SUCCESS'");
    assert_eq!(tick(&mut session, "2021-03-01 04:30+00"), ["keeps|slot 2021-03-01 04:00 UTC"]);
    done(&mut session);
    assert!(tick(&mut session, "2021-03-01 04:31+00").is_empty());
    assert_eq!(session.value("select count(*) from dfa.schedule_slot where pipeline_id = 'skips'"), "5");
    assert_eq!(
        session
            .value("select slot = '2021-03-01 04:00+00' from dfa.schedule_slot where process_id is not null"),
        "t"
    );
}

#[test]
fn a_slot_in_the_hour_that_summer_time_leaves_out_runs_once_and_so_does_one_in_the_hour_that_comes_twice() {
    let keys = "timezone: Europe/Berlin, schedule: \"30 2 * * *\", catch_up: all";
    let mut session = scheduled(&[("night", keys)], "2021-03-27 01:30+00");
    tick(&mut session, "2021-03-30 00:00+00");
    assert_eq!(
        session.rows("select slot at time zone 'UTC' from dfa.schedule_slot order by 1"),
        ["2021-03-27 01:30:00", "2021-03-28 01:00:00", "2021-03-29 00:30:00"]
    );
    done(&mut session);
    session.run("truncate dfa.schedule_slot; update dfa.task_schedule set next_slot = '2021-10-30 00:30+00'");
    tick(&mut session, "2021-11-01 12:00+00");
    assert_eq!(
        session.rows("select slot at time zone 'UTC' from dfa.schedule_slot order by 1"),
        ["2021-10-30 00:30:00", "2021-10-31 00:30:00", "2021-11-01 01:30:00"]
    );
    done(&mut session);
}

#[test]
fn named_slots_run_at_their_time_in_the_zone() {
    let slots = "timezone: Asia/Bangkok, schedule: [everyday_at_06_00, every_monday_at_07_15, every_month_at_2nd_00_30, every_quarter_at_1st_03_00], catch_up: all";
    let mut session = scheduled(&[("named", slots)], "2021-03-31 23:00+00");
    tick(&mut session, "2021-04-05 00:30+00");
    assert_eq!(
        session.rows("select slot at time zone 'Asia/Bangkok' from dfa.schedule_slot where slot >= '2021-04-01 00:00+00' order by 1"),
        ["2021-04-02 00:30:00", "2021-04-02 06:00:00", "2021-04-03 06:00:00", "2021-04-04 06:00:00", "2021-04-05 06:00:00", "2021-04-05 07:15:00"]
    );
    done(&mut session);
}

#[test]
fn a_run_that_never_began_is_late_at_its_deadline_and_told_once() {
    let mut session = scheduled(
        &[("due", "timezone: UTC, schedule: \"0 6 * * *\", deadline: 2 hours")],
        "2021-03-01 06:00+00",
    );
    session.run("update dfa.task_schedule set tracking = 'PROCESSING'; listen dfa_event");
    tick(&mut session, "2021-03-01 06:00+00");
    tick(&mut session, "2021-03-01 07:59+00");
    assert_eq!(session.value("select count(*) from dfa.schedule_slot where late_at is not null"), "0");
    tick(&mut session, "2021-03-01 08:01+00");
    tick(&mut session, "2021-03-01 08:02+00");
    assert_eq!(
        session.value("select late_at at time zone 'UTC' from dfa.schedule_slot"),
        "2021-03-01 08:01:00"
    );
    use postgres::fallible_iterator::FallibleIterator;
    let told: Vec<String> = session
        .client
        .notifications()
        .iter()
        .map(|it| Ok(it.payload().to_owned()))
        .collect()
        .expect("a connection");
    assert_eq!(told.iter().filter(|event| event.contains("\"late\"")).count(), 1, "{told:?}");
}

#[test]
fn a_pipeline_that_is_switched_off_is_passed_over_and_one_that_cannot_start_is_told() {
    let mut session = scheduled(
        &[
            ("off", "timezone: UTC, schedule: \"0 6 * * *\""),
            ("broken", "timezone: UTC, schedule: \"0 6 * * *\""),
        ],
        "2021-03-01 06:00+00",
    );
    session.run("update dfa.task_schedule set active_flg = 'N' where pipeline_id = 'off'; update dfa.catalog set current = false where name = 'ai_t'");
    assert_eq!(
        session
            .rows("select pipeline_name, process_id is null, message from dfa.tick('2021-03-01 06:00+00')"),
        ["broken|t|Error: table 'ai_t' is not known"]
    );
    assert_eq!(
        session.value("select tracking from dfa.task_schedule where pipeline_id = 'broken'"),
        "FAILED"
    );
}

#[test]
fn a_moment_that_no_calendar_has_is_refused() {
    let mut session = Session::with(TABLE);
    for at in ["4713-01-01 BC", "infinity", "-infinity", "12345-01-01"] {
        let refusal = session.refused(&format!("select * from dfa.tick('{at}')"));
        assert_eq!(refusal.sqlstate, "22023", "{at}: {refusal}");
        refusal.says(&["at", "years 1 to 9999"]);
    }
}

#[test]
fn a_wrong_deadline_or_zone_is_refused_when_it_is_loaded() {
    let mut session = Session::with(TABLE);
    session.load_refused("p: {nodes: [ai_t], schedule: everyday_at_06_00, deadline: soon}").says(&["soon"]);
    session
        .load_refused("p: {nodes: [ai_t], schedule: everyday_at_06_00, timezone: Mars/Base}")
        .says(&["Mars/Base"]);
    session.load_refused("p: {nodes: [ai_t], schedule: \"61 * * * *\"}").says(&["61"]);
    assert_eq!(session.value("select count(*) from dfa.task_schedule"), "0");
}

#[test]
fn old_tasks_and_logs_are_trimmed_and_open_ones_are_not() {
    let mut session = Session::with(TABLE);
    session.run("select * from dfa.run_table('ai_t', '2021-01-02'); select * from dfa.run_table('ai_t', '2021-01-03')");
    session.run("update dfa.task_process set created_at = now() - interval '400 days' where process_id = (select min(process_id) from dfa.task_process where process_type = 'foreground|table' and process_name_put = 'ai_t');
                 update dfa.data_logging set update_date = now() - interval '400 days' where run_date = '2021-01-02'");
    session.run("select * from dfa.tick()");
    assert_eq!(session.rows("select run_date from dfa.task_step order by 1"), ["2021-01-03"]);
    assert_eq!(session.value("select count(*) from dfa.data_logging where action_type = 'common'"), "1");
}

#[test]
fn pg_cron_is_a_clock() {
    let cluster = Cluster::start(&[
        "shared_preload_libraries=dfa,pg_cron",
        "cron.database_name=clock",
        "cron.use_background_workers=on",
    ]);
    let mut session = Session::on(&cluster, "clock");
    session.load(TABLE);
    session.set_up();
    session.load("minutely: {nodes: [ai_t], schedule: \"* * * * *\"}");
    session.run(include_str!("../../sql/examples/pg_cron.sql"));
    let started = std::time::Instant::now();
    while session.value("select count(*) from dfa.schedule_slot where process_id is not null") == "0" {
        assert!(
            started.elapsed().as_secs() < 150,
            "{:?}\n{}",
            session.rows("select * from cron.job_run_details"),
            cluster.log()
        );
        thread::sleep(std::time::Duration::from_millis(100));
    }
    session.until("select exists (select from ai.ai_t)");
    assert_eq!(session.value("select count(*) > 0 from cron.job_run_details where status = 'failed'"), "f");
}

#[test]
fn the_run_date_of_a_slot_is_its_day_less_the_lag() {
    for (keys, expected) in [
        ("schedule: \"30 5 * * *\", timezone: UTC", "2021-03-01"),
        ("schedule: \"30 5 * * *\", timezone: UTC, lag: 1 day", "2021-02-28"),
        ("schedule: \"30 5 * * *\", timezone: UTC, lag: 1 month 1 day", "2021-01-31"),
        // In Bangkok the day has begun seven hours earlier.
        ("schedule: \"30 5 * * *\", timezone: Asia/Bangkok, lag: 1 day", "2021-03-01"),
    ] {
        let mut session = scheduled(&[("p", keys)], "2021-02-28 22:30+00");
        session.run("select * from dfa.tick('2021-03-01 23:00+00')");
        done(&mut session);
        assert_eq!(session.value("select run_date from dfa.task_step"), expected, "{keys}");
    }
}

#[test]
fn a_slot_before_the_watermark_is_a_rerun_and_stops_nothing() {
    let mut session = scheduled(&[("p", "schedule: \"30 5 * * *\", timezone: UTC")], "2021-03-01 05:30+00");
    session.run_table("ai_t", "2021-05-01");
    session.run("select * from dfa.tick('2021-03-01 06:00+00')");
    done(&mut session);
    assert_eq!(session.value("select tracking from dfa.task_schedule"), "SUCCESS");
    assert_eq!(
        session.value("select action_type from dfa.data_logging where run_date = '2021-03-01'"),
        "rerun"
    );
}

#[test]
fn a_length_of_time_that_is_none_is_a_finding_of_the_load() {
    let mut session = Session::with(TABLE);
    for (keys, word) in
        [("deadline: banana", "'banana' is no length of time"), ("lag: 5 minutes", "no number of days")]
    {
        let refusal = session.load_refused(&format!("p: {{nodes: [ai_t], {keys}}}"));
        assert_eq!(refusal.sqlstate, "DF001", "{refusal}");
        refusal.says(&[word]);
    }
}
