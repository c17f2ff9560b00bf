//! A length of time as Postgres writes intervals: `1 day`, `2 hours 30 min`, `07:00`.

/// Read, so that a wrong one is found where the catalog is; Postgres reads it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Length {
    pub text: String,
    pub months: i32,
    pub days: i32,
    pub seconds: f64,
}

/// Unit, the seconds, days and months in one of it.
const UNITS: [(&[&str], f64, i32, i32); 8] = [
    (&["ms", "msec", "msecs", "millisecond", "milliseconds"], 0.001, 0, 0),
    (&["s", "sec", "secs", "second", "seconds"], 1.0, 0, 0),
    (&["m", "min", "mins", "minute", "minutes"], 60.0, 0, 0),
    (&["h", "hr", "hrs", "hour", "hours"], 3600.0, 0, 0),
    (&["d", "day", "days"], 0.0, 1, 0),
    (&["w", "week", "weeks"], 0.0, 7, 0),
    (&["mon", "mons", "month", "months"], 0.0, 0, 1),
    (&["y", "yr", "yrs", "year", "years"], 0.0, 0, 12),
];

impl Length {
    /// Reads numbers with units and, as the last part, hours and minutes; `None` if it is none of that or below nothing.
    pub fn parse(text: &str) -> Option<Length> {
        let text = text.trim();
        let mut length = Length { text: text.to_owned(), months: 0, days: 0, seconds: 0.0 };
        let spaced = spaced(text);
        let mut parts = spaced.split_whitespace().peekable();
        parts.peek()?;
        while let Some(part) = parts.next() {
            if part.contains(':') {
                length.seconds += clock(part)?;
                continue;
            }
            let unit = parts.next()?.to_ascii_lowercase();
            let (_, seconds, days, months) =
                UNITS.iter().find(|(names, ..)| names.contains(&unit.as_str()))?;
            if *seconds > 0.0 {
                length.seconds +=
                    part.parse::<f64>().ok().filter(|count| (0.0..1e9).contains(count))? * seconds;
            } else {
                let count = part.parse::<u16>().ok()?;
                length.days = length.days.checked_add(i32::from(count).checked_mul(*days)?)?;
                length.months = length.months.checked_add(i32::from(count).checked_mul(*months)?)?;
            }
        }
        Some(length)
    }

    /// Nothing but days and what is made of days.
    pub fn is_whole_days(&self) -> bool {
        self.seconds == 0.0
    }
}

/// `1day2h` with a blank between numbers and units.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 4);
    let mut was_digit = None;
    for character in text.chars() {
        let is_digit = character.is_ascii_digit() || matches!(character, '.' | ':');
        if was_digit.is_some_and(|was| was != is_digit) {
            spaced.push(' ');
        }
        spaced.push(character);
        was_digit = Some(is_digit);
    }
    spaced
}

/// Seconds of `HH:MM` or `HH:MM:SS`.
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes] => (hours, minutes, "0"),
        [hours, minutes, seconds] => (hours, minutes, *seconds),
        _ => return None,
    };
    let (hours, minutes, seconds) =
        (hours.parse::<u16>().ok()?, minutes.parse::<u8>().ok()?, seconds.parse::<f64>().ok()?);
    (minutes < 60 && (0.0..60.0).contains(&seconds))
        .then(|| f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(i32, i32, f64)> {
        Length::parse(text).map(|length| (length.months, length.days, length.seconds))
    }

    #[test]
    fn numbers_with_units_and_hours_with_minutes_are_lengths() {
        assert_eq!(read("1 day"), Some((0, 1, 0.0)));
        assert_eq!(read("07:00"), Some((0, 0, 25_200.0)));
        assert_eq!(read("1 week 2 days 1:30:15"), Some((0, 9, 5_415.0)));
        assert_eq!(read("2h30min"), Some((0, 0, 9_000.0)));
        assert_eq!(read("1 Year 3 months"), Some((15, 0, 0.0)));
        assert_eq!(read("1.5 hours"), Some((0, 0, 5_400.0)));
    }

    #[test]
    fn anything_else_is_none() {
        for text in
            ["", "banana", "1", "day", "1 banana", "-1 day", "1:75", "1.5 days", "99999 days", "1 day x"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
