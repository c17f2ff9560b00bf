//! Input that makes no sense: a clear error, and nothing changed; or the stated rule.

use crate::{run, Frame};
use dfa_tests::{Service, Session};

#[test]
fn a_catalog_that_names_what_is_not_there_is_refused_when_it_is_loaded() {
    let mut session = Session::fresh();
    let frame = |function: &'static str| Frame {
        features: "id: text",
        function,
        load: "select 1",
        save: "insert into {ai_schema_name}.ai_t {function_value}",
    };
    let refusal = session.load_refused(&frame("function: forcast").catalog());
    assert!(refusal.to_string().contains("function 'forcast' is not known"), "{refusal}");
    let refusal = session.load_refused(&frame("function: rolling").catalog());
    assert!(refusal.to_string().contains("needs 'window'"), "{refusal}");
    let refusal = session.load_refused(&frame("function: forecast\n      arguments: {horizon: 3}").catalog());
    assert!(refusal.to_string().contains("takes no 'horizon'"), "{refusal}");
    let refusal = session.load_refused(&frame("function: sql").catalog());
    assert!(refusal.to_string().contains("needs 'query'"), "{refusal}");
    let refusal = session.load_refused(
        &frame("function: forecast\n      arguments: {forecast_model: [expo01, expo9]}").catalog(),
    );
    assert!(refusal.to_string().contains("'expo9' of 'forecast_model' is not known"), "{refusal}");
    let refusal = session
        .load_refused(&frame("function: forecast\n      arguments: {forecast_test_period: 0}").catalog());
    assert!(refusal.to_string().contains("forecast_test_period"), "{refusal}");
}

#[test]
fn columns_that_do_not_fit_are_found_when_a_catalog_is_loaded() {
    let frame = Frame {
        features: "id: text, y: 'numeric( 4, 2 )', a: text, b: text, c: text",
        function: "function: abc_class",
        load: "select 'a' as id, 100 as y",
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    let mut session = Session::with(&frame.catalog());
    let service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "1");
    assert_eq!(
        session.value("select error ->> 'sqlstate', error ->> 'process' from dfa.task_step"),
        "22003|p"
    );
    drop(service);
    let frame = Frame {
        features: "id: text, ds: date",
        function: "function: resample\n      arguments: {every: day}",
        load: "select 'a' as id, date '2020-12-01' as day, 1 as y",
        save: "insert into {ai_schema_name}.ai_t (id, ds) values {function_value}",
    };
    let refusal = session.load_refused(&frame.catalog()).to_string();
    assert!(refusal.contains("function 'resample' needs 'ds' of its load"), "{refusal}");
    assert!(refusal.contains("save names 2 columns, and function 'resample' gives 3"), "{refusal}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), frame.catalog()).unwrap();
    let answer = dfa_tests::dfa(&session.database, &["catalog", "check", folder.path().to_str().unwrap()]);
    answer.assert_failure(1, &["a.yaml:5", "needs 'ds' of its load", "save names 2 columns"]);
}

/// The failure of a forecast with this function and load.
fn failure(function: &str, load: &str) -> (String, Session) {
    let frame = Frame {
        features: "id: text, ds: date, y: numeric",
        function,
        load,
        save: "insert into {ai_schema_name}.ai_t select id, ds, y from ({function_value}) as f (id, ds, y)",
    };
    let mut session = Session::with(&frame.catalog());
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "1");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    let message = session.value("select concat_ws(' / ', message, error ->> 'detail', error ->> 'hint', error ->> 'process') from dfa.task_step");
    (message, session)
}

#[test]
fn what_a_function_does_not_take_is_an_error_of_its_step() {
    for (arguments, load, words) in [
        (
            "{}",
            "select * from (values ('a', date '2020-12-01', 1)) as t (id, day, y)",
            "needs 'ds' of its load / The load gives id, day, y.",
        ),
        ("{}", "select null::text as id, date '2020-12-01' as ds, 1 as y", "has no id"),
        ("{}", "select 'a' as id, 'soon' as ds, 1 as y", "'soon' of column 'ds' is not a date"),
        (
            "{}",
            "select 'a' as id, date '2020-12-01' as ds, 'much' as y",
            "'much' of column 'y' is not a number",
        ),
        ("{}", "select 'a' as id, 5 as ds, 1 as y", "column 'ds' holds dates"),
        (
            "{}",
            "select 'a' as id, date '9999-12-01' as ds, 1 as y",
            "beyond the year 9999 / The input ends with 9999-12-01.",
        ),
        (
            "{}",
            "select 'a' as id, date '2020-12-01' as ds, (repeat('9', 400))::numeric as y",
            "out of range for type double precision",
        ),
        ("{}", "select 'a' as id, date '2020-12-01' as ds, 1 / 0 as y", "division by zero"),
    ] {
        let (message, _) = failure(&format!("function: forecast\n      arguments: {arguments}"), load);
        assert!(message.contains(words) && message.ends_with("/ p"), "{words}: {message}");
    }
}

#[test]
fn bad_ids_stop_no_others_and_each_says_why() {
    let frame = Frame {
        features: "id: text, ds: date, y: 'double precision'",
        function: "function: forecast\n      arguments: {forecast_model: [sma01], forecast_end_period: 1}",
        load: "select id, ds, y from public.given",
        save: "insert into {ai_schema_name}.ai_t select id, ds, y from ({function_value}) as f (id, ds, y)",
    };
    let mut session = Session::with(&frame.catalog());
    session.run(
        "create table public.given as
         select id, ds::date, case when id = 'zero' then 0 when id = 'negative' then -5 else 4 end::float8 as y
         from unnest(array['good', 'zero', 'negative', 'infinite', 'nan', 'null', 'undated', 'twice', 'gaps']) as id,
              generate_series(timestamp '2020-01-01', timestamp '2020-12-01', interval '1 month') as ds;
         update public.given set y = 'infinity' where id = 'infinite' and ds = '2020-12-01';
         update public.given set y = 'NaN' where id = 'nan';
         update public.given set y = null where id = 'null';
         update public.given set ds = null where id = 'undated';
         insert into public.given select * from public.given where id = 'twice';
         delete from public.given where id = 'gaps' and ds > '2020-06-01'",
    );
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "0");
    assert_eq!(
        session.rows("select id, y, ds from ai.ai_t order by id"),
        [
            "gaps|0|2021-01-01",
            "good|4|2021-01-01",
            "nan|0|2021-01-01",
            "negative|0|2021-01-01",
            "null|0|2021-01-01",
            "twice|8|2021-01-01",
            "zero|0|2021-01-01"
        ]
    );
    assert_eq!(
        session.rows("select id, reason from dfa.dataframe_note where reason is not null order by id"),
        ["infinite|y is infinite in 1 of its rows", "undated|12 of its rows have no date"]
    );
}

#[test]
fn texts_as_dates_more_columns_and_ids_of_any_kind_are_taken() {
    let frame = Frame {
        features: "id: text, ds: date, y: numeric",
        function: "function: forecast\n      arguments: {forecast_model: [sma01], forecast_end_period: 1}",
        load: "select more, id, ds, y from public.given",
        save: "insert into {ai_schema_name}.ai_t select id, ds, y from ({function_value}) as f (id, ds, y)",
    };
    let mut session = Session::with(&frame.catalog());
    session.run(
        "create table public.given as
         select id, ds, y, 'x' as more
         from (values ('text', '2020-11-01', 1), ('text', '2020-12-01 10:00:00', 3),
                      ($$o'b\"; drop table given; --$$, '2020-12-01', 4), (repeat('q', 10000000), '2020-12-01', 5),
                      ('long ago', '0001-01-01', 6)) as t (id, ds, y)",
    );
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "0");
    assert_eq!(
        session.rows("select left(id, 8), length(id), ds, y from ai.ai_t order by y"),
        ["text|4|2021-01-01|2", "o'b\"; dr|26|2021-01-01|4", "qqqqqqqq|10000000|2021-01-01|5"]
    );
    assert_eq!(
        session.value("select reason from dfa.dataframe_note where id = 'long ago'"),
        "it would reach from 0001-01-01 to 2020-12-01, the end of the input: more than 2400 periods"
    );
}

#[test]
fn an_empty_load_is_a_success_without_rows() {
    let frame = Frame {
        features: "id: text, ds: date, y: numeric",
        function: "function: forecast",
        load: "select 'a' as id, date '2020-12-01' as ds, 1 as y where false",
        save: "insert into {ai_schema_name}.ai_t select id, ds, y from ({function_value}) as f (id, ds, y)",
    };
    let (mut session, _service) = frame.ran();
    assert_eq!(session.value("select state, rows from dfa.task_step"), "SUCCESS|0");
}

#[test]
fn a_result_that_does_not_fit_and_input_beyond_the_memory_are_errors() {
    let (message, _) = failure("function: abc_class", "select 'a' as id, 1 as y");
    assert!(message.contains("f (id, ds, y)") || message.contains("ds"), "{message}");
    let frame = Frame {
        features: "id: text, ds: date",
        function: "function: resample\n      arguments: {every: day}",
        load: "select i::text as id, date '2020-12-01' as ds, 1 as y from generate_series(1, 100000) as i",
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    let mut session = Session::with(&frame.catalog());
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "1");
    let message = session.value("select message from dfa.task_step");
    assert!(message.contains("takes 2 columns, and its function gives 3"), "{message}");
    session.run(&format!("alter database \"{}\" set dfa.dataframe_memory = '1MB'", session.database.name()));
    assert_eq!(run(&mut session, "ai_t"), "1");
    let message = session.value("select message from dfa.task_step order by id desc limit 1");
    assert!(message.contains("needs more than 1 MB for its input"), "{message}");
}
