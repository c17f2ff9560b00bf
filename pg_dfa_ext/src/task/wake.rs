//! Waking and starting workers. A worker ends only while nobody holds the lock (0x0DFB, 0), and looks once more then: so
//! whoever writes a task under that lock knows that the workers it sees, or one that it starts, will see the task.

use super::{session_role, spawn};
use crate::error::{DfaError, Result};
use crate::latch;
use crate::lock::Lock;
use crate::settings;
use crate::spi;
use pgrx::pg_sys;
use pgrx::{register_xact_callback, PgXactCallbackEvent};

/// Keeps workers from ending until this transaction has ended.
///
/// # Errors
/// A role as which no worker can connect.
pub fn hold_workers() -> Result<()> {
    // In a session of its own the role has logged in already.
    if session_role::is_in_anothers_name() {
        let role = session_role::session_role();
        let may = spi::value::<bool>(
            "select rolcanlogin from pg_roles where rolname = $1",
            &[role.as_str().into()],
        )?;
        if may != Some(true) {
            return Err(DfaError::NoLogin { role });
        }
    }
    Lock::Submit.share();
    Ok(())
}

/// When this transaction commits, the workers of this role look for work, and one more is there if there may be.
///
/// That none could be started is no error: the task waits, `dfa.process_status` says so, and the next worker, tick or
/// launcher takes it up.
pub fn at_commit() -> Result<()> {
    if settings::max_workers() == 0 {
        return Err(DfaError::NoWorkers);
    }
    let call = Call::prepare()?;
    register_xact_callback(PgXactCallbackEvent::Commit, move || {
        if !call.make() {
            spawn::ask_launcher();
        }
    });
    Ok(())
}

/// What was held goes on when this transaction commits: by a worker of this role, which makes way for other roles.
pub fn go_on() -> Result<()> {
    if settings::max_workers() == 0 {
        return Ok(());
    }
    hold_workers()?;
    at_commit()
}

/// [`at_commit`], at once.
pub fn call_workers() -> Result<()> {
    Call::prepare()?.make();
    Ok(())
}

/// Whom to wake, and whether to start another: all that needs a query is known before the commit.
struct Call {
    pids: Vec<i32>,
    start: bool,
    database: pg_sys::Oid,
    role: pg_sys::Oid,
}

impl Call {
    fn prepare() -> Result<Call> {
        let workers = spi::query(
            "select pid, process_by = $1 and pid <> pg_backend_pid() as is_ours from dfa.worker",
            &[session_role::session_role().into()],
            |row| Ok((row.get::<i32>("pid")?, row.get::<bool>("is_ours")?)),
        )?;
        // SAFETY: reads globals of this backend.
        let (database, role) = unsafe { (pg_sys::MyDatabaseId, session_role::oid()) };
        let start = workers.len() < usize::try_from(settings::max_workers()).unwrap_or(0);
        let pids = workers.into_iter().filter(|(_, own)| *own).map(|(pid, _)| pid).collect();
        Ok(Call { pids, start, database, role })
    }

    /// False if a worker was to be started and none could be.
    fn make(&self) -> bool {
        self.pids.iter().for_each(|&pid| latch::set(pid));
        !self.start || spawn::worker(self.database, self.role)
    }
}

/// Starts a worker at once if this role has tasks that wait and no worker: those for which there was no slot before.
pub fn start_for_waiting() -> Result<()> {
    let waiting = spi::value::<bool>(include_str!("sql/waiting_without_worker.sql"), &[])?;
    if waiting.unwrap_or_default() && settings::max_workers() > 0 {
        // SAFETY: reads globals of this backend.
        unsafe { spawn::worker(pg_sys::MyDatabaseId, session_role::oid()) };
    }
    Ok(())
}
