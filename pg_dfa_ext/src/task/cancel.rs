//! `dfa.cancel`.

use super::{status_of, Task};
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::spi;
use pgrx::prelude::*;
use pgrx::{pg_sys, register_xact_callback, PgXactCallbackEvent};

extension_sql!(
    r#"
comment on function dfa.cancel is
'Cancels a task: a statement under way is stopped and its node undone, what waits does not run, finished nodes stay. dfa.resume goes on.';
grant execute on function dfa.cancel to dfa_operator;
"#,
    name = "about_cancel",
    requires = [cancel]
);

/// Cancels a task: a statement under way is stopped, what waits does not run, what is done stays. False if the task had
/// come to its end.
#[pg_extern]
pub fn cancel(process_id: Option<&str>) -> bool {
    entry(|| stop(given("process_id", process_id)?))
}

/// [`cancel`] for code.
pub fn stop(process_id: &str) -> Result<bool> {
    if status_of(process_id)? != 2 {
        return Err(DfaError::WrongState {
            process_id: process_id.to_owned(),
            state: "has ended",
            hint: "Only a task that waits or runs can be cancelled.",
        });
    }
    let busy = spi::query(include_str!("sql/cancel_task.sql"), &[process_id.into()], |row| {
        Ok((row.get::<i32>("pid")?, row.get::<bool>("may_stop")?))
    })?;
    if busy.is_empty() {
        Task::load(process_id)?.finish()?;
        return Ok(true);
    }
    if !busy.iter().all(|(_, allowed)| *allowed) {
        pgrx::notice!(
            "the node under way runs to its end: stopping it needs the rights of pg_signal_backend"
        );
    }
    // After the commit, so that whoever is stopped sees why.
    register_xact_callback(PgXactCallbackEvent::Commit, move || {
        for (pid, _) in busy.iter().filter(|(_, allowed)| *allowed) {
            interrupt(*pid);
        }
    });
    Ok(true)
}

/// Stops the statement of a server process; one that has ended is passed over.
fn interrupt(pid: i32) {
    // SAFETY: the signal of pg_cancel_backend, to a process of this server.
    unsafe {
        if !pg_sys::BackendPidGetProc(pid).is_null() {
            libc::kill(pid, libc::SIGINT);
        }
    }
}
