//! A node between the calls of the front service that runs its functions.
//!
//! What is under way is kept by the session for as long as its transaction, and its savepoint, last: what is rolled back is
//! forgotten.

use super::identity::Submitter;
use super::input::{self, Input};
use crate::clock;
use crate::error::{DfaError, Result};
use crate::leftover::isolated;
use crate::run::node::{self, Beginning, NodeRun, Prepared};
use crate::run::processes::{execute, Processes};
use crate::run::NodeOutcome;
use crate::run::{mode_of, reads, step as run_step, Extent};
use crate::settings;
use crate::spi;
use crate::statement::{Frame, Rendered};
use crate::task::record::{self, Ended};
use crate::task::{RunMode, Step, Task};
use crate::worker::MAX_CRASHES;
use pgrx::pg_sys;
use pgrx::{register_xact_callback, PgXactCallbackEvent};
use std::cell::RefCell;
use std::time::Instant;

/// A node under way.
struct Node {
    /// The subtransaction in which it began.
    within: (i64, u32),
    task: Task,
    step: Step,
    mode: RunMode,
    extent: Extent,
    prepared: Box<Prepared>,
    processes: Processes,
    /// The process that is next, or waits for its function.
    next: usize,
    submitter: Submitter,
    started: Instant,
    process_started: Instant,
}

/// A process that waits for its function.
pub struct Waiting {
    process: String,
    frame: Frame,
    copy: String,
    columns: Vec<String>,
    types: Vec<pg_sys::Oid>,
}

thread_local! {
    static NODE: RefCell<Option<Node>> = const { RefCell::new(None) };
    /// Where the last of them failed: process and statement. An ERROR that a service hears says neither.
    static FAILED_AT: RefCell<Option<FailedAt>> = const { RefCell::new(None) };
}

/// The process that failed, and its statement.
pub type FailedAt = (String, Option<String>);

fn noted<T>(outcome: Result<T>) -> Result<T> {
    let error = outcome.as_ref().err();
    FAILED_AT.set(error.and_then(|error| {
        Some((error.process()?.to_owned(), error.statement().map(|statement| statement.0.to_owned())))
    }));
    outcome
}

/// Where the node failed that was under way.
pub fn failed_at() -> Option<FailedAt> {
    FAILED_AT.take()
}

/// The columns of the functions that front services call.
type Row = (String, String, String, String, Vec<String>, Vec<pg_sys::Oid>, i64);

impl Waiting {
    pub fn into_row(self) -> Row {
        let Waiting { process, frame, copy, columns, types } = self;
        let arguments = serde_json::to_string(&frame.arguments).unwrap_or_default();
        (process, frame.function, arguments, copy, columns, types, settings::dataframe_memory())
    }
}

/// The subtransaction of now, by which a node that was rolled back is known.
fn here() -> (i64, u32) {
    // SAFETY: reads globals of this backend.
    unsafe { (pg_sys::GetCurrentTransactionStartTimestamp(), pg_sys::GetCurrentSubTransactionId()) }
}

/// Runs the node of a step that this transaction holds, up to its first DataFrame process.
pub fn begin(step: i64) -> Result<Option<Waiting>> {
    noted(begun(step))
}

fn begun(step: i64) -> Result<Option<Waiting>> {
    let started = Instant::now();
    NODE.take();
    let submitter = Submitter::of(step)?;
    let begun = submitter.owning(|| Step::start(step))?;
    let Some(step) = begun else { return Err(DfaError::NoFrame { call: "dfa.begin_dataframe_step" }) };
    if step.crashes > MAX_CRASHES {
        return Err(DfaError::Crashing { table: step.node.clone(), crashes: step.crashes });
    }
    let task = Task::of_step(step.id)?;
    submitter.stay();
    let (mode, extent) = mode_of(&task, &step)?;
    let failed = record::failed_nodes(&task, &step)?;
    if let Some(cause) = run_step::blocked_by(&step, &failed)? {
        let message = format!("Error: '{}' was not run, because '{cause}' failed", step.node);
        submitter.owning(|| record::update(&task, &Ended::blocked(&step, mode, message)))?;
        return Ok(None);
    }
    let run = NodeRun { task: &task, step: &step, mode, extent, by_front: true };
    let prepared = match clock::kept(|| node::prepare(&run))? {
        Beginning::Ready(prepared) => prepared,
        Beginning::Ended(outcome) => {
            end(&task, &step, mode, submitter, outcome, started)?;
            return Ok(None);
        }
    };
    // Behind a pooler the session goes on with somebody else.
    register_xact_callback(PgXactCallbackEvent::Abort, forget);
    register_xact_callback(PgXactCallbackEvent::PreCommit, forget);
    if let Some(waited) = prepared.waited.clone() {
        reads::watch(waited)?;
    }
    let processes = Processes::of(prepared.oid)?;
    let within = here();
    let node = Node {
        within,
        task,
        step,
        mode,
        extent,
        prepared,
        processes,
        next: 0,
        submitter,
        started,
        process_started: started,
    };
    go_on(node)
}

/// Runs `save` of the process under way, and what follows.
pub fn finish(step: i64, has_rows: bool) -> Result<Option<Waiting>> {
    noted(finished(step, has_rows))
}

fn finished(step: i64, has_rows: bool) -> Result<Option<Waiting>> {
    let mut node = taken("dfa.finish_dataframe_step")?;
    if node.step.id != step {
        return Err(DfaError::NoFrame { call: "dfa.finish_dataframe_step" });
    }
    let table = node.prepared.stored.name().to_owned();
    let Some(Rendered { process, statements, frame: Some(frame) }) = node.prepared.rendered.get(node.next)
    else {
        return Err(DfaError::NoFrame { call: "dfa.finish_dataframe_step" });
    };
    let save = if has_rows { &statements[frame.load..] } else { &[] };
    let processes = &mut node.processes;
    let started = node.process_started;
    isolated(|| processes.run(&table, process, save, started))?;
    if has_rows {
        spi::own("drop table pg_temp.dfa_function_value")?;
    }
    node.next += 1;
    go_on(node)
}

/// The statements that `save` of the process under way consists of, and its table and name.
pub fn save_of_now() -> Result<(String, String, Vec<String>)> {
    NODE.with_borrow(|node| {
        let node = node.as_ref().filter(|node| node.within == here());
        let rendered = node.and_then(|node| Some((node, node.prepared.rendered.get(node.next)?)));
        let Some((node, Rendered { process, statements, frame: Some(frame) })) = rendered else {
            return Err(DfaError::NoFrame { call: "dfa.open_dataframe_result" });
        };
        let save = statements[frame.load..].iter().map(|it| it.0.clone()).collect();
        Ok((node.prepared.stored.name().to_owned(), process.clone(), save))
    })
}

/// Forgets what was under way.
pub fn forget() {
    NODE.take();
    reads::unwatch();
}

fn taken(call: &'static str) -> Result<Node> {
    let node = NODE.take().filter(|node| node.within == here());
    node.ok_or(DfaError::NoFrame { call })
}

/// Runs the processes up to the next one that waits for its function; after the last one, the rest of the node's life.
fn go_on(mut node: Node) -> Result<Option<Waiting>> {
    let table = node.prepared.stored.name().to_owned();
    let waiting = isolated(|| {
        while let Some(process) = node.prepared.rendered.get(node.next) {
            let started = Instant::now();
            let Some(frame) = &process.frame else {
                node.processes.run(&table, &process.process, &process.statements, started)?;
                node.next += 1;
                continue;
            };
            node.process_started = started;
            return load(&table, process, frame).map(Some);
        }
        Ok(None)
    })?;
    if let Some(waiting) = waiting {
        // The load is read by the clock, too.
        clock::set()?;
        NODE.set(Some(node));
        return Ok(Some(waiting));
    }
    let foreign = reads::unwatch();
    let Node { task, step, mode, extent, prepared, processes, submitter, started, .. } = node;
    let run = NodeRun { task: &task, step: &step, mode, extent, by_front: true };
    let outcome = clock::kept(|| node::complete(&run, *prepared, processes.end(), &foreign))?;
    let outcome = outcome.warned(super::end::notes(step.id)?);
    end(&task, &step, mode, submitter, outcome, started)?;
    Ok(None)
}

/// Writes down that the node came to its end.
fn end(
    task: &Task,
    step: &Step,
    mode: RunMode,
    submitter: Submitter,
    outcome: NodeOutcome,
    started: Instant,
) -> Result<()> {
    let outcome = run_step::warned_of_order(task, step, outcome);
    submitter.owning(|| record::update(task, &run_step::succeeded(step, mode, &outcome, started)))
}

/// The input of a process: what comes before its query is run, the query is left to the service.
fn load(table: &str, process: &Rendered, frame: &Frame) -> Result<Waiting> {
    let mut before = process.statements[..frame.load].iter().map(|it| it.0.as_str());
    let Some(query) = before.next_back() else {
        return Err(DfaError::internal("a load without a statement"));
    };
    for statement in before {
        execute(table, &process.process, statement)?;
    }
    let found = crate::error::capture(|| spi::columns(query));
    let found = found.map_err(|error| error.in_statement(table, &process.process, query))?;
    let Input { copy, columns, types } = input::of(query, &frame.function, &found);
    Ok(Waiting { process: process.process.clone(), frame: frame.clone(), copy, columns, types })
}
