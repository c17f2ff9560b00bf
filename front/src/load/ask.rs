//! Asks the server which values it would refuse, in batches and in its own words, and of which days the others are.

use super::batch::{Part, Reject};
use super::days::Days;
use super::table::Column;
use crate::db::Ask;
use crate::failure::{Failure, Result};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use tokio_postgres::{Row, Transaction};

/// Values that the server has taken before, by column.
#[derive(Debug, Default)]
pub struct Known {
    values: HashMap<String, HashSet<String>>,
}

impl Known {
    const AT_MOST: usize = 100_000;

    /// Whether the part has a value that has to be asked about.
    pub fn leaves_open(&self, part: &Part) -> bool {
        part.unsure.iter().any(|unsure| self.is_open(part, unsure.column, &unsure.value))
    }

    fn is_open(&self, part: &Part, column: usize, value: &str) -> bool {
        let taken = self.values.get(&part.columns.filled[column].name);
        part.columns.dated == Some(column) || !taken.is_some_and(|taken| taken.contains(value))
    }

    fn remember(&mut self, column: &Column, values: Vec<String>, refused: &BTreeMap<String, String>) {
        let taken = self.values.entry(column.name.clone()).or_default();
        if taken.len() + values.len() <= Known::AT_MOST {
            taken.extend(values.into_iter().filter(|value| !refused.contains_key(value)));
        }
    }
}

/// Takes the rows that the server would refuse out of a part, and says why. No COPY may be under way.
pub async fn settle(
    transaction: &Transaction<'_>,
    part: &mut Part,
    known: &mut Known,
    days: &mut Days,
) -> Result<Vec<Reject>> {
    let columns = part.columns.clone();
    let mut rejects = Vec::new();
    let open: BTreeSet<usize> = part
        .unsure
        .iter()
        .filter(|unsure| known.is_open(part, unsure.column, &unsure.value))
        .map(|unsure| unsure.column)
        .collect();
    // What dates the rows comes last: of the rows that are left.
    let (dated, others): (Vec<usize>, Vec<usize>) =
        open.into_iter().partition(|column| columns.dated == Some(*column));
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    for number in others.into_iter().chain(dated) {
        let is_dated = columns.dated == Some(number);
        let column = &columns.filled[number];
        let values: BTreeSet<&String> = part
            .unsure
            .iter()
            .filter(|unsure| unsure.column == number && !gone.contains(&unsure.row))
            .map(|unsure| &unsure.value)
            .filter(|value| known.is_open(part, number, value))
            .collect();
        let values: Vec<String> = values.into_iter().cloned().collect();
        let asked = Question::of(column, is_dated);
        let refused = asked.refused_of(transaction, &values, days).await?;
        for unsure in part.unsure.iter().filter(|unsure| unsure.column == number) {
            if let Some(reason) = refused.get(&unsure.value) {
                if gone.insert(unsure.row) {
                    let place = part.places[unsure.row];
                    rejects.push(Reject::new(place, Some(&column.name), Some(&unsure.value), reason.clone()));
                }
            }
        }
        if !is_dated {
            known.remember(column, values, &refused);
        }
    }
    if !gone.is_empty() {
        part.drop_rows(&gone);
    }
    Ok(rejects)
}

/// What is asked about the values of a column.
struct Question {
    statement: String,
    is_dated: bool,
}

impl Question {
    fn of(column: &Column, is_dated: bool) -> Self {
        // Checks of a domain may run: each name is qualified, as that of the type is (see `crate::db::path`).
        let value = format!("value::{}", column.cast_name);
        let given = "pg_catalog.unnest($1::pg_catalog.text[]) as given (value)";
        let days = |bound: &str| {
            format!("(pg_catalog.{bound}(day) operator(pg_catalog.-) pg_catalog.date '1970-01-01')::pg_catalog.int8")
        };
        let statement = match is_dated {
            true => format!(
                "select {} as first, {} as last
                 from (select ({value})::pg_catalog.date as day from {given}) as given
                 where pg_catalog.isfinite(day)",
                days("min"),
                days("max")
            ),
            false => format!("select pg_catalog.count({value}) from {given}"),
        };
        Question { statement, is_dated }
    }

    /// The values that the column's type refuses, each with the reason; found by halving a list that has one.
    async fn refused_of(
        &self,
        transaction: &Transaction<'_>,
        values: &[String],
        days: &mut Days,
    ) -> Result<BTreeMap<String, String>> {
        let mut refused = BTreeMap::new();
        let mut open = vec![values.to_vec()];
        while let Some(mut values) = open.pop() {
            if values.is_empty() {
                continue;
            }
            match self.ask(transaction, &values).await {
                Ok(rows) if self.is_dated => {
                    days.see_answer(&rows)?;
                }
                Ok(_) => {}
                Err(failure) => {
                    if !is_of_value(&failure) {
                        return Err(failure);
                    }
                    if values.len() == 1 {
                        let reason = format!("is refused: {}", failure.message);
                        refused.extend(values.pop().map(|value| (value, reason)));
                    } else {
                        let half = values.split_off(values.len() / 2);
                        open.extend([values, half]);
                    }
                }
            }
        }
        Ok(refused)
    }

    /// Asks within a savepoint, so that a refusal does not end the transaction.
    async fn ask(&self, transaction: &Transaction<'_>, values: &Vec<String>) -> Result<Vec<Row>> {
        transaction.batch_execute("savepoint dfa_ask").await?;
        let answer = transaction.ask(&self.statement, &[values]).await;
        let end = match answer {
            Ok(_) => "release savepoint dfa_ask",
            Err(_) => "rollback to savepoint dfa_ask; release savepoint dfa_ask",
        };
        match (transaction.batch_execute(end).await, answer) {
            (_, Err(failure)) => Err(failure),
            (Err(error), Ok(_)) => Err(error.into()),
            (Ok(()), Ok(rows)) => Ok(rows),
        }
    }
}

/// Whether the server said it of a value: not of itself, of the connection, or of others at work.
fn is_of_value(failure: &Failure) -> bool {
    let class = failure.sqlstate.as_deref().and_then(|sqlstate| sqlstate.get(..2));
    class.is_some_and(|class| !["08", "40", "53", "57", "58"].contains(&class))
}
