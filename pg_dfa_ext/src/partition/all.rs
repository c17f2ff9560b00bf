//! `dfa.make_partitions`: for tables whose rows come by other ways than ours.

use super::grow::{self, Place};
use crate::catalog;
use crate::data_schema;
use crate::entry::entry;
use crate::error::{plural, DfaError, Result};
use crate::relation;
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

fn run(name: Option<&str>) -> Result<Vec<(String, i32, i64, String)>> {
    let names = name.map(names::table).transpose()?.map(|name| vec![name]);
    let schema = data_schema::name()?;
    let mut answer = Vec::new();
    for stored in catalog::current(&[Kind::Table], names.as_deref())? {
        let name = stored.name();
        if stored.table().is_none_or(|table| table.partition.is_none()) {
            continue;
        }
        let Some(oid) = relation::oid(Some(&schema), name) else {
            if names.is_some() {
                return Err(DfaError::MissingTable { schema, table: name.to_owned() });
            }
            continue;
        };
        let reached = spi::value::<String>(
            "select greatest(run_date, data_date)::text from dfa.data_pipeline where table_name = $1",
            &[name.into()],
        )?
        .unwrap_or_default();
        let made = grow::ahead(Place { schema: &schema, name, oid }, &reached)?;
        answer.push((
            name.to_owned(),
            i32::try_from(made.partitions).unwrap_or(i32::MAX),
            i64::try_from(made.rows).unwrap_or(i64::MAX),
            message(name, &made),
        ));
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
