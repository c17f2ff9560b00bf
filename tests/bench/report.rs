//! The result, as a table for people and as JSON for those who compare runs.

use crate::measure::{Aim, Comparison};
use serde_json::{json, Value};
use std::path::Path;

/// Prints a line for each comparison: median, the middle half, the aim.
pub fn print(measured: &[Comparison]) {
    println!("{:<48} {:<38} {:>8}  {:<17} {:<14}", "what", "against", "median", "middle half", "aim");
    for it in measured {
        let unit = unit(it.aim);
        let spread = match it.aim {
            Aim::P95MsAtMost(_) => format!("p95 {:.2}", it.quantile(0.95)),
            _ => format!("{:.2} … {:.2}", it.quantile(0.25), it.quantile(0.75)),
        };
        println!(
            "{:<48} {:<38} {:>6.2} {unit} {:<17} {:<14} {}",
            it.what,
            it.against,
            it.median(),
            spread,
            aim(it.aim),
            if it.is_met() { "met" } else { "MISSED" }
        );
    }
}

/// Writes all figures, in the order in which they were measured.
pub fn write(measured: &[Comparison], path: &Path) {
    let rows: Vec<Value> = measured
        .iter()
        .map(|it| {
            json!({
                "what": it.what, "against": it.against, "unit": unit(it.aim), "aim": aim(it.aim), "met": it.is_met(),
                "median": it.median(), "figures": it.figures,
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&rows).expect("JSON of numbers and texts");
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn unit(aim: Aim) -> &'static str {
    match aim {
        Aim::TimesAtMost(_) | Aim::RateAtLeast(_) => "× ",
        Aim::ExtraMsAtMost(_) | Aim::P95MsAtMost(_) => "ms",
        Aim::KilobytesAtMost(_) => "kB",
    }
}

fn aim(aim: Aim) -> String {
    match aim {
        Aim::TimesAtMost(limit) => format!("≤ {limit} ×"),
        Aim::RateAtLeast(limit) => format!("≥ {limit} ×"),
        Aim::ExtraMsAtMost(limit) | Aim::P95MsAtMost(limit) => format!("≤ {limit} ms"),
        Aim::KilobytesAtMost(limit) => format!("≤ {limit} kB"),
    }
}
