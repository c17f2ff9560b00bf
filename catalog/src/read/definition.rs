//! One definition: its name, version, description and body.

use super::fields::{items, text, Fields};
use super::findings::{At, Findings};
use super::{pipeline, routine, table};
use crate::model::{Body, Definition, Kind};
use crate::tree::to_json;
use jiff::civil::{date, Date, DateTime};

/// Reads a definition; `None` when there is not enough of it to go on.
pub fn read(kind: Kind, name: &str, at: &At<'_>, findings: &mut Findings) -> Option<Definition> {
    let fault = match kind {
        Kind::Table | Kind::View | Kind::Function => crate::name::fault(name),
        Kind::Pipeline | Kind::Query => crate::name::label_fault(name),
    };
    if let Some(fault) = fault {
        findings.error(at, fault);
    }
    let (body, fields) = match kind {
        Kind::Table => {
            let fields = Fields::open(at, table::KEYS, findings)?;
            (Body::Table(table::read(name, at, &fields, findings)?), fields)
        }
        Kind::Pipeline => {
            let fields = Fields::open(at, pipeline::KEYS, findings)?;
            (Body::Pipeline(pipeline::read(name, at, &fields, findings)?), fields)
        }
        Kind::Function | Kind::View | Kind::Query => {
            let fields = Fields::open(at, routine::KEYS, findings)?;
            let routine = routine::read(kind, at, &fields, findings)?;
            let body = match kind {
                Kind::Function => Body::Function(routine),
                Kind::View => Body::View(routine),
                _ => Body::Query(routine),
            };
            (body, fields)
        }
    };
    Some(Definition {
        name: name.to_owned(),
        version: version(&fields, findings),
        description: description(&fields, findings),
        line: at.line,
        json: to_json(at.node).to_string(),
        body,
    })
}

fn version(fields: &Fields<'_>, findings: &mut Findings) -> Date {
    const NONE_GIVEN: Date = date(1990, 1, 1);
    let Some(at) = fields.get("version") else {
        return NONE_GIVEN;
    };
    let Some(given) = text(&at, findings).map(str::trim) else {
        return NONE_GIVEN;
    };
    match given.parse::<Date>().or_else(|_| given.parse::<DateTime>().map(|time| time.date())) {
        Ok(version) => version,
        Err(_) => {
            let hint = "write YYYY-MM-DD, for example 2022-09-01".to_owned();
            findings.error_hint(&at, format!("'{given}' is not a date"), Some(hint));
            NONE_GIVEN
        }
    }
}

fn description(fields: &Fields<'_>, findings: &mut Findings) -> Option<String> {
    let at = fields.get("description")?;
    let lines: Vec<&str> = items(&at).iter().filter_map(|line| text(line, findings)).collect();
    Some(lines.join("\n"))
}
