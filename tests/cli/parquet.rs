//! `dfa load` of Parquet files as other tools write them; `parquet/make.py` made these.

use crate::landing::Landing;
use dfa_tests::{dfa, Answer};

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cli/parquet");

fn load(landing: &Landing, file: &str) -> Answer {
    dfa(&landing.database, &["load", "-t", "src_c", "-f", &format!("{FILES}/{file}.parquet")])
}

const TYPES: &str = "id: bigint, nothing: text, big: 'numeric(20)', half: real, long: numeric, price: integer, \
    kind: 'varchar(3)', large: text, clock: time, nanos: timestamp, millis: date, dur_ns: interval, dur_us: interval, \
    dur_ms: interval, moment: timestamptz, numbers: 'bigint[]', words: 'text[]', whole: jsonb, pairs: json, \
    document: jsonb";

#[test]
fn every_type_of_a_file_has_its_place() {
    let landing = Landing::of("parquet_types", TYPES);
    load(&landing, "types").assert_success();
    let value = |column: &str| landing.values(&format!("select ({column})::text from ai.src_c order by id"));
    for (column, first) in [
        ("nothing", "null"),
        ("big", "18446744073709551615"),
        ("half", "0.5"),
        ("long", "12345678901234567890123456789012345678901.5"),
        ("price", "5"),
        ("kind", "a"),
        ("large", "b"),
        ("clock", "01:00:00"),
        ("nanos", "2024-01-01 00:00:00.000001"),
        ("millis", "2024-01-01"),
        ("dur_ns", "01:00:00"),
        ("dur_us", "-01:00:00"),
        ("dur_ms", "01:00:00"),
        ("moment at time zone 'UTC'", "2013-01-01 20:00:00"),
        ("numbers", "{1,NULL,3}"),
        ("words", "{\"a,b\",\"c\\\"d\",NULL}"),
        ("whole - 'at'", "{\"a\": 1, \"b\": [\"x\"]}"),
        ("(whole ->> 'at')::timestamptz at time zone 'UTC'", "2024-01-01 00:00:00"),
        ("pairs", "{\"k\":1.5}"),
        ("document", "{\"a\": 1.10}"),
    ] {
        let second = if column == "words" { "{}" } else { "null" };
        assert_eq!(value(column), [first, second], "{column}");
    }
}

#[test]
fn a_moment_is_itself_whatever_the_zone_and_the_other_columns() {
    for (name, features) in [
        ("parquet_zone", "id: bigint, tz: timestamptz, naive: timestamp, day: date"),
        // Types without a binary form here: the whole file goes as text.
        ("parquet_zone_text", "id: 'numeric(5)', tz: timestamptz, naive: timestamptz, day: timestamptz"),
        ("parquet_zone_other", "id: bigint, tz: timestamp, naive: 'varchar(40)', day: 'varchar(10)'"),
    ] {
        let landing = Landing::of(name, features);
        let quoted = landing.database.quoted_name();
        landing
            .database
            .connect()
            .batch_execute(&format!(
                "alter table ai.src_c add u uuid default gen_random_uuid();
                 alter database {quoted} set dfa.timezone = 'Asia/Bangkok'"
            ))
            .unwrap();
        let file = format!("{FILES}/zone.parquet");
        dfa(&landing.database, &["load", "-t", "src_c", "-f", &file]).assert_success();
        let tz = if name == "parquet_zone_other" { "tz" } else { "tz at time zone 'UTC'" };
        assert_eq!(
            landing.values(&format!("select ({tz})::text from ai.src_c")),
            ["2024-03-01 00:30:00"],
            "{name}"
        );
        let rest = landing.values("select concat_ws('|', naive, day) from ai.src_c").concat();
        match name {
            "parquet_zone" => assert_eq!(rest, "2024-03-01 07:30:00|2024-03-01"),
            "parquet_zone_other" => assert_eq!(rest, "2024-03-01 07:30:00.000000|2024-03-01"),
            _ => {
                let utc =
                    "select concat_ws('|', naive at time zone 'UTC', day at time zone 'UTC') from ai.src_c";
                assert_eq!(landing.values(utc), ["2024-03-01 00:30:00|2024-02-29 17:00:00"]);
            }
        }
    }
}

#[test]
fn int96_reaches_from_the_first_year_to_the_last() {
    for data_type in ["timestamp", "timestamptz", "date"] {
        let landing =
            Landing::of(&format!("parquet_int96_{data_type}"), &format!("id: bigint, ts: {data_type}"));
        load(&landing, "int96").assert_success();
        let moment = if data_type == "timestamptz" { "ts at time zone 'UTC'" } else { "ts::timestamp" };
        let mut expected = [
            "0001-01-01 00:00:00",
            "1600-02-29 00:00:00",
            "2024-01-01 12:00:00",
            "2262-04-12 00:00:00",
            "9999-12-31 00:00:00",
        ];
        if data_type == "date" {
            expected[2] = "2024-01-01 00:00:00";
        }
        assert_eq!(landing.values(&format!("select ({moment})::text from ai.src_c order by id")), expected);
    }
}

#[test]
fn what_has_no_place_is_refused_by_row_and_column() {
    let landing = Landing::of("parquet_refused", "id: bigint, price: integer, big: bigint");
    let catalog = "src_c: {version: 2024-01-01, create: {features: {id: bigint}}}";
    landing.database.connect().query("select * from dfa.load_catalog($1)", &[&catalog]).unwrap();
    load(&landing, "types").assert_failure(1, &["the file has a column 'nothing'"]);
    let landing = Landing::of("parquet_beyond", &TYPES.replace("big: 'numeric(20)'", "big: bigint"));
    load(&landing, "types").assert_failure(1, &["row 1: column big: '18446744073709551615' is not from"]);
}

#[test]
fn a_damaged_file_is_told_and_nothing_is_loaded() {
    let landing = Landing::of("parquet_damaged", "id: bigint, ts: timestamp");
    let whole = std::fs::read(format!("{FILES}/int96.parquet")).unwrap();
    for end in [4, 100, whole.len() / 2, whole.len() - 1] {
        let file = landing.file("cut.parquet", &whole[..end]);
        let answer = dfa(&landing.database, &["load", "-t", "src_c", "-f", &file]);
        answer.assert_failure(1, &["cut.parquet"]);
        assert!(!answer.stderr.contains("panicked"), "{}", answer.stderr);
    }
    assert!(landing.rows().is_empty());
}
