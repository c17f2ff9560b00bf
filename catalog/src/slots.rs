//! The moments at which the schedules of a pipeline are due, in its zone.

use crate::model::{CatchUp, Pipeline};
use jiff::civil::Date;
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

/// The first slot after `at`.
pub fn next_after(pipeline: &Pipeline, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    first_after(pipeline, &at.to_zoned(zone.clone())).map(|slot| slot.timestamp())
}

fn first_after(pipeline: &Pipeline, at: &Zoned) -> Option<Zoned> {
    pipeline.schedules.iter().filter_map(|schedule| schedule.next_after(at)).min()
}

/// The slots from `from`, the first that has not run, up to `at`. Of those missed in an outage: by `catch_up` none, the
/// last (the default), or all of them.
pub fn due(pipeline: &Pipeline, zone: &TimeZone, from: Timestamp, at: Timestamp) -> Due {
    let now = at.to_zoned(zone.clone());
    let next = first_after(pipeline, &now).map(|slot| slot.timestamp());
    let last = pipeline.schedules.iter().filter_map(|schedule| schedule.previous_at_or_before(&now)).max();
    let Some(last) = last.filter(|last| last.timestamp() >= from) else {
        return Due { slots: Vec::new(), next };
    };
    let slots = match pipeline.catch_up {
        CatchUp::None if at.duration_since(last.timestamp()) > ON_TIME => Vec::new(),
        CatchUp::All => {
            let mut slots = vec![from.to_zoned(zone.clone())];
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
    Due { slots, next }
}

/// The run date of a slot: its day in the pipeline's zone, less the pipeline's `lag`. `None`: no calendar goes back so far.
pub fn run_date(pipeline: &Pipeline, slot: &Zoned) -> Option<Date> {
    let Some(lag) = &pipeline.lag else { return Some(slot.date()) };
    let span = Span::new().try_months(lag.months).and_then(|span| span.try_days(lag.days));
    span.and_then(|span| slot.date().checked_sub(span)).ok()
}
