//! `update`: processes, their order, and statements in both forms.

use crate::reading::{findings, finds, flat, indented, sql, table, with_table};
use dfa_catalog::model::{Action, Process};

fn processes(lines: &str) -> Vec<Process> {
    table(&with_table(lines)).processes
}

/// The statements of the one process that these lines define, each on one line.
fn statements(lines: &str) -> Vec<String> {
    let all = processes(&format!("update:\n  fill:\n{}", indented(lines, 4)));
    sql(&all[0]).statements.iter().map(|sql| flat(sql)).collect()
}

/// Lines of a process `fill`, which begin at line 5 and column 7.
fn with_process(lines: &str) -> String {
    with_table(&format!("update:\n  fill:\n{}", indented(lines, 4)))
}

#[test]
fn update_has_four_aliases() {
    for key in ["update", "process", "processes", "function", "functions"] {
        let found = processes(&format!("{key}: {{fill: {{statement: select 1}}}}"));
        assert_eq!((found.len(), found[0].name.as_str()), (1, "fill"), "{key}");
    }
}

#[test]
fn a_statement_has_three_aliases_and_so_have_its_parameters() {
    for statement in ["statement", "statements", "stm", "stms"] {
        for parameter in ["parameter", "param", "parameters", "params"] {
            let found = processes(&format!(
                "update: {{fill: {{{parameter}: [run_date], {statement}: \"select '{{run_date}}'\"}}}}"
            ));
            let script = sql(&found[0]);
            assert_eq!(script.parameters, ["run_date"], "{parameter}");
            assert_eq!(script.statements, ["select '{run_date}'"], "{statement}");
        }
    }
}

#[test]
fn processes_run_by_priority_then_as_written() {
    let found = processes(
        "update:\n  d: {statement: select 1}\n  c: {statement: select 1}\n  b: {priority: 10.5, statement: select 1}\n  \
         e: {priority: 99, statement: select 1}\n  a: {priority: -1, statement: select 1}",
    );
    let names: Vec<&str> = found.iter().map(|process| process.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "d", "c", "e"]);
    assert_eq!(found[2].priority, 99.0);
}

#[test]
fn processes_may_be_a_list() {
    let found =
        processes("update:\n  - {name: b, statement: select 1}\n  - {name: a, priority: 1, stm: select 2}");
    let names: Vec<&str> = found.iter().map(|process| process.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn only_a_bare_semicolon_separates_statements() {
    let found = statements(
        "statement: |\n  delete from t where a = ';' -- ; here\n  ;\n  insert into t values ($$;$$, E'\\';');\n  /* ; */;\n  \
         update t set \"x;\" = $body$;$$;$body$",
    );
    assert_eq!(
        found,
        [
            "delete from t where a = ';' -- ; here",
            "insert into t values ($$;$$, E'\\';')",
            "update t set \"x;\" = $body$;$$;$body$",
        ]
    );
}

#[test]
fn a_comment_ends_at_any_line_end() {
    assert_eq!(
        statements("statement: \"select 1 -- one\\r; select 2 -- two\\r\\n; select 3\""),
        ["select 1 -- one", "select 2 -- two", "select 3"]
    );
}

#[test]
fn a_map_of_steps_is_ctes_and_statements() {
    assert_eq!(
        statements("statement:\n  with_a: select 1 as x;\n  with_b: select * from a\n  with_row_table: insert into t select * from b"),
        ["with a as ( select 1 as x ), b as ( select * from a ) insert into t select * from b"]
    );
}

#[test]
fn a_data_changing_cte_may_stand_anywhere() {
    let found = statements(
        "statements:\n  with_gone: delete from t returning a\n  with_kept: select a from gone\n  \
         with_saved: insert into u select a from kept returning a\n  with_last: select max(a) as a from saved\n  \
         with_row_table: update v set a = last.a from last",
    );
    assert_eq!(found, [
        "with gone as ( delete from t returning a ), kept as ( select a from gone ), \
         saved as ( insert into u select a from kept returning a ), last as ( select max(a) as a from saved ) \
         update v set a = last.a from last"
    ]);
}

#[test]
fn other_steps_are_statements_of_their_own_in_order() {
    let found = statements(
        "stms:\n  clean: \"delete from t; delete from u\"\n  with_a: select 1\n  fill: insert into t select * from a\n  \
         with_b: select 2\n  with_row_table: insert into u select * from b\n  count: select count(*) as row_number from u",
    );
    assert_eq!(
        found,
        [
            "delete from t",
            "delete from u",
            "with a as ( select 1 ) insert into t select * from a",
            "with b as ( select 2 ) insert into u select * from b",
            "select count(*) as row_number from u",
        ]
    );
}

#[test]
fn the_ctes_of_a_step_join_those_that_its_statement_has() {
    assert_eq!(
        statements(
            "statement: {with_a: select 1, with_row_table: 'with b as (select 2) insert into t select 1'}"
        ),
        ["with a as ( select 1 ), b as (select 2) insert into t select 1"]
    );
    assert_eq!(
        statements(
            "statement: {with_a: select 1, with_row_table: 'WITH RECURSIVE b as (select 2) select 1'}"
        ),
        ["with recursive a as ( select 1 ), b as (select 2) select 1"]
    );
}

#[test]
fn an_alias_that_is_no_word_is_quoted() {
    assert_eq!(
        statements("statement: {with_2nd-step: select 1, main: 'select * from \"2nd-step\"'}"),
        ["with \"2nd-step\" as ( select 1 ) select * from \"2nd-step\""]
    );
}

#[test]
fn with_and_a_blank_is_read_as_with_and_an_underscore_and_warns() {
    let yaml =
        with_process("statement:\n  with a: select 1\n  with_row_table: insert into t select * from a");
    finds(&yaml, &["5:7: warning: src_t: update.fill.statement: step 'with a' is read as 'with_a'"]);
    let parsed = dfa_catalog::parse(&yaml, "test.yaml");
    let dfa_catalog::model::Body::Table(table) = &parsed.definitions[0].body else { panic!("no table") };
    assert_eq!(
        flat(&sql(&table.processes[0]).statements[0]),
        "with a as ( select 1 ) insert into t select * from a"
    );
}

#[test]
fn a_last_cte_that_changes_data_is_the_statement_and_warns() {
    finds(
        &with_process("statement: {with_a: select 1, with_b: delete from t}"),
        &["5:7: warning: src_t: update.fill.statement: step 'with_b' comes last and changes data: read as with_row_table"],
    );
}

#[test]
fn a_data_frame_process_has_load_and_save() {
    let expected = |action: &Action| {
        let Action::DataFrame { function, load, save, .. } = action else { panic!("{action:?}") };
        assert_eq!(function, "forecast");
        assert_eq!(
            (load.parameters.as_slice(), load.statements.as_slice()),
            (&["run_date".to_owned()][..], &["select '{run_date}'".to_owned()][..])
        );
        assert_eq!(save.statements, ["insert into t select * from {function_value}"]);
    };
    for key in ["function", "func"] {
        let found = processes(&format!(
            "update:\n  fill:\n    {key}: forecast\n    load: {{params: [run_date], stm: \"select '{{run_date}}'\"}}\n    \
             save: {{parameter: [], statement: \"insert into t select * from {{function_value}}\"}}"
        ));
        expected(&found[0].action);
    }
    let listed = processes(
        "update:\n  fill:\n    function: forecast\n    parameter: [run_date]\n    load: \"select '{run_date}'\"\n    \
         save: \"insert into t select * from {function_value}\"",
    );
    expected(&listed[0].action);
}

#[test]
fn function_value_is_known_in_save_alone() {
    let yaml = with_process(
        "function: forecast\nload: \"select {function_value}\"\nsave: \"select {function_value}\"",
    );
    finds(
        &yaml,
        &["6:7: error: src_t: update.fill.load: placeholder {function_value} is not listed under `parameter` \
           (list it: parameter: [function_value])"],
    );
}

#[test]
fn processes_that_say_too_little_or_too_much_are_errors() {
    for (lines, expected) in [
        (
            "priority: 1",
            "4:5: error: src_t: update.fill: process 'fill' has no statement \
             (give `statement`, or `function` with `load` and `save`)",
        ),
        (
            "statement: select 1\nfunction: forecast",
            "6:7: error: src_t: update.fill.function: process 'fill' has a statement and a function; it is one of them",
        ),
        (
            "function: forecast\nsave: select 1",
            "4:5: error: src_t: update.fill: a DataFrame process has `load` and `save`, and `load` is missing",
        ),
        (
            "function: forecast\nload: select 1",
            "4:5: error: src_t: update.fill: a DataFrame process has `load` and `save`, and `save` is missing",
        ),
        (
            "function: forecast\nload: {parameter: []}\nsave: select 1",
            "6:7: error: src_t: update.fill.load: `load` has no statement",
        ),
        (
            "priority: soon\nstatement: select 1",
            "5:7: error: src_t: update.fill.priority: 'soon' is not a number",
        ),
        (
            "priority: .inf\nstatement: select 1",
            "5:7: error: src_t: update.fill.priority: '.inf' is not a number",
        ),
        (
            "priority: inf\nstatement: select 1",
            "5:7: error: src_t: update.fill.priority: a priority is a finite number, and this is inf",
        ),
        (
            "statement: select 1\nstm: select 2",
            "6:7: error: src_t: update.fill.stm: 'stm' and 'statement' are the same key; give one of them",
        ),
    ] {
        finds(&with_process(lines), &[expected]);
    }
    finds(
        &with_table("update: [{statement: select 1}]"),
        &["3:12: error: src_t: update.1: a process in a list needs its name"],
    );
    finds(
        &with_table("update: [{name: p, statement: select 1}, {name: p, statement: select 2}]"),
        &["3:44: error: src_t: update.2: process 'p' is given twice"],
    );
    finds(
        &with_table("update: {p: select 1}"),
        &["3:12: error: src_t: update.p: a map belongs here, and this is a text"],
    );
    finds(&with_table("update: run"), &["3:3: error: src_t: update: a map belongs here, and this is a text"]);
}

#[test]
fn statements_that_are_none_are_errors() {
    let place = "5:7: error: src_t: update.fill.statement";
    for (lines, message) in [
        ("statement: ''", "there is no statement here"),
        ("statement: ' ; -- nothing'", "there is no statement here"),
        ("statement: {}", "there is no statement here"),
        ("statement: [select 1]", "a text belongs here, and this is a list"),
        ("statement: \"select 'x\"", "a text that begins at line 1 of the statement is not closed"),
        (
            "statement: |\n  select 1;\n  select \"x",
            "a quoted name that begins at line 2 of the statement is not closed",
        ),
        ("statement: 'select 1 /* x'", "a comment that begins at line 1 of the statement is not closed"),
        ("statement: 'select $$x'", "a $$ text that begins at line 1 of the statement is not closed"),
        (
            "statement: {with_a: select 1}",
            "step 'with_a' is a CTE of nothing: no statement follows it, and it changes no data",
        ),
        ("statement: {with_: select 1, x: select 2}", "step 'with_' names its CTE with an empty name"),
        (
            "statement: {with_a: 'select 1; select 2', x: select 3}",
            "step 'with_a' is a CTE and holds 2 statements; a CTE is one",
        ),
        ("statement: {a: '-- nothing'}", "step 'a' is empty"),
    ] {
        let found = findings(&with_process(lines));
        assert_eq!(found, [format!("{place}: {message}")], "{lines}");
    }
    finds(
        &with_process("statement:\n  a: select 1\n  b:"),
        &["7:9: error: src_t: update.fill.statement.b: step 'b' is empty"],
    );
    finds(
        &with_process("statement:\n  a: [select 1]"),
        &["6:9: error: src_t: update.fill.statement.a: a text belongs here, and this is a list"],
    );
}
