//! What comes in is what the load gave, what comes out is what the save takes.

use crate::{run, Frame};
use dfa_tests::{Service, Session};

#[test]
fn a_forecast_goes_on_with_what_was() {
    let frame = Frame {
        features: "id: 'varchar( 64 )', ds: date, y: 'numeric( 24, 8 )', model: text",
        function: "function: forecast
      arguments: {forecast_model: [expo02, sma01], forecast_top_model: 1, forecast_end_period: 3}",
        load: "select 'a' as id, month::date as ds, row_number() over (order by month) as y from generate_series(timestamp '2019-01-01', timestamp '2020-12-01', interval '1 month') as month",
        save: "insert into {ai_schema_name}.ai_t (id, ds, y, model) select id, ds, y::numeric, model from ({function_value}) as f (id, ds, y, model)",
    };
    let (mut session, _service) = frame.ran();
    assert_eq!(
        session.rows("select id, ds, round(y, 3), model from ai.ai_t order by ds"),
        ["a|2021-01-01|25.000|expo02", "a|2021-02-01|26.000|expo02", "a|2021-03-01|27.000|expo02"]
    );
    assert_eq!(
        session.value(
            "select process, id, model, errors ->> 'expo02' is not null, reason from dfa.dataframe_note"
        ),
        "p|a|expo02|t|"
    );
    assert_eq!(
        session.value("select state, rows, process_rows ->> 'p', by_front from dfa.task_step"),
        "SUCCESS|3|3|t"
    );
    assert_eq!(
        session.value("select run_date, data_date from dfa.data_pipeline where table_name = 'ai_t'"),
        "2021-01-02|2021-01-01"
    );
}

#[test]
fn the_inherited_forecast_writes_both_ends_and_its_five_columns() {
    let frame = Frame {
        features: "item: text, amount: numeric, month: date, run_date: date, upload_date: timestamptz",
        function: "function: app.vendor.forecast.run_tbl_forecast
      parameter: [run_date]
      arguments: {model: [sma01], forecast_end_period: 2}",
        load: "select 'o''b' as id, 3 as y, date '2020-12-01' as ds where date '{run_date}' is not null",
        save: "insert into {ai_schema_name}.ai_t (item, amount, month, run_date, upload_date) values {function_value}",
    };
    let (mut session, _service) = frame.ran();
    assert_eq!(
        session.rows("select item, amount, month, run_date, upload_date > now() - interval '1 hour' from ai.ai_t order by month"),
        ["o'b|3|2021-01-01|2021-01-02|t", "o'b|3|2021-02-01|2021-01-02|t", "o'b|3|2021-03-01|2021-01-02|t"]
    );
    let note = session.value("select model, reason from dfa.dataframe_note");
    assert_eq!(note, "naive|one observation: its value goes on");
    assert!(session.value("select message from dfa.task_step").contains("1 a simpler one"));
}

#[test]
fn texts_are_read_as_the_columns_read_them_and_numbers_keep_their_digits() {
    // An integer version comes as text and fits an integer, as a quoted literal does in VALUES.
    let frame = Frame {
        features: "a: numeric, b: numeric, c: numeric, class_version: int, flag: 'char( 1 )', at: timestamp",
        function: "function: app.vendor.replenishment.run_prod_cls_criteria",
        load: "select 50 as a, 30 as b, 20 as c, 7 as class_version",
        save: "with row_table as (insert into {ai_schema_name}.ai_t values {function_value} on conflict do nothing returning 1) select count(*) as row_number from row_table",
    };
    let (mut session, _service) = frame.ran();
    assert_eq!(
        session.value("select a, b, c, class_version, flag, at is not null from ai.ai_t"),
        "0.5|0.8|1|7|Y|t"
    );
    assert_eq!(session.value("select rows from dfa.task_step"), "1");

    let frame = Frame {
        features: "x: 'numeric( 12, 5 )', y: 'double precision', v: int, f: text, at: timestamp",
        function: "function: min_max_service_level",
        load: "select 0.95 as high, 90 / 100.0 as low, 3 as class_version",
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    let (mut session, _service) = frame.ran();
    assert_eq!(session.value("select x, y, v, f from ai.ai_t"), "1.64485|1.28155|3|Y");
}

#[test]
fn every_common_type_comes_to_a_function_and_any_id_goes_back() {
    let ids = r"'o''b', E'tab\tand\nline', 'back\slash', '\N', '', 'ü', '{brace}'";
    let frame = Frame {
        features: "id: text, y: 'double precision', share: 'double precision', cumulated: 'double precision', class: text",
        function: "function: abc_class",
        load: "select id, y from public.given",
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    let mut session = Session::with(&frame.catalog());
    session.run(&format!(
        "create table public.given as select id, 10.25::numeric as y from unnest(array[{ids}]) as id"
    ));
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "0");
    assert_eq!(
        session.value("select count(*) from ai.ai_t join public.given using (id) where ai_t.y = given.y"),
        "7"
    );
    for kind in ["smallint", "integer", "bigint", "real", "double precision", "numeric", "text"] {
        session
            .run(&format!("truncate ai.ai_t; alter table public.given alter y type {kind} using 5::{kind}"));
        assert_eq!(run(&mut session, "ai_t"), "0", "{kind}");
        assert_eq!(session.value("select distinct y from ai.ai_t"), "5", "{kind}");
    }
    for kind in ["date", "boolean", "uuid", "integer", "jsonb", "timestamptz"] {
        let value = match kind {
            "date" => "date '2021-01-02'",
            "boolean" => "true",
            "uuid" => "'00000000-0000-0000-0000-000000000001'::uuid",
            "jsonb" => "'{}'::jsonb",
            "timestamptz" => "timestamptz '2021-01-02 03:04:05.000006+00'",
            _ => "7",
        };
        session.run(&format!("truncate ai.ai_t; drop table public.given; create table public.given as select {value} as id, 1 as y"));
        assert_eq!(run(&mut session, "ai_t"), "0", "{kind}");
        assert_eq!(session.value(&format!("select id::{kind} = (select id from public.given) from ai.ai_t where '{kind}' <> 'jsonb' or true")), "t", "{kind}");
    }
}

#[test]
fn reshaping_functions_give_their_rows() {
    let given = "select * from (values ('a', date '2021-01-04', 1.0, 'x'), ('a', date '2021-01-05', 3.0, 'y'), ('a', date '2021-01-20', 5.0, 'x'), ('b', date '2021-01-04', null, 'y')) as g (id, ds, y, name)";
    let rows = |features: &str, function: &str| {
        let save = "insert into {ai_schema_name}.ai_t values {function_value}";
        let (mut session, service) = Frame { features, function, load: given, save }.ran();
        drop(service);
        session.rows("select * from ai.ai_t order by 1, 2")
    };
    assert_eq!(
        rows(
            "id: text, ds: date, y: numeric",
            "function: resample\n      arguments: {every: week, how: sum}"
        ),
        ["a|2021-01-04|4", "a|2021-01-11|0", "a|2021-01-18|5", "b|2021-01-04|0"]
    );
    assert_eq!(
        rows("id: text, x: numeric, y: numeric", "function: pivot\n      arguments: {values: [x, y]}"),
        ["a|6|3", "b||0"]
    );
    assert_eq!(
        rows("id: text, ds: date, y: numeric, r: numeric", "function: rolling\n      arguments: {window: 2}"),
        ["a|2021-01-04|1|1", "a|2021-01-05|3|2", "a|2021-01-20|5|4", "b|2021-01-04||"]
    );
    assert_eq!(
        rows("id: text, y: numeric, s: numeric, c: numeric, class: text", "function: abc_class"),
        ["a|9|1|1|A", "b|0|0|1|C"]
    );
}
