//! A setup or a retention, on each of its dates.

use super::{Preview, Row};
use crate::error::Result;
use crate::retention::backup::Wish;
use crate::retention::preview::Old;
use crate::setup::object::SetupRow;
use crate::task::{parameter, Module};
use crate::{retention, setup};
use serde_json::Value;

/// What a setup or a retention would do. Of several dates it tells the first: what it leaves for the others nobody knows
/// before.
pub fn of_maintenance(
    module: Module,
    name: Option<&str>,
    run_dates: &[String],
    params: &Value,
) -> Result<Preview> {
    let run_date = run_dates.first().map(String::as_str).unwrap_or_default();
    if module == Module::Setup {
        let rows = setup::preview(name, run_date, params)?;
        let previewed = setup::previewed(&rows);
        return Ok(Preview { rows: rows.into_iter().map(of_object).collect(), previewed });
    }
    let text = |name| parameter(params, name);
    let wish = Wish::parse(text("backup_table").as_deref(), text("backup_schema").as_deref())?;
    let tables = retention::preview::preview(name, run_date, &wish)?;
    let previewed = retention::previewed(&tables, &wish);
    let rows = tables.into_iter().map(|old| of_table(old, run_date)).collect();
    Ok(Preview { rows, previewed })
}

fn of_object(row: SetupRow) -> Row {
    let why = match (row.status, row.action) {
        (0, "created") => "it is not there yet",
        (0, "exists") => "it is there, and stays as it is",
        (0, "recreated") => "it is dropped, with its rows, and made anew",
        (0, "replaced") => "its definition has changed",
        (0, "dropped") => "it is not wanted any more",
        _ => &row.message,
    };
    let reason = row.note.as_ref().map_or_else(|| why.to_owned(), |note| format!("{why}; {note}"));
    Row {
        kind: row.kind.to_owned(),
        name: row.name,
        action: if row.status == 0 { row.action } else { "refused" }.to_owned(),
        cause: "asked".to_owned(),
        reason,
        last_rows: Some(row.rows),
        ..Row::default()
    }
}

fn of_table(old: Old, run_date: &str) -> Row {
    let (action, reason) = match (&old.cut, old.error) {
        (_, Some(error)) => ("refused", error),
        (Some(cut), None) => ("delete", format!("rows before {cut} are older than it keeps them")),
        (None, None) => ("keep", "it keeps all rows".to_owned()),
    };
    let reason = old.note.map_or_else(|| reason.clone(), |note| format!("{reason}; {note}"));
    Row {
        kind: "table".to_owned(),
        name: old.table,
        run_date: Some(run_date.to_owned()),
        last_day: old.cut,
        action: action.to_owned(),
        cause: "asked".to_owned(),
        reason,
        last_rows: i64::try_from(old.rows).ok(),
        ..Row::default()
    }
}
