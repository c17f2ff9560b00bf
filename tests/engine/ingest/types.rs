//! Values are what Postgres' own reading of the same JSON makes of them, in columns of any type.

use super::{ingest, refused};
use crate::session::{quoted, Session};
use serde_json::{json, Value};

/// Types beside those of Postgres itself.
const OWN_TYPES: &str = "
create extension citext schema public;
create extension hstore schema public;
create type public.mood as enum ('ok', 'inf', 'nan');
create domain public.small as int check (value < 100);
create domain public.smaller as public.small check (value is not null);
create domain public.doc as jsonb;
create domain public.ints as int[];
create domain public.word as text check (value <> 'bad');
create type public.pair as (n int, line text);
create type public.nested as (p public.pair, tags text[], day date);
create domain public.pairs as public.pair[];
";

/// A table `imp_v0`, `imp_v1`, … for each type, with a column `v` of it.
fn tables_of(types: &[&str]) -> Session {
    let mut session = Session::fresh();
    session.run(OWN_TYPES);
    let catalog: String = types
        .iter()
        .enumerate()
        .map(|(number, kind)| format!("imp_v{number}: {{create: {{features: {{id: int, v: '{kind}'}}}}}}\n"))
        .collect();
    session.load(&catalog);
    session.set_up();
    session
}

/// `json_populate_record` of the row's column `v` as text; `refused` where it raises an error.
const THEIRS: &str = "
create function public.theirs(kind regtype, given json) returns text language plpgsql as $$
declare found text;
begin
    execute format('select coalesce((json_populate_record(null::%s, $1)).v::text, ''(null)'')', kind)
        into found using json_build_object('v', given);
    return found;
exception when others then return 'refused';
end $$";

/// Each value alike in a column of each type, as Postgres reads it and as an ingest does.
fn are_read_alike(types: &[&str], values: &[Value]) {
    let mut session = tables_of(types);
    session.run(THEIRS);
    for (number, kind) in types.iter().enumerate() {
        let rows: Vec<Value> =
            values.iter().enumerate().map(|(id, value)| json!({"id": id, "v": value})).collect();
        ingest(&mut session, &format!("imp_v{number}"), &json!(rows).to_string(), ", on_error => 'skip'");
        let wrong = session.rows(&format!(
            "select given->'v', theirs, ours from (
                 select given, public.theirs('ai.imp_v{number}'::regtype, given->'v') as theirs,
                        coalesce((select coalesce(v::text, '(null)') from ai.imp_v{number} where id = (given->>'id')::int), 'refused') as ours
                 from json_array_elements({}) as given) as compared where theirs <> ours",
            quoted(&json!(rows).to_string())
        ));
        assert!(wrong.is_empty(), "{kind}: {wrong:#?}");
    }
}

/// The same numbers on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let place = usize::try_from(self.below(choices.len() as u64)).unwrap_or_default();
        choices[place]
    }

    /// Something like a date and time, often a wrong one.
    fn moment(&mut self) -> String {
        let year = match self.below(4) {
            0 => self.below(3),
            1 => self.below(11_000),
            _ => 1990 + self.below(60),
        };
        let day = format!("{year:04}-{:02}-{:02}", self.below(14), self.below(33));
        let mut text = match self.below(3) {
            0 => day,
            _ => format!(
                "{day}{}{:02}:{:02}:{:02}",
                self.of(&[" ", "T"]),
                self.below(26),
                self.below(61),
                self.below(62)
            ),
        };
        if text.len() > 10 && self.below(2) == 0 {
            text.push('.');
            for _ in 0..=self.below(8) {
                text.push(self.of(&["0", "1", "5", "9"]).chars().next().unwrap_or('0'));
            }
        }
        text.push_str(self.of(&["", "", "", "Z", "+02", "-0330", " BC", " "]));
        text
    }

    fn number(&mut self) -> String {
        let digits = |chance: &mut Chance, most| -> String {
            (0..=chance.below(most)).map(|_| char::from(b'0' + chance.below(10) as u8)).collect()
        };
        let mut text = self.of(&["", "-", "+"]).to_owned();
        text.push_str(&digits(self, 20));
        if self.below(3) == 0 {
            text.push('.');
            text.push_str(&digits(self, 10));
        }
        if self.below(4) == 0 {
            text.push_str(self.of(&["e", "E-", "e+"]));
            text.push_str(&digits(self, 3));
        }
        text
    }
}

/// Texts at which readers of values part.
const ODD: &[&str] = &[
    "",
    " ",
    "a",
    "abcd",
    "abc ",
    "Nan",
    "nan",
    "NaN",
    "Inf",
    "inf",
    "+inf",
    "-Infinity",
    "infinity",
    "-infinity",
    "INFINITY",
    "0",
    "-0",
    "1",
    "+1",
    " 1",
    "1 ",
    "007",
    "1.0",
    "1.5",
    "5.00",
    "32768",
    "-32768",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "1e2",
    "1E-400",
    "1e400",
    "4.9e-324",
    "2e-324",
    "-1e-400",
    "0e-999",
    "0x10",
    "1_000",
    ".5",
    "5.",
    "1e39",
    "true",
    "t",
    "yes",
    "on",
    "off",
    "TRUE",
    "maybe",
    "epoch",
    "2024-02-29",
    "2023-02-29",
    "0000-01-01",
    "0001-01-01",
    "0001-01-01 BC",
    "4713-01-01 BC",
    "9999-12-31",
    "10000-01-01",
    "294276-12-31",
    "294277-01-01",
    "5874897-12-31",
    "2016-12-31T23:59:60",
    "2016-12-31 23:59:60.5",
    "2024-01-01 24:00:00",
    "2024-01-01 24:00:01",
    "2024-01-01T00:00:00Z",
    "2024-01-01 00:00:00.1234567",
    "2024-01-01 00:00:00.",
    "2024-1-5",
    "01/21/2024",
    "20240122",
    "Jan 23, 2024",
    "12:34",
    "12:34:56.789+02",
    "1 day",
    "24:00",
    "P1Y2M",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "192.168.0.1/24",
    "\\x00ff",
    "\\x0",
    "{1,2}",
    "[1,5)",
    "{[2024-01-01,2024-02-01)}",
    "ok",
    "bad",
    "(1,a)",
    "é😀",
    "{\"a\": 1}",
    "\"a\"=>\"1\"",
];

const SCALARS: &[&str] = &[
    "smallint",
    "int",
    "bigint",
    "real",
    "double precision",
    "numeric",
    "numeric(6,2)",
    "boolean",
    "text",
    "varchar(3)",
    "char(3)",
    "name",
    "date",
    "timestamp",
    "timestamp(0)",
    "timestamptz",
    "time",
    "timetz",
    "interval",
    "uuid",
    "inet",
    "bytea",
    "int4range",
    "datemultirange",
    "money",
    "bit(3)",
    "public.mood",
    "public.citext",
    "public.small",
    "public.smaller",
    "public.word",
];

#[test]
fn scalars_of_each_type_are_what_postgres_reads() {
    let mut chance = Chance(20_241_125);
    let mut values: Vec<Value> = ODD.iter().map(|text| json!(text)).collect();
    values.extend((0..120).map(|_| json!(chance.moment())));
    values.extend((0..80).map(|_| json!(chance.number())));
    values.extend([
        json!(true),
        json!(false),
        Value::Null,
        json!(0),
        json!(-7),
        json!(99),
        json!(100),
        json!(1.5),
    ]);
    are_read_alike(SCALARS, &values);
}

#[test]
fn lists_and_objects_of_each_type_are_what_postgres_reads() {
    let texts = [json!("{1,2}"), json!("(1,a)"), json!("x"), json!(5), Value::Null, json!([])];
    let lists = [
        json!([1, null, 3]),
        json!([[1, 2], [3, 4]]),
        json!([[1], [2, 3]]),
        json!(["a", "b\"\\,{}"]),
        json!(["Nan", "null", "NULL", ""]),
        json!([[[[[[1]]]]]]),
        json!([[[[[[[1]]]]]]]),
        json!([true, 1.5, "x"]),
        json!(["infinity", "2024-02-30"]),
        json!(["infinity", "2024-02-29"]),
        json!(["((1,2),(3,4))", "((0,0),(1,1))"]),
    ];
    let pairs = [
        json!({"n": 1, "line": "a,\"b\\ (c)"}),
        json!({"line": null}),
        json!({}),
        json!({"n": "x"}),
        json!([{"n": 1, "line": ""}, {"n": null, "line": "b"}, null]),
    ];
    let nested = [
        json!({"p": {"n": 2, "line": "x"}, "tags": ["a", null], "day": "2024-02-29"}),
        json!({"p": null, "tags": []}),
        json!({"day": "0000-01-01"}),
        json!({"p": {"n": [1]}}),
        json!({}),
    ];
    let all = |more: &[Value]| [&texts[..], &lists[..], more].concat();
    // Postgres takes an object for a text, and passes over attributes that a type has not; an ingest refuses both.
    are_read_alike(&["text[]", "varchar(2)[]"], &all(&[]));
    are_read_alike(&["public.pair", "public.pair[]", "public.pairs"], &all(&pairs));
    are_read_alike(&["public.nested", "public.nested[]"], &all(&nested));
    are_read_alike(
        &[
            "int[]",
            "date[]",
            "double precision[]",
            "jsonb[]",
            "json[]",
            "json",
            "jsonb",
            "box[]",
            "public.small[]",
            "public.doc",
            "public.ints",
            "public.mood[]",
            "numeric(4,1)[]",
        ],
        &[&all(&pairs)[..], &nested[..]].concat(),
    );
}

#[test]
fn words_for_infinity_are_texts_where_the_column_is_text_and_values_where_the_type_has_them() {
    let mut session = Session::fresh();
    session.run(OWN_TYPES);
    session.load(
        "imp_person: {create: {features: {id: int, first: char(20), nick: public.citext, dom: public.word, en: public.mood, nm: name, d: date, f: 'float8[]'}}}",
    );
    session.set_up();
    let row = r#"{"id":1,"first":"Nan","nick":"Inf","dom":"nan","en":"inf","nm":"infinity","d":"-infinity","f":["NaN","Infinity"]}"#;
    assert_eq!(ingest(&mut session, "imp_person", row, ""), "1|0");
    assert_eq!(
        session.value("select trim(first), nick, dom, en, nm, d, f from ai.imp_person"),
        "Nan|Inf|nan|inf|infinity|-infinity|{NaN,Infinity}"
    );
}

#[test]
fn a_whole_number_with_a_fraction_of_zeros_is_whole_in_domains_and_arrays_as_well() {
    let mut session = tables_of(&["public.small", "int[]", "public.ints", "public.pair"]);
    for (table, value, kept) in [
        ("imp_v0", "5.0", "5"),
        ("imp_v1", "[3.0,4.00]", "{3,4}"),
        ("imp_v2", "[[3.0]]", "{{3}}"),
        ("imp_v3", r#"{"n":7.0}"#, "(7,)"),
    ] {
        assert_eq!(ingest(&mut session, table, &format!(r#"{{"id":1,"v":{value}}}"#), ""), "1|0");
        assert_eq!(session.value(&format!("select v from ai.{table}")), kept);
    }
}

#[test]
fn an_object_is_an_hstore_and_one_with_an_attribute_that_a_type_lacks_is_refused() {
    let mut session = tables_of(&["public.hstore", "public.pair"]);
    let row = r#"{"id":1,"v":{"a":"x\"y","b":null,"c":[1,{"d":2}],"e":1.50}}"#;
    assert_eq!(ingest(&mut session, "imp_v0", row, ""), "1|0");
    assert_eq!(
        session.value("select v->'a', v->'b' is null, v->'c', v->'e' from ai.imp_v0"),
        r#"x"y|t|[1,{"d":2}]|1.50"#
    );
    refused(&mut session, "imp_v1", r#"{"id":1,"v":{"n":1,"lin":"x"}}"#, "")
        .says(&["\"v\"", "no attribute 'lin'"]);
    refused(&mut session, "imp_v1", r#"{"id":1,"v":{"n":1,"n":2}}"#, "").says(&["'n' is given twice"]);
}

#[test]
fn a_domain_has_its_default_and_takes_no_null_where_it_says_so() {
    let mut session = Session::fresh();
    session.run(
        "create domain public.level as int not null default 3; create domain public.inner_level as public.level check (value > 0)",
    );
    session.load("imp_l: {create: {features: {id: int, a: public.level, b: public.inner_level, c: 'public.inner_level default 9'}}}");
    session.set_up();
    assert_eq!(ingest(&mut session, "imp_l", r#"{"id":1}"#, ""), "1|0");
    assert_eq!(session.value("select a, b, c from ai.imp_l"), "3|3|9");
    for column in ["a", "b", "c"] {
        let row = format!(r#"{{"id":2,"{column}":null}}"#);
        refused(&mut session, "imp_l", &row, "").says(&["DF011", &format!("\"{column}\""), "null"]);
    }
    refused(&mut session, "imp_l", r#"{"id":2,"b":0}"#, "").says(&["\"b\"", "inner_level"]);
}
