//! The last runs of a pipeline as bars: colour and form are the state, the height is the duration.

use super::number::Seconds;
use super::state::State;
use askama::filters::Safe;
use serde::Deserialize;
use std::fmt::Write;

/// A run, as a bar.
#[derive(Deserialize)]
pub struct Run {
    pub state: State,
    pub seconds: Seconds,
}

/// Bars of one strip, oldest first.
pub struct Strip(String);

const RUNS: usize = 30;
const WIDTH: usize = 5;
const HEIGHT: f64 = 18.0;

impl Strip {
    /// The longest of the runs is as high as the strip.
    pub fn of(runs: &[Run]) -> Strip {
        let longest = runs.iter().map(|run| run.seconds.0).fold(0.0, f64::max).max(0.001);
        let mut bars = String::new();
        let failed = runs.iter().filter(|run| run.state.class == "failed").count();
        for (place, run) in runs.iter().enumerate() {
            let x = (RUNS - runs.len().min(RUNS) + place) * WIDTH;
            let height = (run.seconds.0 / longest * (HEIGHT - 4.0)).clamp(0.0, HEIGHT - 4.0) + 2.0;
            let (y, class) = (HEIGHT - height, run.state.class);
            // Hollow bars lie inside of their line.
            let (inset, less) = if ["ok", "failed"].contains(&class) { (0.0, 0.0) } else { (0.5, 1.0) };
            let _ = write!(
                bars,
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                x as f64 + inset,
                y + inset,
                4.0 - less,
                (height - less).max(1.0),
            );
            if class == "failed" {
                let _ = write!(bars, "<rect class=\"failed\" x=\"{x}\" y=\"0\" width=\"4\" height=\"2\"/>");
            }
        }
        let width = RUNS * WIDTH;
        Strip(format!(
            "<svg class=\"strip\" width=\"{width}\" height=\"{HEIGHT}\" viewBox=\"0 0 {width} {HEIGHT}\" role=\"img\" aria-label=\"{} runs, {failed} failed\">{bars}</svg>",
            runs.len()
        ))
    }

    /// Numbers and classes alone: nothing to escape.
    pub fn html(&self) -> Safe<&str> {
        Safe(&self.0)
    }
}
