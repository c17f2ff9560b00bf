//! Audits: checks on the data, in the customary short forms.

use super::fields::{entries, items, names, text, word, Fields, Known};
use super::findings::{did_you_mean, At, Findings};
use super::keys::{check_column, columns};
use super::script;
use crate::model::{Audit, AuditCheck, AuditSeverity, Table};
use crate::tree::Value;

const KEYS: Known = &[
    &["name"],
    &["severity"],
    script::PARAMETER,
    &["unique"],
    &["not_null"],
    &["accepted_values"],
    &["relationships"],
    &["expression"],
    &["select", "statement"],
];

const CHECKS: [&str; 6] = ["unique", "not_null", "accepted_values", "relationships", "expression", "select"];

/// The audits: a list, or a map by name.
pub fn read_all(at: &At<'_>, table: &Table, findings: &mut Findings) -> Vec<Audit> {
    let mut audits: Vec<Audit> = Vec::new();
    for (name, at) in entries(at, findings) {
        let Some(audit) = read(name, &at, table, findings) else {
            continue;
        };
        if audits.iter().any(|known| known.name == audit.name) {
            let hint = "give them a `name`".to_owned();
            findings.error_hint(&at, format!("two audits are called '{}'", audit.name), Some(hint));
            continue;
        }
        audits.push(audit);
    }
    audits
}

fn read(name: Option<&str>, at: &At<'_>, table: &Table, findings: &mut Findings) -> Option<Audit> {
    let place = at.place();
    // `tests: {unique: [a]}`, and a bare SELECT in a list.
    if let Some(check) = name.filter(|name| CHECKS.contains(name)) {
        let check = check_of(check, at, Vec::new(), table, findings)?;
        return Some(Audit { place, name: default_name(&check), severity: AuditSeverity::Error, check });
    }
    if let Value::Scalar { .. } = at.node.value {
        let check = check_of("select", at, Vec::new(), table, findings)?;
        return Some(Audit {
            place,
            name: name.map_or_else(|| default_name(&check), str::to_owned),
            severity: AuditSeverity::Error,
            check,
        });
    }
    let fields = Fields::open(at, KEYS, findings)?;
    let given: Vec<(&str, At<'_>)> =
        CHECKS.iter().filter_map(|check| Some((*check, fields.get(check)?))).collect();
    let [(check, below)] = given.as_slice() else {
        let given = given.iter().map(|(check, _)| *check).collect::<Vec<_>>().join(", ");
        let found = if given.is_empty() { "none".to_owned() } else { given };
        findings.error(at, format!("an audit is one of {}; this one gives {found}", CHECKS.join(", ")));
        return None;
    };
    let severity =
        fields.get("severity").and_then(|at| word(&at, AuditSeverity::WORDS, findings)).unwrap_or_default();
    let parameters = script::parameters(&fields, findings);
    let check = check_of(check, below, parameters, table, findings)?;
    let given = fields.get("name").and_then(|at| text(&at, findings)).or(name);
    Some(Audit { place, name: given.map_or_else(|| default_name(&check), str::to_owned), severity, check })
}

fn default_name(check: &AuditCheck) -> String {
    match check {
        AuditCheck::Unique(columns) => format!("unique_{}", columns.join("_")),
        AuditCheck::NotNull(columns) => format!("not_null_{}", columns.join("_")),
        AuditCheck::AcceptedValues { column, .. } => format!("accepted_values_{column}"),
        AuditCheck::Relationships { column, ref_table, .. } => format!("relationships_{column}_{ref_table}"),
        AuditCheck::Expression(_) => "expression".to_owned(),
        AuditCheck::Select(_) => "select".to_owned(),
    }
}

fn check_of(
    check: &str,
    at: &At<'_>,
    parameters: Vec<String>,
    table: &Table,
    findings: &mut Findings,
) -> Option<AuditCheck> {
    match check {
        "unique" => Some(AuditCheck::Unique(columns(at, table, findings))),
        "not_null" => Some(AuditCheck::NotNull(columns(at, table, findings))),
        "accepted_values" => accepted_values(at, table, findings),
        "relationships" => relationships(at, table, findings),
        "expression" => {
            text(at, findings).map(|condition| AuditCheck::Expression(condition.trim().to_owned()))
        }
        _ => {
            let script = script::read(at, parameters, &[], findings)?;
            if script.statements.len() > 1 {
                findings.error(at, "an audit is one SELECT, and there are several statements");
            }
            Some(AuditCheck::Select(script))
        }
    }
}

fn accepted_values(at: &At<'_>, table: &Table, findings: &mut Findings) -> Option<AuditCheck> {
    let fields = Fields::open(at, &[&["column"], &["values"]], findings)?;
    let (column, values) =
        (required("column", at, &fields, findings), required("values", at, &fields, findings));
    let (column, values) = (column?, values?);
    let name = text(&column, findings)?.to_owned();
    check_column(&name, &column, table, findings);
    // Values may hold commas and blanks, so they are no names.
    let values: Option<Vec<String>> =
        items(&values).iter().map(|item| text(item, findings).map(str::to_owned)).collect();
    Some(AuditCheck::AcceptedValues { column: name, values: values? })
}

fn relationships(at: &At<'_>, table: &Table, findings: &mut Findings) -> Option<AuditCheck> {
    let known: Known = &[&["column"], &["to", "ref_table", "table"], &["field", "ref_column"]];
    let fields = Fields::open(at, known, findings)?;
    let column = required("column", at, &fields, findings);
    let to = required("to", at, &fields, findings);
    let field = required("field", at, &fields, findings);
    let (column, to, field) = (column?, to?, field?);
    let mut name = |at: &At<'_>| names(at, findings).into_iter().next();
    let (of, ref_table, ref_column) = (name(&column)?, name(&to)?, name(&field)?);
    if table.column(&of).is_none() {
        let hint = did_you_mean(&of, table.columns.iter().map(|column| column.name.as_str()));
        findings.error_hint(&column, format!("column '{of}' is not among the features"), hint);
    }
    Some(AuditCheck::Relationships { column: of, ref_table, ref_column })
}

fn required<'n>(key: &str, at: &At<'n>, fields: &Fields<'n>, findings: &mut Findings) -> Option<At<'n>> {
    let found = fields.get(key);
    if found.is_none() {
        findings.error(at, format!("`{key}` is missing"));
    }
    found
}
