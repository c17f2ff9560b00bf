//! The heart: a node's processes, its audits, its watermark and its ledger.
//!
//! Everything here happens in the one subtransaction that [`super::step`] opens.

use super::advance::{advance, Taken};
use super::audit;
use super::covered::{Covered, Look};
use super::outcome::{NodeOutcome, ProcessResult};
use super::processes::{self, Done};
use super::reads;
use super::watermark::{self, Extent, RunDates, Verdict, Watermark};
use super::writers;
use crate::catalog::{graph, State, Stored};
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::ledger::gone;
use crate::leftover::isolated;
use crate::lock::hold_table;
use crate::partition::{self, Place};
use crate::relation;
use crate::setup;
use crate::spi;
use crate::statement::{self, Rendered};
use crate::statement::{RunValues, Values};
use crate::task::RunMode;
use crate::task::{Step, Task};
use crate::trust;
use dfa_catalog::model::{Process, Table};
use std::collections::HashSet;

/// A step of a task, as its node sees it.
pub struct NodeRun<'run> {
    pub task: &'run Task,
    pub step: &'run Step,
    pub mode: RunMode,
    pub extent: Extent,
    /// Somebody is there who runs the functions of DataFrame processes.
    pub by_front: bool,
}

/// A node that holds its table and has its statements: its processes are next.
pub struct Prepared {
    pub stored: Stored,
    pub oid: pgrx::pg_sys::Oid,
    pub rendered: Vec<Rendered>,
    /// The tables whose writers were waited for; `None` where the catalog says not to wait.
    pub waited: Option<HashSet<pgrx::pg_sys::Oid>>,
    schema: String,
    watermark: Watermark,
    plan: RunDates,
    values: Values,
    skipped: Vec<ProcessResult>,
    look: Look,
    reset: u64,
}

/// What there is to do after the first half of a node.
pub enum Beginning {
    /// Nothing: this is its outcome.
    Ended(NodeOutcome),
    Ready(Box<Prepared>),
}

/// Runs a node. Each line is a promise of ARCHITECTURE.md; their order is part of it.
pub fn run(run: &NodeRun<'_>) -> Result<NodeOutcome> {
    let mut prepared = match prepare(run)? {
        Beginning::Ended(outcome) => return Ok(outcome),
        Beginning::Ready(prepared) => prepared,
    };
    let waited = prepared.waited.take();
    let work = || isolated(|| processes::run_all(prepared.stored.name(), prepared.oid, &prepared.rendered));
    let (done, foreign) = match waited {
        Some(waited) => reads::settled(&prepared.stored, waited, work)?,
        None => (work()?, Vec::new()),
    };
    complete(run, *prepared, done, &foreign)
}

/// The first half: all up to the processes.
pub fn prepare(run: &NodeRun<'_>) -> Result<Beginning> {
    let stored = run.step.table()?;
    let Some(table) = stored.table() else { return Ok(Beginning::Ended(nothing())) };
    let schema = data_schema::name()?;
    let oid = existing_table(run, &stored, &schema)?;
    trust::check_table(&schema, stored.name(), oid)?;
    hold_table(stored.name(), oid)?;
    let lookback = table.lookback.unwrap_or(0);
    let watermark = watermark::read_settled(stored.name(), &run.step.run_date, lookback)?;
    // Audits may ask, too.
    let by_intervals =
        !table.tests.is_empty() || table.chosen(&run.step.choose).any(Process::takes_intervals);
    let plan = match watermark.plan(run.mode, run.extent, by_intervals)? {
        Verdict::Run(plan) => plan,
        Verdict::QuotaReached => {
            let message = format!("Warning: the running quota of '{}' has been reached", stored.name());
            return Ok(Beginning::Ended(NodeOutcome::Skipped { message }));
        }
    };
    let catalog = State::now()?;
    let dates = RunValues {
        run_id: &run.task.process_id,
        run_date: &plan.run_date,
        run_mode: run.mode.as_str(),
        data_date: &plan.data_date,
    };
    let values = Values::of_state(catalog.as_str())?.of_run(&dates).of_interval(&plan.interval, lookback);
    // All statements are filled in and parsed before the first one runs.
    let (rendered, skipped) = render_chosen(run, &stored, table, &values)?;
    if !run.by_front {
        processes::refuse_frames(stored.name(), &rendered)?;
    }
    let routines = graph::routines_of(&catalog, rendered.iter().flat_map(Rendered::lineages))?;
    setup::create_missing(&routines)?;
    let waits = table.run.wait_for_writers != Some(false);
    let waited = match waits {
        true => Some(writers::wait_out(&stored, rendered.iter().flat_map(Rendered::lineages), &routines)?),
        false => None,
    };
    // What is read from here on holds all that was committed before this moment.
    let look = Look::now(stored.name())?;
    let place = Place { schema: &schema, name: stored.name(), oid };
    if table.partition.is_some() {
        partition::make(place, &partition::months(&plan.data_date, &plan.run_date))?;
    }
    let reset = watermark::reset_rows(&watermark, &plan, &schema, oid, run.mode, &values)?;
    Ok(Beginning::Ready(Box::new(Prepared {
        oid,
        rendered,
        waited,
        schema,
        watermark,
        plan,
        values,
        skipped,
        look,
        reset,
        stored,
    })))
}

/// The second half: all after the processes, of which `done` tells; `foreign` are the foreign tables that they read.
pub fn complete(
    run: &NodeRun<'_>,
    prepared: Prepared,
    done: Done,
    foreign: &[pgrx::pg_sys::Oid],
) -> Result<NodeOutcome> {
    let Prepared { stored, oid, rendered, schema, watermark, plan, values, skipped, look, reset, .. } =
        prepared;
    let Some(table) = stored.table() else { return Ok(nothing()) };
    let mut processes = done.results;
    processes.extend(skipped);
    if table.partition.is_some() {
        let place = Place { schema: &schema, name: stored.name(), oid };
        // After the rows: for those outside of the days of the run, and so that locks are short.
        partition::ahead(place, &plan.run_date)?;
    }
    let mut warnings = gone_sources(run, &stored, &plan, &rendered)?;
    let audited = audit::check(&stored, table, &schema, &values)?;
    warnings.extend(audited.warnings);
    warnings.extend(foreign_warning(foreign)?);
    let reached = watermark.greatest(&schema, oid, &run.step.run_date)?;
    warnings.extend(reached.warning);
    let taken = Taken {
        watermark: &watermark,
        covered: Covered::by(run, table, &watermark, &plan),
        look: &look,
        changed: done.changed || reset > 0,
        reached: reached.date.as_deref(),
        reset_from: (reset > 0).then_some(plan.run_date.as_str()),
    };
    advance(run, &taken)?;
    Ok(NodeOutcome::Done { processes, warnings, audits: audited.found })
}

fn nothing() -> NodeOutcome {
    NodeOutcome::Done { processes: Vec::new(), warnings: Vec::new(), audits: None }
}

/// The table of the node; created if the caller allows it.
fn existing_table(run: &NodeRun<'_>, stored: &Stored, schema: &str) -> Result<pgrx::pg_sys::Oid> {
    if let Some(oid) = relation::oid(Some(schema), stored.name()) {
        return Ok(oid);
    }
    if run.task.auto_create {
        setup::create_table(stored, Some(&run.step.run_date))?;
    }
    relation::oid(Some(schema), stored.name())
        .ok_or_else(|| DfaError::MissingTable { schema: schema.to_owned(), table: stored.name().to_owned() })
}

/// Of a run that takes days again: which of its sources no longer have them.
fn gone_sources(
    run: &NodeRun<'_>,
    stored: &Stored,
    plan: &RunDates,
    rendered: &[Rendered],
) -> Result<Vec<String>> {
    let again = run.mode == RunMode::Rerun || run.extent == Extent::Asked;
    if !again || rendered.is_empty() {
        return Ok(Vec::new());
    }
    gone::of_node(stored.name(), &plan.interval.start)
}

/// The chosen processes, filled in; and the mockups among them, which a parameter leaves out.
fn render_chosen(
    run: &NodeRun<'_>,
    stored: &Stored,
    table: &Table,
    values: &Values,
) -> Result<(Vec<Rendered>, Vec<ProcessResult>)> {
    let filter_mockups = values.is_yes("data_normal_common_filter_mockup");
    let mut rendered = Vec::new();
    let mut skipped = Vec::new();
    for process in table.chosen(&run.step.choose) {
        if filter_mockups && process.name.to_ascii_lowercase().starts_with("mockup_data") {
            let process = process.name.clone();
            skipped.push(ProcessResult { process, rows: None, duration: std::time::Duration::ZERO });
        } else {
            rendered.push(statement::render(stored.name(), process, values)?);
        }
    }
    Ok((rendered, skipped))
}

/// The rows of a foreign table that commit late are missed: nobody here can wait for them.
fn foreign_warning(foreign: &[pgrx::pg_sys::Oid]) -> Result<Option<String>> {
    if foreign.is_empty() {
        return Ok(None);
    }
    let names = spi::values::<String>(
        "select oid::regclass::text from unnest($1) as oid",
        &[foreign.to_vec().into()],
    )?;
    let names = names.join(", ");
    Ok(Some(format!("Warning: rows that are written to the foreign {names} meanwhile cannot be waited for")))
}
