//! The first partitions of a partitioned table.

use super::grow::{self, Place};
use crate::error::Result;
use crate::run::relation_oid;
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
    let date: Date = run_date.and_then(|text| text.parse().ok()).unwrap_or_else(|| jiff::Zoned::now().date());
    if let (Some(oid), Ok(from), Ok(until)) = (
        relation_oid(Some(schema), name),
        date.checked_sub(MONTHS.months()),
        date.checked_add(MONTHS.months()),
    ) {
        grow::make(Place { schema, name, oid }, &grow::months(&from.to_string(), &until.to_string()))?;
    }
    create("default", "default")
}
