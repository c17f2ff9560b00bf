//! The first partitions of a partitioned table.

use crate::error::Result;
use crate::spi::{self, literal, qualified};
use dfa_catalog::model::{Partition, PartitionBy, Table};
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
    let mut parts = match partition.by {
        PartitionBy::Hash => (0..HASH_PARTITIONS)
            .map(|rest| {
                (
                    format!("{name}_p{rest}"),
                    format!("for values with (modulus {HASH_PARTITIONS}, remainder {rest})"),
                )
            })
            .collect(),
        PartitionBy::Range if is_by_date(table, partition) => months(name, run_date),
        PartitionBy::Range | PartitionBy::List => Vec::new(),
    };
    if partition.by != PartitionBy::Hash {
        parts.push((format!("{name}_default"), "default".to_owned()));
    }
    for (part, bound) in parts {
        spi::execute(&format!("create table {} partition of {parent} {bound}", qualified(schema, &part)))?;
    }
    Ok(())
}

fn is_by_date(table: &Table, partition: &Partition) -> bool {
    let [column] = partition.columns.as_slice() else { return false };
    table.column(column).is_some_and(|column| {
        let datatype = column.datatype.trim().to_ascii_lowercase();
        datatype == "date" || datatype.starts_with("timestamp")
    })
}

fn months(name: &str, run_date: Option<&str>) -> Vec<(String, String)> {
    let date: Date = run_date.and_then(|text| text.parse().ok()).unwrap_or_else(|| jiff::Zoned::now().date());
    let first = date.first_of_month();
    let month = |offset: i32| first.checked_add(offset.months()).unwrap_or(first);
    (-MONTHS..=MONTHS)
        .map(|offset| {
            let (from, to) = (month(offset), month(offset + 1));
            let part = format!("{name}_p{:04}_{:02}", from.year(), from.month());
            let bounds =
                format!("for values from ({}) to ({})", literal(&from.to_string()), literal(&to.to_string()));
            (part, bounds)
        })
        .collect()
}
