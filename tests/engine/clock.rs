//! One clock: whose session runs, deletes or asks does not change which rows are meant.

use crate::session::Session;
use dfa_tests::Cluster;

/// Hours of business days in Bangkok, taken a day at a time, and rows that are kept for two months.
const HOURS: &str = "
src_sale: {create: {features: {id: bigint, sold_at: 'timestamptz not null'}}}
ai_day:
  create: {features: {id: bigint, sold_at: timestamptz}}
  retention: {column: sold_at, months: 0}
  update:
    fill:
      parameter: [run_date, data_date]
      statement: >-
        insert into {ai_schema_name}.ai_day select * from {ai_schema_name}.src_sale
        where sold_at >= date '{data_date}' + 1 and sold_at < date '{run_date}' + 1
imp_kept:
  create: {features: {id: bigint, at: 'timestamptz not null'}, partition_by_range: at}
  retention: {column: at, months: 2}
ai_seen:
  create: {features: {what: text, value: text}}
  update:
    fill:
      parameter: [run_date, data_date, update_date]
      statement: >-
        insert into {ai_schema_name}.ai_seen
        values ('dates', '{run_date} {data_date}'), ('zone', current_setting('timezone')), ('update', '{update_date}'),
               ('text', date '2024-03-01'::text || timestamptz '2024-03-01 00:30+00'::text || interval '1 day 02:00'::text
                        || 0.1::float4::float8::text || '\\x41'::bytea::text || '01/02/2024'::date::text)
";

/// What a session may have set, by a driver, by hand or in its role: nothing of it may count.
const CALLERS: [&str; 5] = [
    "select 1",
    "set timezone = 'Pacific/Kiritimati'; set datestyle = 'German'; set intervalstyle = 'iso_8601'; set extra_float_digits = -4",
    "set timezone = 'America/New_York'; set datestyle = 'SQL, DMY'; set bytea_output = 'escape'; set quote_all_identifiers = on",
    "set timezone = '+11'; set standard_conforming_strings = off; set array_nulls = off; set escape_string_warning = off",
    "set timezone = 'Asia/Kathmandu'; set datestyle = 'Postgres, YMD'; set extra_float_digits = 3",
];

fn in_bangkok() -> Session {
    let mut session = Session::fresh();
    let name = session.database.quoted_name();
    session.run(&format!("alter database {name} set dfa.timezone = 'Asia/Bangkok'"));
    session = session.another();
    session.load(HOURS);
    session.run("select from dfa.setup(run_date => '2024-02-29')");
    session.run(
        "insert into ai.src_sale select n, timestamptz '2024-03-01 00:00+07' + n * interval '1 hour' from generate_series(0, 143) as n",
    );
    session
}

#[test]
fn each_row_is_taken_once_whoever_runs_the_day() {
    let mut session = in_bangkok();
    for (day, caller) in
        ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04", "2024-03-05"].iter().zip(CALLERS)
    {
        let mut other = session.another();
        other.run(caller);
        let rows = other.value(&format!("select rows from dfa.run_table('ai_day', date '{day}')"));
        assert_eq!(rows, "24", "{day} by {caller}");
        assert_eq!(
            session.value("select data_date from dfa.data_pipeline where table_name = 'ai_day'"),
            *day
        );
    }
    // A worker, and a procedure that commits.
    session.run("call dfa.run('ai_day', array[date '2024-03-06'])");
    assert_eq!(session.value("select count(*), count(distinct id) from ai.ai_day"), "144|144");
    assert_eq!(session.value("select count(*) from dfa.gaps('ai_day')"), "0");
}

#[test]
fn statements_and_placeholders_read_the_same_in_each_session() {
    let mut session = in_bangkok();
    let mut seen = Vec::new();
    for (day, caller) in (1..).zip(CALLERS) {
        let mut other = session.another();
        other.run(caller);
        other.run(&format!(
            "select from dfa.run_table('ai_seen', '2024-03-01'::date + {day}, run_mode => 'rerun')"
        ));
        let rows = session
            .rows("delete from ai.ai_seen where what <> 'update' and what <> 'dates' returning what, value");
        seen.push((caller, rows));
        session.until("select value like '2024-03-%2024-02-29' from ai.ai_seen where what = 'dates'");
        session.until(
            "select abs(extract(epoch from value::timestamp - now() at time zone 'Asia/Bangkok')) < 600 from ai.ai_seen where what = 'update'",
        );
        session.run("delete from ai.ai_seen");
        assert!(
            other.value("show timezone") == session.value("show timezone") || caller.contains("timezone")
        );
    }
    for (caller, rows) in &seen {
        assert_eq!(rows, &seen[0].1, "{caller}");
    }
    assert!(seen[0].1.contains(&"zone|Asia/Bangkok".to_owned()));
    assert!(
        seen[0].1.iter().any(|row| row.contains("2024-03-012024-03-01 07:30:00+071 day 02:00:00")),
        "{seen:?}"
    );
}

#[test]
fn retention_cuts_where_partitions_begin() {
    for caller in CALLERS {
        let mut session = in_bangkok();
        session.run("insert into ai.imp_kept values (1, '2024-03-31 23:59+07'), (2, '2024-04-01 00:30+07'), (3, '2024-04-01 06:59+07')");
        session.run("select from dfa.make_partitions('imp_kept')");
        let mut other = session.another();
        other.run(caller);
        other.run("select from dfa.run_retention('imp_kept', date '2024-06-15')");
        assert_eq!(session.rows("select id from ai.imp_kept order by 1"), ["2", "3"], "{caller}");
    }
}

#[test]
fn a_rerun_resets_rows_by_the_same_days() {
    let mut session = in_bangkok();
    session.run("insert into dfa.data_parameter (parameter_name, parameter_value) values ('data_normal_rerun_reset_data', 'Y')");
    session.run("update dfa.data_pipeline set table_type = 'transaction' where table_name = 'ai_day'");
    session.run_table("ai_day", "2024-03-01");
    session.run_table("ai_day", "2024-03-02");
    let mut other = session.another();
    other.run("set timezone = 'America/Los_Angeles'; set datestyle = 'SQL, DMY'");
    other.run("select from dfa.run_table('ai_day', date '2024-03-01', run_mode => 'rerun')");
    assert_eq!(session.value("select count(*), count(distinct id) from ai.ai_day"), "24|24");
}

#[test]
fn a_run_without_a_date_is_of_today_by_the_clock() {
    // Whichever day it is in Bangkok, it is another one at one of the ends of the world.
    let mut session = in_bangkok();
    let today = session.value("select (now() at time zone 'Asia/Bangkok')::date");
    for zone in ["Etc/GMT+12", "Pacific/Kiritimati"] {
        let mut other = session.another();
        other.run(&format!("set timezone = '{zone}'"));
        let found = other.value("select dfa.today()");
        assert!(found >= today, "{found} in {zone}, {today} in Bangkok");
        other.run("select from dfa.run_table('ai_day')");
        let id = other.value("call dfa.run('ai_day')").split('|').next().unwrap_or_default().to_owned();
        let begun = other.value(&format!(
            "select abs(extract(epoch from to_timestamp(left('{id}', 14), 'YYYYMMDDHH24MISS')::timestamp - now() at time zone 'Asia/Bangkok')) < 600"
        ));
        // `to_timestamp` reads in the zone of this session, and is taken back to it.
        assert_eq!(begun, "t", "{id} in {zone}");
        assert!(
            other.value(&format!("select run_date_put from dfa.task_process where process_id = '{id}'"))
                >= today
        );
    }
}

#[test]
fn queries_and_rendered_statements_do_not_depend_on_their_caller() {
    let mut session = in_bangkok();
    session.load(
        "query:at: {create: \"select timestamptz '2024-03-01 00:00+00' as at, date '2024-03-01' as day, current_setting('timezone') as zone\"}",
    );
    let mut answers = Vec::new();
    for caller in CALLERS {
        session.run(caller);
        answers.push((
            session.value("select dfa.run_query('at')"),
            session.rows("select statement from dfa.render('ai_day', run_date => make_date(2024, 3, 1))"),
        ));
        session = session.another();
    }
    assert!(
        answers[0].0.contains("2024-03-01T07:00:00+07:00") && answers[0].0.contains("Asia/Bangkok"),
        "{answers:?}"
    );
    assert!(
        answers[0].1[0].contains("date '2024-02-29' + 1 and sold_at < date '2024-03-01' + 1"),
        "{answers:?}"
    );
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[test]
fn without_a_setting_of_dfa_the_clock_is_that_of_the_database_and_then_of_the_server() {
    let cluster = Cluster::start(&["timezone=Asia/Tokyo"]);
    let mut session = Session::on(&cluster, "clock");
    let zone = |session: &Session, caller: &str| {
        let mut other = session.another();
        other.run(caller);
        other.value("select dfa.time_zone()")
    };
    let callers = ["select 1", "set timezone = 'America/New_York'", "set timezone to default; reset all"];
    for caller in callers {
        assert_eq!(zone(&session, caller), "Asia/Tokyo", "{caller}");
    }
    // As a client that names its zone when it connects, and a role that has one.
    session.run("create role far superuser login; alter role far set timezone = 'Africa/Cairo'");
    assert_eq!(
        session.another_as("far").value("select dfa.time_zone() || current_setting('timezone')"),
        "Asia/TokyoAfrica/Cairo"
    );
    session.run("alter role all set timezone = 'Asia/Karachi'");
    for caller in callers {
        assert_eq!(zone(&session, caller), "Asia/Karachi", "{caller}");
    }
    session.run("alter database clock set timezone = 'Europe/Berlin'");
    for caller in callers {
        assert_eq!(zone(&session, caller), "Europe/Berlin", "{caller}");
    }
    assert_eq!(session.another_as("far").value("select dfa.time_zone()"), "Europe/Berlin");
    session.run("alter database clock set dfa.timezone = 'Asia/Bangkok'");
    assert_eq!(zone(&session, callers[1]), "Asia/Bangkok");
}

#[test]
fn a_zone_in_the_files_of_the_server_counts_where_a_client_asks_for_another() {
    let cluster = Cluster::start(&[]);
    let mut session = Session::on(&cluster, "clock");
    session.run("alter system set timezone = 'Asia/Tokyo'");
    session.run("select pg_reload_conf()");
    session.until("select exists (select from pg_file_settings where lower(name) = 'timezone' and setting = 'Asia/Tokyo' and applied)");
    let mut other = session.another();
    other.run("set timezone = 'America/New_York'");
    other.until("select dfa.time_zone() = 'Asia/Tokyo'");
    session.run("create role plain login; grant dfa_reader to plain");
    let mut plain = session.another_as("plain");
    plain.run("set timezone = 'America/New_York'");
    assert_eq!(plain.value("select dfa.time_zone()"), "Asia/Tokyo");
}

#[test]
fn a_session_keeps_its_own_settings() {
    let mut session = in_bangkok();
    session
        .run("set timezone = 'America/New_York'; set datestyle = 'SQL, DMY'; set intervalstyle = 'iso_8601'");
    session.run(
        "begin; set local extra_float_digits = 0; select from dfa.run_table('ai_day', date '2024-03-01')",
    );
    let settings = "select current_setting('timezone'), current_setting('datestyle'), current_setting('intervalstyle'), current_setting('extra_float_digits')";
    assert_eq!(session.value(settings), "America/New_York|SQL, DMY|iso_8601|0");
    session.refused("select dfa.run_table('ai_nothing')");
    session.run("rollback");
    assert_eq!(session.value(settings), "America/New_York|SQL, DMY|iso_8601|1");
}

#[test]
fn a_zone_that_is_none_is_named() {
    let mut session = in_bangkok();
    session.run("set dfa.timezone = 'Mars/Base'");
    session.refused("select from dfa.run_table('ai_day')").says(&["dfa.timezone", "Mars/Base"]);
}
