//! A worker: a server process that runs steps as the role that submitted them, one transaction a step.
//!
//! It keeps nothing in memory that the tables do not know. Its claim on a step is its process id in the step's row,
//! which counts while its session lock (0x0DFB, its number) is held; the step's own transaction locks the row.

use super::{module, retry, signals, wake, Module, Step, Task};
use crate::error::{capture, DfaError, Result};
use crate::run::{self, record};
use crate::settings;
use crate::spi;
use pgrx::bgworkers::{BackgroundWorker, BackgroundWorkerBuilder};
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::ffi::{c_int, CString};
use std::time::{Duration, Instant};

/// An idle worker stays so long: long enough to be there for the next of a row of tasks, short enough for DROP DATABASE,
/// which waits five seconds for other sessions to leave.
const LINGER: Duration = Duration::from_secs(3);
/// A worker that dies is started again by the postmaster after so long.
const RESTART: Duration = Duration::from_secs(1);
/// A step at which so many server processes died is not tried again.
const MOST_CRASHES: i32 = 20;

/// `STATEMENT_TIMEOUT` of `utils/timeout.h`: the fourth of its list in all supported versions.
const STATEMENT_TIMEOUT: c_int = 3;

unsafe extern "C-unwind" {
    fn enable_timeout_after(id: c_int, delay_ms: c_int);
    fn disable_timeout(id: c_int, keep_indicator: bool);
}

/// Asks the postmaster for a worker of this database and role; false when it has no slot left
/// (`max_worker_processes`).
pub fn start(database: pg_sys::Oid, role: pg_sys::Oid) -> bool {
    BackgroundWorkerBuilder::new("dfa worker")
        .set_type("dfa worker")
        .set_library("dfa")
        .set_function("dfa_worker_main")
        .set_extra(&format!("{} {}", database.to_u32(), role.to_u32()))
        .set_restart_time(Some(RESTART))
        .enable_spi_access()
        .load_dynamic()
        .is_ok()
}

/// Where a worker begins.
#[pg_guard]
#[no_mangle]
pub extern "C-unwind" fn dfa_worker_main(_argument: pg_sys::Datum) {
    let mut ids = BackgroundWorker::get_extra().split(' ').filter_map(|id| id.parse::<u32>().ok());
    let (Some(database), Some(role)) = (ids.next(), ids.next()) else { return };
    // SAFETY: before any query.
    unsafe { signals::attach() };
    BackgroundWorker::connect_worker_to_spi_by_oid(Some(database.into()), Some(role.into()));
    if let Some(number) = in_transaction(take_number).unwrap_or_default() {
        Worker { number }.work();
    }
}

/// A number that no other worker of this database has, up to `dfa.max_workers`; none when the extension is not there.
fn take_number() -> Result<Option<i32>> {
    if !is_installed()? {
        return Ok(None);
    }
    spi::query_one(
        "select number from generate_series(1, $1) as number where pg_try_advisory_lock(3579, number) limit 1",
        &[settings::max_workers().into()],
        |row| Ok(row.get::<i32>(1)?.unwrap_or_default()),
    )
}

/// Whether this database has the extension.
pub fn is_installed() -> Result<bool> {
    Ok(!spi::select_text("select 1 from pg_extension where extname = 'dfa'", 1)?.is_empty())
}

struct Worker {
    number: i32,
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
    fn work(&self) {
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
                Err(error) => {
                    pgrx::warning!("dfa worker: {error}");
                    wait(Some(RESTART));
                }
            }
        }
    }

    /// One unit of work.
    fn look(&self) -> Result<Look> {
        let claimed = in_transaction(|| {
            if !is_installed()? {
                return Ok(None);
            }
            let claimed = claim()?;
            if claimed.is_some() {
                call_others()?;
            }
            Ok(Some(claimed))
        })?;
        let Some(claimed) = claimed else { return Ok(Look::End) };
        if let Some((id, process_id)) = claimed {
            run_claimed(id, &process_id)?;
            in_transaction(|| finish(&process_id))?;
            return Ok(Look::Worked);
        }
        in_transaction(|| {
            spi::run(include_str!("../../../sql/give_up_lost_tasks.sql"), &[])?;
            for process_id in finishable()? {
                finish(&process_id)?;
            }
            Ok(())
        })?;
        let (seconds, other_role) = in_transaction(next_look)?;
        if let Some(role) = other_role {
            // A step of a role without a worker: with no number left for one of its own, this one makes way.
            self.release();
            start_for(&role)?;
            return Ok(Look::End);
        }
        Ok(Look::Idle(seconds.map(|seconds| Duration::from_secs_f64(seconds.max(0.0)))))
    }

    /// Gives the number back if no task can have been written that this worker would not see.
    fn may_end(&self) -> bool {
        let end = in_transaction(|| {
            let alone = spi::query_one("select pg_try_advisory_xact_lock(3579, 0)", &[], |row| {
                Ok(row.get::<bool>(1)?.unwrap_or_default())
            })?;
            if !alone.unwrap_or_default() {
                return Ok(false);
            }
            let left = spi::query_one(
                "select exists (select from dfa.ready_step where process_by = session_user)",
                &[],
                |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
            )?;
            if !left.unwrap_or_default() {
                spi::run("select pg_advisory_unlock(3579, $1)", &[self.number.into()])?;
            }
            Ok(!left.unwrap_or_default())
        });
        end.unwrap_or(true)
    }

    fn release(&self) {
        let _ = in_transaction(|| spi::run("select pg_advisory_unlock(3579, $1)", &[self.number.into()]));
    }
}

/// Takes the next step. The loss of a claim in a crash loses nothing, so nobody waits for the disk.
fn claim() -> Result<Option<(i64, String)>> {
    spi::run("select set_config('synchronous_commit', 'off', true)", &[])?;
    // One worker at a time looks: each sees what the others took, so no two are at one table.
    spi::run("select pg_advisory_xact_lock(3581, 0)", &[])?;
    spi::query_one(include_str!("../../../sql/claim_step.sql"), &[], |row| {
        Ok((row.get::<i64>(1)?.unwrap_or_default(), row.get::<String>(2)?.unwrap_or_default()))
    })
}

/// If there is more to do: the other workers of this role look, too, and there is one more, if there may be.
fn call_others() -> Result<()> {
    let more = spi::query_one(
        "select exists (select from dfa.ready_step where process_by = session_user)",
        &[],
        |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
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
        let Some(step) =
            spi::query_one(include_str!("../../../sql/lock_step.sql"), &[id.into()], Step::read)?
        else {
            return Ok(());
        };
        at = Some((task.clone(), step.clone()));
        if step.crashes > MOST_CRASHES {
            return Err(DfaError::Crashing { table: step.node.clone(), crashes: step.crashes });
        }
        become_submitter(process_id)?;
        let limit = TimeLimit::start(&step);
        let outcome = match task.module {
            Module::Data => run::execute(&task, &step, true).map(|_| ()),
            Module::Setup | Module::Retention | Module::Ingestion => module::execute(&task, &step),
        };
        limit.end(outcome)
    });
    match (outcome, at) {
        (Err(error), Some((task, step))) => {
            in_transaction(|| record_failure(&task, &step, &error, started.elapsed()))
        }
        (outcome, _) => outcome,
    }
}

/// The role that the submitter had set, if it was not that of its session.
fn become_submitter(process_id: &str) -> Result<()> {
    spi::run(
        "select set_config('role', run_as, true) from dfa.task_process
         where process_id = $1 and run_as <> session_user",
        &[process_id.into()],
    )
}

fn record_failure(task: &Task, step: &Step, error: &DfaError, took: Duration) -> Result<()> {
    let message = format!("Error: {}", error.report().message);
    if error.report().sqlstate == "57014" && is_cancelled(&task.process_id)? {
        return record::cancelled(step);
    }
    if error.is_interrupt() && !matches!(error, DfaError::TimeLimit { .. }) {
        // Somebody's cancel that was not meant for this step: it waits again.
        return record::given_back(step);
    }
    if task.module != Module::Data {
        let error = Some(error);
        return record::ended(step, "FAILED", None, took, &message, error);
    }
    let task_mode = task.mode_of(step)?;
    match retry::after(error, step) {
        Some(delay) => record::failed_for_now(task, step, task_mode, error, took, &message, delay),
        None => record::failed(task, step, task_mode, error, took, &message),
    }
}

fn is_cancelled(process_id: &str) -> Result<bool> {
    let cancelled = spi::query_one(
        "select cancelled_at is not null from dfa.task_process where process_id = $1",
        &[process_id.into()],
        |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
    )?;
    Ok(cancelled.unwrap_or_default())
}

fn finishable() -> Result<Vec<String>> {
    spi::query(include_str!("../../../sql/finishable_tasks.sql"), &[], |row| {
        Ok(row.get::<String>(1)?.unwrap_or_default())
    })
}

/// Finishes a task without open steps. The task's row is locked first: of two workers that end its last steps, the
/// later one sees that none is left.
fn finish(process_id: &str) -> Result<()> {
    let done = spi::query_one(
        "select not exists (select from dfa.task_step
                            where process_id = $1 and state in ('WAITING', 'PROCESSING'))
         from (select from dfa.task_process where process_id = $1 and status = 2 for no key update) as task",
        &[process_id.into()],
        |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
    )?;
    if done.unwrap_or_default() {
        Task::load(process_id)?.finish()?;
    }
    Ok(())
}

fn next_look() -> Result<(Option<f64>, Option<String>)> {
    let look = spi::query_one(include_str!("../../../sql/next_look.sql"), &[], |row| {
        Ok((row.get::<f64>(1)?, row.get::<String>(2)?))
    })?;
    Ok(look.unwrap_or_default())
}

/// A worker of a role by name; one that cannot be started is left to the next look of somebody.
fn start_for(role: &str) -> Result<()> {
    let name = CString::new(role).map_err(|_| DfaError::internal("a role name holds a NUL character"))?;
    in_transaction(|| {
        // SAFETY: a look-up in the system cache, in a transaction.
        let role = unsafe { pg_sys::get_role_oid(name.as_ptr(), true) };
        if role != pg_sys::InvalidOid {
            start(unsafe { pg_sys::MyDatabaseId }, role);
        }
        Ok(())
    })
}

/// The time that a step may take: `timeout` of its table's catalog, or `statement_timeout`, which is less.
struct TimeLimit {
    node: String,
    seconds: f64,
    started: Instant,
}

impl TimeLimit {
    fn start(step: &Step) -> TimeLimit {
        let of_catalog = crate::catalog::table(&step.node)
            .ok()
            .and_then(|stored| stored.table().and_then(|table| table.timeout))
            .map(|seconds| i64::from(seconds) * 1000);
        // SAFETY: reads a global of this process.
        let of_session = Some(i64::from(unsafe { pg_sys::StatementTimeout })).filter(|limit| *limit > 0);
        let limit = of_catalog.into_iter().chain(of_session).min().unwrap_or(0);
        if limit > 0 {
            unsafe { enable_timeout_after(STATEMENT_TIMEOUT, c_int::try_from(limit).unwrap_or(c_int::MAX)) };
        }
        TimeLimit { node: step.node.clone(), seconds: limit as f64 / 1000.0, started: Instant::now() }
    }

    fn end<T>(self, outcome: Result<T>) -> Result<T> {
        if self.seconds == 0.0 {
            return outcome;
        }
        unsafe { disable_timeout(STATEMENT_TIMEOUT, false) };
        outcome.map_err(|error| {
            let reached = self.started.elapsed().as_secs_f64() >= self.seconds;
            if error.report().sqlstate == "57014" && reached {
                return DfaError::TimeLimit { table: self.node, seconds: self.seconds };
            }
            error
        })
    }
}

/// Runs `work` in a transaction of this worker: committed if it returns `Ok`, else rolled back.
pub fn in_transaction<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // SAFETY: the steps of a background worker's transaction (worker_spi.c); after an error, those of PostgresMain.
    unsafe {
        reload_settings();
        // A cancel that came while nothing ran is not meant for what comes now.
        pg_sys::QueryCancelPending = 0;
        pg_sys::SetCurrentStatementStartTimestamp();
        pg_sys::StartTransactionCommand();
        pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot());
        pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_RUNNING, c"dfa worker".as_ptr());
        let outcome = capture(|| {
            let value = work()?;
            pg_sys::PopActiveSnapshot();
            pg_sys::CommitTransactionCommand();
            Ok(value)
        });
        if outcome.is_err() {
            pg_sys::AbortCurrentTransaction();
        }
        pg_sys::MemoryContextSwitchTo(pg_sys::TopMemoryContext);
        pg_sys::pgstat_report_stat(true);
        pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_IDLE, std::ptr::null());
        outcome
    }
}

unsafe fn reload_settings() {
    unsafe {
        if pg_sys::ConfigReloadPending != 0 {
            pg_sys::ConfigReloadPending = 0;
            pg_sys::ProcessConfigFile(pg_sys::GucContext::PGC_SIGHUP);
        }
    }
}

/// Until somebody sets the latch, or at most so long; ends the process if it was told to end.
pub fn wait(at_most: Option<Duration>) {
    let timeout = if at_most.is_some() { pg_sys::WL_TIMEOUT } else { 0 };
    // SAFETY: the latch of this process.
    unsafe {
        pg_sys::WaitLatch(
            pg_sys::MyLatch,
            (pg_sys::WL_LATCH_SET | timeout | pg_sys::WL_EXIT_ON_PM_DEATH) as i32,
            at_most.map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX)),
            pg_sys::PG_WAIT_EXTENSION,
        );
        pg_sys::ResetLatch(pg_sys::MyLatch);
        // Ends the process at SIGTERM; a cancel is forgotten.
        pg_sys::QueryCancelPending = 0;
        pgrx::check_for_interrupts!();
    }
}
