//! How far back a table keeps its rows.

use super::context::Context;
use crate::catalog::{self, Stored};
use crate::error::{DfaError, Result};
use crate::spi::{self, qualified};
use dfa_catalog::lexer::{self, Kind as Lexeme};
use dfa_catalog::model::{Kind, Table, TableType};

/// What goes: rows whose `dated` lies before `day`; of a master table per key.
#[derive(Debug, Clone)]
pub struct Cut {
    pub months: i32,
    /// The column or expression that dates a row, in brackets; SQL of the watermark, which only an admin may write.
    pub dated: String,
    /// Its column, if it is a plain one.
    pub column: Option<String>,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// What is dated later than this day does not count: a row of the year 9999 shall not move the cut.
    pub run_date: String,
    /// A master table counts from the newest row of each of these keys.
    pub key: Option<Vec<String>>,
    pub note: Option<String>,
}

/// `None`: the table keeps all of its rows.
pub fn find(context: &Context<'_>, stored: &Stored, table: &Table, schema: &str) -> Result<Option<Cut>> {
    let name = stored.name();
    let policy = policy(context, schema, name, None)?;
    let Some(policy) = policy else { return Err(DfaError::MissingWatermark { table: name.to_owned() }) };
    if policy.months == 0 {
        return Ok(None);
    }
    let Some(column) = policy.column else {
        return Err(DfaError::InvalidArgument {
            argument: "rtt_column",
            value: String::new(),
            allowed: format!("Say which column dates the rows of '{name}' (dfa.data_pipeline.rtt_column)."),
        });
    };
    let column_type = match policy.column_type {
        Some(plain) => plain,
        None => expression_type(schema, name, &column)?,
    };
    check_type(name, &column, &column_type)?;
    let dated = match table.column(&column) {
        Some(column) => spi::ident(&column.name),
        None => dated_by(schema, name)?.unwrap_or_else(|| format!("({column})")),
    };
    let mut day = policy.day;
    let key = if policy.table_type == TableType::Master { master_key(table, &column) } else { None };
    // Of a master table each key has a cut of its own; this is the last of them.
    if context.from_newest_row || key.is_some() {
        let newest = newest(context, schema, name, &dated)?;
        day = self::policy(context, schema, name, newest)?.map_or(day, |policy| policy.day);
    }
    let limit = lookback_limit(context, name)?;
    let note = limit.as_ref().filter(|limit| **limit < day).map(|limit| {
        format!("Warning: rows from {limit} on are kept, since the lookback of a table that reads '{name}' needs them")
    });
    Ok(Some(Cut {
        months: policy.months,
        column: table.column(&column).map(|column| column.name.clone()),
        key,
        dated,
        run_date: context.run_date.to_owned(),
        day: match limit {
            Some(limit) if limit < day => limit,
            _ => day,
        },
        note,
    }))
}

struct Policy {
    months: i32,
    column: Option<String>,
    day: String,
    table_type: TableType,
    /// `None`: an expression dates the rows.
    column_type: Option<String>,
}

fn policy(context: &Context<'_>, schema: &str, name: &str, newest: Option<String>) -> Result<Option<Policy>> {
    spi::query_one(
        include_str!("sql/retention_policy.sql"),
        &[name.into(), context.run_date.into(), newest.into(), schema.into()],
        |row| {
            Ok(Policy {
                months: row.get("rtt_value")?,
                column: row.get("column_name")?,
                day: row.get("cut")?,
                table_type: TableType::of_text(&row.get::<String>("table_type")?),
                column_type: row.get("column_type")?,
            })
        },
    )
}

/// The day of the newest row that is not of a day after the run date.
fn newest(context: &Context<'_>, schema: &str, name: &str, dated: &str) -> Result<Option<String>> {
    let statement = format!(
        "select (pg_catalog.max({dated}))::pg_catalog.date from {} where {}",
        qualified(schema, name),
        counts(dated, context.run_date)
    );
    Ok(spi::select_text(&statement, 1)?.into_iter().next().and_then(|row| row.into_iter().next()).flatten())
}

/// Whether a row says how far the rows reach: not one of a day to come, nor of no day at all.
fn counts(dated: &str, run_date: &str) -> String {
    format!(
        "{dated} operator(pg_catalog.<) (pg_catalog.date {} operator(pg_catalog.+) 1) and pg_catalog.isfinite({dated})",
        spi::literal(run_date)
    )
}

/// What dates the rows of a table, as SQL.
pub fn dated_by(schema: &str, name: &str) -> Result<Option<String>> {
    let found =
        spi::value::<Option<String>>(include_str!("sql/dated_by.sql"), &[schema.into(), name.into()])?;
    Ok(found.flatten())
}

/// # Errors
/// A column or expression that is no date.
fn check_type(name: &str, column: &str, found: &str) -> Result<()> {
    if found == "date" || found.starts_with("timestamp") {
        return Ok(());
    }
    Err(DfaError::InvalidArgument {
        argument: "rtt_column",
        value: format!("{column}, which is of type {found}"),
        allowed: format!(
            "Retention of '{name}' needs a date or timestamp; an expression such as to_date(…) is one, too."
        ),
    })
}

fn expression_type(schema: &str, name: &str, column: &str) -> Result<String> {
    let statement = format!(
        "select pg_catalog.pg_typeof((select ({column}) from {} limit 0))::pg_catalog.text",
        qualified(schema, name)
    );
    Ok(spi::select_text(&statement, 1)?.into_iter().flatten().flatten().next().unwrap_or_default())
}

/// The key of a master table without what dates its rows; `None` for a table without a key.
fn master_key(table: &Table, column: &str) -> Option<Vec<String>> {
    let key = if table.primary_key.is_empty() { &table.primary_key_dummy } else { &table.primary_key };
    if key.is_empty() {
        return None;
    }
    let dating = words(column);
    Some(key.iter().filter(|name| *name != column && !dating.contains(name)).cloned().collect())
}

/// The names that an expression may mean.
fn words(expression: &str) -> Vec<String> {
    let found = lexer::lexemes(expression).unwrap_or_default();
    let text = |lexeme: lexer::Lexeme| {
        let text = &expression[lexeme.range.clone()];
        match lexeme.kind {
            Lexeme::Word => Some(text.to_lowercase()),
            Lexeme::Identifier => Some(text.trim_matches('"').replace("\"\"", "\"")),
            _ => None,
        }
    };
    found.into_iter().filter_map(text).collect()
}

/// The first day that a table which reads this one takes again in its next run.
fn lookback_limit(context: &Context<'_>, name: &str) -> Result<Option<String>> {
    let mut readers = Vec::new();
    let mut days = Vec::new();
    for stored in catalog::current(&[Kind::Table], None)? {
        let lookback = stored.table().and_then(|table| table.lookback);
        let Some(lookback) = lookback.filter(|_| context.graph.table_sources(stored.name()).contains(name))
        else {
            continue;
        };
        readers.push(stored.name().to_owned());
        days.push(i32::try_from(lookback).unwrap_or(i32::MAX));
    }
    if readers.is_empty() {
        return Ok(None);
    }
    let limit =
        spi::value::<Option<String>>(include_str!("sql/lookback_limit.sql"), &[readers.into(), days.into()])?;
    Ok(limit.flatten())
}

impl Cut {
    /// The condition on a row of the table itself; not for a master table.
    pub fn condition(&self) -> String {
        format!("{} operator(pg_catalog.<) pg_catalog.date {}", self.dated, spi::literal(&self.day))
    }

    /// A query for the number of rows that go.
    pub fn count(&self, table: &str) -> String {
        let others = if self.key.is_some() { "," } else { "" };
        format!("select pg_catalog.count(*) from {table}{others} {}", self.old_rows(table))
    }

    /// The FROM and WHERE of a DELETE of the rows that go.
    pub fn deletion(&self, table: &str) -> String {
        let using = if self.key.is_some() { "using " } else { "" };
        format!("{using}{}", self.old_rows(table))
    }

    /// What is joined to a table to find the rows that go, and the condition.
    fn old_rows(&self, table: &str) -> String {
        let Some(key) = &self.key else { return format!("where {}", self.condition()) };
        let partition = if key.is_empty() {
            String::new()
        } else {
            let key: Vec<String> = key.iter().map(|column| spi::ident(column)).collect();
            format!("partition by {}", key.join(", "))
        };
        let Cut { dated, day, months, run_date, .. } = self;
        format!(
            "(select ctid as row, tableoid as part, {dated} as dated,
                           pg_catalog.date_trunc('month',
                               (pg_catalog.max({dated}) filter (where {counts}) over ({partition}))::pg_catalog.timestamp
                               operator(pg_catalog.-) pg_catalog.interval '{months} month') as first_kept
                    from {table}) as candidate
             where {table}.ctid operator(pg_catalog.=) candidate.row
               and {table}.tableoid operator(pg_catalog.=) candidate.part
               and candidate.dated operator(pg_catalog.<) candidate.first_kept
               and candidate.dated operator(pg_catalog.<) pg_catalog.date {}",
            spi::literal(day),
            counts = counts(dated, run_date),
        )
    }
}
