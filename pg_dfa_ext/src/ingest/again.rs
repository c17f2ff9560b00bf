//! What others at work made fail is tried again, as if nothing had been; and who gives way to whom.
//!
//! Whoever writes rows holds them until its transaction ends. Of two who hold what the other wants, one has to let go. One
//! whose payload is at hand can: it is undone and tried again. A stream that is taken in as it comes cannot, since nobody
//! keeps its earlier chunks. So a table has one such stream at a time (the others keep their chunks and take them together
//! at their end, see [`super::chunks`]), and everybody else lets go before the server would find the two in a circle.

use crate::citus;
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::lock::{holder_of_rows, with_timeout_of, Lock};
use crate::relation;
use crate::settings;
use crate::subtransaction::subtransaction;
use pgrx::pg_sys;
use std::time::{Duration, Instant};

/// A failure that others at work caused passes by itself: so often the payload is tried.
const MAX_TRIES: usize = 5;

/// Does `work`, which takes rows into `table` with all that they leave, in a subtransaction; again, as if nothing had been,
/// when others at work made it fail.
///
/// # Errors
/// Those of `work`; [`DfaError::Busy`] when it waited for others longer than `dfa.lock_timeout`.
pub fn again<T>(table: &str, mut work: impl FnMut() -> Result<T>) -> Result<T> {
    let Some(oid) = relation::oid(Some(&data_schema::name()?), table) else { return work() };
    let turn = Lock::Stream(oid);
    let started = Instant::now();
    let (mut tries, mut waits) = (1, 0);
    loop {
        let patience = if turn.is_held() { settings::lock_timeout() } else { before_a_circle() };
        // After an error all that this try did and locked is gone.
        match subtransaction(|| with_timeout_of(patience, || citus::in_order(&mut work))) {
            Err(error) if is_wait(&error) => {
                if turn.is_held() || is_over(started) {
                    return Err(busy(table, oid, started)?);
                }
                waits += 1;
            }
            Err(error) if tries < MAX_TRIES && may_pass(&error) => tries += 1,
            outcome => return outcome,
        }
        take_turn(turn, waits)?;
    }
}

/// With the turn, others give way to this one. A stream, or another one like it, may have it: then this one waits for it for
/// a while, longer each time, and holds nothing meanwhile. What is in its way may be something else.
fn take_turn(turn: Lock, waits: u32) -> Result<()> {
    if turn.try_hold() {
        return Ok(());
    }
    let patience = before_a_circle().saturating_mul(2_i32.saturating_pow(waits.min(4)));
    let waited = subtransaction(|| {
        with_timeout_of(patience, || {
            turn.hold();
            Ok(())
        })
    });
    match waited {
        Err(error) if !is_wait(&error) && !may_pass(&error) => Err(error),
        _ => Ok(()),
    }
}

/// So many milliseconds one who can let go waits: the server looks for circles after `deadlock_timeout`, and might end one who
/// cannot.
fn before_a_circle() -> i32 {
    // SAFETY: reads a setting of the server.
    let half = unsafe { pg_sys::DeadlockTimeout } / 2;
    match settings::lock_timeout() {
        0 => half.max(1),
        timeout => timeout.min(half).max(1),
    }
}

fn is_over(started: Instant) -> bool {
    let timeout = u64::try_from(settings::lock_timeout()).unwrap_or_default();
    timeout > 0 && started.elapsed() >= Duration::from_millis(timeout)
}

fn is_wait(error: &DfaError) -> bool {
    matches!(error, DfaError::Postgres(_)) && error.report().sqlstate == "55P03"
}

/// A deadlock, and a conflict that another snapshot would not see.
fn may_pass(error: &DfaError) -> bool {
    let sqlstate = error.report().sqlstate;
    // SAFETY: a global of this backend.
    let is_snapshot_new = unsafe { pg_sys::XactIsoLevel } == pg_sys::XACT_READ_COMMITTED.cast_signed();
    sqlstate == "40P01" || (sqlstate == "40001" && is_snapshot_new)
}

fn busy(table: &str, oid: pg_sys::Oid, started: Instant) -> Result<DfaError> {
    Ok(DfaError::Busy {
        table: table.to_owned(),
        holder: holder_of_rows(&[oid])?,
        waited: format!("{} ms", started.elapsed().as_millis()),
    })
}
