//! The alert rules and the dashboard that come along: they can be read, and each number that they name is given.

use crate::ready;
use dfa_catalog::tree;
use serde_json::Value;
use std::collections::BTreeSet;

const RULES: &str = include_str!("../../docs/alerts.rules.yml");
const DASHBOARD: &str = include_str!("../../docs/grafana/dfa.json");

/// The names of numbers in an expression of Prometheus: ours all begin alike.
fn named(expression: &str) -> Vec<String> {
    let words = expression.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words.filter(|word| word.starts_with("dfa_")).map(str::to_owned).collect()
}

/// The names that the service tells, with what it says of each. A histogram has three.
fn given(metrics: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        names.insert(name.to_owned());
        if kind == "histogram" {
            names.extend(["bucket", "sum", "count"].map(|part| format!("{name}_{part}")));
        }
    }
    names
}

/// Brackets of an expression are closed.
fn assert_whole(expression: &str) {
    let mut open = Vec::new();
    for letter in expression.chars() {
        match letter {
            '(' | '[' | '{' => open.push(letter),
            ')' => assert_eq!(open.pop(), Some('('), "{expression}"),
            ']' => assert_eq!(open.pop(), Some('['), "{expression}"),
            '}' => assert_eq!(open.pop(), Some('{'), "{expression}"),
            _ => {}
        }
    }
    assert!(open.is_empty() && !expression.trim().is_empty(), "{expression}");
}

fn rules() -> Vec<Value> {
    let file = tree::to_json(&tree::from_yaml(RULES).expect("YAML")[0]);
    let groups = file["groups"].as_array().expect("groups").clone();
    groups.iter().flat_map(|group| group["rules"].as_array().expect("rules").clone()).collect()
}

fn panels() -> Vec<Value> {
    let file: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    file["panels"].as_array().expect("panels").clone()
}

#[test]
fn each_rule_has_what_prometheus_wants_of_it() {
    let rules = rules();
    assert!(rules.len() >= 7);
    for rule in rules {
        for key in ["alert", "expr", "for"] {
            assert!(rule[key].as_str().is_some_and(|text| !text.is_empty()), "{key} of {rule}");
        }
        let wait = rule["for"].as_str().unwrap();
        assert!(
            wait[..wait.len() - 1].parse::<u32>().is_ok() && wait.ends_with(['s', 'm', 'h', 'd']),
            "{wait}"
        );
        assert!(["info", "warning", "critical"].contains(&rule["labels"]["severity"].as_str().unwrap()));
        for key in ["summary", "description"] {
            assert!(rule["annotations"][key].as_str().is_some(), "{key} of {rule}");
        }
        assert_whole(rule["expr"].as_str().unwrap());
    }
}

#[test]
fn each_panel_of_the_dashboard_has_a_query_and_a_place_of_its_own() {
    let mut places = BTreeSet::new();
    for panel in panels() {
        assert!(!panel["title"].as_str().unwrap().is_empty() && !panel["type"].as_str().unwrap().is_empty());
        assert!(places.insert((panel["gridPos"]["y"].as_i64(), panel["gridPos"]["x"].as_i64())), "{panel}");
        for target in panel["targets"].as_array().unwrap() {
            assert_whole(target["expr"].as_str().unwrap());
        }
    }
}

#[test]
fn each_number_that_they_name_is_one_that_the_service_gives() {
    let (database, service) = ready::service();
    // What is counted is there from the first time on.
    service.until("it has ticked", |it| it.get("/metrics").text.contains("dfa_ticks_total"));
    service.post("/api/ai/run/data", "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
    service.until("it heard of the end", |it| {
        let text = it.get("/metrics").text;
        text.contains("dfa_tasks_finished_total") && text.contains("dfa_step_duration_seconds")
    });
    let metrics = service.get("/metrics").assert_status(200).text.clone();
    let given = given(&metrics);
    let targets = panels().into_iter().flat_map(|panel| panel["targets"].as_array().unwrap().clone());
    let named = |part: Value| named(part["expr"].as_str().unwrap());
    let used: BTreeSet<String> = rules().into_iter().chain(targets).flat_map(named).collect();
    let missing: Vec<&String> = used.iter().filter(|name| !given.contains(*name)).collect();
    assert!(used.len() >= 10 && missing.is_empty(), "{missing:?} are not in:\n{metrics}");
    for name in given.iter().filter(|name| name.starts_with("dfa_")) {
        let base =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(
            metrics.contains(&format!("# HELP {base} ")) || metrics.contains(&format!("# HELP {name} ")),
            "{name} has no HELP"
        );
    }
    drop(database);
}
