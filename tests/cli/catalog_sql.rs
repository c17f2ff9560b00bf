//! `dfa catalog check`: what a database would refuse, without one.

use crate::catalog::folder;
use dfa_tests::{dfa, Answer, Cluster};

fn check(database: &str, files: &[(&str, &str)]) -> Answer {
    let set = folder(files);
    dfa(&Cluster::shared().plain_database(database), &["catalog", "check", set.path().to_str().unwrap()])
}

#[test]
fn sql_that_postgres_would_not_read_is_found_with_file_line_and_key() {
    let tables = "\
ai_a:
  create: {features: {day: date, n: int}}
  update:
    fill:
      parameter: [run_date]
      statement: insert ino {ai_schema_name}.ai_a select '{run_date}', 1
    tidy:
      parameter: [run_date]
      statement:
        with_old: \"select n from {ai_schema_name}.ai_a where day < '{run_date}'\"
        with_row_table: \"delete {ai_schema_name}.ai_a using old\"
  initial:
    statement: selct 1
  tests:
    - {name: late, select: \"select 1 frm x\"}
src_b:
  create: {features: {id: int}}
  initial:
    values: [\"1 +\"]
fn_f: {statement: \"create function {ai_schema_name}.fn_f() returns int language sql as $$ select 1 form x $$\"}
vw_v: {statement: \"create view {ai_schema_name}.vw_v as select from where\"}
query:q: {statement: \"select 1 limit limit\"}
";
    check("cli_check_sql", &[("a.yaml", tables)]).assert_failure(
        1,
        &[
            "a.yaml:6:7: error: ai_a: process 'fill': syntax error at or near \"ino\"",
            "a.yaml:9:7: error: ai_a: process 'tidy': syntax error at or near",
            "a.yaml:13:5: error: ai_a: initial: syntax error at or near \"selct\"",
            "a.yaml:15:20: error: ai_a: test 'late': syntax error",
            "a.yaml:19:5: error: src_b: initial: syntax error at or near \")\"",
            "a.yaml:20:8: error: fn_f: create: syntax error at or near \"x\", in the body of the function",
            "a.yaml:21:8: error: vw_v: create: syntax error at or near \"where\"",
            "a.yaml:22:11: error: q: create: syntax error at or near \"limit\"",
            "8 errors in",
        ],
    );
}

#[test]
fn types_and_columns_that_nobody_has_are_found() {
    let table = "\
src_t:
  create:
    features:
      id: intger
      mood: moood not null
      day: date default 1 +
      net: {datatype: numeric, check: \"nett > 0\"}
      gross: {datatype: numeric, generated: \"net * ratee\"}
      note: varchar(8)
    primary_key: [id]
  indexes:
    - {columns: [note], where: \"notes is not null\"}
    - [note desc first]
  tests:
    - {expression: \"net > grosss or lower(note) in ('a', ids)\"}
  retention: {column: to_timestamp(milis / 1000.0), months: 1}
";
    check("cli_check_types", &[("t.yaml", table)]).assert_failure(
        1,
        &[
            "t.yaml:4:7: error: src_t: create.features.id: type 'intger' is not known to PostgreSQL and not made by the set (did you mean 'integer'?)",
            "t.yaml:5:7: error: src_t: create.features.mood: type 'moood' is not known to PostgreSQL and not made by the set (a type that",
            "t.yaml:6:7: error: src_t: create.features.day: syntax error at or near \")\"",
            "t.yaml:7:7: error: src_t: create.features.net: column 'nett' is not among the features (did you mean 'net'?)",
            "t.yaml:8:7: error: src_t: create.features.gross: column 'ratee' is not among the features",
            "t.yaml:12:7: error: src_t: indexes: column 'notes' is not among the features (did you mean 'note'?)",
            "t.yaml:13:7: error: src_t: indexes: syntax error at or near \"first\"",
            "t.yaml:15:7: error: src_t: test 'expression': column 'grosss' is not among the features (did you mean 'gross'?)",
            "t.yaml:15:7: error: src_t: test 'expression': column 'ids' is not among the features",
            "t.yaml:16:15: error: src_t: retention.column: column 'milis' is not among the features",
        ],
    );
}

#[test]
fn what_only_the_database_knows_is_no_finding() {
    let set = "\
func:make_types: {statement: \"do $$ begin create type {ai_schema_name}.mood as enum ('a'); exception when others then null; end $$\"}
src_t:
  create:
    features: {id: bigint, m: mood, c: citext, g: geometry(point), o: public.money_of_ours, list: 'text[]', system_user: text}
  indexes: [{columns: [c text_pattern_ops], where: \"src_t is not null and ctid is not null\"}]
  tests:
    - {expression: \"exists (select from {main_schema_name}.other where other_column = 1)\", name: there}
  retention: {column: id, months: 0}
ai_t:
  create: {features: {id: bigint, system_user: text}}
  update:
    fill:
      parameter: [sales_filter, columns, target, months, operator]
      statement: |
        insert into {ai_schema_name}.{target} (id, system_user)
        select {columns} from {ai_schema_name}.src_t
        where {sales_filter} and id {operator} 5 and m > current_date - interval '{months} month';
        select count(*) as row_number from {ai_schema_name}.ai_t
    all: {parameter: [whole], statement: '{whole}'}
";
    let set = set.replace("{column: id, months: 0}", "{column: to_timestamp(id), months: 0}");
    let answer = check("cli_check_fragments", &[("t.yaml", &set)]);
    assert!(answer.assert_success().stderr.is_empty(), "{}", answer.stderr);
}

#[test]
fn folders_that_work_elsewhere_have_no_finding_in_their_sql() {
    let foreign = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/tests/fixtures/foreign");
    let answer = dfa(&Cluster::shared().plain_database("cli_check_foreign"), &["catalog", "check", foreign]);
    assert!(!answer.assert_success().stderr.contains("error"), "{}", answer.stderr);
}

#[test]
fn an_encoding_that_no_reader_knows_is_found() {
    let table = "src_t: {create: {features: {a: int}}, source: {path: a.csv, encoding: klingon}}\n";
    check("cli_check_encoding", &[("t.yaml", table)])
        .assert_failure(1, &["t.yaml:1:39: error: src_t: source.encoding: 'klingon' is no encoding"]);
}
