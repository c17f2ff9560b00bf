//! What is made of several numbers: the word `how` of a catalog.

use crate::arguments::Arguments;
use crate::refusal::Result;
use polars::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    Sum,
    Mean,
    Min,
    Max,
    First,
    Last,
    Count,
}

const WORDS: [(&str, Statistic); 7] = [
    ("sum", Statistic::Sum),
    ("mean", Statistic::Mean),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
    ("first", Statistic::First),
    ("last", Statistic::Last),
    ("count", Statistic::Count),
];

impl Statistic {
    pub fn of(arguments: &Arguments) -> Result<Statistic> {
        arguments.word("how", &WORDS, Some(Statistic::Sum))
    }

    /// Over the numbers of a group, nulls left out: of none, sum and count are 0 and the rest is null.
    pub fn over(self, numbers: Expr) -> Expr {
        let known = numbers.drop_nulls();
        match self {
            Statistic::Sum => known.sum(),
            Statistic::Mean => known.mean(),
            Statistic::Min => known.min(),
            Statistic::Max => known.max(),
            Statistic::First => known.first(),
            Statistic::Last => known.last(),
            Statistic::Count => known.len().cast(DataType::Float64),
        }
    }
}
