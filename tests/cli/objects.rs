//! `dfa load` of JSON: the same object means the same row as for `dfa.ingest`.

use crate::landing::Landing;

const COLUMNS: &str = "id: bigint, i: integer, n: 'numeric(30, 10)', f: float8, b: boolean, t: text, \
    v: 'varchar(5)', d: date, at: timestamp, z: timestamptz, j: json, jb: jsonb, tags: 'text[]', ns: 'int[]', \
    m: 'int[]', u: uuid";

/// Loads the same objects by both doors; gives what each of them made of every object.
fn both(landing: &Landing, objects: &[&str]) -> Vec<(String, String)> {
    let mut client = landing.database.connect();
    let mut made = Vec::new();
    for object in objects {
        client.batch_execute("truncate ai.src_c, ai.imp_c").unwrap();
        let loaded = landing.load("a.ndjson", format!("{object}\n"), &[]);
        let ingested = client.query("select * from dfa.ingest('imp_c', $1::text::json)", &[object]);
        let row = |table: &str| landing.values(&format!("select c::text from ai.{table} as c")).concat();
        let of_load = if loaded.code == 0 { row("src_c") } else { "refused".to_owned() };
        let of_ingest = if ingested.is_ok() { row("imp_c") } else { "refused".to_owned() };
        assert!(loaded.code == 0 || loaded.stderr.contains("line 1: "), "{object}: {}", loaded.stderr);
        made.push((of_load, of_ingest));
    }
    made
}

fn doors(name: &str) -> Landing {
    let table = |name: &str| format!("{name}: {{create: {{features: {{{COLUMNS}}}}}}}\n");
    Landing::with(name, &format!("{}{}", table("src_c"), table("imp_c")))
}

#[test]
fn what_dfa_ingest_takes_is_taken_alike() {
    let landing = doors("json_alike");
    let objects = [
        r#"{"jb": "5", "j": "true"}"#,
        r#"{"jb": "null", "j": "hello"}"#,
        r#"{"jb": null, "j": null}"#,
        r#"{"jb": {"b": 1.10, "a": [1, "x"]}, "j": {"b" : 1.10}}"#,
        r#"{"jb": 12345678901234567890123.10, "j": [1.0]}"#,
        r#"{"tags": ["a", "b\"\\", null, "NULL", ""], "ns": [3, null]}"#,
        r#"{"tags": "{a,b}", "m": [[1, 2], [3, 4]]}"#,
        r#"{"i": 5.0, "id": "7", "n": 12345678901234567890.1234567890}"#,
        r#"{"f": 1e5, "b": true, "t": 1.10, "v": "äöüßé"}"#,
        r#"{"t": "\u00e9\ud83d\ude00 \\ \t", "d": "2024-02-29", "at": "2024-02-29T10:11:12.5"}"#,
        r#"{"z": "2024-03-01 00:30:00+07", "u": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "t": ""}"#,
        r#"{"d": "Jan 8, 2021", "at": "20240229 101112"}"#,
    ];
    for (object, (loaded, ingested)) in objects.iter().zip(both(&landing, &objects)) {
        assert_ne!(loaded, "refused", "{object}");
        assert_eq!(loaded, ingested, "{object}");
    }
}

#[test]
fn what_dfa_ingest_refuses_is_refused_alike() {
    let landing = doors("json_refused");
    let objects = [
        r#"{"t": "a\ud800b"}"#,
        r#"{"jb": "a\ud800b"}"#,
        r#"{"jb": "a\u0000b"}"#,
        r#"{"t": "a\u0000b"}"#,
        r#"{"t": "x", "t": "y"}"#,
        r#"{"t": ["x"]}"#,
        r#"{"t": {"x": 1}}"#,
        r#"{"i": 5.5}"#,
        r#"{"i": true}"#,
        r#"{"v": "sixsix"}"#,
        r#"{"ns": ["x"]}"#,
        r#"{"nothing": 1}"#,
        r#"{"d": "2024-02-30"}"#,
        r"{}",
        r"[1]",
        r"5",
    ];
    for (object, (loaded, ingested)) in objects.iter().zip(both(&landing, &objects)) {
        assert_eq!((loaded.as_str(), ingested.as_str()), ("refused", "refused"), "{object}");
    }
}

#[test]
fn each_object_has_keys_of_its_own_and_leaves_the_others_to_their_defaults() {
    let landing =
        Landing::of("json_keys", "id: bigint, name: text not null default 'x', n: integer default 7");
    let text =
        "{\"id\":1}\n{\"name\":\"b\",\"id\":2}\n{\"id\":3,\"n\":null}\n{\"id\":4}\n{\"N\":5,\"id\":5}\n";
    landing.load("a.ndjson", text, &[]).assert_success();
    assert_eq!(landing.rows(), ["(1,x,7)", "(2,b,7)", "(3,x,)", "(4,x,7)", "(5,x,5)"]);
    let wrong = "{\"id\":6}\n{\"id\":7,\"nmae\":\"x\"}\n{\"id\":8,\"name\":null}\n{\"id\": \n";
    landing.load("b.ndjson", wrong, &[]).assert_failure(
        1,
        &[
            "line 2: column nmae: the table has no column 'nmae'; did you mean 'name'?",
            "line 3: column name: a value is missing, and the column takes no null",
            "line 4: this is not a JSON object",
        ],
    );
}

#[test]
fn a_list_of_objects_is_rows_over_any_lines() {
    let landing = Landing::of("json_list", "id: bigint, name: text");
    landing
        .load("a.json", "\u{feff}[\n {\"id\": 1,\n  \"name\": \"]},\"},\n {\"id\": 2}\n]\n", &[])
        .assert_success();
    landing.load("b.json", "{\n \"id\": 3\n}\n{\"id\": 4}\n", &[]).assert_success();
    assert_eq!(landing.rows(), ["(1,\"]},\")", "(2,)", "(3,)", "(4,)"]);
    landing
        .load("c.json", "[{\"id\": 5}, {\"id\": \"x\"},\n{\"id\": 6}", &[])
        .assert_failure(1, &["line 2: the list has no end"]);
    assert_eq!(landing.rows().len(), 4);
}

#[test]
fn domains_take_what_their_types_take() {
    let landing = Landing::of("json_domains", "id: bigint");
    landing
        .database
        .connect()
        .batch_execute(
            "create domain ai.doc as jsonb check (value is not null);
             create domain ai.numbers as int[]; create domain ai.small as bigint check (value < 10);
             alter table ai.src_c add doc ai.doc, add numbers ai.numbers, add small ai.small, add docs jsonb[]",
        )
        .unwrap();
    let text = r#"{"doc": {"a": "x"}, "numbers": [1, 2.0], "small": 5.0, "docs": [{"a": 1}, "t"]}"#;
    landing.load("a.ndjson", text, &[]).assert_success();
    let rows = landing.values("select concat_ws('|', doc, numbers, small, docs) from ai.src_c");
    assert_eq!(rows, [r#"{"a": "x"}|{1,2}|5|{"{\"a\": 1}","\"t\""}"#]);
    landing
        .load("b.ndjson", r#"{"doc": 1, "small": 11}"#, &[])
        .assert_failure(1, &["line 1: column small: '11' is refused: value for domain"]);
}

#[test]
fn composites_arrays_of_them_and_boxes_are_read_as_by_dfa_ingest() {
    let landing = Landing::with(
        "json_composites",
        "src_c: {create: {features: {id: bigint}}}\nimp_c: {create: {features: {id: bigint}}}",
    );
    let columns = "add p ai.pair, add ps ai.pair[], add deep ai.deep, add boxes box[], add docs jsonb[]";
    landing
        .database
        .connect()
        .batch_execute(&format!(
            "create type ai.pair as (a integer, b text); create domain ai.pairs as ai.pair[];
             create type ai.deep as (doc jsonb, pairs ai.pairs);
             alter table ai.src_c {columns}; alter table ai.imp_c {columns}"
        ))
        .unwrap();
    let taken = [
        r#"{"p": {"a": 5.0, "b": "x, \"y\""}, "ps": [{"b": "z"}, null]}"#,
        r#"{"deep": {"doc": {"a": [1, "x"]}, "pairs": [{"a": 1}, {"b": "(\\)"}]}}"#,
        r#"{"boxes": ["(1,1),(0,0)", "(2,2),(1,1)"], "docs": [{"a": "b"}, "t", 1.50]}"#,
    ];
    for (object, (loaded, ingested)) in taken.iter().zip(both(&landing, &taken)) {
        assert_ne!(loaded, "refused", "{object}");
        assert_eq!(loaded, ingested, "{object}");
    }
    let refused =
        [r#"{"p": {"c": 1}}"#, r#"{"p": {"a": 1, "a": 2}}"#, r#"{"p": [1]}"#, r#"{"ps": [[[[[[[{}]]]]]]]}"#];
    for (object, (loaded, ingested)) in refused.iter().zip(both(&landing, &refused)) {
        assert_eq!((loaded.as_str(), ingested.as_str()), ("refused", "refused"), "{object}");
    }
}

#[test]
fn both_doors_say_the_same_of_a_value_that_has_no_place() {
    let landing = doors("json_reasons");
    let pair = "add p ai.pair";
    let mut client = landing.database.connect();
    client
        .batch_execute(&format!(
            "create type ai.pair as (a integer, b text); alter table ai.src_c {pair}; alter table ai.imp_c {pair}"
        ))
        .unwrap();
    for (object, reason) in [
        (r#"{"t": ["x"]}"#, "a list, where a value of type text belongs"),
        (r#"{"n": {"x": 1}}"#, "an object, where a value of type numeric belongs"),
        (r#"{"p": {"c": 1}}"#, "type ai.pair has no attribute 'c'"),
        (r#"{"p": {"a": 1, "a": 2}}"#, "column 'a' is given twice"),
        (r#"{"t": "x", "t": "y"}"#, "column 't' is given twice"),
        (r#"{"t": "a\u0000b"}"#, "the text holds \\u0000, which Postgres cannot keep"),
        (r#"{"ns": [[[[[[[1]]]]]]]}"#, "a list inside more than 6 lists"),
        ("5", "an object is expected, and this is 5"),
    ] {
        landing.load("a.ndjson", format!("{object}\n{{}}\n"), &[]).assert_failure(1, &[reason]);
        let rejected = "select coalesce(string_agg(r ->> 'reason', ', '), 'none') \
                        from dfa.ingest('imp_c', $1::text::json, on_error => 'skip') as done, \
                             json_array_elements(done.rejected) as r";
        let payload = format!(r#"[{object}, {{"id": 1}}]"#);
        let told: String = client.query_one(rejected, &[&payload]).unwrap().get(0);
        assert!(told.contains(reason), "{object}: {told}");
    }
}
