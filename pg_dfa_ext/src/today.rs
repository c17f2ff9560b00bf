//! `dfa.today` and `dfa.time_zone`: the clock, for SQL.

use crate::clock;
use crate::entry::entry;
use crate::error::DfaError;
use crate::spi;
use pgrx::prelude::*;

/// Today, by the clock. In SQL it is the default of run dates.
#[pg_extern(stable, parallel_unsafe, sql = false)]
fn today() -> Date {
    entry(|| {
        let day = spi::value::<Option<Date>>("select current_date", &[])?;
        day.flatten().ok_or_else(|| DfaError::internal("there is no date today"))
    })
}

/// The zone of the clock.
#[pg_extern(stable, parallel_unsafe, sql = false)]
fn time_zone() -> String {
    entry(clock::zone_name)
}
