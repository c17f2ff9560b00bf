//! `initial` in each of its forms.

use super::setup;
use crate::session::Session;

/// A table with a serial and a default column, and this `initial`.
fn catalog(initial: &str) -> String {
    format!("src_t:\n  create:\n    features: {{id: serial, name: 'text not null', amount: 'int', kind: \"text default 'none'\"}}\n    primary_key: [name]\n  initial: {initial}\n")
}

fn rows_of(initial: &str) -> Vec<String> {
    Session::with(&catalog(initial)).rows("select * from ai.src_t order by id")
}

#[test]
fn one_value_is_one_row_of_the_columns_without_default() {
    assert_eq!(rows_of("{value: \"'a', 1\"}"), ["1|a|1|none"]);
}

#[test]
fn values_are_several_rows() {
    assert_eq!(rows_of("{values: [\"'a', 1\", \"('b', null)\"]}"), ["1|a|1|none", "2|b||none"]);
    assert_eq!(rows_of("{values: \"('a', 1), ('b, c', 2)\"}"), ["1|a|1|none", "2|b, c|2|none"]);
}

#[test]
fn rows_that_are_there_are_left_alone() {
    assert_eq!(rows_of("{values: [\"'a', 1\", \"'a', 2\"]}"), ["1|a|1|none"]);
}

#[test]
fn values_may_hold_parameters() {
    assert_eq!(rows_of("{parameter: [run_date], value: \"'{run_date}', 1\"}"), ["1|2021-01-01|1|none"]);
}

#[test]
fn a_statement_is_run_as_it_stands() {
    assert_eq!(
        rows_of("{parameter: [run_date], statement: \"insert into {ai_schema_name}.src_t (name, kind) select 'day ' || date '{run_date}', 'x'\"}"),
        ["1|day 2021-01-01||x"]
    );
}

#[test]
fn a_file_of_json_gives_rows_by_column_name() {
    let mut session = Session::fresh();
    session.run("select dfa.load_catalog_file('a.json', '[{\"name\": \"a\", \"amount\": 0}, {\"amount\": null, \"name\": \"\"}]'); select dfa.load_catalog_file('b/c.json', '[{\"name\": \"b\"}]')");
    session.load(&catalog("{files: [a.json, b/c.json]}").replace("id: serial", "id: 'int'"));
    session.set_up();
    assert_eq!(session.rows("select name, amount, amount is null from ai.src_t"), ["a|0|f", "||t", "b||t"]);
}

#[test]
fn a_file_that_leaves_columns_out_gets_their_defaults() {
    let mut session = Session::fresh();
    session.run("select dfa.load_catalog_file('a.json', '[{\"name\": \"a\"}]')");
    session.load(&catalog("{file: a.json}"));
    session.set_up();
    assert_eq!(session.rows("select * from ai.src_t"), ["1|a||none"]);
}

#[test]
fn a_file_that_nobody_stored_fails_this_table_alone() {
    let mut session = Session::fresh();
    session.load(&format!(
        "{}src_other: {{create: {{features: {{a: 'int'}}}}}}\n",
        catalog("{file: missing.json}")
    ));
    let rows = session.rows("select name, status, message from dfa.setup(initial_data => 'Y') order by name");
    assert!(rows[0].starts_with("src_other|0|"), "{rows:#?}");
    assert!(
        rows[1].starts_with("src_t|1|") && rows[1].contains("missing.json") && rows[1].contains("58P01"),
        "{rows:#?}"
    );
    assert_eq!(session.value("select to_regclass('ai.src_t') is null"), "t");
}

#[test]
fn a_key_of_a_file_that_is_no_column_is_named() {
    let mut session = Session::fresh();
    session.run("select dfa.load_catalog_file('a.json', '[{\"nam\": \"a\"}]')");
    session.load(&catalog("{file: a.json}"));
    let row = session.value("select status, message from dfa.setup(initial_data => 'Y')");
    assert!(
        row.starts_with("1|") && row.contains("column 'nam' is not known") && row.contains("'name'"),
        "{row}"
    );
}

#[test]
fn a_row_with_too_many_values_is_refused_when_the_catalog_is_loaded() {
    let refusal = Session::fresh().load_refused(&catalog("{value: \"'a', 1, 'x'\"}"));
    assert_eq!(refusal.sqlstate, "DF001");
    refusal.says(&["a row has 3 values, and 2 belong here", "name, amount", "test.yaml:5"]);
}

#[test]
fn first_rows_are_logged() {
    let mut session = Session::with(&catalog("{values: [\"'a', 1\", \"'b', 2\"]}"));
    assert_eq!(
        session.rows("select table_name, action_type, row_record, run_date, status from dfa.data_logging"),
        ["src_t|initial|2|2021-01-01|0"]
    );
}

#[test]
fn first_rows_that_break_a_constraint_undo_their_table_alone() {
    let mut session = Session::fresh();
    session
        .load(&format!("{}src_u: {{create: {{features: {{a: 'int'}}}}}}\n", catalog("{value: 'null, 1'}")));
    let rows = session.rows("select name, status, message from dfa.setup(initial_data => 'Y') order by name");
    assert!(rows[0].starts_with("src_t|1|") && rows[0].contains("23502"), "{rows:#?}");
    assert!(rows[1].starts_with("src_u|0|"), "{rows:#?}");
    assert!(setup(&mut session, "initial_data => 'N'").contains(&"table|src_t|created|0".to_owned()));
}
