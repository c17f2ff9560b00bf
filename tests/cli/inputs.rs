//! Which files `dfa load` takes, how they are compressed, and what it leaves behind in the database.

use crate::landing::Landing;
use dfa_tests::{dfa, dfa_fed, dfa_fed_slowly, dfa_with, Answer, DEADLINE};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn load(landing: &Landing, arguments: &[&str]) -> Answer {
    dfa(&landing.database, &[&["load", "-t", "src_c"], arguments].concat())
}

/// What a program makes of bytes.
fn piped(program: &str, input: &[u8]) -> Vec<u8> {
    let mut child =
        Command::new(program).arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[test]
fn several_files_patterns_and_standard_input_are_one_load() {
    let landing = Landing::of("inputs", "id: bigint");
    for number in 1..=4 {
        landing.file(&format!("2024-0{number}.csv"), format!("id\n{number}\n"));
    }
    let path = |name: &str| landing.folder.path().join(name).to_str().unwrap().to_owned();
    let (first, second) = (path("2024-01.csv"), path("2024-02.csv"));
    load(&landing, &["-f", &first, &second]).assert_success();
    load(&landing, &[&path("2024-0[34].csv")]).assert_success();
    dfa_fed(&landing.database, &["load", "-t", "src_c", "-f", "-"], "id\n5\n").assert_success();
    dfa_fed(&landing.database, &["load", "-t", "src_c", "-"], "{\"id\": 6}\n").assert_success();
    assert_eq!(landing.rows(), ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]);
    load(&landing, &[&path("2025*.csv")]).assert_failure(2, &["finds no file"]);
    load(&landing, &[&path("none.csv")]).assert_failure(2, &["none.csv' does not exist"]);
    load(&landing, &[&first, &path("*01.csv")]).assert_failure(2, &["2024-01.csv is given twice"]);
    load(&landing, &[]).assert_failure(2, &["--file"]);
    landing.file("bad.csv", "id\nx\n");
    load(&landing, &[&first, &path("bad.csv")])
        .assert_failure(1, &["bad.csv: line 2: column id: 'x' is not an integer"]);
    assert_eq!(landing.rows().len(), 6);
}

#[test]
fn compressed_files_are_whole_or_refused() {
    let landing = Landing::of("inputs_compressed", "id: bigint");
    let text: String =
        std::iter::once("id\n".to_owned()).chain((0..50_000).map(|id| format!("{id}\n"))).collect();
    let zeros = vec![0; 10_000];
    landing.load("padded.csv.gz", [piped("gzip", text.as_bytes()), zeros].concat(), &[]).assert_success();
    assert_eq!(landing.values("select count(*)::text from ai.src_c"), ["50000"]);
    for program in ["gzip", "bzip2", "xz"] {
        let whole = piped(program, text.as_bytes());
        for end in [whole.len() / 2, whole.len() - 5] {
            landing.load("cut.csv", &whole[..end], &[]).assert_failure(1, &["the file is cut off"]);
        }
        let mut damaged = whole;
        let middle = damaged.len() / 2;
        damaged[middle..middle + 20].fill(0x55);
        assert_eq!(landing.load("damaged.csv", damaged, &[]).code, 1, "{program}");
    }
    assert_eq!(landing.values("select count(*)::text from ai.src_c"), ["50000"]);
}

const DATED: &str = r"
src_c:
  create: {features: {id: bigint, d: date, z: timestamptz}}
  retention: {column: d, months: 0}
src_z:
  create: {features: {id: bigint, z: timestamptz default '2024-01-25 10:00:00+00'}}
  retention: {column: z, months: 0}
ai_c:
  create: {features: {n: bigint}}
  update: {p: {statement: 'insert into {ai_schema_name}.ai_c select count(*) from {ai_schema_name}.src_c'}}
ai_z:
  create: {features: {n: bigint}}
  update: {p: {statement: 'insert into {ai_schema_name}.ai_z select count(*) from {ai_schema_name}.src_z'}}
";

fn stale(landing: &Landing, table: &str) -> Vec<String> {
    let sql = format!(
        "select interval_start::text from dfa.gaps('{table}', '2024-01-02', '2024-02-10') where state = 'stale' order by 1"
    );
    landing.values(&sql)
}

#[test]
fn the_days_of_rows_are_those_that_the_server_reads() {
    let landing = Landing::with("inputs_days", DATED);
    let mut client = landing.database.connect();
    for day in [
        "01/21/2024",
        "20240122",
        "Jan 23, 2024",
        "2024-1-24",
        "24-JAN-2024",
        "2024.01.26",
        "January 27 2024",
    ] {
        client.batch_execute("delete from dfa.data_interval where table_name = 'ai_c'").unwrap();
        client
            .batch_execute(
                "insert into dfa.data_interval (table_name, interval_start, run_type, state)
                 select 'ai_c', day, 'daily', 'done'
                 from generate_series(date '2024-01-02', date '2024-02-09', interval '1 day') as days (day)",
            )
            .unwrap();
        landing.load("a.csv", format!("id,d\n1,\"{day}\"\n2,infinity\n"), &[]).assert_success();
        let expected = landing.values(&format!("select (date '{day}')::text"));
        assert_eq!(stale(&landing, "ai_c"), expected, "{day}");
    }
    let dates = "select data_date::text from dfa.data_pipeline where table_name = 'src_c'";
    assert_eq!(landing.values(dates), ["2024-01-27"], "the watermark follows");
}

#[test]
fn sequences_go_on_behind_the_ids_that_were_given() {
    let landing = Landing::with(
        "inputs_serial",
        "src_c: {create: {features: {id: serial, name: text}, primary_key: id}}",
    );
    landing.load("a.csv", "id,name\n7,a\n3,b\n", &[]).assert_success();
    landing.load("b.csv", "name\nc\n", &[]).assert_success();
    assert_eq!(landing.rows(), ["(3,b)", "(7,a)", "(8,c)"]);
    landing.load("c.ndjson", "{\"id\": 2}\n", &[]).assert_success();
    landing.load("d.csv", "name\ne\n", &[]).assert_success();
    assert_eq!(landing.rows(), ["(2,)", "(3,b)", "(7,a)", "(8,c)", "(9,e)"]);
}

#[test]
fn times_without_a_zone_are_of_the_zone_of_dfa() {
    let landing = Landing::of("inputs_zone", "id: bigint, z: timestamptz");
    let database = landing.values("select current_database()::text").concat();
    let mut client = landing.database.connect();
    client.batch_execute(&format!("alter database {database} set dfa.timezone = 'Asia/Bangkok'")).unwrap();
    landing.load("a.csv", "id,z\n1,2024-03-01 07:30:00\n2,2024-03-01 00:30:00Z\n", &[]).assert_success();
    // A setting of the command makes no other clock.
    let file = landing.file("b.csv", "id,z\n3,2024-03-01 07:30:00\n");
    let zone = [("DFA_TIMEZONE", "America/New_York")];
    dfa_with(&landing.database, &zone, &["load", "-t", "src_c", "-f", &file]).assert_success();
    let moments = landing.values("select distinct (z at time zone 'UTC')::text from ai.src_c");
    assert_eq!(moments, ["2024-03-01 00:30:00"]);
}

#[test]
fn the_server_says_of_which_day_rows_are_that_do_not_say_it_themselves() {
    let landing = Landing::with("inputs_hidden_days", DATED);
    let zone = landing.values("select current_database()::text").concat();
    let mut client = landing.database.connect();
    client.batch_execute(&format!("alter database {zone} set dfa.timezone = 'Asia/Tokyo'")).unwrap();
    client
        .batch_execute(
            "insert into dfa.data_interval (table_name, interval_start, run_type, state)
             select 'ai_z', day, 'daily', 'done'
             from generate_series(date '2024-01-02', date '2024-02-09', interval '1 day') as days (day)",
        )
        .unwrap();
    for (text, days) in [
        // By its default; by an offset; without one.
        ("id\n1\n", vec!["2024-01-25"]),
        ("id,z\n2,2024-01-19T15:30:00Z\n", vec!["2024-01-20", "2024-01-25"]),
        ("id,z\n3,2024-01-18 23:30:00\n", vec!["2024-01-18", "2024-01-20", "2024-01-25"]),
    ] {
        let file = landing.file("z.csv", text);
        dfa(&landing.database, &["load", "-t", "src_z", "-f", &file]).assert_success();
        assert_eq!(stale(&landing, "ai_z"), days, "{text}");
    }
}

#[test]
fn rows_of_years_that_no_calendar_has_land_as_others_do() {
    let landing = Landing::with(
        "inputs_years",
        "src_c: {create: {features: {id: int, d: date}}, retention: {column: d, months: 0}}",
    );
    landing.load("a.csv", "id,d\n1,0044-03-15 BC\n2,2021-01-03\n3,12000-01-01\n", &[]).assert_success();
    assert_eq!(landing.values("select data_date::text from dfa.data_pipeline"), ["12000-01-01"]);
}

#[test]
fn an_input_that_pauses_is_no_forgotten_transaction() {
    let landing = Landing::of("inputs_pause", "id: bigint");
    let name = landing.database.quoted_name();
    let settings = format!("alter database {name} set idle_in_transaction_session_timeout = '100ms'");
    landing.database.connect().batch_execute(&settings).unwrap();
    let (load, mut input) = dfa_fed_slowly(&landing.database, &["load", "-t", "src_c", "-f", "-"]);
    input.write_all(b"id\n1\n").unwrap();
    let idle = "select exists (select from pg_stat_activity where state like 'idle in transaction%'
        and datname = current_database() and state_change < clock_timestamp() - interval '300 ms')::text";
    let started = Instant::now();
    while landing.values(idle) != ["true"] {
        assert!(started.elapsed() < DEADLINE, "it is not idle: {:?}", load.wait());
        std::thread::sleep(Duration::from_millis(2));
    }
    input.write_all(b"2\n").unwrap();
    drop(input);
    load.wait().assert_success();
    assert_eq!(landing.rows(), ["(1)", "(2)"]);
}
