//! Tests of dbt as audits of tables.

use super::super::{yaml, Left};
use super::project::{list, scalar, Project};
use super::{Kind, Model};
use dfa_catalog::tree::{Node, Value};
use std::collections::BTreeMap;

/// Lines of `tests:` by model.
pub type Audits = BTreeMap<String, Vec<String>>;

pub fn of(project: &Project, models: &[Model], left: &mut Vec<Left>) -> Audits {
    let mut audits = Audits::new();
    for (name, properties) in &project.properties {
        let model = models.iter().find(|model| model.name == *name);
        for (file, line, column, test) in &properties.tests {
            let place = format!("{file}:{line}");
            let called = called(test);
            match model {
                None => left.push(Left::new(
                    place,
                    format!("test {called} of '{name}', which is none of the tables made here"),
                )),
                Some(model) if model.kind == Kind::View => {
                    left.push(Left::new(
                        place,
                        format!("test {called} of view '{name}': audits are of tables"),
                    ));
                }
                Some(_) => match audit(test, column.as_deref(), models) {
                    Ok(line) => audits.entry(name.clone()).or_default().push(line),
                    Err(why) => left.push(Left::new(place, format!("test {called} of '{name}': {why}"))),
                },
            }
        }
    }
    audits
}

/// What a test is called, and what it says.
fn parts(test: &Node) -> (&str, Option<&Node>) {
    match &test.value {
        Value::Scalar { text, .. } => (text, None),
        Value::Map(entries) => {
            entries.first().map_or(("", None), |(key, node)| (key.text.as_str(), Some(node)))
        }
        _ => ("", None),
    }
}

fn called(test: &Node) -> String {
    parts(test).0.to_owned()
}

/// A line of `tests`.
fn audit(test: &Node, column: Option<&str>, models: &[Model]) -> Result<String, String> {
    let (name, said) = parts(test);
    let column = column.ok_or("it is of no column")?;
    // Newer projects say arguments one level further in.
    let said = said.map(|said| said.get("arguments").unwrap_or(said));
    match name {
        "unique" | "not_null" => Ok(format!("- {name}: {}", yaml::text(column))),
        "accepted_values" => {
            let values: Vec<String> = list(said.and_then(|said| said.get("values")))
                .iter()
                .filter_map(|item| scalar(Some(item)))
                .map(yaml::text)
                .collect();
            Ok(format!(
                "- accepted_values: {{column: {}, values: [{}]}}",
                yaml::text(column),
                values.join(", ")
            ))
        }
        "relationships" => {
            let to = scalar(said.and_then(|said| said.get("to"))).unwrap_or_default();
            let field = scalar(said.and_then(|said| said.get("field"))).ok_or("it names no field")?;
            let target = to.trim().strip_prefix("ref(").and_then(|rest| rest.strip_suffix(')'));
            let target =
                target.map(|name| name.trim_matches(['\'', '"', ' '])).ok_or("it is to no ref of a model")?;
            match models.iter().find(|model| model.name == target) {
                Some(model) if model.kind != Kind::View => Ok(format!(
                    "- relationships: {{column: {}, to: ai_{target}, field: {}}}",
                    yaml::text(column),
                    yaml::text(field)
                )),
                _ => Err(format!("'{target}' is no table made here")),
            }
        }
        _ => Err("it is no test of dbt itself".to_owned()),
    }
}
