//! The processes that fill a table.

use super::fields::{items, map, name_beside_key, named_entries, priority, text, Fields, Known};
use super::findings::{At, Findings};
use super::script::{self, PARAMETER, STATEMENT};
use crate::dataframe;
use crate::model::{Action, Process, Script};
use crate::tree::Value;

pub const KEYS: Known = &[
    &["name"],
    &["priority"],
    PARAMETER,
    STATEMENT,
    &["function", "func"],
    &["arguments", "argument", "args"],
    &["load"],
    &["save"],
    &["description", "descriptions"],
];

const PART_KEYS: Known = &[PARAMETER, STATEMENT];

/// Priority of a process or node that gives none.
pub const DEFAULT_PRIORITY: f64 = 99.0;

/// The processes in the order in which they run.
pub fn read_all(at: &At<'_>, findings: &mut Findings) -> Vec<Process> {
    let mut processes: Vec<Process> = Vec::new();
    for (name, at) in named_entries(at, findings) {
        let Some(process) = read(name, &at, findings) else {
            continue;
        };
        if processes.iter().any(|known| known.name == process.name) {
            findings.error(&at, format!("process '{}' is given twice", process.name));
            continue;
        }
        processes.push(process);
    }
    // Stable: equal priorities keep the order of the file.
    processes.sort_by(|a, b| a.priority.total_cmp(&b.priority));
    processes
}

fn read(name: Option<&str>, at: &At<'_>, findings: &mut Findings) -> Option<Process> {
    let fields = Fields::open(at, KEYS, findings)?;
    let Some(name) = name_beside_key(name, fields.get("name").as_ref(), findings)? else {
        findings.error(at, "a process in a list needs its name");
        return None;
    };
    // `choose` trims, too.
    let name = name.trim();
    if let Some(fault) = crate::name::label_fault(name) {
        findings.error(at, fault);
        return None;
    }
    let priority = fields.get("priority").and_then(|at| priority(&at, findings)).unwrap_or(DEFAULT_PRIORITY);
    let action = match (fields.get("statement"), fields.get("function")) {
        (Some(statement), None) => {
            let parameters = script::parameters(&fields, findings);
            Action::Sql(script::read(&statement, parameters, &[], findings)?)
        }
        (None, Some(function)) => data_frame(at, &fields, &function, findings)?,
        (Some(_), Some(function)) => {
            findings.error(
                &function,
                format!("process '{name}' has a statement and a function; it is one of them"),
            );
            return None;
        }
        (None, None) => {
            let hint = "give `statement`, or `function` with `load` and `save`".to_owned();
            findings.error_hint(at, format!("process '{name}' has no statement"), Some(hint));
            return None;
        }
    };
    Some(Process { name: name.to_owned(), priority, action })
}

fn data_frame(
    at: &At<'_>,
    fields: &Fields<'_>,
    function: &At<'_>,
    findings: &mut Findings,
) -> Option<Action> {
    let name = text(function, findings)?.trim().to_owned();
    let arguments = fields.get("arguments").map_or_else(Vec::new, |at| arguments(&at, findings));
    let load = part("load", at, fields, &[], findings);
    let save = part("save", at, fields, &["function_value"], findings);
    let (load, mut save) = (load?, save?);
    // Not of what is stored already: it was checked by those who stored it.
    if function.line > 0 {
        for (message, hint) in dataframe::check(&name, &load, &save, &arguments) {
            findings.error_hint(function, message, hint);
        }
    }
    save.statements.iter_mut().for_each(|statement| *statement = dataframe::with_rows(statement));
    Some(Action::DataFrame { function: name, arguments, load, save })
}

/// What a process says to its function itself: a list as JSON, anything else as it is written.
fn arguments(at: &At<'_>, findings: &mut Findings) -> Vec<(String, String)> {
    let entries = map(at, findings).unwrap_or_default();
    let given = entries.into_iter().filter_map(|(name, at)| {
        let value = match &at.node.value {
            Value::List(_) => {
                let texts: Option<Vec<&str>> = items(&at).iter().map(|item| text(item, findings)).collect();
                serde_json::to_string(&texts?).ok()?
            }
            _ => text(&at, findings)?.to_owned(),
        };
        Some((name.to_owned(), value))
    });
    given.collect()
}

fn part(
    key: &str,
    at: &At<'_>,
    fields: &Fields<'_>,
    free: &[&str],
    findings: &mut Findings,
) -> Option<Script> {
    let Some(part) = fields.get(key) else {
        findings.error(at, format!("a DataFrame process has `load` and `save`, and `{key}` is missing"));
        return None;
    };
    if let Value::Scalar { .. } = part.node.value {
        let parameters = script::parameters(fields, findings);
        return script::read(&part, parameters, free, findings);
    }
    let inner = Fields::open(&part, PART_KEYS, findings)?;
    let Some(statement) = inner.get("statement") else {
        findings.error(&part, format!("`{key}` has no statement"));
        return None;
    };
    let mut parameters = script::parameters(fields, findings);
    parameters.extend(script::parameters(&inner, findings));
    script::read(&statement, parameters, free, findings)
}
