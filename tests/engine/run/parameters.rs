//! Placeholders: the values that statements see, and values that the parameter table refuses.

use crate::session::Session;

/// What a statement sees of the template, with these placeholders listed; `prepare` is run before.
fn seen(template: &str, listed: &str, prepare: &str) -> String {
    let mut session = Session::with(&format!(
        "ai_t:\n  create: {{features: {{a: 'text'}}}}\n  update:\n    p:\n      parameter: [{listed}]\n      statement: \"insert into {{ai_schema_name}}.ai_t values ($q${template}$q$)\"\n"
    ));
    session.run(prepare);
    let failed = session.rows("select message from dfa.run_table('ai_t', '2021-01-02') where status <> 0");
    assert!(failed.is_empty(), "{failed:?}");
    session.value("select a from ai.ai_t")
}

fn parameter(name: &str, kind: &str, value: &str, active: &str) -> String {
    format!("insert into ai.ctr_data_parameter values ('framework', '{name}', '{kind}', '{value}', now(), '{active}')")
}

#[test]
fn the_names_of_the_schemas_and_the_database_are_always_there() {
    assert_eq!(seen("{ai_schema_name} {main_schema_name}", "", "select 1"), "ai public");
    assert!(seen("{database_name}", "", "select 1").starts_with("engine_"));
    assert_eq!(seen("{database_name}", "", "set dfa.database = 'My DB'"), "\"My DB\"");
}

#[test]
fn a_run_gives_its_dates_mode_and_time() {
    assert_eq!(
        seen("{run_date} {data_date} {run_mode}", "run_date, data_date, run_mode", "select 1"),
        "2021-01-02 2021-01-01 common"
    );
    let time = seen("{update_date}", "update_date", "set dfa.timezone = 'UTC'");
    assert_eq!(time.len(), "2021-01-01 00:00:00".len(), "{time}");
}

#[test]
fn the_run_id_is_the_task() {
    let mut session = Session::with("ai_t: {create: {features: {a: 'text'}}, update: {p: {parameter: [run_id], statement: \"insert into ai.ai_t values ('{run_id}')\"}}}");
    session.run_table("ai_t", "2021-01-02");
    assert_eq!(
        session.value(
            "select a = process_id from ai.ai_t, dfa.task_process where process_module = 'framework|data'"
        ),
        "t"
    );
}

#[test]
fn parameters_of_each_type_are_put_in_as_written() {
    for (kind, value) in [("int", "42"), ("str", "a red one"), ("list", "[1, 2]"), ("dict", "{\"a\": 1}")] {
        assert_eq!(seen("{p}", "p", &parameter("p", kind, value, "Y")), value, "{kind}");
    }
}

#[test]
fn inactive_parameters_are_empty_values_of_their_type() {
    for (kind, value, empty) in
        [("int", "42", "0"), ("str", "a", ""), ("list", "[1]", "[]"), ("dict", "{\"a\": 1}", "{}")]
    {
        assert_eq!(seen("{p}", "p", &parameter("p", kind, value, "N")), empty, "{kind}");
    }
}

#[test]
fn a_parameter_may_be_a_fragment_of_sql() {
    let mut session = Session::with(
        "src_s: {create: {features: {a: 'int'}}, initial: {values: ['1', '2']}}\nai_t: {create: {features: {a: 'int'}}, update: {p: {parameter: [filter], statement: 'insert into ai.ai_t select a from ai.src_s where {filter}'}}}",
    );
    session.run(&parameter("filter", "str", "a > 1", "Y"));
    assert_eq!(session.run_table("ai_t", "2021-01-02"), ["ai_t|p|1|0"]);
}

#[test]
fn braces_in_a_value_are_text() {
    assert_eq!(seen("{p}", "p, run_date", &parameter("p", "str", "{run_date} {{", "Y")), "{run_date} {{");
}

#[test]
fn the_window_derives_from_two_parameters() {
    let window = |prepare: &str| seen("{window_start} {window_end}", "window_start, window_end", prepare);
    assert_eq!(window("select 1"), "3 1");
    assert_eq!(window(&parameter("proportion_value", "int", "6", "Y")), "6 1");
    assert_eq!(window(&parameter("proportion_inc_current_month_flag", "str", "Y", "Y")), "2 0");
    assert_eq!(
        window(&format!(
            "{}; {}",
            parameter("proportion_value", "int", "12", "Y"),
            parameter("proportion_inc_current_month_flag", "str", "Y", "Y")
        )),
        "11 0"
    );
    assert_eq!(window(&parameter("proportion_inc_current_month_flag", "str", "Y", "N")), "3 1");
}

#[test]
fn a_value_of_the_wrong_type_is_refused_when_it_is_written() {
    let mut session = Session::with("src_s: {create: {features: {a: 'int'}}}");
    for (kind, value) in
        [("int", "many"), ("int", ""), ("int", "1.5"), ("list", "1, 2"), ("dict", "[1]"), ("dict", "a")]
    {
        let refusal = session.refused(&parameter("p", kind, value, "Y"));
        assert_eq!(refusal.sqlstate, "22023", "{kind} {value}: {refusal}");
        refusal.says(&["'p'", kind, "whole number"]);
    }
    session.run(&parameter("p", "int", "1", "Y"));
    assert_eq!(session.refused("update ai.ctr_data_parameter set parameter_value = 'x'").sqlstate, "22023");
    assert_eq!(session.refused("update ai.ctr_data_parameter set parameter_type = 'dict'").sqlstate, "22023");
    assert_eq!(session.refused(&parameter("no name", "str", "", "Y")).sqlstate, "23514");
}
