//! Which intervals of each node a backfill runs.

use super::plan::ChosenNode;
use crate::date::{date_of, Days};
use crate::error::{DfaError, Result};
use crate::ledger;
use crate::spi;
use pgrx::prelude::*;
use std::collections::BTreeSet;

/// A range has at most so many dates.
const MAX_DATES: i64 = 10_000;

/// From one day to another; an interval that holds either of them belongs to it.
pub struct Range {
    pub from: String,
    pub to: String,
}

impl Range {
    pub fn new(from: Date, to: Date) -> Result<Range> {
        let wrong =
            |argument, value: String, allowed: String| DfaError::InvalidArgument { argument, value, allowed };
        let (first, last) = (date_of("from", from)?, date_of("to", to)?);
        if from > to {
            return Err(wrong("from", first, format!("The first day is not after the last, {last}.")));
        }
        let days = i64::from(to.to_unix_epoch_days()) - i64::from(from.to_unix_epoch_days()) + 1;
        if days > MAX_DATES {
            let allowed =
                format!("A backfill has at most {MAX_DATES} days: take a part of the range at a time.");
            return Err(wrong("to", format!("{last}, {days} days after {first}"), allowed));
        }
        Ok(Range { from: first, to: last })
    }

    /// All intervals of each node that touch the range, oldest first.
    pub fn intervals(&self, nodes: &[ChosenNode]) -> Result<Vec<Vec<Days>>> {
        nodes
            .iter()
            .map(|(node, _)| {
                let range = [node.as_str().into(), self.from.as_str().into(), self.to.as_str().into()];
                spi::query(include_str!("sql/interval_dates.sql"), &range, |row| {
                    Ok(Days { start: row.get("first")?, end: row.get("after_last")? })
                })
            })
            .collect()
    }

    /// Of those only the gaps of a node, and what the gaps of the nodes that it reads are going to change. `reads`: the nodes
    /// that each node reads.
    pub fn only_gaps(
        &self,
        nodes: &[ChosenNode],
        all: &[Vec<Days>],
        reads: &[Vec<usize>],
    ) -> Result<Vec<Vec<Days>>> {
        let mut taken: Vec<BTreeSet<usize>> = Vec::with_capacity(nodes.len());
        for ((node, _), days) in nodes.iter().zip(all) {
            let gaps: BTreeSet<String> = ledger::gap_dates(node, &self.from, &self.to)?.into_iter().collect();
            taken.push((0..days.len()).filter(|at| gaps.contains(&days[*at].start)).collect());
        }
        loop {
            let before: usize = taken.iter().map(BTreeSet::len).sum();
            for (node, sources) in reads.iter().enumerate() {
                let touched: Vec<usize> = sources
                    .iter()
                    .flat_map(|source| taken[*source].iter().map(|at| &all[*source][*at]))
                    .flat_map(|changed| touching(&all[node], changed))
                    .collect();
                taken[node].extend(touched);
            }
            if taken.iter().map(BTreeSet::len).sum::<usize>() == before {
                break;
            }
        }
        Ok(taken
            .iter()
            .zip(all)
            .map(|(taken, all)| taken.iter().map(|at| all[*at].clone()).collect())
            .collect())
    }
}

/// The places of the intervals that share a day with another one.
fn touching(all: &[Days], other: &Days) -> std::ops::Range<usize> {
    let first = all.partition_point(|days| days.end <= other.start);
    let end = all.partition_point(|days| days.start < other.end);
    first..end.max(first)
}
