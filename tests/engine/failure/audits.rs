//! `tests` of a catalog: those of severity error undo the node, those of severity warn report.

use crate::session::Session;

/// A table that copies `src_s (a int, b text)` and is audited so.
fn audited(audits: &str) -> Session {
    Session::with(&format!(
        "src_parent: {{create: {{features: {{id: 'int'}}, primary_key: [id]}}, initial: {{value: '1'}}}}
src_s: {{create: {{features: {{a: 'int', b: 'text'}}}}}}
ai_t:
  create: {{features: {{a: 'int', b: 'text'}}}}
  update: {{fill: {{statement: 'insert into {{ai_schema_name}}.ai_t select a, b from {{ai_schema_name}}.src_s'}}}}
  tests: {audits}
"
    ))
}

/// The audit lets `good` rows pass and stops `bad` ones, keeping `kept`.
fn stops(audits: &str, name: &str, good: &str, bad: &str, kept: &str) {
    let mut session = audited(audits);
    session.run(&format!("insert into ai.src_s values {good}"));
    assert_eq!(
        session.rows("select status, message from dfa.run_table('ai_t', '2021-01-02') where status <> 0"),
        [""; 0]
    );
    session.run(&format!("truncate ai.src_s, ai.ai_t; insert into ai.src_s values {bad}"));
    let row = session.value("select status, message from dfa.run_table('ai_t', '2021-01-03')");
    assert!(row.starts_with(&format!("1|Error: audit '{name}' of 'ai_t' found ")), "{row}");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    assert_eq!(session.watermark("ai_t"), "2021-01-01|2021-01-02|0");
    assert_eq!(
        session.value("select error ->> 'sqlstate', error ->> 'audit', error ->> 'rows' from dfa.task_step where state = 'FAILED'"),
        format!("DF005|{name}|{kept}")
    );
}

#[test]
fn unique() {
    stops("[{unique: a}]", "unique_a", "(1, 'x'), (2, 'x')", "(1, 'x'), (1, 'y')", r#"[{"a":1,"rows":2}]"#);
    stops(
        "[{unique: [a, b]}]",
        "unique_a_b",
        "(1, 'x'), (1, 'y')",
        "(1, 'x'), (1, 'x')",
        r#"[{"a":1,"b":"x","rows":2}]"#,
    );
}

#[test]
fn not_null() {
    stops("[{not_null: [a, b]}]", "not_null_a_b", "(1, 'x')", "(1, 'x'), (2, null)", r#"[{"a":2,"b":null}]"#);
}

#[test]
fn accepted_values() {
    stops(
        "[{accepted_values: {column: b, values: [x, 'it''s, y']}}]",
        "accepted_values_b",
        "(1, 'x'), (1, null), (2, 'it''s, y')",
        "(1, 'z'), (2, 'z')",
        r#"[{"b":"z","rows":2}]"#,
    );
}

#[test]
fn relationships() {
    stops(
        "[{relationships: {column: a, to: src_parent, field: id}}]",
        "relationships_a_src_parent",
        "(1, 'x'), (null, 'x')",
        "(1, 'x'), (7, 'x')",
        r#"[{"a":7,"rows":1}]"#,
    );
}

#[test]
fn expression() {
    stops(
        "[{expression: 'a > 0'}]",
        "expression",
        "(1, 'x'), (null, 'x')",
        "(-1, 'x')",
        r#"[{"a":-1,"b":"x"}]"#,
    );
}

#[test]
fn select_of_its_own() {
    stops(
        "{no_z: {parameter: [run_date], select: \"select b from {ai_schema_name}.ai_t where b = 'z' and date '{run_date}' > '2000-01-01'\"}}",
        "no_z",
        "(1, 'x')",
        "(1, 'z')",
        r#"[{"b":"z"}]"#,
    );
}

#[test]
fn at_most_twenty_rows_are_kept_and_all_are_counted() {
    let mut session = audited("[{expression: 'a < 0'}]");
    session.run("insert into ai.src_s select n, 'x' from generate_series(1, 33) as n");
    assert_eq!(
        session.value("select message from dfa.run_table('ai_t', '2021-01-02')"),
        "Error: audit 'expression' of 'ai_t' found 33 rows"
    );
    assert_eq!(session.value("select json_array_length(error -> 'rows') from dfa.task_step"), "20");
}

#[test]
fn a_warning_reports_and_lets_the_rows_stay() {
    let mut session = audited("[{expression: 'a > 0', severity: warn, name: positive}, {unique: a}]");
    session.run("insert into ai.src_s values (-1, 'x')");
    assert_eq!(
        session.rows("select process, rows, status, message from dfa.run_table('ai_t', '2021-01-02')"),
        [
            "fill|1|0|Success: Running 'ai_t' in common mode with logging value (1 row, 0 sec)",
            "|0|0|Warning: audit 'positive' of 'ai_t' found 1 row",
        ]
    );
    assert_eq!(session.value("select count(*) from ai.ai_t"), "1");
    assert!(session.value("select message from dfa.task_step").contains("Warning: audit 'positive'"));
}

#[test]
fn an_audit_that_postgres_refuses_fails_the_node_by_name() {
    let mut session = audited("[{expression: 'c > 0'}]");
    let row = session.value("select process, status, message from dfa.run_table('ai_t', '2021-01-02')");
    assert!(row.starts_with("audit expression|1|Error: column \"c\" does not exist"), "{row}");
}

#[test]
fn nulls_are_no_doubles_and_every_audit_is_in_the_record_of_the_step() {
    let mut session = Session::with(
        "ai_a:
  create: {features: {id: int, code: text}}
  update: {fill: {statement: \"insert into ai.ai_a values (1, null), (2, null), (null, 'x'), (null, 'x')\"}}
  tests:
    - {unique: id}
    - {unique: [id, code]}
    - {name: codes, severity: warn, not_null: code}
",
    );
    let rows = session.rows("select status, message from dfa.run_table('ai_a', '2021-02-01')");
    assert!(rows.iter().all(|row| row.starts_with("0|")), "{rows:#?}");
    assert_eq!(
        session.rows(
            "select audit ->> 'audit', audit ->> 'severity', audit ->> 'found', audit -> 'rows' -> 1 ->> 'id'
             from dfa.task_step, json_array_elements(audits) as audit where node = 'ai_a'"
        ),
        ["unique_id|error|0|", "unique_id_code|error|0|", "codes|warn|2|2"]
    );
}
