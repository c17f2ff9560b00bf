//! `dfa.make_partitions`: for tables whose rows come by other ways than ours.

use super::grow::{self, Place};
use crate::catalog;
use crate::error::{entry, plural, DfaError, Result};
use crate::run::relation_oid;
use crate::{names, settings, spi};
use dfa_catalog::model::Kind;
use pgrx::prelude::*;

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
    let schema = settings::ai_schema()?;
    let mut answer = Vec::new();
    for stored in catalog::current(&[Kind::Table], names.as_deref())? {
        let name = stored.name();
        if stored.table().is_none_or(|table| table.partition.is_none()) {
            continue;
        }
        let Some(oid) = relation_oid(Some(&schema), name) else {
            if names.is_some() {
                return Err(DfaError::MissingTable { schema, table: name.to_owned() });
            }
            continue;
        };
        let reached = spi::query_one(
            "select greatest(run_date, data_date)::text from dfa.data_pipeline where table_name = $1",
            &[name.into()],
            |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
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
