//! Instants as people read them: in one zone, which the page names, with the exact instant beside.

use askama::filters::Safe;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use serde::{de::Error, Deserialize, Deserializer};

/// An instant, as the database writes it into JSON.
#[derive(Debug, Clone, Copy)]
pub struct Moment(pub Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Moment).map_err(|error| D::Error::custom(format!("'{text}': {error}")))
    }
}

impl Moment {
    /// Where there is no room for a zone to choose: `2024-11-26 14:05 UTC`.
    pub fn utc(&self) -> String {
        self.0.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
    }
}

/// In which zone a page tells its times, and when it was made.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: TimeZone,
    /// As a reader calls it: `Asia/Bangkok`.
    pub name: String,
    now: Timestamp,
}

impl Clock {
    /// The clock of a zone; UTC for a name that this program does not know.
    pub fn of(zone: &str) -> Clock {
        let known = TimeZone::get(zone);
        let name = if known.is_ok() { zone } else { "UTC" };
        Clock { zone: known.unwrap_or(TimeZone::UTC), name: name.to_owned(), now: Timestamp::now() }
    }

    /// `14:05` of today, `26 Nov 14:05` of this year, `2024-11-26` before.
    pub fn short(&self, Moment(at): &Moment) -> Safe<String> {
        let (then, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let text = match (then.date() == now.date(), then.year() == now.year()) {
            (true, _) => then.strftime("%H:%M"),
            (false, true) => then.strftime("%-d %b %H:%M"),
            (false, false) => then.strftime("%Y-%m-%d"),
        };
        self.element(at, &text.to_string())
    }

    /// `2024-11-26 14:05:09`
    pub fn long(&self, Moment(at): &Moment) -> Safe<String> {
        self.element(at, &at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// `2024-11-26 14:05 +07`, as a part of a sentence.
    pub fn plain(&self, Moment(at): &Moment) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// `in 2 h 05 min`, `3 d 4 h ago`
    pub fn distance(&self, Moment(at): &Moment) -> Safe<String> {
        let seconds = at.duration_since(self.now).as_secs_f64();
        let text = super::number::duration(seconds.abs().floor());
        self.element(at, &if seconds > 0.0 { format!("in {text}") } else { format!("{text} ago") })
    }

    /// When the page was made: `14:05:09`.
    pub fn made(&self) -> Safe<String> {
        self.element(&self.now, &self.now.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string())
    }

    /// Nothing in it is a reader's, so it needs no escaping.
    fn element(&self, at: &Timestamp, text: &str) -> Safe<String> {
        let exact = at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
        let instant = at.round(Unit::Second).unwrap_or(*at);
        Safe(format!("<time datetime=\"{instant}\" title=\"{exact}\">{text}</time>"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_in_the_zone_of_the_page_with_the_exact_one_beside() {
        let clock = Clock { now: "2026-11-26T03:00:00Z".parse().unwrap(), ..Clock::of("Asia/Bangkok") };
        let at = |text: &str| Moment(text.parse().unwrap());
        let today = clock.short(&at("2026-11-25T18:30:00.5Z")).0;
        assert!(today.contains(">01:30<") && today.contains("2026-11-26 01:30:00 +07"), "{today}");
        assert!(clock.short(&at("2026-11-20T18:30:00Z")).0.contains(">21 Nov 01:30<"));
        assert!(clock.short(&at("2025-01-02T03:00:00Z")).0.contains(">2025-01-02<"));
        assert!(clock.distance(&at("2026-11-26T05:05:00Z")).0.contains(">in 2 h 05 min<"));
        assert_eq!(Clock::of("Mars/Base").name, "UTC");
    }
}
