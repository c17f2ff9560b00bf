//! The last runs of a pipeline as bars: colour and form are the state, the height is the duration.

use super::number::Seconds;
use super::state::State;
use askama::filters::Safe;
use serde::Deserialize;
use std::collections::BTreeMap;
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
    /// The longest of the runs is as high as the strip. The bars of one state are one path.
    pub fn of(runs: &[Run]) -> Strip {
        let longest = runs.iter().map(|run| run.seconds.0).fold(0.0, f64::max).max(0.001);
        let mut paths: BTreeMap<&str, String> = BTreeMap::new();
        let failed = runs.iter().filter(|run| run.state.class == "failed").count();
        for (place, run) in runs.iter().enumerate() {
            let x = (RUNS - runs.len().min(RUNS) + place) * WIDTH;
            let height = (run.seconds.0 / longest * (HEIGHT - 4.0)).clamp(0.0, HEIGHT - 4.0).round() + 2.0;
            let class = run.state.class;
            let path = paths.entry(class).or_default();
            // Hollow bars lie inside of their line.
            let _ = match ["ok", "failed"].contains(&class) {
                true => write!(path, "M{x} {}h4v{height}h-4z", HEIGHT - height),
                false => {
                    let inside = (height - 1.0).max(1.0);
                    write!(path, "M{x}.5 {}h3v{inside}h-3z", HEIGHT - 0.5 - inside)
                }
            };
            if class == "failed" {
                let _ = write!(path, "M{x} 0h4v2h-4z");
            }
        }
        let bars: String =
            paths.iter().map(|(class, path)| format!("<path class=\"{class}\" d=\"{path}\"/>")).collect();
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
