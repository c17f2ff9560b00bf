//! Statements with the placeholders that they may use.

use super::fields::{map, names, text, Fields};
use super::findings::{did_you_mean, At, Findings};
use crate::model::Script;
use crate::placeholder::{self, ALWAYS};
use crate::statement::{assemble, split};
use crate::tree::Value;

pub const PARAMETER: &[&str] = &["parameter", "param", "parameters", "params"];
pub const STATEMENT: &[&str] = &["statement", "statements", "stm", "stms"];

/// The listed placeholders, without those that need not be listed.
pub fn parameters(fields: &Fields<'_>, findings: &mut Findings) -> Vec<String> {
    let Some(at) = fields.get("parameter") else {
        return Vec::new();
    };
    let mut listed = Vec::new();
    for name in names(&at, findings) {
        if !ALWAYS.contains(&name.as_str()) && !listed.contains(&name) {
            listed.push(name);
        }
    }
    listed
}

/// The statements of a text or of a map of steps, whose placeholders must be among the listed.
pub fn read(at: &At<'_>, parameters: Vec<String>, free: &[&str], findings: &mut Findings) -> Option<Script> {
    let statements = match &at.node.value {
        Value::Map(_) => steps(at, findings)?,
        _ => match split(text(at, findings)?) {
            Ok(statements) => statements,
            Err(error) => {
                findings.error(at, error.to_string());
                return None;
            }
        },
    };
    if statements.is_empty() {
        findings.error(at, "there is no statement here");
        return None;
    }
    for statement in &statements {
        check_placeholders(statement, &parameters, free, at, findings);
    }
    Some(Script { place: at.place(), parameters, statements })
}

fn steps(at: &At<'_>, findings: &mut Findings) -> Option<Vec<String>> {
    let entries = map(at, findings)?;
    let mut steps = Vec::with_capacity(entries.len());
    for (key, step) in &entries {
        if step.node.is_null() {
            findings.error(step, format!("step '{key}' is empty"));
            return None;
        }
        steps.push((*key, text(step, findings)?));
    }
    match assemble(steps.into_iter()) {
        Ok(assembled) => {
            for warning in assembled.warnings {
                findings.warning(at, warning, None);
            }
            Some(assembled.statements)
        }
        Err(error) => {
            findings.error(at, error.to_string());
            None
        }
    }
}

/// Each placeholder is listed, or one that needs no listing.
pub fn check_placeholders(
    template: &str,
    listed: &[String],
    free: &[&str],
    at: &At<'_>,
    findings: &mut Findings,
) {
    let used = match placeholder::names(template) {
        Ok(used) => used,
        Err(error) => return findings.error(at, error.to_string()),
    };
    for name in used {
        let name = name.as_str();
        if listed.iter().any(|known| known == name) || ALWAYS.contains(&name) || free.contains(&name) {
            continue;
        }
        let known = listed.iter().map(String::as_str).chain(ALWAYS);
        let hint = did_you_mean(name, known).unwrap_or_else(|| format!("list it: parameter: [{name}]"));
        findings.error_hint(
            at,
            format!("placeholder {{{name}}} is not listed under `parameter`"),
            Some(hint),
        );
    }
}
