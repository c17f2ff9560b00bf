//! Asks the server which values it would refuse, in batches and in its own words.

use super::batch::{Batch, Reject};
use super::columns::Mapping;
use super::table::Column;
use crate::failure::Result;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tokio_postgres::Client;

/// Moves the rows of a batch that the server would refuse to its rejects. `known` are values that it has taken before.
pub async fn settle(
    checker: &Client,
    mapping: &Mapping,
    batch: &mut Batch,
    known: &mut HashSet<(usize, String)>,
) -> Result<()> {
    const KNOWN_AT_MOST: usize = 100_000;
    let mut by_column: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for unsure in &batch.unsure {
        if !known.contains(&(unsure.column, unsure.value.clone())) {
            by_column.entry(unsure.column).or_default().push(unsure.value.clone());
        }
    }
    let mut refused: BTreeMap<(usize, String), String> = BTreeMap::new();
    for (column, mut values) in by_column {
        values.sort_unstable();
        values.dedup();
        for (value, reason) in refused_of(checker, &mapping[column], &values).await? {
            refused.insert((column, value), reason);
        }
        if known.len() + values.len() <= KNOWN_AT_MOST {
            known.extend(
                values.into_iter().map(|value| (column, value)).filter(|key| !refused.contains_key(key)),
            );
        }
    }
    let mut rows = BTreeSet::new();
    for unsure in std::mem::take(&mut batch.unsure) {
        let Some(reason) = refused.get(&(unsure.column, unsure.value.clone())) else {
            continue;
        };
        if rows.insert(unsure.row) {
            batch.rejects.push(Reject {
                place: batch.places[unsure.row],
                column: Some(mapping[unsure.column].name.clone()),
                value: Some(unsure.value),
                reason: reason.clone(),
            });
        }
    }
    if !rows.is_empty() {
        batch.drop_rows(&rows);
    }
    Ok(())
}

/// The values that the column's type refuses, found by halving a list that has one.
async fn refused_of(checker: &Client, column: &Column, values: &[String]) -> Result<Vec<(String, String)>> {
    let sql =
        format!("select count(value::text::{}) from unnest($1::text[]) as given (value)", column.type_name);
    let statement = checker.prepare(&sql).await?;
    let mut refused = Vec::new();
    let mut open = vec![values.to_vec()];
    while let Some(mut values) = open.pop() {
        match checker.query_one(&statement, &[&values]).await {
            Ok(_) => {}
            Err(error) => {
                match (error.as_db_error().map(|reported| reported.message().to_owned()), values.pop()) {
                    (Some(reason), Some(only)) if values.is_empty() => {
                        refused.push((only, format!("is refused: {reason}")))
                    }
                    (Some(_), Some(last)) => {
                        values.push(last);
                        let half = values.split_off(values.len() / 2);
                        open.extend([values, half]);
                    }
                    _ => return Err(error.into()),
                }
            }
        }
    }
    Ok(refused)
}
