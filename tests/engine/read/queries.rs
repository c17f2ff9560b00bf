//! `dfa.run_query`: named queries and the values that callers give them.

use crate::session::Session;

const QUERIES: &str = "
src_x: {create: {features: {a: 'int', name: 'text'}}, initial: {values: [\"1, 'one'\", \"2, 'two'\", \"3, 'it''s'\"]}}
query:q_all: {create: 'select a, name from {ai_schema_name}.src_x order by a'}
query:q_name: {create: {parameter: [name], statement: \"select a from {ai_schema_name}.src_x where name = '{name}'\"}}
query:q_top: {create: {parameter: [top], statement: 'select a from {ai_schema_name}.src_x order by a desc limit {top}'}}
query:q_since: {create: {parameter: [run_date], statement: \"select date '{run_date}' + 1 as next\"}}
query:q_change: {create: {parameter: [name], statement: \"update {ai_schema_name}.src_x set name = '{name}' where a > 1\"}}
query:q_with: {create: 'with w as (select a from {ai_schema_name}.src_x) select max(a) as most from w'}
";

fn query(session: &mut Session, call: &str) -> String {
    session.value(&format!("select dfa.run_query({call})"))
}

#[test]
fn a_select_gives_its_rows_in_their_order() {
    let mut session = Session::with(QUERIES);
    assert_eq!(
        query(&mut session, "'q_all'"),
        r#"[{"a":1,"name":"one"},{"a":2,"name":"two"},{"a":3,"name":"it's"}]"#
    );
    assert_eq!(query(&mut session, "'q_with'"), r#"[{"most":3}]"#);
}

#[test]
fn no_more_rows_than_the_limit_are_given() {
    assert_eq!(query(&mut Session::with(QUERIES), "'q_all', \"limit\" => 1"), r#"[{"a":1,"name":"one"}]"#);
}

#[test]
fn a_select_without_rows_gives_an_empty_list() {
    assert_eq!(query(&mut Session::with(QUERIES), r#"'q_name', '{"name": "nobody"}'"#), "[]");
}

#[test]
fn values_are_text_and_never_sql() {
    let mut session = Session::with(QUERIES);
    session.run("create table public.x (a int)");
    assert_eq!(query(&mut session, r#"'q_name', '{"name": "it''s"}'"#), r#"[{"a":3}]"#);
    for value in [r"''; drop table x; --", r"\\''; drop table x; --", "{name}", "$$", "/*"] {
        assert_eq!(query(&mut session, &format!(r#"'q_name', '{{"name": "{value}"}}'"#)), "[]", "{value}");
    }
    assert_eq!(session.value("select to_regclass('public.x') is not null"), "t");
    let refusal = session.refused(r#"select dfa.run_query('q_top', '{"top": "1; drop table x"}')"#);
    assert_eq!(refusal.sqlstate, "DF004");
    refusal.says(&["{top}", "number"]);
    assert_eq!(session.value("select to_regclass('public.x') is not null"), "t");
}

#[test]
fn numbers_stand_outside_quotes() {
    assert_eq!(query(&mut Session::with(QUERIES), r#"'q_top', '{"top": 2}'"#), r#"[{"a":3},{"a":2}]"#);
}

#[test]
fn a_change_gives_its_row_count() {
    let mut session = Session::with(QUERIES);
    assert_eq!(query(&mut session, r#"'q_change', '{"name": "new"}'"#), "2");
    assert_eq!(session.value("select count(*) from ai.src_x where name = 'new'"), "2");
}

#[test]
fn wrong_parameters_are_refused_by_name() {
    let mut session = Session::with(QUERIES);
    for (call, sqlstate, word) in [
        (r#"'q_name', '{"nam": 1}'"#, "22023", "takes: name"),
        (r#"'q_name', '[1]'"#, "22023", "object"),
        (r#"'q_name', '{"name": [1]}'"#, "22023", "'name' takes a text or a number"),
        ("'q_name'", "DF004", "{name}"),
        (r#"'q_since', '{"run_date": "tomorrow"}'"#, "22023", "YYYY-MM-DD"),
        ("'q_all', \"limit\" => 0", "22023", "at least one row"),
        ("'q_al'", "DF002", "'q_all'"),
        ("null", "22004", "name is null"),
    ] {
        let refusal = session.refused(&format!("select dfa.run_query({call})"));
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[word]);
    }
}

#[test]
fn a_parameter_of_the_table_is_a_default_and_its_type_holds() {
    let mut session = Session::with(QUERIES);
    session.run("insert into dfa.data_parameter (parameter_name, parameter_type, parameter_value) values ('top', 'int', '1')");
    assert_eq!(query(&mut session, "'q_top'"), r#"[{"a":3}]"#);
    assert_eq!(session.refused(r#"select dfa.run_query('q_top', '{"top": "few"}')"#).sqlstate, "22023");
}

#[test]
fn numbers_keep_all_their_digits() {
    let mut session = Session::with(&format!(
        "{QUERIES}
query:q_exact: {{create: 'select 12345678901234567890.123456789012345678901234567890 as n, 9007199254740993 as i, 1.10 as d'}}
query:q_echo: {{create: {{parameter: [n], statement: \"select '{{n}}'::numeric as n, {{n}} as m\"}}}}
"
    ));
    assert_eq!(
        query(&mut session, "'q_exact'"),
        r#"[{"n":12345678901234567890.123456789012345678901234567890,"i":9007199254740993,"d":1.10}]"#
    );
    let long = "12345678901234567890123456789.125";
    assert_eq!(
        query(&mut session, &format!("'q_echo', '{{\"n\": {long}}}'")),
        format!(r#"[{{"n":{long},"m":{long}}}]"#)
    );
}

#[test]
fn a_run_date_may_be_given() {
    assert_eq!(
        query(&mut Session::with(QUERIES), r#"'q_since', '{"run_date": "2021-01-31"}'"#),
        r#"[{"next":"2021-02-01"}]"#
    );
}
