//! What files look like that people and their editors wrote.

use crate::reading::{definitions, finds, flat, sql, table};
use dfa_catalog::model::Table;

const UNIX: &str = r#"# What lands.
src_t:   # a comment
  version: 2022-09-01
  description:
  create:
    # between keys
    features:
      a: "int not null"   # beside a value
      c: "text
        default 'it''s \"x\"'"
    primary_key: a
  update:
    fill:
      parameter: ["run_date"]
      statement: "
        insert into {ai_schema_name}.src_t (a, c)
	select 1, 'tab	and \"quote\"' /* a comment; it ends */
        where date '{run_date}' > date '2020-01-01';

        update {ai_schema_name}.src_t -- the line ends at a blank one

        set c = c || ';'
      "
"#;

fn assert_reads(yaml: &str) {
    let table: Table = table(yaml);
    assert_eq!(table.columns[1].default.as_deref(), Some("'it''s \"x\"'"));
    let statements: Vec<String> = sql(&table.processes[0]).statements.iter().map(|sql| flat(sql)).collect();
    assert_eq!(statements, [
        "insert into {ai_schema_name}.src_t (a, c) select 1, 'tab and \"quote\"' /* a comment; it ends */ \
         where date '{run_date}' > date '2020-01-01'",
        "update {ai_schema_name}.src_t -- the line ends at a blank one set c = c || ';'",
    ]);
}

#[test]
fn long_quoted_scalars_with_quotes_tabs_and_comments_are_read() {
    assert_reads(UNIX);
    let table = table(UNIX);
    let update = &sql(&table.processes[0]).statements[1];
    assert!(update.contains("blank one\nset c"), "a blank line keeps the comment from the next: {update}");
}

#[test]
fn windows_line_ends_read_alike() {
    assert_reads(&UNIX.replace('\n', "\r\n"));
    assert_eq!(definitions(&UNIX.replace('\n', "\r\n")), definitions(UNIX));
}

#[test]
fn a_missing_final_newline_reads_alike() {
    assert_eq!(definitions(UNIX.trim_end()), definitions(UNIX));
    let block = "src_t:\n  create: {features: {a: int}}\n  update:\n    fill:\n      statement: |\n        select 1;\n        select 2";
    assert_eq!(definitions(block), definitions(&format!("{block}\n")));
}

#[test]
fn a_byte_order_mark_and_document_marks_read_alike() {
    assert_eq!(definitions(&format!("\u{feff}{UNIX}")), definitions(UNIX));
    let mut marked = definitions(&format!("---\n{UNIX}...\n"));
    marked[0].line -= 1;
    assert_eq!(marked, definitions(UNIX));
}

#[test]
fn several_documents_are_one_file() {
    let names: Vec<String> = definitions(
        "src_a: {create: {features: {a: int}}}\n---\nsrc_b: {create: {features: {a: int}}}\n---\n",
    )
    .into_iter()
    .map(|definition| definition.name)
    .collect();
    assert_eq!(names, ["src_a", "src_b"]);
}

#[test]
fn lines_of_findings_count_alike_with_either_line_end() {
    let wrong = "src_t:\n  create:\n    features:\n      a: int\n    primary_key: b\n";
    let expected = ["5:5: error: src_t: create.primary_key: column 'b' is not among the features"];
    finds(wrong, &expected);
    finds(&wrong.replace('\n', "\r\n"), &expected);
}

#[test]
fn columns_of_findings_count_characters() {
    finds(
        "src_é: {create: {features: {a: int}, primary_key: b}}",
        &["1:38: error: src_é: create.primary_key: column 'b' is not among the features"],
    );
}

#[test]
fn anchors_and_merges_save_writing() {
    let all = definitions(
        "src_a: &base\n  version: 2022-09-01\n  create: &create {features: {a: int}}\nsrc_b:\n  <<: *base\n  description: b\n\
         src_c:\n  create:\n    <<: *create\n    primary_key: a\n",
    );
    assert_eq!(all[1].body, all[0].body);
    assert_eq!(all[1].version, all[0].version);
    assert_eq!(all[2].json, r#"{"create":{"features":{"a":"int"},"primary_key":"a"}}"#);
}

#[test]
fn the_order_of_keys_is_kept() {
    let table = table("src_t: {create: {features: {z: int, a: int, m: int, '1': int}}}");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["z", "a", "m", "1"]);
}

#[test]
fn an_empty_file_has_no_definition() {
    for empty in ["", "\n", "# nothing\n", "---\n", "~", "{}", "\u{feff}", "\r\n\r\n"] {
        assert!(definitions(empty).is_empty(), "{empty:?}");
    }
}

#[test]
fn a_definition_reads_from_storage_as_from_its_file() {
    for stored in definitions(UNIX) {
        let read = dfa_catalog::from_json(stored.kind(), &stored.name, &stored.json).unwrap();
        assert_eq!(dfa_catalog::model::Definition { line: stored.line, ..read }, stored);
    }
}
