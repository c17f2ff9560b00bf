//! Functions, views and queries, and how a definition says what it is.

use crate::reading::{definitions, definitions_of, finds, routine};
use dfa_catalog::model::{Body, Kind};

#[test]
fn a_name_says_the_kind() {
    for (name, kind) in [
        ("func:f", Kind::Function),
        ("function:f", Kind::Function),
        ("view:f", Kind::View),
        ("mview:f", Kind::View),
        ("query:f", Kind::Query),
    ] {
        let all = definitions(&format!("\"{name}\": {{create: select 1}}"));
        assert_eq!((all[0].name.as_str(), all[0].kind()), ("f", kind), "{name}");
    }
}

#[test]
fn a_file_says_the_kind_of_names_without_one() {
    for (file, kind) in [
        ("function/func_a.yaml", Kind::Function),
        ("view/view_a.yaml", Kind::View),
        ("view/mview_a.yaml", Kind::View),
        ("adhoc/query_a.yaml", Kind::Query),
        ("C:\\set\\adhoc\\query_a.yaml", Kind::Query),
    ] {
        let all = definitions_of("f: {create: select 1}", file);
        assert_eq!((all[0].name.as_str(), all[0].kind()), ("f", kind), "{file}");
    }
    assert_eq!(definitions_of("p: {nodes: [a]}", "pipeline/pipeline_a.yaml")[0].kind(), Kind::Pipeline);
    assert_eq!(
        definitions_of("src_t: {create: {features: {a: int}}}", "catalog_src.yaml")[0].kind(),
        Kind::Table
    );
}

#[test]
fn a_name_goes_before_the_file() {
    assert_eq!(definitions_of("view:f: {create: select 1}", "query_a.yaml")[0].kind(), Kind::View);
}

#[test]
fn what_neither_name_nor_file_says_the_keys_say() {
    for (yaml, kind) in [
        ("x: {create: {features: {a: int}}}", Kind::Table),
        ("x: {nodes: [a]}", Kind::Pipeline),
        ("x: {create: 'create or replace view v as select 1'}", Kind::View),
        ("x: {create: 'create function f() returns int language sql as $$ select 1 $$'}", Kind::Function),
        ("x: {query: select 1}", Kind::Query),
        ("x: {create: {statement: update t set a = 1}}", Kind::Query),
    ] {
        assert_eq!(definitions(yaml)[0].kind(), kind, "{yaml}");
    }
}

#[test]
fn sql_stands_under_any_alias_as_a_text_or_with_parameters() {
    for key in ["create", "statement", "statements", "function", "functions", "query", "profile"] {
        let bare = routine(&format!("query:q: {{{key}: select 1}}"));
        assert_eq!(bare.script.statements, ["select 1"], "{key}");
    }
    for key in ["statement", "statements", "stm", "stms", "function", "functions", "query", "profile"] {
        let inner = routine(&format!(
            "query:q: {{create: {{parameters: [run_date], {key}: \"select '{{run_date}}'\"}}}}"
        ));
        assert_eq!(inner.script.parameters, ["run_date"], "{key}");
        assert_eq!(inner.script.statements, ["select '{run_date}'"], "{key}");
    }
    let beside = routine("query:q: {parameter: [run_date], create: \"select '{run_date}'\"}");
    assert_eq!(beside.script.parameters, ["run_date"]);
}

#[test]
fn sql_may_be_a_map_of_steps() {
    for yaml in [
        "query:q: {create: {with_a: select 1, main: select * from a}}",
        "query:q: {create: {statement: {with_a: select 1, main: select * from a}}}",
    ] {
        assert_eq!(routine(yaml).script.statements, ["with a as (\nselect 1\n)\nselect * from a"], "{yaml}");
    }
}

#[test]
fn its_sql_says_whether_a_view_is_materialized() {
    for (yaml, materialized) in [
        ("view:v: {create: create materialized view v as select 1}", true),
        ("mview:v: {create: create view v as select 1}", false),
        ("view:v: {create: CREATE  MATERIALIZED VIEW if not exists v as select 1}", true),
        ("view:v: {create: \"select 'create materialized view'\"}", false),
        ("view:v: {create: '/* why */ create materialized view v as select 1'}", true),
    ] {
        assert_eq!(routine(yaml).materialized, materialized, "{yaml}");
    }
}

#[test]
fn the_body_of_a_function_is_one_statement() {
    let found = routine(
        "func:f:\n  create: |\n    create function {ai_schema_name}.f() returns int language plpgsql as $body$\n    begin\n      \
         perform 1; -- ;\n      return 2;\n    end;\n    $body$;\n",
    );
    assert_eq!(found.script.statements.len(), 1);
    assert!(found.script.statements[0].ends_with("$body$"));
}

#[test]
fn one_name_may_be_of_several_kinds() {
    let all =
        definitions("func:x: {create: select 1}\nquery:x: {create: select 1}\nview:x: {create: select 1}");
    assert_eq!(all.len(), 3);
    assert!(matches!(all[0].body, Body::Function(_)));
}

#[test]
fn routines_that_say_nothing_are_errors() {
    for (kind, word) in [("func", "function"), ("view", "view"), ("query", "query")] {
        finds(
            &format!("{kind}:x: {{version: 2022-01-01}}"),
            &[&format!("1:1: error: x: a {word} has SQL under `create`, and it is missing")],
        );
        finds(
            &format!("{kind}:x:\n  create: {{parameter: [a]}}"),
            &[&format!("2:3: error: x: create: a {word} needs its statement")],
        );
    }
    finds(
        "query:x:\n  create:\n    statement: select {a}",
        &["3:5: error: x: create.statement: placeholder {a} is not listed under `parameter` (list it: parameter: [a])"],
    );
    finds("query:x:\n  create: ';'", &["2:3: error: x: create: there is no statement here"]);
    finds(
        "query:x:\n  create: [select 1]",
        &["2:3: error: x: create: a text belongs here, and this is a list"],
    );
}
