//! When a pipeline is due: five-field cron, or a named slot such as `every_sunday_at_00_05`.
//!
//! A named slot is read as the cron expressions that mean the same. Daylight saving is as in Vixie cron: where neither the
//! minute nor the hour begins with `*` the times are fixed, lists and ranges too; a fixed time inside the gap runs at the
//! first moment after it, one in the fold runs once. Others follow the clock on the wall.

use croner::parser::{CronParser, Seconds, Year};
use croner::Cron;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp, Zoned};
use std::fmt;

/// The moments at which a pipeline is due, in the time zone that the caller's times are in.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    crons: Vec<Times>,
}

#[derive(Debug, Clone)]
struct Times {
    cron: Cron,
    fixed: bool,
}

/// A longer gap, such as a day that a country left out, has no times of its own.
const LONGEST_GAP: i32 = 3 * 3600;

/// A text that is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("'{text}' is no cron expression: {reason}")]
    Cron { text: String, reason: String },
    #[error(
        "'{text}' is no schedule: write a five-field cron expression, everyday_at_HH_MM, every_<weekday>_at_HH_MM, \
         every_month_at_Nth_HH_MM or every_quarter_at_Nth_HH_MM"
    )]
    Unknown { text: String },
    #[error("'{text}' is never due: {part} '{value}' is not from {low} to {high}")]
    OutOfRange { text: String, part: &'static str, value: String, low: u32, high: u32 },
    #[error("'{text}' is never due: no date matches it")]
    Never { text: String },
}

impl Schedule {
    /// Reads a cron expression (`5 0 * * sun`) or a named slot (`every_month_at_1st_00_10`).
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let text = text.trim();
        let crons = if text.contains(char::is_whitespace) {
            vec![cron(text, text)?]
        } else {
            named(text)?.iter().map(|expression| cron(text, expression)).collect::<Result<_, _>>()?
        };
        let schedule = Schedule { text: text.to_owned(), crons };
        match schedule.next_after(&jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC)) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never { text: text.to_owned() }),
        }
    }

    /// How a named slot is written, where the text has it otherwise: `everyday_at_05_30` for `every_day_at_5_30`.
    pub fn customary(&self) -> Option<String> {
        let lower = self.text.to_ascii_lowercase();
        let (when, at) = lower.split_once("_at_")?;
        let when = if when == "every_day" { "everyday" } else { when };
        let mut parts: Vec<String> = at.split('_').map(str::to_owned).collect();
        let time = parts.len().saturating_sub(2);
        for part in parts.iter_mut().skip(time) {
            *part = format!("{part:0>2}");
        }
        let written = format!("{when}_at_{}", parts.join("_"));
        (written != self.text).then_some(written)
    }

    /// The first moment after `time`.
    pub fn next_after(&self, time: &Zoned) -> Option<Zoned> {
        self.crons.iter().filter_map(|times| times.next_after(time)).min()
    }

    /// The last moment up to and including `time`.
    pub fn previous_at_or_before(&self, time: &Zoned) -> Option<Zoned> {
        self.crons.iter().filter_map(|times| times.previous_at_or_before(time)).max()
    }
}

impl Times {
    fn next_after(&self, time: &Zoned) -> Option<Zoned> {
        let by_clock = (!self.fixed).then(|| self.cron.find_next_occurrence(time, false).ok()).flatten();
        by_clock.or_else(|| {
            // From a day before: a time in a gap comes later than it says.
            let mut at = in_utc(time.datetime().checked_sub(Span::new().days(1)).ok()?)?;
            loop {
                at = self.cron.find_next_occurrence(&at, false).ok()?;
                if let Some(moment) =
                    moment_of(at.datetime(), time.time_zone()).filter(|moment| moment > &time.timestamp())
                {
                    return Some(moment.to_zoned(time.time_zone().clone()));
                }
            }
        })
    }

    fn previous_at_or_before(&self, time: &Zoned) -> Option<Zoned> {
        let by_clock = (!self.fixed).then(|| self.cron.find_previous_occurrence(time, true).ok()).flatten();
        by_clock.or_else(|| {
            let mut at = in_utc(time.datetime().checked_add(Span::new().days(1)).ok()?)?;
            loop {
                at = self.cron.find_previous_occurrence(&at, false).ok()?;
                if let Some(moment) =
                    moment_of(at.datetime(), time.time_zone()).filter(|moment| moment <= &time.timestamp())
                {
                    return Some(moment.to_zoned(time.time_zone().clone()));
                }
            }
        })
    }
}

/// A time on the wall, in a zone without gaps or folds.
fn in_utc(time: DateTime) -> Option<Zoned> {
    time.to_zoned(TimeZone::UTC).ok()
}

/// When it is this time on the wall of a zone: in a fold the first time, in a gap the first moment after it.
fn moment_of(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    let AmbiguousOffset::Gap { before, after } = ambiguous.offset() else {
        return ambiguous.compatible().ok();
    };
    if after.seconds() - before.seconds() > LONGEST_GAP {
        return None;
    }
    let within = before.to_timestamp(time).ok()?.checked_add(SignedDuration::from_nanos(1)).ok()?;
    zone.preceding(within).next().map(|transition| transition.timestamp())
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn cron(text: &str, expression: &str) -> Result<Times, ScheduleError> {
    let fixed = expression.split_whitespace().take(2).all(|field| !field.starts_with(['*', '?']));
    CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(expression)
        .map(|cron| Times { cron, fixed })
        .map_err(|error| ScheduleError::Cron { text: text.to_owned(), reason: error.to_string() })
}

/// The cron expressions of a named slot.
fn named(text: &str) -> Result<Vec<String>, ScheduleError> {
    let unknown = || ScheduleError::Unknown { text: text.to_owned() };
    let lower = text.to_ascii_lowercase();
    let (when, at) = lower.split_once("_at_").ok_or_else(unknown)?;
    let parts: Vec<&str> = at.split('_').collect();
    let number = |part: &'static str, value: &str, low: u32, high: u32| {
        value.parse::<u32>().ok().filter(|number| (low..=high).contains(number)).ok_or_else(|| {
            ScheduleError::OutOfRange { text: text.to_owned(), part, value: value.to_owned(), low, high }
        })
    };
    let time = |hour: &str, minute: &str| {
        Ok::<_, ScheduleError>(format!(
            "{} {}",
            number("minute", minute, 0, 59)?,
            number("hour", hour, 0, 23)?
        ))
    };
    match (when, parts.as_slice()) {
        ("everyday" | "every_day", [hour, minute]) => Ok(vec![format!("{} * * *", time(hour, minute)?)]),
        ("every_month", [day, hour, minute]) => {
            let day = number("day", ordinal(day), 1, 31)?;
            Ok(days_of_month(&time(hour, minute)?, day))
        }
        ("every_quarter", [day, hour, minute]) => {
            // Of the quarters' first months, April has but 30 days.
            let day = number("day", ordinal(day), 1, 31)?;
            let day = if day == 31 { "L".to_owned() } else { day.to_string() };
            Ok(vec![format!("{} {day} 1,4,7,10 *", time(hour, minute)?)])
        }
        (_, [hour, minute]) => {
            let weekday = when.strip_prefix("every_").and_then(weekday).ok_or_else(unknown)?;
            Ok(vec![format!("{} * * {weekday}", time(hour, minute)?)])
        }
        _ => Err(unknown()),
    }
}

/// A month that has no such day is due on its last one.
fn days_of_month(time: &str, day: u32) -> Vec<String> {
    match day {
        31 => vec![format!("{time} L * *")],
        29 | 30 => vec![format!("{time} {day} 1,3-12 *"), format!("{time} L 2 *")],
        _ => vec![format!("{time} {day} * *")],
    }
}

/// `1` of `1st`.
fn ordinal(day: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|ending| day.strip_suffix(ending)).unwrap_or(day)
}

fn weekday(name: &str) -> Option<u32> {
    const NAMES: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    NAMES
        .iter()
        .position(|full| *full == name || (name.len() == 3 && full.starts_with(name)))
        .and_then(|i| u32::try_from(i).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(schedule: &str, time: &str) -> String {
        let next = Schedule::parse(schedule).unwrap().next_after(&time.parse().unwrap()).unwrap();
        next.strftime("%F %H:%M").to_string()
    }

    #[test]
    fn each_named_slot_is_due_at_its_next_moment() {
        let now = "2022-02-10T08:05[Asia/Bangkok]";
        assert_eq!(after("everyday_at_08_05", now), "2022-02-11 08:05");
        assert_eq!(after("every_sunday_at_00_05", now), "2022-02-13 00:05");
        assert_eq!(after("every_month_at_1st_00_10", now), "2022-03-01 00:10");
        assert_eq!(after("every_quarter_at_19th_00_10", now), "2022-04-19 00:10");
        assert_eq!(after("*/15 8-9 * * mon-fri", now), "2022-02-10 08:15");
    }

    #[test]
    fn a_day_that_a_month_lacks_is_its_last_day() {
        let now = "2022-02-10T00:00[UTC]";
        assert_eq!(after("every_month_at_31st_01_00", now), "2022-02-28 01:00");
        assert_eq!(after("every_month_at_30th_01_00", now), "2022-02-28 01:00");
        assert_eq!(after("every_month_at_30th_01_00", "2022-03-01T00:00[UTC]"), "2022-03-30 01:00");
        assert_eq!(after("every_quarter_at_31st_01_00", now), "2022-04-30 01:00");
    }

    #[test]
    fn a_slot_that_is_written_otherwise_is_known_by_how_it_is_written() {
        let customary = |text: &str| Schedule::parse(text).unwrap().customary();
        assert_eq!(customary("every_day_at_5_3").as_deref(), Some("everyday_at_05_03"));
        assert_eq!(customary("Every_Month_at_1st_0_10").as_deref(), Some("every_month_at_1st_00_10"));
        assert_eq!(customary("everyday_at_05_30"), None);
        assert_eq!(customary("5 0 * * *"), None);
    }

    #[test]
    fn a_slot_in_the_gap_runs_right_after_it_and_one_in_the_fold_runs_once() {
        assert_eq!(after("30 2 * * *", "2022-03-27T00:00[Europe/Berlin]"), "2022-03-27 03:00");
        let schedule = Schedule::parse("everyday_at_02_30").unwrap();
        let first = schedule.next_after(&"2022-10-30T00:00[Europe/Berlin]".parse().unwrap()).unwrap();
        let second = schedule.next_after(&first).unwrap();
        assert_eq!(first.offset().seconds(), 7200);
        assert_eq!(second.strftime("%F %H:%M").to_string(), "2022-10-31 02:30");
    }

    /// The slots of a day and the night after it, as `HH:MM+offset`.
    fn slots(schedule: &str, from: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(schedule).unwrap();
        let mut at: Zoned = from.parse().unwrap();
        (0..count)
            .map(|_| {
                at = schedule.next_after(&at).unwrap();
                assert_eq!(schedule.previous_at_or_before(&at).unwrap(), at);
                at.strftime("%d %H:%M%:::z").to_string()
            })
            .collect()
    }

    #[test]
    fn fixed_times_in_lists_and_ranges_are_fixed() {
        let gap = "2024-03-31T00:00[Europe/Berlin]";
        assert_eq!(slots("0 2,14 * * *", gap, 3), ["31 03:00+02", "31 14:00+02", "01 02:00+02"]);
        assert_eq!(
            slots("0,30 1-3 * * *", gap, 5),
            ["31 01:00+01", "31 01:30+01", "31 03:00+02", "31 03:30+02", "01 01:00+02"]
        );
        let fold = "2024-10-27T00:00[Europe/Berlin]";
        assert_eq!(slots("0 2,14 * * *", fold, 3), ["27 02:00+02", "27 14:00+01", "28 02:00+01"]);
        assert_eq!(
            slots("15 1-3 * * *", fold, 4),
            ["27 01:15+02", "27 02:15+02", "27 03:15+01", "28 01:15+01"]
        );
    }

    #[test]
    fn what_follows_the_clock_runs_in_both_hours_of_a_fold_and_in_none_of_a_gap() {
        assert_eq!(
            slots("0 * * * *", "2024-10-27T01:30[Europe/Berlin]", 3),
            ["27 02:00+02", "27 02:00+01", "27 03:00+01"]
        );
        assert_eq!(
            slots("0 * * * *", "2024-03-31T00:30[Europe/Berlin]", 3),
            ["31 01:00+01", "31 03:00+02", "31 04:00+02"]
        );
    }

    #[test]
    fn a_day_that_a_country_left_out_does_not_end_a_schedule() {
        for schedule in ["0 6 * * *", "0 6,18 * * *", "everyday_at_06_00"] {
            assert_eq!(slots(schedule, "2011-12-29T19:00[Pacific/Apia]", 1), ["31 06:00+14"], "{schedule}");
        }
        let hourly = slots("0 * * * *", "2011-12-29T22:30[Pacific/Apia]", 3);
        assert_eq!(hourly, ["29 23:00-10", "31 00:00+14", "31 01:00+14"]);
        assert_eq!(
            slots("*/30 * * * *", "2011-12-29T23:00[Pacific/Apia]", 2),
            ["29 23:30-10", "31 00:00+14"]
        );
    }

    #[test]
    fn the_last_moment_includes_now() {
        let schedule = Schedule::parse("0 6 * * *").unwrap();
        let now: Zoned = "2022-03-01T06:00[UTC]".parse().unwrap();
        assert_eq!(schedule.previous_at_or_before(&now), Some(now));
    }

    #[test]
    fn what_is_never_due_is_refused() {
        for text in [
            "61 0 * * *",
            "0 0 30 2 *",
            "every_someday_at_01_01",
            "everyday_at_25_00",
            "* * *",
            "",
            "0 0 0 * * *",
        ] {
            assert!(Schedule::parse(text).is_err(), "{text:?}");
        }
    }
}
