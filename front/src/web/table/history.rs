//! Rows and seconds of a table over time.

use crate::db::Session;
use crate::http::Problem;
use crate::web::address::Address;
use crate::web::chart::{Bar, Chart};
use crate::web::number::{count, duration, Count, Seconds};
use serde::Deserialize;

pub const PERIODS: [&str; 4] = ["day", "week", "month", "year"];

pub struct History {
    pub by: &'static str,
    /// The newest first.
    pub periods: Vec<Period>,
    pub rows: Chart,
    pub seconds: Chart,
}

#[derive(Deserialize)]
pub struct Period {
    pub start: String,
    pub rows: Count,
    pub median: Seconds,
    /// The 95th percentile.
    pub most: Seconds,
    pub runs: Count,
    pub failed: Count,
}

impl Period {
    fn class(&self) -> &'static str {
        match (self.failed.0, self.runs.0) {
            (0, _) => "ok",
            (failed, runs) if failed == runs => "failed",
            _ => "held",
        }
    }
}

impl History {
    pub async fn read(session: &mut Session, name: &str, address: &Address) -> Result<History, Problem> {
        let by = PERIODS.into_iter().find(|known| address.is("by", known)).unwrap_or("day");
        let periods: Vec<Period> = session.list(include_str!("history.sql"), &[&name, &by]).await?;
        let bars =
            |value: fn(&Period) -> f64, tick: Option<fn(&Period) -> f64>, text: fn(&Period) -> String| {
                let bar = |period: &Period| Bar {
                    label: period.start.clone(),
                    value: value(period),
                    text: text(period),
                    class: period.class(),
                    tick: tick.map(|tick| tick(period)),
                    link: None,
                };
                periods.iter().rev().map(bar).collect::<Vec<_>>()
            };
        let rows = bars(
            |it| it.rows.0 as f64,
            None,
            |it| format!("{} rows in {} runs, {} failed", it.rows, it.runs, it.failed),
        );
        let seconds = bars(
            |it| it.median.0,
            Some(|it| it.most.0),
            |it| format!("median {}, 95th percentile {}", it.median, it.most),
        );
        let rows = Chart::of("Rows over time", &rows, |most| format!("rows, up to {}", count(most as i64)));
        let seconds = Chart::of("Seconds over time", &seconds, |most| {
            format!("median, and as a line the 95th percentile, up to {}", duration(most))
        });
        Ok(History { by, periods, rows, seconds })
    }
}
