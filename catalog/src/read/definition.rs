//! One definition: what kind it is, its name, version and description.

use super::fields::{items, text, Fields};
use super::findings::{At, Findings};
use super::{pipeline, routine, table};
use crate::model::{Body, Definition, Kind};
use crate::statement;
use crate::tree::{to_json, Node, Value};
use jiff::civil::{date, Date, DateTime};

const PREFIXES: [(&str, Kind); 7] = [
    ("func", Kind::Function),
    ("function", Kind::Function),
    ("view", Kind::View),
    ("mview", Kind::View),
    ("query", Kind::Query),
    ("pipeline", Kind::Pipeline),
    ("table", Kind::Table),
];

const FILES: [(&str, Kind); 6] = [
    ("func_", Kind::Function),
    ("view_", Kind::View),
    ("mview_", Kind::View),
    ("query_", Kind::Query),
    ("pipeline_", Kind::Pipeline),
    ("catalog_", Kind::Table),
];

/// The kind of a definition and its name: by the prefix of the name, else by the file, else by the keys.
pub fn kind_and_name(key: &str, body: &Node, source: &str) -> (Kind, String) {
    if let Some((prefix, name)) = key.split_once(':') {
        if let Some((_, kind)) = PREFIXES.iter().find(|(known, _)| *known == prefix.trim()) {
            return (*kind, name.trim().to_owned());
        }
    }
    let file = source.rsplit(['/', '\\']).next().unwrap_or_default();
    let by_file = FILES.iter().find(|(prefix, _)| file.starts_with(prefix)).map(|(_, kind)| *kind);
    (by_file.unwrap_or_else(|| kind_of(body)), key.trim().to_owned())
}

fn kind_of(body: &Node) -> Kind {
    let has = |keys: &[&str]| keys.iter().any(|key| body.get(key).is_some());
    if has(&["nodes", "node", "tables", "table", "select", "trigger", "triggers", "schedule", "scheduler"]) {
        return Kind::Pipeline;
    }
    let creates = ["create", "profile", "profiles"].iter().find_map(|key| body.get(key));
    if creates.is_some_and(|create| create.get("features").is_some()) {
        return Kind::Table;
    }
    let sql = match creates
        .or_else(|| ["statement", "function", "functions", "query"].iter().find_map(|key| body.get(key)))
    {
        Some(Node { value: Value::Scalar { text, .. }, .. }) => text.as_str(),
        Some(node) => {
            match ["statement", "function", "functions", "query"].iter().find_map(|key| node.get(key)) {
                Some(Node { value: Value::Scalar { text, .. }, .. }) => text.as_str(),
                _ => return Kind::Table,
            }
        }
        None => return Kind::Table,
    };
    let head: Vec<String> = statement::words(sql).take(5).collect();
    match head.first().map(String::as_str) {
        Some("create") if head.iter().any(|word| word == "view") => Kind::View,
        Some("create") => Kind::Function,
        _ => Kind::Query,
    }
}

/// Reads a definition; `None` when there is not enough of it to go on.
pub fn read(kind: Kind, name: &str, at: &At<'_>, findings: &mut Findings) -> Option<Definition> {
    if let Some(fault) = crate::name::fault(name) {
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
