//! `{placeholders}`: which must be listed, what braces mean, and what is said of wrong ones.

use crate::reading::{finds, sql, table, with_table};
use dfa_catalog::placeholder::{names, render, render_values, PlaceholderError, Value};
use std::borrow::Cow;

/// A process with these parameters and this statement, which stands at line 4.
fn with_statement(parameters: &str, statement: &str) -> String {
    with_table(&format!(
        "update:\n  fill: {{parameter: {parameters}, statement: \"{}\"}}",
        statement.replace('"', "\\\"")
    ))
}

/// The finding of a statement that is refused with these words.
fn refused(parameters: &str, statement: &str, message: &str) {
    let yaml = with_statement(parameters, statement);
    let column = yaml.lines().nth(3).and_then(|line| line.find("statement:")).map_or(0, |at| at + 1);
    finds(&yaml, &[&format!("4:{column}: error: src_t: update.fill.statement: {message}")]);
}

#[test]
fn three_placeholders_are_always_there_and_need_no_listing() {
    let read = table(&with_statement("[]", "select '{database_name} {ai_schema_name} {main_schema_name}'"));
    assert!(sql(&read.processes[0]).parameters.is_empty());
}

#[test]
fn listed_ones_are_kept_once_in_any_form_of_a_list() {
    for parameters in
        ["[run_date, months, run_date, ai_schema_name]", "'run_date, months'", "{1: run_date, 2: months}"]
    {
        let read = table(&with_statement(parameters, "select '{run_date}', {months}"));
        assert_eq!(sql(&read.processes[0]).parameters, ["run_date", "months"], "{parameters}");
    }
    let blank = table(&with_table("update:\n  fill:\n    parameter:\n    statement: select 1"));
    assert!(sql(&blank.processes[0]).parameters.is_empty());
}

#[test]
fn one_that_is_not_listed_is_an_error_with_what_to_do() {
    refused(
        "[]",
        "select '{run_date}'",
        "placeholder {run_date} is not listed under `parameter` (list it: parameter: [run_date])",
    );
    refused(
        "[run_date]",
        "select '{run_dat}'",
        "placeholder {run_dat} is not listed under `parameter` (did you mean 'run_date'?)",
    );
    refused(
        "[]",
        "select * from {ai_schema_nam}.x",
        "placeholder {ai_schema_nam} is not listed under `parameter` (did you mean 'ai_schema_name'?)",
    );
}

#[test]
fn broken_braces_are_errors_with_their_position() {
    for (statement, message) in [
        ("select '{run_date'", "'{' at position 8 has no partner: a brace that is text is written twice, {{"),
        ("select 'run_date}'", "'}' at position 16 has no partner: a brace that is text is written twice, }}"),
        ("select '{a {run_date}'", "'{' at position 8 has no partner: a brace that is text is written twice, {{"),
        (
            "select '{\"a\": 1}'",
            "'{\"a\": 1}' at position 8 is no placeholder: braces that are text are written twice, {{ and }}",
        ),
        ("select '{}'", "'{}' at position 8 is no placeholder: braces that are text are written twice, {{ and }}"),
        (
            "select '{ run_date }'",
            "'{ run_date }' at position 8 is no placeholder: braces that are text are written twice, {{ and }}",
        ),
        ("select '{{a}'", "'}' at position 11 has no partner: a brace that is text is written twice, }}"),
    ] {
        refused("[run_date]", statement, message);
    }
}

#[test]
fn doubled_braces_are_text_everywhere() {
    let read = table(&with_statement("[]", "select '{{\"a\": {{}}}}'::json"));
    assert_eq!(
        render(&sql(&read.processes[0]).statements[0], |_| None).unwrap(),
        "select '{\"a\": {}}'::json"
    );
}

#[test]
fn every_statement_of_a_process_is_checked() {
    let yaml =
        with_table("update:\n  fill:\n    statement:\n      with_a: select {x}\n      b: select {y} from a");
    let found = crate::reading::findings(&yaml);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("{x}") && found[1].contains("{y}"), "{found:#?}");
}

#[test]
fn placeholders_stand_in_quotes_as_numbers_and_as_fragments() {
    let template = "select date '{run_date}', interval '{months} month', {number} from t where true {filter}";
    let value = |name: &str| -> Option<Cow<'static, str>> {
        match name {
            "run_date" => Some("2022-01-31".into()),
            "months" => Some("3".into()),
            "number" => Some("4.5".into()),
            "filter" => Some("and kind = '{run_date}'".into()),
            _ => None,
        }
    };
    assert_eq!(
        render(template, value).unwrap(),
        "select date '2022-01-31', interval '3 month', 4.5 from t where true and kind = '{run_date}'"
    );
    assert_eq!(names(template).unwrap(), ["run_date", "months", "number", "filter"]);
}

#[test]
fn one_that_nothing_defines_is_named() {
    assert_eq!(render("{a}", |_| None), Err(PlaceholderError::Undefined { name: "a".into() }));
    assert_eq!(render("{a}", |_| None).unwrap_err().to_string(), "placeholder {a} is not defined");
}

#[test]
fn a_callers_negative_number_does_not_make_a_comment() {
    let given = |_: &str| Some(Value::Caller("-1".to_owned()));
    assert_eq!(render_values("select 5 -{n}, 2", given).unwrap(), "select 5 - -1, 2");
    assert_eq!(render_values("select -{n}", given).unwrap(), "select - -1");
    assert_eq!(render_values("select {n}", given).unwrap(), "select -1");
    assert_eq!(render_values("select '-{n}'", given).unwrap(), "select '--1'", "in a text it is text");
}
