//! The time zone: `DFA_TIMEZONE`, else `TZ`.

use crate::failure::{Failure, Result};
use jiff::tz::{self, TimeZone};

/// The setting that names the zone, and the zone; none: that of the database.
///
/// # Errors
/// A name that is no zone. Found here, since the server's refusal would come with the first request.
pub fn of(value: &dyn Fn(&str) -> Option<String>) -> Result<Option<(&'static str, String)>> {
    let (name, text) = match (value("DFA_TIMEZONE"), value("TZ")) {
        (Some(text), _) => ("DFA_TIMEZONE", Some(text)),
        (None, Some(text)) => ("TZ", name_of(&text)),
        (None, None) => return Ok(None),
    };
    match text {
        Some(text) if !is_zone(&text) => Err(Failure::usage(format!(
            "setting {name} is no time zone: '{text}'"
        ))
        .hint("Write a name such as Europe/Paris or UTC; `select name from pg_timezone_names` lists them.")),
        text => Ok(text.map(|text| (name, text))),
    }
}

/// `TZ` as POSIX has it may be `:NAME` or the path of a file, which containers like; a file of the system's folder has the
/// name of a zone, and of another one nobody knows which it is.
fn name_of(text: &str) -> Option<String> {
    let text = text.strip_prefix(':').unwrap_or(text);
    if !text.starts_with('/') {
        return Some(text.to_owned()).filter(|text| !text.is_empty());
    }
    let file = std::fs::canonicalize(text).ok()?;
    let (_, name) = file.to_str()?.split_once("/zoneinfo/")?;
    Some(name.to_owned())
}

/// Whether the server will take it. A machine without a database of zones knows none: then the server decides.
fn is_zone(text: &str) -> bool {
    tz::db().get(text).is_ok()
        || TimeZone::posix(text).is_ok()
        || text.parse::<f64>().is_ok()
        || tz::db().available().next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_may_be_written_as_posix_has_it() {
        let with = |setting: &str, text: &str| {
            let text = text.to_owned();
            of(&|name| (name == setting).then(|| text.clone())).map(|zone| zone.map(|zone| zone.1))
        };
        assert_eq!(with("TZ", ":Europe/Paris").unwrap().as_deref(), Some("Europe/Paris"));
        assert_eq!(with("TZ", "JST-9").unwrap().as_deref(), Some("JST-9"));
        assert_eq!(with("TZ", ":/nowhere/localtime").unwrap(), None);
        assert!(with("TZ", "Mars/Base").is_err() && with("DFA_TIMEZONE", ":/etc/localtime").is_err());
    }
}
