//! What a definition is: its keys say, whatever its name, its file and the label that a caller gives.

use crate::reading::{definitions_of, findings, findings_of, finds, pipeline, table};
use dfa_catalog::model::Kind;

const MIXED: &str = "
src_sale: {create: {features: {day: date, amount: numeric}}}
ai_daily:
  profile: {features: {day: date, total: numeric}, primary_key: day}
  process: {p: {statement: 'insert into ai.ai_daily select day, sum(amount) from ai.src_sale group by day'}}
pipeline_sales: {id: sales, nodes: [ai_daily]}
daily: {tables: [ai_daily]}
one: {create: 'create or replace function ai.one() returns int return 1'}
totals: {create: {statement: 'create or replace temp view totals as select 1'}}
kept: {create: {query: 'CREATE MATERIALIZED VIEW kept AS SELECT 1'}}
count_sales: {statement: 'select count(*) from ai.src_sale'}
";

const EXPECTED: [(&str, Kind); 8] = [
    ("src_sale", Kind::Table),
    ("ai_daily", Kind::Table),
    ("pipeline_sales", Kind::Pipeline),
    ("daily", Kind::Pipeline),
    ("one", Kind::Function),
    ("totals", Kind::View),
    ("kept", Kind::View),
    ("count_sales", Kind::Query),
];

#[test]
fn a_file_of_any_name_holds_definitions_of_any_kind() {
    for source in [
        "sql",
        "sales.yaml",
        "catalog_ai_sales.yaml",
        "set/catalog/catalog_ai_sales.yaml",
        "C:\\set\\catalog\\catalog_x.yaml",
        "set/adhoc/query_x.yaml",
        "set/pipeline/pipeline_x.yaml",
        "function/func_x.yaml",
        "view/mview_x.yaml",
        "",
    ] {
        let found: Vec<(String, Kind)> = definitions_of(MIXED, source)
            .into_iter()
            .map(|definition| (definition.name.clone(), definition.kind()))
            .filter(|(name, _)| {
                name != "count_sales" || !source.contains("func_") && !source.contains("mview_")
            })
            .collect();
        let expected: Vec<(String, Kind)> = EXPECTED
            .iter()
            .filter(|(name, _)| found.iter().any(|(known, _)| known == name))
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect();
        assert_eq!(found, expected, "{source}");
        assert!(found.len() >= 7, "{source}");
    }
}

#[test]
fn sql_that_creates_nothing_is_what_its_name_and_then_its_place_say() {
    let kind = |key: &str, source: &str| {
        definitions_of(&format!("{key}: {{create: 'select 1 as n'}}"), source)[0].kind()
    };
    assert_eq!(kind("'view:x'", "query_x.yaml"), Kind::View);
    assert_eq!(kind("view_x", "adhoc/query_x.yaml"), Kind::View);
    assert_eq!(kind("x", "set/view/x.yaml"), Kind::View);
    assert_eq!(kind("x", "set/view/2024/more.yaml"), Kind::View);
    assert_eq!(kind("x", "adhoc/x.yaml"), Kind::Query);
    assert_eq!(kind("x", "sql"), Kind::Query);
    assert_eq!(kind("ai_usage", "adhoc/query_usage.yaml"), Kind::Query);
    assert_eq!(kind("x", "function/func_x.yaml"), Kind::Function);
}

#[test]
fn a_definition_without_the_key_of_its_kind_is_missed_as_what_it_is_meant_to_be() {
    finds(
        "daily: {id: d, schedule: everyday_at_05_30}",
        &["1:1: error: daily: a pipeline has nodes, and `nodes` is missing"],
    );
    assert_eq!(
        findings_of("pipeline_x: {description: d}", "catalog_x.yaml"),
        ["1:1: error: pipeline_x: a pipeline has nodes, and `nodes` is missing"]
    );
    finds(
        "src_x: {description: d}",
        &["1:1: error: src_x: a table has columns, and `create` is missing (give create: {features: …})"],
    );
}

#[test]
fn a_key_in_the_wrong_place_says_where_it_belongs() {
    finds("src_x: {features: {a: int}}", &[
        "1:9: warning: src_x: features: key 'features' is not known and has no effect ('features' stands under `create` of a table)",
        "1:1: error: src_x: a table has columns, and `create` is missing (give create: {features: …})",
    ]);
    for (yaml, hint) in [
        (
            "src_x: {create: {features: {a: int}}, primary_key: a}",
            "'primary_key' stands under `create` of a table",
        ),
        (
            "src_x: {create: {features: {a: int}, initial: {value: '1'}}}",
            "'initial' is a key of a table, beside `create`",
        ),
        (
            "pipeline_x: {nodes: [ai_x], retention: {months: 1}}",
            "'retention' is a key of a table, beside `create`",
        ),
        (
            "src_x: {create: {features: {a: int}}, trigger: a}",
            "'trigger' is a key of a pipeline, which is a definition of its own",
        ),
    ] {
        let found = findings(yaml);
        assert!(matches!(found.as_slice(), [one] if one.contains(hint)), "{yaml}: {found:?}");
    }
}

#[test]
fn keys_that_say_otherwise_than_the_name_win_and_say_so() {
    finds(
        "'view:x': {create: {features: {a: int}}}",
        &["1:1: warning: x: it is called a view, and its keys are those of a table: read as a table"],
    );
}

const LONG: &str = "รวมยอดขายรายวันของแต่ละสาขา แล้วปรับตามแคมเปญ (v2), 80 bytes and more: \"x\"";

#[test]
fn names_of_processes_pipelines_and_audits_are_labels_of_any_length() {
    assert!(LONG.len() > 80);
    let text = LONG.replace('"', "\\\"");
    let yaml = format!(
        "ai_x:\n  create: {{features: {{a: int}}}}\n  update: {{\"{text}\": {{statement: select 1}}}}\n  tests: [{{name: \"{text}\", unique: a}}]\n"
    );
    let read = table(&yaml);
    assert_eq!(read.processes[0].name, LONG);
    assert_eq!(read.tests[0].name, LONG);
    let read = pipeline(&format!(
        "\"{text}\": {{id: \"{}\", nodes: [{{name: ai_x, choose: [\"!{text}\"]}}]}}",
        "x".repeat(200)
    ));
    assert!(!read.nodes[0].choose.takes(LONG) && read.nodes[0].choose.takes("other"));
}
