//! `initial`: first rows from a statement, from values or from files.

use crate::reading::{finds, indented, table};
use dfa_catalog::model::{Initial, Place, Script};

/// A table with a serial and a default column, whose `initial` stands at line 3.
fn with_initial(initial: &str) -> String {
    format!("src_t:\n  create: {{features: {{id: serial, a: text, b: int, kind: \"text default 'x'\"}}}}\n{initial}")
}

fn initial(lines: &str) -> Option<Initial> {
    table(&with_initial(&indented(lines, 2))).initial
}

fn rows(lines: &str) -> Vec<String> {
    match initial(lines) {
        Some(Initial::Values { rows, .. }) => rows,
        other => panic!("values were expected of {lines}: {other:?}"),
    }
}

#[test]
fn initial_has_two_aliases() {
    for key in ["initial", "initial_load", "mockup"] {
        assert_eq!(rows(&format!("{key}: {{value: \"'a', 1\"}}")), ["'a', 1"], "{key}");
    }
}

#[test]
fn a_statement_has_its_parameters() {
    for lines in [
        "initial: {parameter: [run_date], statement: \"insert into t select '{run_date}'\"}",
        "initial: {params: run_date, stms: {fill: \"insert into t select '{run_date}'\"}}",
    ] {
        let expected = Script {
            place: Place::default(),
            parameters: vec!["run_date".into()],
            statements: vec!["insert into t select '{run_date}'".into()],
        };
        assert_eq!(initial(lines), Some(Initial::Statement(expected)), "{lines}");
    }
}

#[test]
fn values_are_rows_with_or_without_brackets() {
    for (lines, expected) in [
        ("initial: {value: \"'a', 1\"}", vec!["'a', 1"]),
        ("initial: {value: \"('a', 1)\"}", vec!["'a', 1"]),
        ("initial: {values: [\"'a', 1\", \"('b', 2)\"]}", vec!["'a', 1", "'b', 2"]),
        ("initial: {values: \"('a', 1), ('b, c', 2);\"}", vec!["'a', 1", "'b, c', 2"]),
        ("initial:\n  value: >\n    ('a', 1),\n    ('b', (2 + 3) * 4)", vec!["'a', 1", "'b', (2 + 3) * 4"]),
        ("initial: {values: [[\"'a'\", 1], [\"'b'\", 'null']]}", vec!["'a', 1", "'b', null"]),
        ("initial: [\"'a', 1\"]", vec!["'a', 1"]),
        ("initial: {value: \"(select 'a, b'), array[1, 2][1]\"}", vec!["(select 'a, b'), array[1, 2][1]"]),
        ("initial: {value: \"lower('A'), coalesce(1, 2)\"}", vec!["lower('A'), coalesce(1, 2)"]),
        ("initial: {value: \"('a'::text), (1) + (2)\"}", vec!["('a'::text), (1) + (2)"]),
    ] {
        assert_eq!(rows(lines), expected, "{lines}");
    }
}

#[test]
fn a_comment_at_the_end_of_a_row_does_not_reach_into_the_next() {
    assert_eq!(
        rows("initial:\n  values: |\n    ('a', 1 -- one\n    ), -- first\n    ('b', 2) -- second"),
        ["'a', 1", "'b', 2"]
    );
    assert_eq!(rows("initial:\n  values:\n    - |\n      'a', 1 -- one"), ["'a', 1"]);
}

#[test]
fn values_may_hold_placeholders_and_literal_braces() {
    let read = initial("initial: {parameter: [run_date], value: \"'{run_date} {{x}}', 1\"}");
    assert_eq!(
        read,
        Some(Initial::Values {
            place: Place::default(),
            parameters: vec!["run_date".into()],
            rows: vec!["'{run_date} {{x}}', 1".into()]
        })
    );
}

#[test]
fn files_are_one_or_several_paths() {
    for (lines, expected) in [
        ("initial: {file: a.json}", vec!["a.json"]),
        ("initial: {files: [a.json, sub/b.csv, c.parquet]}", vec!["a.json", "sub/b.csv", "c.parquet"]),
        ("initial: {file: ' a.json '}", vec!["a.json"]),
    ] {
        let expected = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(initial(lines), Some(Initial::Files(expected)), "{lines}");
    }
}

#[test]
fn a_blank_initial_is_none() {
    for lines in ["initial:", "initial: {}", "initial: {parameter: [], value: }"] {
        assert_eq!(initial(lines), None, "{lines}");
    }
}

#[test]
fn rows_of_another_width_say_which_columns_belong_to_them() {
    let hint = "(values belong to the columns without a default or serial: a, b)";
    for (value, found) in [("'a'", "1 value"), ("'a', 1, 2", "3 values"), ("('a', 1, null)", "3 values")] {
        finds(
            &with_initial(&format!("  initial: {{value: \"{value}\"}}\n")),
            &[&format!("3:13: error: src_t: initial.value: a row has {found}, and 2 belong here {hint}")],
        );
    }
    finds(
        &with_initial("  initial:\n    values:\n      - \"'a', 1\"\n      - \"'b'\"\n"),
        &[&format!("6:9: error: src_t: initial.values.2: a row has 1 value, and 2 belong here {hint}")],
    );
}

#[test]
fn a_row_that_is_no_list_of_values_is_an_error() {
    for (value, message) in [
        ("'a',", "a value is missing"),
        ("('a', 1),", "a value is missing"),
        ("'a',, 1", "a value is missing"),
        ("()", "a value is missing"),
        ("('a', 1", "a bracket has no partner"),
        ("'a', 1)", "a bracket has no partner"),
        ("'a, 1", "a text that begins at line 1 of the statement is not closed"),
    ] {
        finds(
            &with_initial(&format!("  initial: {{value: \"{value}\"}}\n")),
            &[&format!("3:13: error: src_t: initial.value: {message}")],
        );
    }
    finds(
        &with_initial("  initial: {values: [{a: 1}]}\n"),
        &["3:22: error: src_t: initial.values.1: a row of SQL values belongs here, and this is a map"],
    );
}

#[test]
fn a_path_leads_to_the_sets_data_alone() {
    for path in ["/etc/passwd", "../x.json", "a/../../x.json", "a\\..\\x.json", ""] {
        finds(
            &with_initial(&format!("  initial: {{file: '{path}'}}\n")),
            &[&format!("3:13: error: src_t: initial.file: '{path}' is no path below the set's data/ folder")],
        );
    }
}

#[test]
fn first_rows_come_from_one_place() {
    finds(
        &with_initial("  initial: {value: \"'a', 1\", file: a.json}\n"),
        &["3:3: error: src_t: initial: first rows come from one of `statement`, `values` and `files`"],
    );
    finds(
        &with_initial("  initial: {value: \"'a', 1\", values: [\"'b', 2\"]}\n"),
        &["3:30: error: src_t: initial.values: 'values' and 'value' are the same key; give one of them"],
    );
    finds(
        &with_initial("  initial: insert into t values (1)\n"),
        &["3:3: error: src_t: initial: a map belongs here, and this is a text"],
    );
    finds(
        &with_initial("  initial: {value: \"'{run_date}', 1\"}\n"),
        &["3:13: error: src_t: initial.value: placeholder {run_date} is not listed under `parameter` \
           (list it: parameter: [run_date])"],
    );
}
