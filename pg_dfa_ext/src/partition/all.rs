//! `dfa.make_partitions`, for tables whose rows come by other ways than ours; and the same each day, as upkeep.

use super::analyze;
use super::grow::{self, Place};
use crate::catalog::{self, Stored};
use crate::data_schema;
use crate::entry::entry;
use crate::error::{plural, DfaError, Result};
use crate::relation;
use crate::subtransaction::subtransaction;
use crate::{names, spi};
use dfa_catalog::model::Kind;
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.make_partitions is
'Moves the rows in the default partition of a table that is partitioned by range of dates or by list into partitions of their own, and makes those of the year after its run_date, when the month after it has none. Runs, ingests and dfa load do this by themselves; call it where rows come by other ways. name: a table (default: all). A row for each table; one whose default partition is in use is left for the next call.';
grant execute on function dfa.make_partitions to dfa_operator;
"#,
    name = "about_make_partitions",
    requires = [make_partitions]
);

#[pg_extern]
fn make_partitions(
    name: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (name!(table_name, String), name!(partitions, i32), name!(rows, i64), name!(message, String)),
> {
    TableIterator::new(entry(|| run(name)))
}

/// The columns of the answer: table, partitions that were made, rows that moved there, the same to be read.
type Row = (String, i32, i64, String);

fn run(name: Option<&str>) -> Result<Vec<Row>> {
    let names = name.map(names::table).transpose()?.map(|name| vec![name]);
    let schema = data_schema::name()?;
    let mut answer = Vec::new();
    for stored in partitioned(names.as_deref())? {
        match one(&schema, stored.name())? {
            Some(row) => answer.push(row),
            None if names.is_some() => {
                return Err(DfaError::MissingTable { schema, table: stored.name().to_owned() })
            }
            None => {}
        }
    }
    Ok(answer)
}

/// The tables that are partitioned by their catalog, of these names or all.
fn partitioned(names: Option<&[String]>) -> Result<Vec<Stored>> {
    let mut tables = catalog::current(&[Kind::Table], names)?;
    tables.retain(|stored| stored.table().is_some_and(|table| table.partition.is_some()));
    Ok(tables)
}

/// `None`: it is in no database.
fn one(schema: &str, name: &str) -> Result<Option<Row>> {
    let Some(oid) = relation::oid(Some(schema), name) else { return Ok(None) };
    let reached = spi::value::<String>(
        "select greatest(run_date, data_date)::text from dfa.data_pipeline where table_name = $1",
        &[name.into()],
    )?
    .unwrap_or_default();
    let made = grow::ahead(Place { schema, name, oid }, &reached)?;
    Ok(Some((
        name.to_owned(),
        i32::try_from(made.partitions).unwrap_or(i32::MAX),
        i64::try_from(made.rows).unwrap_or(i64::MAX),
        message(name, &made),
    )))
}

/// Some table of the catalog has partitions.
pub fn is_needed() -> Result<bool> {
    Ok(!partitioned(None)?.is_empty())
}

/// What upkeep made of a table.
pub struct Kept {
    pub failed: bool,
    pub rows: i64,
    pub message: String,
}

/// All tables: partitions ahead, and statistics where partitions have rows and none. Each is a subtransaction; one that
/// fails stops no other.
pub fn keep_up() -> Result<Vec<Kept>> {
    let schema = data_schema::name()?;
    let mut answer = Vec::new();
    for stored in partitioned(None)? {
        let name = stored.name();
        let kept = subtransaction(|| {
            let Some((_, _, rows, mut message)) = one(&schema, name)? else { return Ok(None) };
            let analyzed = analyze::where_unknown(&schema, name)?;
            if analyzed > 0 {
                message.push_str(&format!(
                    "\nSuccess: '{name}' is analyzed, with {analyzed} partition{} that had no statistics",
                    plural(analyzed)
                ));
            }
            Ok(Some(Kept { failed: false, rows, message }))
        });
        match kept {
            Ok(kept) => answer.extend(kept),
            Err(error) if error.is_interrupt() => return Err(error),
            Err(error) => {
                let message = format!("Error: '{name}': {}", error.report().message);
                answer.push(Kept { failed: true, rows: 0, message });
            }
        }
    }
    Ok(answer)
}

fn message(name: &str, made: &grow::Made) -> String {
    if made.busy {
        return format!(
            "Warning: the default partition of '{name}' is in use, so that its rows stay there for now"
        );
    }
    if made.more && made.partitions == 0 {
        return format!(
            "Warning: the server has no locks left for a partition of '{name}' (max_locks_per_transaction), so that \
             rows stay in its default partition for now"
        );
    }
    if made.partitions == 0 {
        return format!("Success: '{name}' needs no new partition");
    }
    let more =
        if made.more { "; the next call makes more, so many locks has the server at once" } else { "" };
    format!(
        "Success: '{name}' has {} new partition{}, with {} row{} of its default partition{more}",
        made.partitions,
        plural(made.partitions as u64),
        made.rows,
        plural(made.rows)
    )
}
