//! Forecasts the series of a CSV file (id, ds, y; sorted or not), to be set beside other libraries: `tests/bench/forecast`.
//!
//! `series FILE.csv PERIOD MODELS BEST TESTS HORIZON OUT.csv` forecasts as a job does; with TESTS `each` each model by
//! itself, with the sum of its squared errors. It prints the CPU seconds of the forecasts alone.

// A tool stops with what was wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use dfa_forecast::{choose, Context, Model, Rules};
use std::collections::BTreeMap;
use std::io::Write;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, period, models, best, tests, horizon, out] = arguments.as_slice() else {
        panic!("usage: series FILE.csv month|week MODELS BEST TESTS|each HORIZON OUT.csv");
    };
    let season = if period == "week" { 52 } else { 12 };
    let number = |date: &str| if period == "week" { days(date).div_euclid(7) } else { month(date) };
    let text = std::fs::read_to_string(file).expect("a file");
    let mut known: BTreeMap<&str, BTreeMap<i64, f64>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let y: f64 = fields[2].parse().expect("a number");
        *known.entry(fields[0]).or_default().entry(number(fields[1])).or_default() += y;
    }
    let last = known.values().filter_map(|rows| rows.keys().next_back()).max().copied().expect("a row");
    let models: Vec<Model> = models.split(',').map(|name| Model::named(name).expect(name)).collect();
    let horizon: usize = horizon.parse().expect("a horizon");
    let series: Vec<(&str, Vec<f64>, Context)> = known
        .iter()
        .map(|(id, rows)| {
            let first = *rows.keys().next().expect("a row");
            let y = (first..=last).map(|at| rows.get(&at).copied().unwrap_or(0.0)).collect();
            (*id, y, Context { season, first_month: if season == 12 { first } else { first * 7 / 30 } })
        })
        .collect();
    let begun = spent();
    let mut found: Vec<(&str, String, Vec<f64>, Option<f64>)> = Vec::new();
    for (id, y, context) in &series {
        if tests == "each" {
            for model in &models {
                if let Ok(forecast) = model.forecast(y, horizon, *context, &mut Default::default()) {
                    let squares = model.squares(y, *context);
                    found.push((id, model.name().to_owned(), forecast.values, squares));
                }
            }
        } else {
            let (best, tests) = (best.parse().expect("a number"), tests.parse().expect("a number"));
            let rules = Rules { models: models.clone(), best, tests, negative: false };
            let choice = choose(y, horizon, *context, &rules);
            let names: Vec<&str> = choice.chosen.iter().map(|model| model.name()).collect();
            found.push((id, names.join("|"), choice.values, None));
        }
    }
    println!("{{\"fit_cpu\": {}}}", spent() - begun);
    let mut out = std::io::BufWriter::new(std::fs::File::create(out).expect("a file"));
    writeln!(out, "id,step,model,forecast,squares").unwrap();
    for (id, model, values, squares) in found {
        let squares = squares.map_or(String::new(), |squares| squares.to_string());
        for (step, value) in values.iter().enumerate() {
            writeln!(out, "{id},{},{model},{value},{squares}", step + 1).unwrap();
        }
    }
}

/// Seconds that this process, which has one thread, was on a processor.
fn spent() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux with schedstat");
    text.split(' ').next().and_then(|it| it.parse::<f64>().ok()).expect("nanoseconds") / 1e9
}

fn month(date: &str) -> i64 {
    date[..4].parse::<i64>().unwrap() * 12 + date[5..7].parse::<i64>().unwrap() - 1
}

/// Days since some Monday (Howard Hinnant's days_from_civil).
fn days(date: &str) -> i64 {
    let (month, day) = (month(date), date[8..10].parse::<i64>().unwrap());
    let (year, of_year) = ((month - 2).div_euclid(12), (month - 2).rem_euclid(12));
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * of_year + 2) / 5 + day + 1
}
