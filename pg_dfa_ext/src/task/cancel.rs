//! `dfa.cancel`.

use super::{status_of, Task};
use crate::error::{capture, entry, given, DfaError, Result};
use crate::spi;
use pgrx::prelude::*;

/// Cancels a task: a statement under way is stopped, what waits does not run, what is done stays. False if the task had
/// come to its end.
#[pg_extern]
pub fn cancel(process_id: Option<&str>) -> bool {
    entry(|| stop(given("process_id", process_id)?))
}

fn stop(process_id: &str) -> Result<bool> {
    if status_of(process_id)? != 2 {
        return Err(DfaError::WrongState {
            process_id: process_id.to_owned(),
            state: "has ended",
            hint: "Only a task that waits or runs can be cancelled.",
        });
    }
    let pids = spi::query(include_str!("../../../sql/cancel_task.sql"), &[process_id.into()], |row| {
        Ok(row.get::<i32>(1)?.unwrap_or_default())
    })?;
    for &pid in &pids {
        signal(pid)?;
    }
    if pids.is_empty() {
        Task::load(process_id)?.finish()?;
    }
    Ok(true)
}

/// Stops the statement of a server process, if the caller may.
fn signal(pid: i32) -> Result<()> {
    match capture(|| spi::run("select pg_cancel_backend($1)", &[pid.into()])) {
        Err(error) if error.report().sqlstate == "42501" => {
            pgrx::notice!(
                "the node under way runs to its end: stopping it needs the rights of pg_signal_backend"
            );
            Ok(())
        }
        outcome => outcome,
    }
}
