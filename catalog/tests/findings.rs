//! Findings: file, key, line, the nearest name; all of them at once, and nothing in silence.

use crate::reading::{created, findings, findings_of, finds, with_table};
use dfa_catalog::{from_json, model::Kind, parse};

#[test]
fn a_finding_names_file_line_definition_key_and_the_next_step() {
    let parsed = parse(
        "src_t:\n  create:\n    features: {article: int}\n    primary_key: artcle\n",
        "set/catalog_src.yaml",
    );
    assert_eq!(
        parsed.diagnostics[0].to_string(),
        "set/catalog_src.yaml:4:5: error: src_t: create.primary_key: column 'artcle' is not among the features \
         (did you mean 'article'?)"
    );
}

#[test]
fn all_findings_of_a_file_come_at_once() {
    let yaml =
        "src_a:\n  version: yesterday\n  create: {features: {a: int}, primary_key: x}\n  retries: many\n\
                src_b: {create: {features: {a: int not}}}\npipeline:p: {nodes: []}\n";
    assert_eq!(findings(yaml), [
        "3:32: error: src_a: create.primary_key: column 'x' is not among the features",
        "4:3: error: src_a: retries: 'many' is not a number of retries, 0 or more",
        "2:3: error: src_a: version: 'yesterday' is not a date (write YYYY-MM-DD, for example 2022-09-01)",
        "5:29: error: src_b: create.features.a: column 'a': `not` is followed by '' where null belongs",
        "6:14: error: p: nodes: a pipeline has at least one node",
    ]);
}

#[test]
fn definitions_without_errors_are_there_beside_those_with() {
    let parsed = parse("src_a: {create: {features: {a: int}}}\nsrc_b: {}\n", "test.yaml");
    let names: Vec<&str> = parsed.definitions.iter().map(|definition| definition.name.as_str()).collect();
    assert!(parsed.has_errors());
    assert_eq!(
        (names.as_slice(), parsed.errors().count(), parsed.warnings().count()),
        (&["src_a"][..], 1, 0)
    );
}

#[test]
fn a_key_that_is_not_known_is_never_dropped_in_silence() {
    for (yaml, found) in [
        (
            with_table("retenton: {months: 3}"),
            "3:3: warning: src_t: retenton: key 'retenton' is not known and has no effect (did you mean 'retention'?)",
        ),
        (
            "src_t:\n  create:\n    features: {a: int}\n    primry_key: a\n".into(),
            "4:5: warning: src_t: create.primry_key: key 'primry_key' is not known and has no effect \
             (did you mean 'primary_key'?)",
        ),
        (
            "src_t: {create: {features: {a: {datatype: int, colour: red}}}}".into(),
            "1:48: warning: src_t: create.features.a.colour: key 'colour' is not known and has no effect",
        ),
        (
            with_table("update: {p: {statement: select 1, statment: select 2}}"),
            "3:37: warning: src_t: update.p.statment: key 'statment' is not known and has no effect \
             (did you mean 'statement'?)",
        ),
        (
            with_table("initial: {values: [\"1, 2, 'x'\"], vales: [\"1, 2, 'x'\"]}"),
            "3:36: warning: src_t: initial.vales: key 'vales' is not known and has no effect (did you mean 'values'?)",
        ),
        (
            "pipeline:p: {nodes: [{name: a, chose: [x]}]}".into(),
            "1:32: warning: p: nodes.1.chose: key 'chose' is not known and has no effect (did you mean 'choose'?)",
        ),
        (
            "pipeline:p: {nodes: [a], shedule: everyday_at_00_00}".into(),
            "1:26: warning: p: shedule: key 'shedule' is not known and has no effect (did you mean 'schedule'?)",
        ),
        (
            "query:q: {create: select 1, descripton: x}".into(),
            "1:29: warning: q: descripton: key 'descripton' is not known and has no effect (did you mean 'description'?)",
        ),
    ] {
        finds(&yaml, &[found]);
    }
}

#[test]
fn one_key_under_two_of_its_names_is_an_error() {
    for (yaml, found) in [
        (
            with_table("profile: {features: {a: int}}"),
            "3:3: error: src_t: profile: 'profile' and 'create' are the same key; give one of them",
        ),
        (
            "src_t:\n  create:\n    features: {a: int}\n    primary: a\n    primary_keys: a\n".into(),
            "5:5: error: src_t: create.primary_keys: 'primary_keys' and 'primary' are the same key; give one of them",
        ),
        (
            "pipeline:p: {nodes: [a], tables: [b]}".into(),
            "1:26: error: p: tables: 'tables' and 'nodes' are the same key; give one of them",
        ),
        (
            "src_t: {create: {features: {a: {type: int, dtype: text}}}}".into(),
            "1:44: error: src_t: create.features.a.dtype: 'dtype' and 'type' are the same key; give one of them",
        ),
        (
            with_table("update: {p: {statement: select 1, parameter: [], params: []}}"),
            "3:52: error: src_t: update.p.params: 'params' and 'parameter' are the same key; give one of them",
        ),
    ] {
        finds(&yaml, &[found]);
    }
}

#[test]
fn names_that_postgres_cannot_keep_are_errors() {
    let long = "x".repeat(64);
    finds(
        &format!("{long}: {{create: {{features: {{a: int}}}}}}"),
        &[&format!("1:1: error: {long}: the name '{long}' has 64 bytes; Postgres keeps 63")],
    );
    finds(
        &format!("src_t:\n  create:\n    features:\n      {long}: int\n"),
        &[&format!(
            "4:7: error: src_t: create.features.{long}: the name '{long}' has 64 bytes; Postgres keeps 63"
        )],
    );
    finds(
        &created("").replace("c: text", "\"c\\td\": text"),
        &["3:32: error: src_t: create.features.c\td: the name \"c\\td\" holds a control character"],
    );
    finds("view: {create: select 1}\n'view:': {create: select 1}", &["2:1: error: : the name is empty"]);
}

#[test]
fn a_definition_twice_in_one_file_is_an_error() {
    finds(
        "src_t: {create: {features: {a: int}}}\nsrc_t: {create: {features: {b: int}}}\n",
        &["2:1: error: key 'src_t' is given twice, first at line 1"],
    );
    finds(
        "src_t: {create: {features: {a: int}}}\n---\nsrc_t: {create: {features: {b: int}}}\n",
        &["3:1: error: src_t: table 'src_t' is defined twice in this file"],
    );
    finds(
        "query:q: {create: select 1}\n\"query: q\": {create: select 2}\n",
        &["2:1: error: q: query 'q' is defined twice in this file"],
    );
}

#[test]
fn a_file_that_is_no_map_of_definitions_is_an_error() {
    finds("- a\n- b\n", &["1:1: error: a catalog is a map of definitions by name, and this is a list"]);
    finds(
        "nothing of the kind\n",
        &["1:1: error: a catalog is a map of definitions by name, and this is a text"],
    );
}

#[test]
fn text_that_is_no_yaml_says_where_it_breaks() {
    for (yaml, place) in [
        ("src_t:\n  create: \"x\n  other: 1\n", "4:1: error: this is no YAML: "),
        ("src_t:\n\tcreate: 1\n", "2:1: error: this is no YAML: "),
        ("src_t: {create: [1\n", "2:1: error: this is no YAML: "),
        ("src_t:\n  a: 1\n b: 2\n", "3:2: error: this is no YAML: "),
        ("src_t: a: b\n", "1:9: error: this is no YAML: "),
        ("src_t: \"\\q\"\n", "1:9: error: this is no YAML: "),
        ("src_t: @x\n", "1:8: error: this is no YAML: "),
        ("src_t: *nobody\n", "1:8: error: anchor 'nobody' is not known before this alias"),
        ("src_t: {<<: 5}\n", "1:13: error: `<<` merges maps, and this is none"),
        ("? [a]\n: b\n", "1:3: error: a list or map cannot be a key"),
        ("src_t: !<x\n", "1:"),
    ] {
        let found = findings(yaml);
        assert!(found.len() == 1 && found[0].starts_with(place), "{yaml:?}: {found:#?}");
    }
}

#[test]
fn a_file_says_what_stands_in_it_whatever_its_name_is() {
    assert_eq!(
        findings_of("p: {nodes: []}", "pipeline/pipeline_a.yaml"),
        ["1:5: error: p: nodes: a pipeline has at least one node"]
    );
}

#[test]
fn a_stored_definition_that_is_wrong_has_findings_without_a_line() {
    let found =
        from_json(Kind::Table, "src_t", r#"{"create": {"features": {"a": "int"}, "primary_key": "b"}}"#)
            .unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "stored catalog:0:0: error: src_t: create.primary_key: column 'b' is not among the features"
    );
    let broken = from_json(Kind::Table, "src_t", "{").unwrap_err();
    assert!(broken[0].to_string().starts_with("stored catalog:1:1: error: src_t: "), "{}", broken[0]);
}

#[test]
fn attacks_are_bounded_over_the_whole_file() {
    let bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\na1: &a1 [*a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0]\n\
                a2: &a2 [*a1, *a1, *a1, *a1, *a1, *a1, *a1, *a1, *a1, *a1]\na3: [*a2, *a2, *a2, *a2, *a2, *a2, *a2, *a2]\n---\n";
    let found = findings(&bomb.repeat(50));
    assert!(found.len() == 1 && found[0].contains("aliases add up to more than 100000 values"), "{found:#?}");
}

#[test]
fn a_map_of_very_many_keys_is_read_in_time_that_grows_with_it() {
    let keys: String = (0..200_000).map(|key| format!("k{key}: 1\n")).collect();
    let started = std::time::Instant::now();
    assert!(dfa_catalog::tree::from_yaml(&keys).is_ok());
    // Comparing each key with each other takes minutes.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
