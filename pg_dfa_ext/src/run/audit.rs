//! Audits: the `tests` of a catalog, in the transaction of the node that wrote the rows.

use crate::catalog::Stored;
use crate::error::{capture, plural, DfaError, Result};
use crate::spi::{self, ident, literal, qualified};
use crate::statement::{render_script, Values};
use dfa_catalog::model::{Audit, AuditCheck, AuditSeverity, Table};
use serde_json::{json, Value};

/// So many of the rows that an audit finds are kept.
const KEPT_ROWS: usize = 20;

/// What the audits of a table found.
#[derive(Debug, Default)]
pub struct Audited {
    /// Of those of severity warn.
    pub warnings: Vec<String>,
    /// What each found, the rows of warnings, too, for the record of the step.
    pub found: Option<Value>,
}

/// Runs the audits of a table.
///
/// # Errors
/// [`DfaError::AuditFailed`] of the first audit of severity error that finds a row.
pub fn check(stored: &Stored, table: &Table, schema: &str, values: &Values) -> Result<Audited> {
    let mut warnings = Vec::new();
    let mut record = Vec::with_capacity(table.tests.len());
    for audit in &table.tests {
        let query = query(stored.name(), audit, schema, values)?;
        let (found, rows) = run(stored.name(), audit, &query)?;
        record.push(
            json!({ "audit": audit.name, "severity": audit.severity.as_str(), "found": found, "rows": rows }),
        );
        if found == 0 {
            continue;
        }
        match audit.severity {
            AuditSeverity::Warn => warnings.push(format!(
                "Warning: audit '{}' of '{}' found {found} row{}",
                audit.name,
                stored.name(),
                plural(found)
            )),
            AuditSeverity::Error => {
                return Err(DfaError::AuditFailed {
                    table: stored.name().to_owned(),
                    audit: audit.name.clone(),
                    found,
                    rows: Box::new(rows),
                })
            }
        }
    }
    Ok(Audited { warnings, found: (!record.is_empty()).then_some(Value::Array(record)) })
}

/// How many rows the audit finds, and the first of them.
fn run(table: &str, audit: &Audit, query: &str) -> Result<(u64, Value)> {
    let statement = format!(
        "with found as materialized ({query})
         select (select pg_catalog.count(*) from found),
                (select pg_catalog.json_agg(pg_catalog.row_to_json(kept)) from (select * from found limit {KEPT_ROWS}) as kept)"
    );
    let rows = capture(|| spi::select_text(&statement, 1))
        .map_err(|error| error.in_statement(table, &format!("audit {}", audit.name), query))?;
    let mut values = rows.into_iter().next().unwrap_or_default().into_iter();
    let found = values.next().flatten().and_then(|count| count.parse().ok()).unwrap_or(0);
    let kept =
        values.next().flatten().and_then(|rows| serde_json::from_str(&rows).ok()).unwrap_or(Value::Null);
    Ok((found, kept))
}

/// The query that must give no row.
fn query(name: &str, audit: &Audit, schema: &str, values: &Values) -> Result<String> {
    let table = qualified(schema, name);
    let list = |columns: &[String]| columns.iter().map(|column| ident(column)).collect::<Vec<_>>().join(", ");
    Ok(match &audit.check {
        AuditCheck::Unique(columns) => {
            // A row with a null is the double of no other, as a unique constraint has it.
            let given: Vec<String> =
                columns.iter().map(|column| format!("{} is not null", ident(column))).collect();
            let columns = list(columns);
            format!(
                "select {columns}, pg_catalog.count(*) as rows from {table} where {} group by {columns}
                 having pg_catalog.count(*) operator(pg_catalog.>) 1",
                given.join(" and ")
            )
        }
        AuditCheck::NotNull(columns) => {
            let conditions: Vec<String> =
                columns.iter().map(|column| format!("{} is null", ident(column))).collect();
            format!("select * from {table} where {}", conditions.join(" or "))
        }
        AuditCheck::AcceptedValues { column, values } => {
            let column = ident(column);
            let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
            format!(
                "select {column}, pg_catalog.count(*) as rows from {table}
                 where {column}::pg_catalog.text operator(pg_catalog.<>) all (array[{}]::pg_catalog.text[])
                 group by {column}",
                values.join(", ")
            )
        }
        AuditCheck::Relationships { column, ref_table, ref_column } => {
            let (column, ref_column, parent) =
                (ident(column), ident(ref_column), qualified(schema, ref_table));
            format!(
                "select child.{column}, pg_catalog.count(*) as rows from {table} as child
                 where child.{column} is not null
                   and not exists (select from {parent} as parent where parent.{ref_column} = child.{column})
                 group by child.{column}"
            )
        }
        AuditCheck::Expression(condition) => format!("select * from {table} where not ({condition})"),
        AuditCheck::Select(script) => {
            render_script(name, &format!("audit {}", audit.name), script, values)?.join(" union all ")
        }
    })
}
