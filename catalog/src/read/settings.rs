//! The settings of a table: retention, run, timeout.

use super::fields::{count, flag, text, word, Fields, Known};
use super::findings::{At, Findings};
use super::keys::check_column;
use crate::lexer::{lexemes, Kind};
use crate::model::{Backup, Retention, RunSettings, RunType, Table, TableType};
use crate::statement::words;

pub const RETENTION_KEYS: Known = &[&["column"], &["months"], &["backup"]];
pub const RUN_KEYS: Known =
    &[&["type", "run_type"], &["quota", "run_count_max"], &["table_type"], &["wait_for_writers"]];

/// An integer of the database.
pub const MOST: u32 = i32::MAX.cast_unsigned();
/// A thousand years, before or after which no calendar of ours has days.
const MOST_MONTHS: u32 = 12_000;
/// The same in days.
pub const MOST_DAYS: u32 = 365_243;

pub fn retention(at: &At<'_>, table: &Table, findings: &mut Findings) -> Option<Retention> {
    let fields = Fields::open(at, RETENTION_KEYS, findings)?;
    let Some(months) = fields.get("months") else {
        findings.error(at, "retention keeps a number of months, and `months` is missing");
        return None;
    };
    let column = fields.get("column");
    Some(Retention {
        place: column.as_ref().unwrap_or(at).place(),
        column: column.and_then(|at| dated_by(&at, table, findings)),
        months: count(&months, "months", MOST_MONTHS, findings)?,
        backup: fields.get("backup").and_then(|at| word(&at, Backup::WORDS, findings)).flatten(),
    })
}

/// Types that are no date and cannot be cast to one.
const NO_DATES: [&str; 26] = [
    "smallint",
    "int2",
    "integer",
    "int",
    "int4",
    "bigint",
    "int8",
    "smallserial",
    "serial",
    "bigserial",
    "numeric",
    "decimal",
    "real",
    "float",
    "float4",
    "float8",
    "double",
    "money",
    "boolean",
    "bool",
    "uuid",
    "json",
    "jsonb",
    "bytea",
    "time",
    "interval",
];

/// What dates the rows: a column of a type that can be a date, or an expression, which the database knows.
fn dated_by(at: &At<'_>, table: &Table, findings: &mut Findings) -> Option<String> {
    let given = text(at, findings)?;
    let is_bare = matches!(lexemes(given.trim()).as_deref(), Ok([only]) if only.kind == Kind::Word);
    let name = given.trim();
    if is_bare && !table.columns.is_empty() && !name.to_ascii_lowercase().starts_with("current_") {
        let column = table.column(name).or_else(|| table.column(&name.to_ascii_lowercase()));
        let head = column.map(|column| words(&column.datatype).next().unwrap_or_default());
        match (column, head) {
            (None, _) => check_column(name, at, table, findings),
            (Some(column), Some(head)) if NO_DATES.contains(&head.as_str()) => {
                let message = format!("column '{name}' is of type {}, which is no date", column.datatype);
                let hint =
                    format!("give an expression, such as to_timestamp({name} / 1000.0) of milliseconds");
                findings.error_hint(at, message, Some(hint));
            }
            _ => {}
        }
    }
    Some(given.to_owned())
}

pub fn run(at: &At<'_>, findings: &mut Findings) -> RunSettings {
    let Some(fields) = Fields::open(at, RUN_KEYS, findings) else {
        return RunSettings::default();
    };
    RunSettings {
        run_type: fields.get("type").and_then(|at| word(&at, RunType::WORDS, findings)),
        quota: fields.get("quota").and_then(|at| count(&at, "runs", MOST, findings)),
        table_type: fields.get("table_type").and_then(|at| word(&at, TableType::WORDS, findings)),
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
