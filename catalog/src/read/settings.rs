//! The settings of a table: retention, run, timeout.

use super::fields::{flag, number, text, word, Fields, Known};
use super::findings::{At, Findings};
use crate::model::{Backup, Retention, RunSettings, RunType};

const RETENTION_KEYS: Known = &[&["column"], &["months"], &["backup"]];
const RUN_KEYS: Known =
    &[&["type", "run_type"], &["quota", "run_count_max"], &["table_type"], &["wait_for_writers"]];

const RUN_TYPES: [(&str, RunType); 4] = [
    ("daily", RunType::Daily),
    ("weekly", RunType::Weekly),
    ("monthly", RunType::Monthly),
    ("yearly", RunType::Yearly),
];

const TABLE_TYPES: [(&str, &str); 5] = [
    ("master", "master"),
    ("transaction", "transaction"),
    ("report", "report"),
    ("adjustment", "adjustment"),
    ("undefined", "undefined"),
];

const BACKUPS: [(&str, Option<Backup>); 5] = [
    ("rows", Some(Backup::Rows)),
    ("table", Some(Backup::Table)),
    ("y", Some(Backup::Table)),
    ("n", None),
    ("none", None),
];

pub fn retention(at: &At<'_>, findings: &mut Findings) -> Option<Retention> {
    let fields = Fields::open(at, RETENTION_KEYS, findings)?;
    let Some(months) = fields.get("months") else {
        findings.error(at, "retention keeps a number of months, and `months` is missing");
        return None;
    };
    Some(Retention {
        column: fields.get("column").and_then(|at| text(&at, findings)).map(str::to_owned),
        months: number(&months, "a number of months, 0 or more", findings)?,
        backup: fields.get("backup").and_then(|at| word(&at, &BACKUPS, findings)).flatten(),
    })
}

pub fn run(at: &At<'_>, findings: &mut Findings) -> RunSettings {
    let Some(fields) = Fields::open(at, RUN_KEYS, findings) else {
        return RunSettings::default();
    };
    RunSettings {
        run_type: fields.get("type").and_then(|at| word(&at, &RUN_TYPES, findings)),
        quota: fields.get("quota").and_then(|at| number(&at, "a number of runs, 0 or more", findings)),
        table_type: fields
            .get("table_type")
            .and_then(|at| word(&at, &TABLE_TYPES, findings))
            .map(str::to_owned),
        wait_for_writers: fields.get("wait_for_writers").and_then(|at| flag(&at, findings)),
    }
}

/// A duration: bare seconds, or with a unit (`90s`, `10 min`, `2h`).
pub fn seconds(at: &At<'_>, findings: &mut Findings) -> Option<u32> {
    let given = text(at, findings)?.trim();
    let found = given.parse::<u32>().ok().or_else(|| {
        let span: jiff::SignedDuration = given.parse().ok()?;
        u32::try_from(span.as_secs()).ok()
    });
    if found.is_none() {
        findings
            .error(at, format!("'{given}' is no duration: write seconds, or a unit, for example 90s or 10m"));
    }
    found
}
