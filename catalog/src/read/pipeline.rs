//! A pipeline: its nodes, and when it runs.

use super::fields::{entries, items, names, priority, text, word, Fields, Known};
use super::findings::{At, Findings};
use super::operating::{self, length};
use super::process::DEFAULT_PRIORITY;
use crate::choose::Choose;
use crate::length::Length;
use crate::model::{CatchUp, Order, Overlap, Pipeline, PipelineNode};
use crate::name::strip_type;
use crate::schedule::Schedule;
use crate::select::Selector;
use crate::tree::Value;
use crate::trigger::Trigger;

pub const KEYS: Known = &[
    &["version"],
    &["description", "descriptions"],
    &["id", "pipeline_id"],
    &["priority"],
    &["nodes", "node", "tables", "table"],
    &["schedule", "scheduler"],
    &["trigger", "triggers"],
    &["alert", "alerts", "track"],
    &["catch_up"],
    &["overlap"],
    &["timezone"],
    &["deadline"],
    &["lag"],
    &["select"],
    &["order"],
    &["tags"],
    &["owner"],
    &["limit", "limits"],
];

const NODE_KEYS: Known = &[&["name"], &["priority"], &["type"], &["choose", "chooses", "filter"]];

pub fn read(name: &str, at: &At<'_>, fields: &Fields<'_>, findings: &mut Findings) -> Option<Pipeline> {
    let (nodes, select) = match (fields.get("nodes"), fields.get("select")) {
        (Some(at), None) => (nodes(&at, findings), Vec::new()),
        (None, Some(at)) => (Vec::new(), selectors(&at, findings)),
        (Some(_), Some(at)) => {
            findings.error(&at, "`select` takes the place of `nodes`; give one of them");
            return None;
        }
        (None, None) => {
            findings.error(at, "a pipeline has nodes, and `nodes` is missing");
            return None;
        }
    };
    let label = |key: &str, findings: &mut Findings| {
        fields.get(key).and_then(|at| text(&at, findings)).map(|text| text.trim().to_owned())
    };
    let id = label("id", findings).unwrap_or_else(|| name.to_owned());
    let id_at = fields.get("id").unwrap_or_else(|| at.clone());
    if let Some(fault) = crate::name::label_fault(&id).or_else(|| crate::trigger::id_fault(&id)) {
        findings.error(&id_at, fault);
    }
    let timezone = label("timezone", findings);
    if let (Some(zone), Some(at)) = (&timezone, fields.get("timezone")) {
        if jiff::tz::TimeZone::get(zone).is_err() {
            findings.error(&at, format!("'{zone}' is no time zone; give an IANA name such as Europe/Berlin"));
        }
    }
    let catch_up = one_of("catch_up", CatchUp::WORDS, fields, findings);
    let overlap = one_of("overlap", Overlap::WORDS, fields, findings);
    let order = one_of("order", Order::WORDS, fields, findings);
    let limits = fields.get("limit").map_or_else(Vec::new, |at| operating::limits(&at, findings));
    Some(Pipeline {
        id,
        priority: fields.get("priority").and_then(|at| priority(&at, findings)).unwrap_or(DEFAULT_PRIORITY),
        nodes,
        select,
        order,
        schedules: schedules(fields, findings),
        trigger: fields.get("trigger").and_then(|at| trigger(&at, findings)),
        alerts: fields.get("alert").map_or_else(Vec::new, |at| names(&at, findings)),
        catch_up,
        overlap,
        timezone,
        deadline: fields.get("deadline").and_then(|at| length(&at, "07:00 or 2 hours", findings)),
        lag: lag(fields, findings),
        tags: fields.get("tags").map_or_else(Vec::new, |at| names(&at, findings)),
        owner: label("owner", findings),
        limits,
    })
}

fn one_of<T: Copy + Default>(
    key: &str,
    words: &[(&str, T)],
    fields: &Fields<'_>,
    findings: &mut Findings,
) -> T {
    fields.get(key).and_then(|at| word(&at, words, findings)).unwrap_or_default()
}

fn lag(fields: &Fields<'_>, findings: &mut Findings) -> Option<Length> {
    let at = fields.get("lag")?;
    let lag = length(&at, "1 day", findings)?;
    if !lag.is_whole_days() {
        findings.error(
            &at,
            format!("'{}' is no number of days; a run date is a day, so a lag is days", lag.text),
        );
        return None;
    }
    Some(lag)
}

fn selectors(at: &At<'_>, findings: &mut Findings) -> Vec<Selector> {
    let mut found = Vec::new();
    for item in items(at) {
        let Some(given) = text(&item, findings) else { continue };
        for part in given.split(',') {
            match Selector::parse(part) {
                Some(selector) => found.push(selector),
                None => findings.error(
                    &item,
                    format!(
                        "'{}' selects nothing: write a table, prefix_*, tag:x, or one of them after a +",
                        part.trim()
                    ),
                ),
            }
        }
    }
    if items(at).is_empty() {
        findings.error(at, "a pipeline has at least one node");
    }
    found
}

fn schedules(fields: &Fields<'_>, findings: &mut Findings) -> Vec<Schedule> {
    let Some(at) = fields.get("schedule") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items(&at) {
        let Some(given) = text(&item, findings) else {
            continue;
        };
        match Schedule::parse(given) {
            Ok(schedule) => {
                if let Some(written) = schedule.customary() {
                    let hint = Some(format!("write {written}"));
                    findings.warning(&item, format!("'{given}' is read as {written}"), hint);
                }
                found.push(schedule);
            }
            Err(error) => findings.error(&item, error.to_string()),
        }
    }
    found
}

fn trigger(at: &At<'_>, findings: &mut Findings) -> Option<Trigger> {
    let is_expression = |text: &str| !text.contains(',');
    match &at.node.value {
        Value::Scalar { text, .. } if is_expression(text) => match Trigger::parse(text) {
            Ok(trigger) => Some(trigger),
            Err(error) => {
                findings.error(at, error.to_string());
                None
            }
        },
        _ => {
            let ids = names(at, findings);
            for fault in ids.iter().filter_map(|id| crate::trigger::id_fault(id)) {
                let hint = "give the whole trigger as one expression, a & (b | c)".to_owned();
                findings.error_hint(at, fault, Some(hint));
            }
            (!ids.is_empty()).then(|| Trigger::all(ids))
        }
    }
}

/// The nodes in the order in which they run.
fn nodes(at: &At<'_>, findings: &mut Findings) -> Vec<PipelineNode> {
    let mut found: Vec<(f64, PipelineNode)> = Vec::new();
    if matches!(&at.node.value, Value::Scalar { text, .. } if text.contains(',')) {
        return several(names(at, findings), at, findings);
    }
    let entries = entries(at, findings);
    if entries.is_empty() {
        findings.error(at, "a pipeline has at least one node");
    }
    for (name, at) in entries {
        let Some((priority, node)) = node(name, &at, findings) else {
            continue;
        };
        if found.iter().any(|(_, known)| known.table == node.table) {
            findings.error(&at, format!("node '{}' is given twice", node.table));
            continue;
        }
        found.push((priority, node));
    }
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found.into_iter().map(|(_, node)| node).collect()
}

/// The nodes of one text with commas.
fn several(listed: Vec<String>, at: &At<'_>, findings: &mut Findings) -> Vec<PipelineNode> {
    let mut nodes: Vec<PipelineNode> = Vec::with_capacity(listed.len());
    for node in listed.iter().map(|name| bare(name, at)) {
        if nodes.contains(&node) {
            findings.error(at, format!("node '{}' is given twice", node.table));
        } else {
            nodes.push(node);
        }
    }
    nodes
}

fn bare(name: &str, at: &At<'_>) -> PipelineNode {
    PipelineNode { place: at.place(), table: strip_type(name.trim()).1.to_owned(), choose: Choose::all() }
}

fn node(name: Option<&str>, at: &At<'_>, findings: &mut Findings) -> Option<(f64, PipelineNode)> {
    let named = name.is_some();
    let (name, fields) = match (name, &at.node.value) {
        (None, Value::Map(_)) => {
            let fields = Fields::open(at, NODE_KEYS, findings)?;
            let Some(given) = fields.get("name") else {
                findings.error(at, "a node in a list needs its name");
                return None;
            };
            (text(&given, findings)?, Some(fields))
        }
        (None, _) => (text(at, findings)?, None),
        (Some(name), Value::Map(_)) => (name, Some(Fields::open(at, NODE_KEYS, findings)?)),
        (Some(name), _) => (name, None),
    };
    if let Some(fault) = crate::name::fault(name) {
        findings.error(at, fault);
        return None;
    }
    let mut node = bare(name, at);
    // `name: [process…]` chooses those processes.
    let choice = match &fields {
        Some(fields) => fields.get("choose"),
        None => (named && !at.node.is_null()).then(|| at.clone()),
    };
    if let Some(choice) = choice {
        node.choose = choose(&choice, findings)?;
    }
    let given = fields.as_ref().and_then(|fields| fields.get("priority"));
    let priority = given.and_then(|at| priority(&at, findings)).unwrap_or(DEFAULT_PRIORITY);
    if let Some(at) = fields.as_ref().and_then(|fields| fields.get("type")) {
        word(&at, &[("sql", ()), ("py", ()), ("func", ())], findings);
    }
    Some((priority, node))
}

fn choose(at: &At<'_>, findings: &mut Findings) -> Option<Choose> {
    match Choose::parse(&names(at, findings)) {
        Ok(choose) => Some(choose),
        Err(error) => {
            findings.error(at, error.to_string());
            None
        }
    }
}
