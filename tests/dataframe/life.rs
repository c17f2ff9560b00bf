//! A DataFrame step has the life of any step: it waits, is seen, commits whole, and stops what reads it when it fails.

use crate::pooler::Pooler;
use crate::{ended, run, Frame};
use dfa_tests::{children, signal, Service, Session};
use std::path::Path;
use std::time::{Duration, Instant};

/// Two processes of SQL around one of a DataFrame, and a table that reads the result.
const MIXED: &str = "
ai_t:
  create: {features: {id: text, y: numeric}}
  update:
    before: {priority: 1, statement: \"insert into {ai_schema_name}.ai_t values ('first', 1), ('second', 9)\"}
    classes:
      priority: 2
      function: abc_class
      load: {statement: \"select id, y from {ai_schema_name}.ai_t\"}
      save: {statement: \"insert into {ai_schema_name}.ai_t select 'class of ' || id || ' ' || class, y from ({function_value}) as f (id, y, share, cumulated, class)\"}
    after: {priority: 3, statement: \"insert into {ai_schema_name}.ai_t select 'last', count(*) from {ai_schema_name}.ai_t\"}
ai_reader:
  create: {features: {a: int}}
  update: {fill: {statement: \"insert into {ai_schema_name}.ai_reader select count(*) from {ai_schema_name}.ai_t\"}}
mixed: {nodes: [ai_t, ai_reader]}
";

const ROWS: &str = "select string_agg(id || ' ' || y, ', ' order by id) from ai.ai_t";
const EXPECTED: &str = "class of first B 1, class of second A 9, first 1, last 4, second 9";

#[test]
fn processes_of_both_kinds_run_in_their_order_in_one_commit() {
    let mut session = Session::with(MIXED);
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "mixed"), "0");
    assert_eq!(session.value(ROWS), EXPECTED);
    assert_eq!(session.value("select a from ai.ai_reader"), "5");
    assert_eq!(
        session.rows("select node, state, rows from dfa.task_step order by step_order"),
        ["ai_t|SUCCESS|5", "ai_reader|SUCCESS|1"]
    );
    assert_eq!(session.value("select count(*) from dfa.data_logging where table_name = 'ai_t' and status = 0 and action_type = 'common'"), "1");
    assert_eq!(session.value("select count(*) from pg_class where relname = 'dfa_function_value'"), "0");
}

#[test]
fn without_a_service_a_step_waits_and_says_for_what() {
    let mut session = Session::with(MIXED);
    let id = session.value("select dfa.submit('data', 'mixed', '{2021-01-02}')");
    session.until("exists (select from dfa.task_step where node = 'ai_t' and by_front)");
    let message = session.value(&format!("select message from dfa.process_status('{id}')"));
    assert_eq!(message, "Waiting for a front service that runs DataFrame functions (dfa run)");
    let why = session.value("select cause, sentence from dfa.why('mixed')");
    assert!(why.starts_with("no_front|") && why.contains("'ai_t'") && why.contains("dfa run"), "{why}");
    let _service = Service::start(&session.database);
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.value(ROWS), EXPECTED);
}

#[test]
fn a_call_in_psql_fails_with_the_way_and_call_run_hands_over() {
    let mut session = Session::with(MIXED);
    let row = session.value("select status, sqlstate, hint from dfa.run_table('ai_t', '2021-01-02')");
    assert!(row.starts_with("1|0A000|") && row.contains("dfa.submit"), "{row}");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    let _service = Service::start(&session.database);
    session.run("call dfa.run('mixed', '{2021-01-02}')");
    assert_eq!(session.value(ROWS), EXPECTED);
    assert_eq!(session.value("select status from dfa.task_process order by created_at desc limit 1"), "0");
}

#[test]
fn a_failure_takes_the_whole_node_back_and_stops_its_readers() {
    let mut session =
        Session::with(&MIXED.replace("select 'last', count(*)", "select 'last', 1 / (count(*) - 4)"));
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "mixed"), "1");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    assert_eq!(
        session.rows("select node, state, error ->> 'sqlstate' from dfa.task_step order by step_order"),
        ["ai_t|FAILED|22012", "ai_reader|BLOCKED|"]
    );
    assert_eq!(
        session.value("select run_date from dfa.data_pipeline where table_name = 'ai_t'"),
        "2021-01-01"
    );
}

/// Years of work for a model that takes its time.
fn endless(more: &str) -> String {
    let frame = Frame {
        features: "id: text, ds: date, y: numeric",
        function: "function: forecast\n      arguments: {forecast_model: [prophet01, arima01, randomforest01]}",
        load: "select i::text as id, month::date as ds, (i * extract(month from month)) % 17 as y from generate_series(1, 5000) as i, generate_series(timestamp '2014-01-01', timestamp '2020-12-01', interval '1 month') as month",
        save: "insert into {ai_schema_name}.ai_t select id, ds, y from ({function_value}) as f (id, ds, y)",
    };
    format!("{}  {more}\n", frame.catalog())
}

#[test]
fn a_cancel_stops_what_computes_and_nothing_stays() {
    let mut session = Session::with(&endless(""));
    let service = Service::start(&session.database);
    let id = session.value("select dfa.submit('data', 'ai_t', '{2021-01-02}')");
    computing(&mut session, &service);
    assert_eq!(service.get("/health").status, 200);
    session.run(&format!("select dfa.cancel('{id}')"));
    assert_eq!(ended(&mut session, &id), "1");
    assert_eq!(session.value("select state from dfa.task_step"), "CANCELLED");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    assert_eq!(session.value("select count(*) from dfa.front_session"), "0");
    assert_eq!(children(service.pid()), [0; 0]);
}

/// What is computed for a service, once it is at work: its transaction is open, and asks whether it is still wanted.
fn computing(session: &mut Session, service: &Service) -> i32 {
    session.until(
        "exists (select from pg_stat_activity where datname = current_database()
                 and query like '%dataframe_step_goes_on%' and pid <> pg_backend_pid())",
    );
    let computing = children(service.pid());
    assert_eq!(computing.len(), 1);
    computing[0]
}

fn until_gone(process: i32) {
    let started = Instant::now();
    while Path::new(&format!("/proc/{process}")).exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "it computes for nobody");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_service_that_is_killed_takes_what_computes_with_it() {
    let mut session = Session::with(&endless(""));
    let service = Service::start(&session.database);
    session.value("select dfa.submit('data', 'ai_t', '{2021-01-02}')");
    let computing = computing(&mut session, &service);
    // By SIGKILL.
    drop(service);
    until_gone(computing);
}

#[test]
fn what_computes_and_is_killed_is_told_and_tried_again() {
    let mut session = Session::with(&endless(""));
    let service = Service::start(&session.database);
    let id = session.value("select dfa.submit('data', 'ai_t', '{2021-01-02}')");
    let first = computing(&mut session, &service);
    signal("KILL", first);
    session.until("exists (select from dfa.task_step where message like '%SIGKILL%')");
    let row = session.value("select state, error ->> 'sqlstate', message from dfa.task_step");
    assert_eq!(
        row,
        "WAITING|08006|Error: the process that computes 'forecast' was ended: signal: 9 (SIGKILL)"
    );
    assert_eq!(service.get("/health").status, 200);
    // Another one is at it.
    session.until("exists (select from dfa.task_step where state = 'PROCESSING' and attempts = 1)");
    session.run(&format!("select dfa.cancel('{id}')"));
    assert_eq!(ended(&mut session, &id), "1");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    assert_eq!(children(service.pid()), [0; 0]);
}

/// A query of polars that is one operation after another, each over all rows: nothing of it looks whether it is wanted.
fn endless_query(more: &str) -> String {
    let nested =
        |from: &str| format!("select {}x{} as x from {from}", "sin(cos(".repeat(15), "))".repeat(15));
    let mut query = format!("with a0 as ({})", nested("input"));
    (1..80).for_each(|n| query.push_str(&format!(", a{n} as ({})", nested(&format!("a{}", n - 1)))));
    query.push_str(" select max(x) as y from a79");
    let frame = Frame {
        features: "y: 'double precision'",
        function: &format!("function: sql\n      arguments: {{query: \"{query}\"}}"),
        load: "select i::float8 as x from generate_series(1, 1000000) as i",
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    format!("{}  {more}\n", frame.catalog())
}

#[test]
fn a_cancel_stops_a_query_of_polars() {
    let mut session = Session::with(&endless_query(""));
    let service = Service::start(&session.database);
    let id = session.value("select dfa.submit('data', 'ai_t', '{2021-01-02}')");
    computing(&mut session, &service);
    session.run(&format!("select dfa.cancel('{id}')"));
    assert_eq!(ended(&mut session, &id), "1");
    assert_eq!(session.value("select state from dfa.task_step"), "CANCELLED");
    assert_eq!(children(service.pid()), [0; 0]);
}

#[test]
fn the_time_limit_ends_a_query_of_polars() {
    let mut session = Session::with(&endless_query("timeout: 3"));
    let service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "1");
    let row = session.value("select state, message, error ->> 'sqlstate' from dfa.task_step");
    assert_eq!(row, "FAILED|Error: node 'ai_t' took longer than 3 s|57014");
    assert_eq!(children(service.pid()), [0; 0]);
}

#[test]
fn the_time_limit_of_the_catalog_ends_a_step() {
    let mut session = Session::with(&endless("timeout: 1"));
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "1");
    let row = session.value("select state, message, error ->> 'sqlstate' from dfa.task_step");
    assert_eq!(row, "FAILED|Error: node 'ai_t' took longer than 1 s|57014");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
}

/// A table without its schema, and a service whose role would find another.
#[test]
fn names_of_a_node_are_looked_up_where_its_submitter_looks() {
    let mut session = Session::with(
        "
ai_t:
  create: {features: {id: text, y: numeric}}
  update:
    p:
      function: abc_class
      load: {statement: \"select id, y from given\"}
      save: {statement: \"insert into {ai_schema_name}.ai_t select id, y from ({function_value}) as f (id, y)\"}
",
    );
    session.run(
        "do $$ begin create role path_clerk login; exception when duplicate_object then null; end $$;
         do $$ begin create role path_front login in role path_clerk; exception when duplicate_object then null; end $$;
         grant dfa_operator to path_clerk, path_front;
         create schema hers; create schema its;
         create table hers.given as select 'hers' as id, 1 as y; create table its.given as select 'its' as id, 1 as y;
         grant usage on schema hers, its, ai to path_clerk; grant all on hers.given, its.given, ai.ai_t to path_clerk",
    );
    let database = session.database.name().to_owned();
    session.run(&format!(
        "alter role path_clerk in database \"{database}\" set search_path = hers, public;
         alter role path_front in database \"{database}\" set search_path = its, public"
    ));
    let _service =
        Service::start_with(&session.database, &[("PGUSER", "path_front"), ("DB_USER", "path_front")], &[]);
    let mut clerk = session.another_as("path_clerk");
    for (path, expected) in [("set search_path = hers, public", "hers"), ("reset search_path", "its")] {
        session.run(&format!("alter role path_clerk in database \"{database}\" {path}; truncate ai.ai_t"));
        if expected == "its" {
            // Of the database then, not of the service's role.
            session.run(&format!("alter database \"{database}\" set search_path = its; alter role path_front in database \"{database}\" set search_path = hers"));
        }
        let id = clerk.value("select dfa.submit('data', 'ai_t', '{2021-01-02}', 'rerun')");
        assert_eq!(ended(&mut clerk, &id), "0", "{:?}", clerk.rows("select message from dfa.task_step"));
        assert_eq!(session.value("select id from ai.ai_t"), expected);
    }
}

#[test]
fn behind_a_pooler_steps_are_found_and_run() {
    let mut session = Session::with(MIXED);
    let pooler = Pooler::start(3);
    let _service = pooler.service(&session.database);
    for _ in 0..3 {
        session.run("truncate ai.ai_t, ai.ai_reader");
        let id = session.value("select dfa.submit('data', 'mixed', '{2021-01-02}', 'rerun')");
        assert_eq!(ended(&mut session, &id), "0", "{:?}", session.rows("select message from dfa.task_step"));
        assert_eq!(session.value(ROWS), EXPECTED);
    }
}

#[test]
fn rows_beside_the_result_and_a_do_take_it_too() {
    let mut session = Session::with(
        "
ai_t:
  create: {features: {id: text, y: numeric, share: numeric, cumulated: numeric, class: text}}
  update:
    p:
      function: abc_class
      load: {statement: \"select 'o''b' as id, 2 as y\"}
      save: {statement: \"insert into {ai_schema_name}.ai_t values ('before', 0, 0, 0, ''), {function_value}, ('after', 0, 0, 0, '')\"}
    q:
      function: abc_class
      load: {statement: \"select 'c' as id, 3 as y\"}
      save: {statement: \"do $$ begin insert into {ai_schema_name}.ai_t values {function_value}; end $$\"}
",
    );
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "0", "{:?}", session.rows("select message from dfa.task_step"));
    assert_eq!(
        session.rows("select id, y from ai.ai_t order by id"),
        ["after|0", "before|0", "c|3", "o'b|2"]
    );
}
