//! A worker: a server process that runs steps as the role that submitted them, one transaction a step.
//!
//! It keeps nothing in memory that the tables cannot give back: that it knows which step has just ended makes what follows
//! sooner, not surer. Its claim on a step is its process id in the step's row, which counts while its session lock
//! (0x0DFB, its number) is held; the step's own transaction writes the row again, together with what the step does.

use super::process::{self, in_transaction};
use super::time_limit::TimeLimit;
use super::{dispatch, retry, signals};
use crate::clock;
use crate::error::{DfaError, Result};
use crate::latch::wait;
use crate::leftover::{isolated, swept};
use crate::lock::Lock;
use crate::owner;
use crate::run;
use crate::settings;
use crate::spi;
use crate::task::record::{Ended, StepState};
use crate::task::{give_up, record, spawn, wake, Module, Step, Task};
use pgrx::bgworkers::BackgroundWorker;
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::ffi::{c_int, CString};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// An idle worker stays so long: long enough to be there for the next of a row of tasks, short enough for DROP DATABASE,
/// which waits five seconds for other sessions to leave.
const LINGER: Duration = Duration::from_secs(3);
/// A step at which so many server processes died is not tried again.
pub const MAX_CRASHES: i32 = 20;

/// Where a worker begins.
#[pg_guard]
#[no_mangle]
pub extern "C-unwind" fn dfa_worker_main(_argument: pg_sys::Datum) {
    let mut ids = BackgroundWorker::get_extra().split(' ').filter_map(|id| id.parse::<u32>().ok());
    let (Some(database), Some(role)) = (ids.next(), ids.next()) else { return };
    // SAFETY: before any query.
    unsafe {
        signals::attach();
        pg_sys::on_proc_exit(Some(end_for_good_without_work), pg_sys::Datum::null());
    }
    BackgroundWorker::connect_worker_to_spi_by_oid(Some(database.into()), Some(role.into()));
    process::begin_as_we_mean();
    CONNECTED.store(true, Ordering::Relaxed);
    if let Some(number) = in_transaction(take_number).unwrap_or_default().flatten() {
        Worker { number, ended: None }.work();
    }
}

/// This process has reached its database.
static CONNECTED: AtomicBool = AtomicBool::new(false);

/// This process runs a step, to which a worker comes back, however this one ends.
static AT_WORK: AtomicBool = AtomicBool::new(false);

/// A worker that cannot connect would be started again each second, for ever: its database or role is gone, or takes no
/// sessions. One that somebody ends while it has nothing to do is to stay away. The postmaster does not start again what
/// ends with 0.
unsafe extern "C-unwind" fn end_for_good_without_work(_code: c_int, _argument: pg_sys::Datum) {
    // SAFETY: a flag of this process.
    let told_to_end = unsafe { pg_sys::ProcDiePending } != 0;
    if !CONNECTED.load(Ordering::Relaxed) || told_to_end && !AT_WORK.load(Ordering::Relaxed) {
        // SAFETY: the last of the callbacks; what the process had of the server's it has given back.
        unsafe { libc::_exit(0) };
    }
}

/// A number that no other worker of this database has, up to `dfa.max_workers`.
fn take_number() -> Result<Option<i32>> {
    Ok((1..=settings::max_workers()).find(|&number| Lock::Worker(number).try_hold_for_session()))
}

struct Worker {
    number: i32,
    /// The step that it ran last, and its task, until what follows from its end is written.
    ended: Option<(i64, String)>,
}

/// What a look at the tables gave.
enum Look {
    /// Something was done; look again.
    Worked,
    /// Nothing to do until then.
    Idle(Option<Duration>),
    /// The extension has gone, or the worker stepped aside for another role.
    End,
}

impl Worker {
    fn work(&mut self) {
        let mut idle_since = Instant::now();
        loop {
            match self.look() {
                Ok(Look::Worked) => idle_since = Instant::now(),
                Ok(Look::End) => return,
                Ok(Look::Idle(until)) => {
                    let linger = LINGER.saturating_sub(idle_since.elapsed());
                    if linger.is_zero() && until.is_none() && self.may_end() {
                        return;
                    }
                    wait(Some(until.unwrap_or(linger).max(Duration::from_millis(10)).min(LINGER)));
                }
                Err(_) if has_lost_its_rights() => {
                    if let Err(error) = self.leave() {
                        pgrx::warning!("dfa worker: {error}");
                    }
                    return;
                }
                Err(error) => {
                    pgrx::warning!("dfa worker: {error}");
                    wait(Some(spawn::RESTART));
                }
            }
        }
    }

    /// One unit of work.
    fn look(&mut self) -> Result<Look> {
        // A statement of a catalog can give back all locks of the session (pg_advisory_unlock_all).
        let number = Lock::Worker(self.number);
        if in_transaction(|| Ok(number.is_held() || number.try_hold_for_session()))? == Some(false) {
            return Ok(Look::End);
        }
        let ended = self.ended.take();
        let ended = ended.as_ref();
        if let Some((_, process_id)) = ended {
            // By itself, since it locks the pipeline's row, which a tick passes over meanwhile.
            in_transaction(|| without_disk().and_then(|()| finish(process_id)))?;
        }
        let claimed = in_transaction(|| {
            without_disk()?;
            look_alone();
            if let Some((id, _)) = ended {
                release_followers(*id)?;
            }
            let claimed = claim()?;
            if let Some((id, _)) = &claimed {
                call_others(*id)?;
            }
            Ok(claimed)
        })?;
        let Some(claimed) = claimed else { return Ok(Look::End) };
        if let Some((id, process_id)) = claimed {
            AT_WORK.store(true, Ordering::Relaxed);
            let ran = run_claimed(id, &process_id);
            AT_WORK.store(false, Ordering::Relaxed);
            ran?;
            self.ended = Some((id, process_id));
            return Ok(Look::Worked);
        }
        if in_transaction(tidy)? == Some(true) {
            return Ok(Look::Worked);
        }
        let look = in_transaction(|| Ok((seconds_to_retry()?, role_without_worker()?)))?;
        let Some((seconds, other_role)) = look else { return Ok(Look::End) };
        if let Some(role) = other_role {
            // A step of a role without a worker: with no number left for one of its own, this one makes way.
            self.release();
            start_for(&role)?;
            return Ok(Look::End);
        }
        Ok(Look::Idle(seconds.map(|seconds| Duration::from_secs_f64(seconds.max(0.0)))))
    }

    /// Returns the number back if no task can have been written that this worker would not see.
    fn may_end(&self) -> bool {
        let end = in_transaction(|| {
            if !Lock::Submit.try_hold() {
                return Ok(false);
            }
            let own = spi::value::<bool>(
                "select exists (select from dfa.ready_step where process_by = session_user)",
                &[],
            )?;
            // A role may have come since the last look, and found no number left.
            let is_needed = own.unwrap_or_default() || role_without_worker()?.is_some();
            if !is_needed {
                Lock::Worker(self.number).release();
            }
            Ok(!is_needed)
        });
        end.unwrap_or_default().unwrap_or(true)
    }

    /// The end of a worker whose role may do nothing any more: its tasks say so, and a role that waited for its number goes on.
    fn leave(&self) -> Result<()> {
        let given_up = in_transaction(|| clock::kept(give_up::orphaned_tasks));
        self.release();
        if let Some(role) = in_transaction(|| owner::as_extension_owner(role_without_worker))?.flatten() {
            start_for(&role)?;
        }
        given_up.map(|_| ())
    }

    fn release(&self) {
        let _ = in_transaction(|| {
            Lock::Worker(self.number).release();
            Ok(())
        });
    }
}

/// What this transaction writes can be found again by whoever looks after a crash, so its commit waits for no disk.
fn without_disk() -> Result<()> {
    spi::run("select set_config('synchronous_commit', 'off', true)", &[])
}

/// One worker at a time looks: each sees what the others took, so no two are at one table.
fn look_alone() {
    Lock::Look.hold();
}

/// The role of this worker is gone, or may not run tasks any more.
fn has_lost_its_rights() -> bool {
    let look = in_transaction(|| spi::value::<bool>(include_str!("sql/may_run_tasks.sql"), &[]));
    matches!(look, Ok(Some(Some(false))))
}

/// Takes the next step.
fn claim() -> Result<Option<(i64, String)>> {
    spi::query_one(include_str!("sql/claim_step.sql"), &[], |row| {
        Ok((row.get::<i64>("id")?, row.get::<String>("process_id")?))
    })
}

/// If there is more to do than the step that this worker took: the other workers of this role look, too, and there is one
/// more, if there may be.
fn call_others(taken: i64) -> Result<()> {
    let more = spi::value::<bool>(
        "select exists (select from dfa.ready_step where process_by = session_user and id <> $1)",
        &[taken.into()],
    )?;
    if more.unwrap_or_default() {
        wake::call_workers()?;
    }
    Ok(())
}

/// Runs a claimed step in one transaction; its failure is written down in another.
fn run_claimed(id: i64, process_id: &str) -> Result<()> {
    let started = Instant::now();
    let mut at: Option<(Task, Step)> = None;
    let outcome = in_transaction(|| {
        let task = Task::load(process_id)?;
        let Some(step) = Step::start(id)? else { return record::cancelled_before_it_began(id) };
        at = Some((task.clone(), step.clone()));
        if step.crashes > MAX_CRASHES {
            return Err(DfaError::Crashing { table: step.node.clone(), crashes: step.crashes });
        }
        if task.module == Module::Data && step.needs_front()? {
            return record::handed_over(&step);
        }
        become_submitter(process_id)?;
        let limit = TimeLimit::start(&step);
        let outcome = clock::kept(|| match task.module {
            Module::Data => run::execute(&task, &step, true).map(|_| ()),
            _ => swept(|| isolated(|| dispatch::execute(&task, &step))),
        });
        limit.end(outcome)
    });
    match (outcome, at) {
        (Err(error), Some((task, step))) => {
            in_transaction(|| clock::kept(|| record_failure(&task, &step, &error, started.elapsed())))
                .map(|_| ())
        }
        (outcome, _) => outcome.map(|_| ()),
    }
}

/// The role that the submitter had set, if it was not that of its session; and in whose name, by which way.
fn become_submitter(process_id: &str) -> Result<()> {
    spi::run(
        "select set_config('dfa.person', coalesce(person, ''), true), set_config('dfa.way', coalesce(way, ''), true)
         from dfa.task_process where process_id = $1",
        &[process_id.into()],
    )?;
    spi::run(
        "select set_config('role', run_as, true) from dfa.task_process
         where process_id = $1 and run_as <> session_user",
        &[process_id.into()],
    )
}

/// Writes down why a step of a background task failed, or when it is tried again.
pub fn record_failure(task: &Task, step: &Step, error: &DfaError, took: Duration) -> Result<()> {
    if error.report().sqlstate == "57014" && is_cancelled(&task.process_id)? {
        return record::cancelled(step);
    }
    if error.is_interrupt() && !matches!(error, DfaError::TimeLimit { .. }) {
        // Somebody's cancel that was not meant for this step: it waits again.
        return record::given_back(step);
    }
    if task.module != Module::Data {
        let message = format!("Error: {}", error.report().message);
        return record::ended(step, StepState::Failed, None, took, &message, Some(error));
    }
    let (task_mode, _) = run::mode_of(task, step)?;
    let failed = Ended::failed(step, task_mode, error, took);
    let ended = match retry::after(error, step) {
        Some(delay) => Ended { state: StepState::Waiting, retry_after: Some(delay), ..failed },
        None => failed,
    };
    record::update(task, &ended)
}

fn is_cancelled(process_id: &str) -> Result<bool> {
    let cancelled = spi::value::<bool>(
        "select cancelled_at is not null from dfa.task_process where process_id = $1",
        &[process_id.into()],
    )?;
    Ok(cancelled.unwrap_or_default())
}

/// What dead workers and sessions left is finished; true if there are steps to run now.
fn tidy() -> Result<bool> {
    clock::kept(give_up::lost_sessions)?;
    if has_orphans()? {
        clock::kept(give_up::orphaned_tasks)?;
    }
    let finishable = spi::values::<String>(include_str!("sql/finishable_tasks.sql"), &[])?;
    for process_id in finishable {
        finish(&process_id)?;
    }
    look_alone();
    let released = spi::value::<i64>(include_str!("sql/release_steps.sql"), &[])?;
    Ok(released.unwrap_or_default() > 0)
}

fn has_orphans() -> Result<bool> {
    let found = spi::value::<bool>("select exists (select from dfa.orphaned_task)", &[])?;
    Ok(found.unwrap_or_default())
}

/// What waited for a step that has ended, and for nothing else, is ready.
pub fn release_followers(step: i64) -> Result<()> {
    spi::run(include_str!("sql/release_followers.sql"), &[step.into()])
}

/// Finishes a task without open steps. Of two workers that end its last steps, the later one sees that none is left: it
/// looks after the end of its own is committed. What it writes is nobody's change by hand, which the audit would tell.
pub fn finish(process_id: &str) -> Result<()> {
    let done = spi::value::<bool>(
        // From the last step, which is mostly open: what has ended may still lie in the index before it.
        "select status = 2 and not exists (select from dfa.task_step
                                           where process_id = $1 and state in ('WAITING', 'PROCESSING')
                                           order by step_order desc limit 1)
         from dfa.task_process where process_id = $1",
        &[process_id.into()],
    )?;
    if done.unwrap_or_default() {
        clock::kept(|| Task::load(process_id)?.finish())?;
    }
    Ok(())
}

fn seconds_to_retry() -> Result<Option<f64>> {
    Ok(spi::value::<Option<f64>>(include_str!("sql/seconds_to_retry.sql"), &[])?.flatten())
}

fn role_without_worker() -> Result<Option<String>> {
    spi::value::<String>(include_str!("sql/role_without_worker.sql"), &[])
}

/// A worker of a role by name; one that cannot be started is left to the next look of somebody.
fn start_for(role: &str) -> Result<()> {
    let name = CString::new(role).map_err(|_| DfaError::internal("a role name holds a NUL character"))?;
    in_transaction(|| {
        // SAFETY: a look-up in the system cache, in a transaction.
        let role = unsafe { pg_sys::get_role_oid(name.as_ptr(), true) };
        if role != pg_sys::InvalidOid {
            spawn::worker(unsafe { pg_sys::MyDatabaseId }, role);
        }
        Ok(())
    })
    .map(|_| ())
}
