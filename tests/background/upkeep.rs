//! What the scheduler does by itself: retention by its schedule, logs, partitions and their statistics, lost tasks.

use dfa_tests::Session;
use std::thread;

const SHOP: &str = "
src_kept: {create: {features: {a: int, day: date}}, retention: {column: day, months: 3}}
imp_sale: {create: {features: {day: 'date not null', n: int}, partition_by_range: [day]}, retention: {column: day, months: 0}}
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
";

/// Ticks in a zone that is told apart from UTC, with logs that stay.
fn shop() -> Session {
    let mut session = Session::with(SHOP);
    let database = session.value("select current_database()");
    session.run(&format!(
        "alter database {database} set dfa.log_retention = ''; alter database {database} set dfa.timezone = 'Asia/Bangkok'"
    ));
    session.another()
}

fn tick(session: &mut Session, at: &str) {
    session.run(&format!("select * from dfa.tick('{at}')"));
}

fn ended(session: &mut Session, module: &str) -> Vec<String> {
    session.until("select not exists (select from dfa.task_process where status = 2)");
    session.rows(&format!(
        "select process_name_put, run_date_put, status, parameters ->> 'started_by' from dfa.task_process
         where process_module = 'framework|{module}' and process_type like 'background|%' order by created_at"
    ))
}

fn next(session: &mut Session, name: &str) -> String {
    session.value(&format!(
        "select to_char(next_at at time zone 'Asia/Bangkok', 'YYYY-MM-DD HH24:MI') from dfa.upkeep where name = '{name}'"
    ))
}

#[test]
fn retention_runs_on_the_first_sunday_of_a_month_once_whoever_ticks() {
    let mut session = shop();
    session.run("insert into ai.src_kept values (1, '2020-01-01'), (2, '2021-03-01')");
    tick(&mut session, "2021-03-06 10:00+00");
    assert_eq!(next(&mut session, "retention"), "2021-03-07 02:00");
    assert!(ended(&mut session, "retention").is_empty(), "not before its slot");
    let tickers: Vec<_> = (0..4)
        .map(|_| {
            let mut ticker = session.another();
            thread::spawn(move || {
                for minute in 0..5 {
                    tick(&mut ticker, &format!("2021-03-06 19:0{minute}+00"));
                }
            })
        })
        .collect();
    tickers.into_iter().for_each(|ticker| ticker.join().expect("a ticker"));
    assert_eq!(ended(&mut session, "retention"), ["all|2021-03-07|0|upkeep retention"]);
    assert_eq!(session.rows("select a from ai.src_kept"), ["2"]);
    assert_eq!(next(&mut session, "retention"), "2021-04-04 02:00");
    assert_eq!(
        session.value(
            "select process_module from dfa.upkeep join dfa.task_process using (process_id) where name = 'retention'"
        ),
        "framework|retention"
    );
}

#[test]
fn retention_follows_the_setting_and_is_off_without_one() {
    let mut session = shop();
    session.run("set dfa.retention_schedule = ''");
    tick(&mut session, "2021-03-06 10:00+00");
    assert_eq!(next(&mut session, "retention"), "");
    session.run("set dfa.retention_schedule = 'everyday_at_04_00'");
    tick(&mut session, "2021-03-06 10:00+00");
    assert_eq!(next(&mut session, "retention"), "2021-03-07 04:00");
    session.run("set dfa.retention_schedule = 'whenever'");
    tick(&mut session, "2021-03-08 10:00+00");
    assert_eq!(next(&mut session, "retention"), "", "what is no schedule is never due and stops no tick");
    assert!(ended(&mut session, "retention").is_empty());
}

#[test]
fn an_outage_costs_one_retention_and_no_workers_a_task_that_says_so() {
    let mut session = shop();
    tick(&mut session, "2021-03-06 10:00+00");
    tick(&mut session, "2021-09-20 10:00+00");
    assert_eq!(ended(&mut session, "retention"), ["all|2021-09-20|0|upkeep retention"]);
    session.run("set dfa.max_workers = 0");
    tick(&mut session, "2021-10-20 10:00+00");
    let failed = session.rows(
        "select status, process_message from dfa.task_process
         where process_module = 'framework|retention' and process_type like 'foreground|%'",
    );
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].starts_with("1|Error: ") && failed[0].contains("worker"), "{failed:?}");
}

#[test]
fn partitions_are_made_ahead_and_analyzed_each_day() {
    let mut session = shop();
    tick(&mut session, "2021-03-06 10:00+00");
    assert_eq!(next(&mut session, "partitions"), "2021-03-07 01:30");
    session.run("insert into ai.imp_sale select date '2021-01-05', n from generate_series(1, 500) as n");
    tick(&mut session, "2021-03-06 18:30+00");
    assert_eq!(ended(&mut session, "upkeep"), ["partitions|2021-03-07|0|upkeep partitions"]);
    let message = session.value("select message from dfa.task_step where node = 'partitions'");
    assert!(message.contains("'imp_sale' is analyzed, with 1 partition that had no statistics"), "{message}");
    assert_eq!(
        session.value("select reltuples from pg_class where oid = 'ai.imp_sale_p2021_01'::regclass"),
        "500"
    );
    tick(&mut session, "2021-03-07 18:30+00");
    ended(&mut session, "upkeep");
    let message = session
        .value("select message from dfa.task_step where node = 'partitions' and run_date = '2021-03-08'");
    assert_eq!(message, "Success: 'imp_sale' needs no new partition");
}

#[test]
fn what_is_older_than_log_retention_goes_from_every_log_and_the_task_of_the_day_counts_it() {
    let mut session = shop();
    session.run_table("ai_t", "2021-01-02");
    let old = session.value("select process_id from dfa.task_process where process_name_put = 'ai_t'");
    session.run(&format!(
        "update dfa.task_process set created_at = now() - interval '400 days' where process_id = '{old}';
         update dfa.data_logging set update_date = now() - interval '400 days';
         insert into dfa.task_process (process_id, process_type, process_name_put, process_module, created_at)
         values ('1', 'background|table', 'ai_t', 'framework|data', now() - interval '400 days');
         insert into dfa.rejected_row (process_id, table_name, position, reason, rejected_at)
         values ('1', 'ai_t', 1, 'x', now() - interval '400 days'), ('1', 'ai_t', 2, 'x', now());
         insert into dfa.schedule_slot (pipeline_id, slot) values ('p', now() - interval '400 days'), ('p', now());
         insert into dfa.ingest_receipt (idempotency_key, request, process_id, answer, created_at)
         values ('a', '', '1', '{{}}', now() - interval '400 days'), ('b', '', '1', null, now() - interval '400 days'),
                ('c', '', '1', '{{}}', now());
         set dfa.log_retention = '1 year'; set dfa.max_workers = 0"
    ));
    for _ in 0..2 {
        session.run("select * from dfa.tick()");
    }
    let counted = |session: &mut Session| {
        session.value(
            "select process_name_put, status, process_number_get, process_message from dfa.task_process
             where process_module = 'framework|upkeep' and process_name_put = 'logs'",
        )
    };
    let said = counted(&mut session);
    assert!(said.starts_with("logs|0|"), "{said}");
    for words in
        ["task_process: 1", "rejected_row: 1", "schedule_slot: 1", "ingest_receipt: 1", "data_logging: "]
    {
        assert!(said.contains(words), "{said}, without {words}");
    }
    assert_eq!(session.rows("select position from dfa.rejected_row"), ["2"]);
    assert_eq!(session.rows("select idempotency_key from dfa.ingest_receipt order by 1"), ["b", "c"]);
    assert_eq!(session.value("select count(*) from dfa.task_step"), "0", "steps go with their task");
    assert_eq!(
        session.value("select status from dfa.task_process where process_id = '1'"),
        "2",
        "an open task stays"
    );
    session.run(
        "update dfa.rejected_row set rejected_at = now() - interval '400 days'; select * from dfa.tick()",
    );
    assert!(counted(&mut session).contains("rejected_row: 2"), "one task of a day sums up");
}

#[test]
fn tasks_that_stand_still_end_and_a_task_says_which() {
    let mut session = shop();
    session.run(
        "insert into dfa.task_process (process_id, process_type, process_name_put, process_module, update_date)
         values ('7', 'foreground|table', 'ai_t', 'framework|data', now() - interval '1 hour');
         select * from dfa.tick()",
    );
    assert_eq!(session.value("select status from dfa.task_process where process_id = '7'"), "1");
    assert_eq!(
        session.value(
            "select status, process_message from dfa.task_process where process_module = 'framework|upkeep' and process_name_put = 'processes'"
        ),
        "0|Success: 1 task that stood still came to an end: 7"
    );
}
