//! What is made of several numbers: the word `how` of a catalog.

use crate::dataframe::arguments::Arguments;
use crate::dataframe::refusal::Result;

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
    pub fn of(arguments: &Arguments, default: Statistic) -> Result<Statistic> {
        arguments.word("how", &WORDS, Some(default))
    }

    /// `None` of no numbers, but for their count and their sum.
    pub fn value(self, numbers: &[f64]) -> Option<f64> {
        let sum = || numbers.iter().sum::<f64>();
        match self {
            Statistic::Sum => Some(sum()),
            Statistic::Count => Some(numbers.len() as f64),
            _ if numbers.is_empty() => None,
            Statistic::Mean => Some(sum() / numbers.len() as f64),
            Statistic::Min => numbers.iter().copied().reduce(f64::min),
            Statistic::Max => numbers.iter().copied().reduce(f64::max),
            Statistic::First => numbers.first().copied(),
            Statistic::Last => numbers.last().copied(),
        }
    }
}
