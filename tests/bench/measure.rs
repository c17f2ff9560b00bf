//! Two sides, measured in turns.

use std::time::{Duration, Instant};

/// One comparison: what is measured, what against, what is aimed at, and what came of it.
#[derive(Debug)]
pub struct Comparison {
    pub what: String,
    pub against: String,
    pub aim: Aim,
    /// A figure for each pair of measurements.
    pub figures: Vec<f64>,
}

/// What the figures are, and how far they may go.
#[derive(Debug, Clone, Copy)]
pub enum Aim {
    /// Our time by theirs.
    TimesAtMost(f64),
    /// Our rate by theirs.
    RateAtLeast(f64),
    /// Milliseconds that we take longer.
    ExtraMsAtMost(f64),
    /// Milliseconds that nineteen of twenty take.
    P95MsAtMost(f64),
    KilobytesAtMost(f64),
}

/// The seconds that each side says it took, pair by pair; the side that begins changes, so that neither always finds
/// a warm cache.
pub fn in_turns(
    pairs: usize,
    mut ours: impl FnMut(usize) -> f64,
    mut theirs: impl FnMut(usize) -> f64,
) -> Vec<(f64, f64)> {
    (0..pairs)
        .map(|pair| {
            if pair % 2 == 0 {
                let first = ours(pair);
                (first, theirs(pair))
            } else {
                let first = theirs(pair);
                (ours(pair), first)
            }
        })
        .collect()
}

/// Seconds that this takes.
pub fn seconds(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().max(Duration::from_nanos(1)).as_secs_f64()
}

impl Comparison {
    /// The median of the figures.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The value below which this share of the figures lies, between neighbours in proportion.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.figures.clone();
        sorted.sort_by(f64::total_cmp);
        let place = share * (sorted.len().saturating_sub(1)) as f64;
        let (low, high) = (place.floor() as usize, place.ceil() as usize);
        sorted[low] + (sorted[high] - sorted[low]) * (place - place.floor())
    }

    /// The median keeps the aim; of some, what nearly all keep.
    pub fn is_met(&self) -> bool {
        match self.aim {
            Aim::TimesAtMost(limit) | Aim::ExtraMsAtMost(limit) | Aim::KilobytesAtMost(limit) => {
                self.median() <= limit
            }
            Aim::P95MsAtMost(limit) => self.quantile(0.95) <= limit,
            Aim::RateAtLeast(limit) => self.median() >= limit,
        }
    }
}
