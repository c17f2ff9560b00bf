//! The first partitions of a partitioned table.

use super::grow::{self, Place};
use crate::error::{DfaError, Result};
use crate::relation;
use crate::spi::{self, qualified};
use dfa_catalog::model::{PartitionBy, Table};
use jiff::civil::Date;
use jiff::ToSpan;

/// Months before and after the month of the watermark's date.
const MONTHS: i32 = 12;
const HASH_PARTITIONS: u32 = 4;

/// Creates partitions so that every row has a place: months around the date for a range of dates, a default partition
/// for ranges and lists, four of a hash.
pub fn create(schema: &str, name: &str, table: &Table, run_date: Option<&str>) -> Result<()> {
    let Some(partition) = &table.partition else { return Ok(()) };
    let parent = qualified(schema, name);
    let create = |suffix: &str, bound: &str| {
        let part = qualified(schema, &super::name::free(schema, name, suffix)?);
        spi::own(&format!("create table {part} partition of {parent} {bound}")).map(|_| ())
    };
    if partition.by == PartitionBy::Hash {
        return (0..HASH_PARTITIONS).try_for_each(|rest| {
            create(
                &format!("p{rest}"),
                &format!("for values with (modulus {HASH_PARTITIONS}, remainder {rest})"),
            )
        });
    }
    let reached = match run_date {
        Some(date) => Some(date.to_owned()),
        // One that takes the place of another is filled up to its watermark.
        None => watermark(name)?,
    };
    // A watermark at the far end of time says nothing of where rows will be.
    let date = match reached.and_then(|text| text.parse::<Date>().ok()) {
        Some(date) => date,
        None => crate::clock::day()?
            .parse()
            .map_err(|error| DfaError::internal(format!("today is no date: {error}")))?,
    };
    if let (Some(oid), Ok(from), Ok(until)) = (
        relation::oid(Some(schema), name),
        date.checked_sub(MONTHS.months()),
        date.checked_add(MONTHS.months()),
    ) {
        grow::make(Place { schema, name, oid }, &grow::months(&from.to_string(), &until.to_string()))?;
    }
    create("default", "default")
}

/// The date that the watermark of a table has come to, if it has one.
fn watermark(name: &str) -> Result<Option<String>> {
    let found = spi::value::<Option<String>>(
        "select greatest(run_date, data_date)::text from dfa.data_pipeline where table_name = $1",
        &[name.into()],
    )?;
    Ok(found.flatten())
}
