//! Numbers and durations as people read them. A field of a view model says by its type how it is shown.

use serde::Deserialize;
use std::fmt;

/// How many.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct Count(pub i64);

/// How long, in seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

/// How large.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub i64);

/// What may be missing, and is shown as nothing then.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Maybe<T>(pub Option<T>);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&count(self.0))
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&duration(self.0))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bytes(self.0))
    }
}

impl<T: fmt::Display> fmt::Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |value| value.fmt(f))
    }
}

impl<T> Maybe<T> {
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

/// `1,469,307`
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 {
        text.insert(0, '−');
    }
    text
}

/// `0.3 s`, `42 s`, `3 min 12 s`, `2 h 05 min`, `3 d 4 h`
pub fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as i64;
    match whole {
        _ if seconds < 0.95 => format!("{:.2} s", seconds.max(0.0)),
        _ if seconds < 9.95 => format!("{seconds:.1} s"),
        ..60 => format!("{whole} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        3600..86400 => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
        _ => format!("{} d {} h", whole / 86400, whole % 86400 / 3600),
    }
}

/// `8 kB`, `1.4 GB`
fn bytes(number: i64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut size, mut unit) = (number.max(0) as f64, 0);
    while size >= 999.5 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    match size < 9.95 && unit > 0 {
        true => format!("{size:.1} {}", UNITS[unit]),
        false => format!("{size:.0} {}", UNITS[unit]),
    }
}

/// A change against what was before, in percent: `+12 %`, `−3 %`; nothing without a before.
pub fn change(now: i64, before: i64) -> Option<String> {
    if before == 0 {
        return None;
    }
    let percent = ((now - before) as f64 / before as f64 * 100.0).round() as i64;
    Some(match percent {
        0 => "±0 %".to_owned(),
        1.. => format!("+{} %", count(percent)),
        _ => format!("{} %", count(percent)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_durations_have_two_units() {
        assert_eq!(
            [count(0), count(999), count(1000), count(-1_469_307)],
            ["0", "999", "1,000", "−1,469,307"]
        );
        let seconds = [0.0, 0.346, 4.04, 42.2, 192.0, 7500.0, 270_000.0].map(duration);
        assert_eq!(seconds, ["0.00 s", "0.35 s", "4.0 s", "42 s", "3 min 12 s", "2 h 05 min", "3 d 3 h"]);
        assert_eq!([bytes(0), bytes(8192), bytes(1_503_238_553)], ["0 B", "8.0 kB", "1.4 GB"]);
        assert_eq!(
            [change(112, 100), change(0, 50), change(5, 0)],
            [Some("+12 %".into()), Some("−100 %".into()), None]
        );
    }
}
