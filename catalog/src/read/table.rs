//! A table: columns, keys, processes, first rows, and the settings of ours.

use super::fields::{count, names, text, Fields, Known};
use super::findings::{At, Findings};
use super::{audit, features, index, initial, keys, operating, process, settings};
use crate::model::Table;

pub const KEYS: Known = &[
    &["version"],
    &["description", "descriptions"],
    &["create", "profile", "profiles"],
    &["update", "process", "processes", "function", "functions"],
    &["initial", "initial_load", "mockup"],
    &["indexes", "index"],
    &["tests"],
    &["retention"],
    &["run"],
    &["tags"],
    &["owner"],
    &["depends_on"],
    &["lookback"],
    &["timeout"],
    &["retries"],
    &["fresh_within"],
    &["limit", "limits"],
    &["source"],
    &["distribute_by"],
    &["colocate_with"],
    &["reference"],
];

pub const CREATE_KEYS: Known = &[
    &["features"],
    &["primary_key", "primary_keys", "primary", "primaries"],
    &["primary_key_dummy"],
    &["foreign_key", "foreign_keys", "foreign", "foreigners"],
    &["partition_by_range"],
    &["partition_by_list"],
    &["partition_by_hash"],
    &["indexes", "index"],
];

pub fn read(name: &str, at: &At<'_>, fields: &Fields<'_>, findings: &mut Findings) -> Option<Table> {
    let Some(create) = fields.get("create") else {
        let hint = "give create: {features: …}".to_owned();
        findings.error_hint(at, "a table has columns, and `create` is missing", Some(hint));
        return None;
    };
    let parts = Fields::open(&create, CREATE_KEYS, findings)?;
    let mut table = Table::default();
    match parts.get("features") {
        Some(at) => table.columns = features::read(&at, &mut table.primary_key, findings),
        None => findings.error(&create, "a table has columns, and `features` is missing"),
    }
    keys::read(&parts, &mut table, findings);
    for at in [parts.get("indexes"), fields.get("indexes")].into_iter().flatten() {
        let indexes = index::read_all(&at, &table, findings);
        table.indexes.extend(indexes);
    }
    table.processes = fields.get("update").map_or_else(Vec::new, |at| process::read_all(&at, findings));
    if table.processes.is_empty() && crate::name::prefix(name) == "ai" {
        let hint = "give update: {<process>: {statement: …}}, or a name with another prefix".to_owned();
        findings.error_hint(
            at,
            "a table with prefix 'ai' is derived and needs at least one process",
            Some(hint),
        );
    }
    table.initial = fields.get("initial").and_then(|at| initial::read(&at, &table, findings));
    table.tests = fields.get("tests").map_or_else(Vec::new, |at| audit::read_all(&at, &table, findings));
    table.retention = fields.get("retention").and_then(|at| settings::retention(&at, &table, findings));
    table.run = fields.get("run").map(|at| settings::run(&at, findings)).unwrap_or_default();
    table.tags = fields.get("tags").map_or_else(Vec::new, |at| names(&at, findings));
    table.depends_on = fields.get("depends_on").map_or_else(Vec::new, |at| names(&at, findings));
    table.owner = fields.get("owner").and_then(|at| text(&at, findings).map(str::to_owned));
    table.lookback = fields.get("lookback").and_then(|at| count(&at, "days", settings::MOST_DAYS, findings));
    table.timeout = fields.get("timeout").and_then(|at| settings::seconds(&at, findings));
    table.retries = fields.get("retries").and_then(|at| count(&at, "retries", settings::MOST, findings));
    table.fresh_within = fields.get("fresh_within").and_then(|at| operating::fresh_within(&at, findings));
    table.limits = fields.get("limit").map_or_else(Vec::new, |at| operating::limits(&at, findings));
    table.source = fields.get("source").and_then(|at| operating::source(name, &at, findings).map(Box::new));
    table.distribution = operating::distribution(fields, &table, findings).map(Box::new);
    Some(table)
}
