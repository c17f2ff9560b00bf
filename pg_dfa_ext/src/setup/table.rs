//! Creates the table of a catalog, with its watermark.

use super::describe;
use super::object::ObjectDone;
use super::reference::references;
use super::schema;
use crate::catalog::Stored;
use crate::data_schema;
use crate::error::{capture, DfaError, Result};
use crate::relation;
use crate::spi::{self, ident, literal, qualified};
use crate::{citus, partition, trust};
use dfa_catalog::model::{Column, Distribution, Identity, PartitionBy, Table};
use dfa_catalog::name;

/// Creates the table if it is missing. A new table gets its partitions, grants and watermark with it.
///
/// `run_date` is where the watermark starts (default today); a watermark that is there keeps its settings and,
/// unless a date is given, its dates.
pub fn create_table(stored: &Stored, run_date: Option<&str>) -> Result<ObjectDone> {
    schema::ensure()?;
    let Some(table) = stored.table() else { return Ok(ObjectDone::new("exists")) };
    let name = stored.name();
    let schema = data_schema::name()?;
    match relation_kind(&schema, name)?.as_deref() {
        Some("r" | "p") => {
            if let Some(oid) = relation::oid(Some(&schema), name) {
                trust::check_table(&schema, name, oid)?;
            }
            make_watermark(stored, table, run_date, false)?;
            return Ok(ObjectDone::new("exists"));
        }
        Some(_) => {
            return Err(DfaError::InvalidArgument {
                argument: "name",
                value: qualified(&schema, name),
                allowed: "A relation of this name exists and is no table; rename one of the two.".to_owned(),
            })
        }
        None => {}
    }
    create_empty(&schema, name, table)?;
    let reached = if run_date.is_none() && table.partition.is_some() { watermark_date(name)? } else { None };
    partition::create(&schema, name, table, run_date.or(reached.as_deref()))?;
    for index in &table.indexes {
        for statement in describe::index(&schema, name, index)? {
            capture(|| spi::execute(&statement))
                .map_err(|error| error.in_statement(name, "create", &statement))?;
        }
    }
    for comment in describe::comments(stored, table, &schema) {
        spi::own(&comment.statement)?;
    }
    grant(&schema, name, table)?;
    // What the first rows of the control tables wrote before the table was there stays; a table that is made anew starts anew.
    make_watermark(stored, table, run_date, was_set_up(name)?)?;
    Ok(ObjectDone::new("created"))
}

/// The table itself, laid out on the machines of the cluster as its catalog says; without one it is a plain table.
fn create_empty(schema: &str, name: &str, table: &Table) -> Result<()> {
    let create = |statement: &str| {
        capture(|| spi::execute(statement))
            .map(|_| ())
            .map_err(|error| error.in_statement(name, "create", statement))
    };
    let wanted = table.distribution.as_deref();
    let Some(wanted) = wanted.filter(|_| citus::is_there().unwrap_or_default()) else {
        if wanted.is_some() {
            pgrx::warning!(
                "table '{name}' is a plain table: this database has no extension citus to distribute it"
            );
        }
        return create(&create_statement(schema, name, table)?);
    };
    // Citus tells of each step by which a plain table with keys to others becomes one of the cluster.
    citus::quietly(|| {
        create(&create_statement(schema, name, table)?)?;
        create(&layout(schema, name, wanted))
    })
}

/// What makes a plain table lie as its catalog says.
pub fn layout(schema: &str, name: &str, wanted: &Distribution) -> String {
    let beside = match wanted {
        Distribution::By { colocate_with: Some(other), .. } => Some(qualified(schema, other)),
        _ => None,
    };
    citus::statement(&qualified(schema, name), wanted, beside.as_deref())
}

/// Whether a table has been set up before.
pub fn was_set_up(name: &str) -> Result<bool> {
    let found = spi::value::<bool>(include_str!("sql/was_set_up.sql"), &[name.into()])?;
    Ok(found == Some(true))
}

/// `pg_class.relkind` of a relation; `None` when there is none.
pub fn relation_kind(schema: &str, name: &str) -> Result<Option<String>> {
    spi::value::<String>(
        "select relkind::text from pg_class where oid = to_regclass(format('%I.%I', $1, $2))",
        &[schema.into(), name.into()],
    )
}

/// The CREATE TABLE of a catalog. Types, defaults and checks are SQL of the catalog; names are quoted.
pub fn create_statement(schema: &str, name: &str, table: &Table) -> Result<String> {
    let mut parts: Vec<String> = table.columns.iter().map(column).collect();
    if !table.primary_key.is_empty() {
        parts.push(format!("primary key ({})", columns(&table.primary_key)));
    }
    parts.extend(references(table)?.iter().map(|reference| reference.sql(schema)));
    let partition = table.partition.as_ref().map_or(String::new(), |partition| {
        let by = match partition.by {
            PartitionBy::Range => "range",
            PartitionBy::List => "list",
            PartitionBy::Hash => "hash",
        };
        format!(" partition by {by} ({})", columns(&partition.columns))
    });
    Ok(format!("create table {} (\n    {}\n){partition}", qualified(schema, name), parts.join(",\n    ")))
}

/// A column of CREATE TABLE and of ADD COLUMN.
pub fn column(column: &Column) -> String {
    let mut text = format!("{} {}", ident(&column.name), column.datatype);
    if !column.nullable {
        text.push_str(" not null");
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(" default {default}"));
    }
    if let Some(expression) = &column.generated {
        text.push_str(&format!(" generated always as ({expression}) stored"));
    }
    if let Some(identity) = &column.identity {
        text.push_str(&format!(" {}", generated_as(identity)));
    }
    if column.unique {
        text.push_str(" unique");
    }
    if let Some(check) = &column.check {
        text.push_str(&format!(" check ({check})"));
    }
    text
}

/// `generated … as identity`, as CREATE TABLE and ADD have it.
pub fn generated_as(identity: &Identity) -> String {
    let when = if identity.always { "always" } else { "by default" };
    let options = match identity.options.is_empty() {
        true => String::new(),
        false => format!(" ({})", identity.options),
    };
    format!("generated {when} as identity{options}")
}

/// `a, b`, quoted.
pub fn columns(names: &[String]) -> String {
    names.iter().map(|name| ident(name)).collect::<Vec<_>>().join(", ")
}

fn grant(schema: &str, name: &str, table: &Table) -> Result<()> {
    let target = qualified(schema, name);
    spi::own(&format!("grant select on {target} to dfa_reader"))?;
    spi::own(&format!("grant select, insert, update, delete, truncate on {target} to dfa_operator"))?;
    spi::own(&format!("grant all on {target} to dfa_admin"))?;
    for column in table.columns.iter().filter(|column| column.has_sequence()) {
        let sequence = spi::own_rows(
            &format!("select pg_get_serial_sequence({}, {})", literal(&target), literal(&column.name)),
            1,
        )?;
        if let Some(Some(sequence)) = sequence.into_iter().next().and_then(|row| row.into_iter().next()) {
            spi::own(&format!("grant usage on sequence {sequence} to dfa_operator, dfa_admin"))?;
        }
    }
    Ok(())
}

/// How far a table had come that is made again; `None`: it is new.
fn watermark_date(name: &str) -> Result<Option<String>> {
    let found = spi::value::<Option<String>>(
        "select run_date::text from dfa.data_pipeline where table_name = $1 and isfinite(run_date)",
        &[name.into()],
    )?;
    Ok(found.flatten())
}

fn make_watermark(stored: &Stored, table: &Table, run_date: Option<&str>, made_anew: bool) -> Result<()> {
    let retention = table.retention.clone().unwrap_or_default();
    let quota = i32::try_from(table.run.quota.unwrap_or(0)).unwrap_or(i32::MAX);
    let months = i32::try_from(retention.months).unwrap_or(i32::MAX);
    spi::run(
        include_str!("sql/make_watermark.sql"),
        &[
            stored.name().into(),
            name::system_type(stored.name()).into(),
            table.run.table_type.unwrap_or_default().as_str().into(),
            run_date.map(str::to_owned).into(),
            table.run.run_type.unwrap_or_default().as_str().into(),
            quota.into(),
            months.into(),
            retention.column.into(),
            made_anew.into(),
        ],
    )
}
