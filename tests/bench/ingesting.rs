//! `dfa.ingest` against COPY of the same rows from a file of the server, and against the statement that one would write.

use crate::measure::{in_turns, seconds, Aim, Comparison};
use dfa_tests::Database;
use postgres::Client;

const PAIRS: usize = 9;
/// Of a million rows.
const FEW_PAIRS: usize = 3;
const CATALOG: &str = "
imp_bench:
  retention: {column: day, months: 36}
  create:
    features:
      store: int
      day: date
      article: 'varchar(20)'
      amount: 'numeric(14,2)'
      units: bigint
      note: text
      ok: boolean
      update_date: timestamp
    primary_key: [store, day]
";

/// Payloads of a thousand to a million rows of eight columns, into an empty table with a key of two columns.
pub fn measure(database: &Database) -> Vec<Comparison> {
    let mut client = database.connect();
    client.execute("select count(*) from dfa.load_catalog($1, 'bench.yaml')", &[&CATALOG]).expect("loads");
    client.batch_execute("select * from dfa.setup(run_date => '2021-01-01')").expect("sets up");
    [1_000, 10_000, 100_000, 1_000_000].into_iter().flat_map(|rows| of_size(&mut client, rows)).collect()
}

fn of_size(client: &mut Client, rows: usize) -> Vec<Comparison> {
    client.batch_execute(&payload(rows)).expect("makes the payload");
    let folder: String = client.query_one("show data_directory", &[]).expect("answers").get(0);
    let file = format!("{folder}/bench.csv");
    client.batch_execute(&format!("copy bench_row to '{file}' csv")).expect("writes the file");
    let ingest = "select success_rows from bench_payload, dfa.ingest('imp_bench', payload)".to_owned();
    let copy = format!("copy ai.imp_bench from '{file}' csv");
    let recordset = "insert into ai.imp_bench select item.* from bench_payload,
        jsonb_to_recordset(payload::jsonb) as item (store int, day date, article varchar(20), amount numeric(14,2),
            units bigint, note text, ok boolean, update_date timestamp)"
        .to_owned();
    let pairs_of = if rows > 100_000 { FEW_PAIRS } else { PAIRS };
    let mut compare = |against: &str, theirs: &str, aim: f64| {
        let times = pairs(client, &ingest, theirs, rows, pairs_of);
        Comparison {
            what: format!("dfa.ingest of {rows} rows"),
            against: against.to_owned(),
            aim: Aim::RateAtLeast(aim),
            figures: times.iter().map(|(ours, theirs)| theirs / ours).collect(),
        }
    };
    vec![compare("COPY from CSV", &copy, 0.7), compare("jsonb_to_recordset", &recordset, 1.0)]
}

fn payload(rows: usize) -> String {
    format!(
        "drop table if exists bench_row, bench_payload;
         create unlogged table bench_row as
         select n % 400 as store, date '2022-01-01' + n / 400 as day, ('article ' || n)::varchar(20) as article,
                (n * 1.37)::numeric(14,2) as amount, n * 3::bigint as units, 'some note of row ' || n as note,
                n % 2 = 0 as ok, timestamp '2022-01-01' + n * interval '1 second' as update_date
         from generate_series(1, {rows}) as n;
         create unlogged table bench_payload (payload json);
         alter table bench_payload alter payload set storage external;
         insert into bench_payload select json_agg(row_to_json(bench_row)) from bench_row;"
    )
}

fn pairs(client: &mut Client, ours: &str, theirs: &str, rows: usize, pairs: usize) -> Vec<(f64, f64)> {
    let client = std::cell::RefCell::new(client);
    let timed = |statement: &str| {
        let mut client = client.borrow_mut();
        client.batch_execute("truncate ai.imp_bench").expect("truncates");
        let took = seconds(|| client.batch_execute(statement).expect("takes the rows"));
        let taken: i64 = client.query_one("select count(*) from ai.imp_bench", &[]).expect("counts").get(0);
        assert_eq!(usize::try_from(taken), Ok(rows), "both sides take all rows");
        took
    };
    timed(ours);
    in_turns(pairs, |_| timed(ours), |_| timed(theirs))
}
