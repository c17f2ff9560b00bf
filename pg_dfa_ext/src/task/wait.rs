//! `dfa.wait`.

use super::{unknown, wake};
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::latch;
use crate::spi;
use pgrx::datum::Interval;
use pgrx::prelude::*;
use std::time::{Duration, Instant};

/// Between two looks; the first ones come sooner, since many tasks are short.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

extension_sql!(
    r#"
comment on function dfa.wait is
'Waits for the end of a task, at most for timeout (default: without end), and returns its status: 0 success, 1 failed, 2 not ended yet.';
grant execute on function dfa.wait to dfa_reader;
"#,
    name = "about_wait",
    requires = [wait]
);

/// Waits for the end of a task and returns its status; 2 when the time is over before. Without a timeout, without end.
#[pg_extern]
pub fn wait(process_id: Option<&str>, timeout: default!(Option<Interval>, "NULL")) -> i32 {
    let wait = || {
        let limit =
            timeout.map(|interval| Duration::from_micros(u64::try_from(micros(&interval)).unwrap_or(0)));
        until_end(given("process_id", process_id)?, limit)
    };
    entry(wait)
}

fn until_end(process_id: &str, limit: Option<Duration>) -> Result<i32> {
    let started = Instant::now();
    let own = spi::value::<bool>(
        "select xmin = pg_current_xact_id()::xid from dfa.task_process where process_id = $1 and status = 2",
        &[process_id.into()],
    )?;
    if own == Some(true) {
        return Err(DfaError::WrongState {
            process_id: process_id.to_owned(),
            state: "is not committed",
            hint: "Commit first: no worker sees the task before.",
        });
    }
    let mut pause = FIRST_PAUSE;
    loop {
        let status = status_now(process_id)?;
        let left = limit.map(|limit| limit.saturating_sub(started.elapsed()));
        if status != 2 || left.is_some_and(|left| left.is_zero()) {
            return Ok(status);
        }
        latch::pause(left.unwrap_or(pause).min(pause));
        if pause == LONGEST_PAUSE {
            wake::start_for_waiting()?;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// As it is at this moment: in REPEATABLE READ the transaction's own snapshot would show the same for ever.
fn status_now(process_id: &str) -> Result<i32> {
    let statement = format!(
        "select status from dfa.task_process where process_id operator(pg_catalog.=) {}",
        spi::literal(process_id)
    );
    let status = spi::value_now(&statement)?.and_then(|status| status.parse().ok());
    status.ok_or_else(|| unknown(process_id))
}

/// Months count 30 days, as Postgres has it.
fn micros(interval: &Interval) -> i64 {
    const DAY: i64 = 86_400_000_000;
    let days = i64::from(interval.months()) * 30 + i64::from(interval.days());
    interval.micros().saturating_add(days.saturating_mul(DAY))
}
