//! Zones as jiff knows them, for what the calendar of schedules says.

use crate::error::{DfaError, Result};
use crate::{settings, spi};
use jiff::tz::TimeZone;

/// The zone of this name; without one that of the clock, by which the caller runs.
///
/// # Errors
/// A name that is that of no zone.
pub fn zone(named: Option<&str>) -> Result<TimeZone> {
    let name = match (named, settings::timezone()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(name)) => name,
        (None, None) => spi::value::<String>("select current_setting('timezone')", &[])?.unwrap_or_default(),
    };
    TimeZone::get(&name).map_err(|_| DfaError::InvalidArgument {
        argument: "dfa.timezone",
        value: name,
        allowed: "Give the name of a zone, such as Asia/Bangkok or UTC.".to_owned(),
    })
}
