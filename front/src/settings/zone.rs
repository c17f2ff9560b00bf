//! The time zone: `DFA_TIMEZONE`. That of this machine (`TZ`) is nothing to the database, which has one clock for all.

use crate::failure::{Failure, Result};
use jiff::tz::{self, TimeZone};

/// The zone; none: that of the database.
///
/// # Errors
/// A name that is no zone. Found here, since the server's refusal would come with the first request.
pub fn of(value: &dyn Fn(&str) -> Option<String>) -> Result<Option<String>> {
    match value("DFA_TIMEZONE") {
        Some(zone) if !is_zone(&zone) => Err(Failure::usage(format!(
            "setting DFA_TIMEZONE is not a time zone: '{zone}'"
        ))
        .hint("Write a name such as Europe/Paris or UTC; `select name from pg_timezone_names` lists them.")),
        zone => Ok(zone),
    }
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
    fn a_zone_is_that_of_dfa_alone() {
        let with = |setting: &str, text: &str| {
            let text = text.to_owned();
            of(&|name| (name == setting).then(|| text.clone()))
        };
        assert_eq!(with("DFA_TIMEZONE", "Europe/Paris").unwrap().as_deref(), Some("Europe/Paris"));
        assert_eq!(with("TZ", "Europe/Paris").unwrap(), None);
        assert!(
            with("DFA_TIMEZONE", "Mars/Base").is_err() && with("DFA_TIMEZONE", ":/etc/localtime").is_err()
        );
    }
}
