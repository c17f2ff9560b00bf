//! The moments at which the schedules of a pipeline are due.

use crate::error::{DfaError, Result};
use crate::{settings, spi};
use dfa_catalog::model::{CatchUp, Pipeline};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned};

/// A slot that is later than this was missed; `catch_up: none` leaves it out.
const ON_TIME: SignedDuration = SignedDuration::from_mins(5);
/// `catch_up: all` after an outage takes at most so many slots.
const MOST_SLOTS: usize = 10_000;

/// The slots of a pipeline that are due.
pub struct Due {
    /// Those to run, oldest first.
    pub slots: Vec<Zoned>,
    /// The first one that is not due yet.
    pub next: Option<Timestamp>,
}

/// The zone of a pipeline's schedules: its own, or that of the clock, by which this runs.
pub fn zone(pipeline: &Pipeline) -> Result<TimeZone> {
    pipeline.timezone.as_deref().map_or_else(default_zone, named_zone)
}

/// That of `dfa.timezone`, else of the session.
pub fn default_zone() -> Result<TimeZone> {
    let name = match settings::timezone() {
        Some(name) => name,
        None => spi::query_one("select current_setting('timezone')", &[], |row| {
            Ok(row.get::<String>(1)?.unwrap_or_default())
        })?
        .unwrap_or_default(),
    };
    named_zone(&name)
}

fn named_zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| DfaError::InvalidArgument {
        argument: "dfa.timezone",
        value: name.to_owned(),
        allowed: "Give the name of a zone, such as Asia/Bangkok or UTC.".to_owned(),
    })
}

/// The first slot after `at`.
pub fn next_after(pipeline: &Pipeline, at: Timestamp) -> Result<Option<Timestamp>> {
    if pipeline.schedules.is_empty() {
        return Ok(None);
    }
    let at = at.to_zoned(zone(pipeline)?);
    Ok(first_after(pipeline, &at).map(|slot| slot.timestamp()))
}

fn first_after(pipeline: &Pipeline, at: &Zoned) -> Option<Zoned> {
    pipeline.schedules.iter().filter_map(|schedule| schedule.next_after(at)).min()
}

/// The slots from `from`, the first that has not run, up to `at`. Of those missed in an outage: by `catch_up` none, the
/// last (the default), or all of them.
pub fn due(pipeline: &Pipeline, from: Timestamp, at: Timestamp) -> Result<Due> {
    let zone = zone(pipeline)?;
    let now = at.to_zoned(zone.clone());
    let next = first_after(pipeline, &now).map(|slot| slot.timestamp());
    let last = pipeline.schedules.iter().filter_map(|schedule| schedule.previous_at_or_before(&now)).max();
    let Some(last) = last.filter(|last| last.timestamp() >= from) else {
        return Ok(Due { slots: Vec::new(), next });
    };
    let slots = match pipeline.catch_up {
        CatchUp::None if at.duration_since(last.timestamp()) > ON_TIME => Vec::new(),
        CatchUp::All => {
            let mut slots = vec![from.to_zoned(zone)];
            while let Some(slot) = slots.last().and_then(|slot| first_after(pipeline, slot)) {
                if slot > last || slots.len() == MOST_SLOTS {
                    break;
                }
                slots.push(slot);
            }
            slots
        }
        _ => vec![last],
    };
    Ok(Due { slots, next })
}

/// The run date of a slot: its day in the pipeline's zone, less the pipeline's `lag`.
pub fn run_date(pipeline: &Pipeline, slot: &Zoned) -> Result<String> {
    let Some(lag) = &pipeline.lag else { return Ok(slot.date().to_string()) };
    let span = Span::new().try_months(lag.months).and_then(|span| span.try_days(lag.days));
    let date = span.and_then(|span| slot.date().checked_sub(span));
    date.map(|date| date.to_string()).map_err(|_| DfaError::InvalidArgument {
        argument: "lag",
        value: lag.text.clone(),
        allowed: "Give a number of days that a calendar goes back.".to_owned(),
    })
}
