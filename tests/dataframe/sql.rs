//! A query of polars over the rows of `load`: what it sees, what it gives, what it may not.

use crate::{run, Frame};
use dfa_tests::{children, Service, Session};

/// The rows that a query gives a table of these features.
fn rows(features: &str, load: &str, query: &str) -> Vec<String> {
    let frame = Frame {
        features,
        function: &format!("function: sql\n      arguments: {{query: \"{query}\"}}"),
        load,
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    let (mut session, _service) = frame.ran();
    session.rows("select * from ai.ai_t order by 1")
}

#[test]
fn a_query_joins_ranks_and_sums_what_the_load_gives() {
    let load = "select * from (values ('a', 'x', 1.10), ('a', 'y', 2.25), ('b', 'x', 10.00)) as t (store, item, amount)";
    assert_eq!(
        rows(
            "store: text, item: text, amount: 'numeric(10,2)', place: bigint, of_store: 'numeric(10,2)'",
            load,
            "select i.store, i.item, i.amount, rank() over (partition by i.store order by i.amount desc) as place, s.amount as of_store from input i join (select store, sum(amount) as amount from input group by store) s on i.store = s.store",
        ),
        ["a|x|1.10|2|3.35", "a|y|2.25|1|3.35", "b|x|10.00|1|10.00"]
    );
}

#[test]
fn every_type_comes_back_as_it_was() {
    let load = "select 1::smallint as a, 2::int as b, 9007199254740993::bigint as c, 0.1::real as d, 0.1::float8 as e, 12345678901234567890123456789.123456789::numeric as f, true as g, 'ü'::text as h, 'v'::varchar as i, date '0044-03-15 BC' as j, timestamp '2021-01-02 03:04:05.000006' as k, timestamptz '2021-01-02 03:04:05.000006+07' as l, time '23:59:59.999999' as m, null::numeric as n, '00000000-0000-0000-0000-000000000001'::uuid as o, interval '1 day 2 hours' as p";
    assert_eq!(
        rows(
            "a: smallint, b: int, c: bigint, d: real, e: 'double precision', f: numeric, g: boolean, h: text, i: varchar, j: date, k: timestamp, l: timestamptz, m: time, n: numeric, o: uuid, p: interval",
            load,
            "select * from input",
        ),
        ["1|2|9007199254740993|0.1|0.1|12345678901234567890123456789.123456789|t|ü|v|0044-03-15 BC|2021-01-02 03:04:05.000006|2021-01-01 20:04:05.000006+00|23:59:59.999999||00000000-0000-0000-0000-000000000001|1 day 02:00:00"]
    );
}

#[test]
fn numerics_of_any_scale_keep_their_value() {
    // Of 3,000 numbers of up to 18 digits on either side of the point none differs.
    let load = "select i as id, (case when i % 3 = 0 then -1 else 1 end * (i::numeric * 987654321987 % 1000000007) ^ 2 / 10 ^ (i % 10))::numeric(36, 9) as y from generate_series(1, 3000) as i";
    let frame = Frame {
        features: "id: int, y: numeric",
        function: "function: sql\n      arguments: {query: \"select id, y from input\"}",
        load,
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    let (mut session, _service) = frame.ran();
    assert_eq!(
        session.value(&format!(
            "select count(*) from ai.ai_t join ({load}) as given using (id) where ai_t.y::text = given.y::text"
        )),
        "3000"
    );
}

/// What becomes of a query that is not taken.
fn failure(load: &str, query: &str) -> String {
    let frame = Frame {
        features: "a: text",
        function: &format!("function: sql\n      arguments: {{query: \"{query}\"}}"),
        load,
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    let mut session = Session::with(&frame.catalog());
    let _service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "1", "{query}");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    session.value(
        "select concat_ws(' / ', error ->> 'sqlstate', message, error ->> 'detail') from dfa.task_step",
    )
}

#[test]
fn a_query_reads_no_file_and_is_a_query() {
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), "a\nsecret\n").unwrap();
    let path = file.path().display();
    for query in [
        format!("select * from read_csv('{path}')"),
        format!("select * from read_parquet('{path}')"),
        format!("select * from read_ipc('{path}')"),
        format!("select * from read_json('{path}')"),
        format!("select * from '{path}'"),
        "select * from pg_class".to_owned(),
        "drop table input".to_owned(),
        "select a from input; select a from input".to_owned(),
        "select b from input".to_owned(),
    ] {
        let message = failure("select 'x' as a", &query);
        assert!(message.starts_with("22023 / ") && !message.contains("secret"), "{query}: {message}");
    }
}

#[test]
fn what_a_frame_cannot_hold_is_refused_by_its_column() {
    for (load, words) in [
        ("select repeat('9', 40)::numeric as a", "'a' have more than 38 digits"),
        ("select 'NaN'::numeric as a", "NaN of column 'a'"),
        ("select 'infinity'::date as a", "column 'a' is infinite"),
        ("select '-infinity'::timestamptz as a", "column 'a' is infinite"),
        ("select time '24:00' as a", "24:00 of column 'a'"),
    ] {
        let message = failure(load, "select a from input");
        assert!(message.contains(words), "{load}: {message}");
    }
    let message = failure("select 'x' as a", "select array_agg(a) as a from input");
    assert!(message.contains("column 'a' of the result"), "{message}");
}

#[test]
fn a_query_that_needs_too_much_is_ended_and_the_service_lives() {
    let frame = Frame {
        features: "n: numeric",
        function: "function: sql
      arguments: {query: \"select sum(a.x * b.y) as n from input a cross join input b\"}",
        load: "select i as x, i as y from generate_series(1, 20000) as i",
        save: "insert into {ai_schema_name}.ai_t values {function_value}",
    };
    let mut session = Session::with(&frame.catalog());
    session.run(&format!("alter database \"{}\" set dfa.dataframe_memory = '64MB'", session.database.name()));
    let service = Service::start(&session.database);
    assert_eq!(run(&mut session, "ai_t"), "1");
    let message = session.value("select concat_ws(' / ', error ->> 'sqlstate', message) from dfa.task_step");
    assert_eq!(message, "22023 / Error: function 'sql' needs more than 64 MB");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    assert_eq!(service.get("/health").status, 200);
    assert_eq!(children(service.pid()), [0; 0]);
}
