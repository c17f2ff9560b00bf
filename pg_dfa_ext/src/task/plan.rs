//! From what is asked for to the rows of a task: which nodes on which dates, and what waits for what.

use super::{order, tracking, Mode, Module, Step, Task};
use crate::catalog::graph::Graph;
use crate::catalog::{self, Stored};
use crate::clock;
use crate::data_schema;
use crate::date::Days;
use crate::error::{DfaError, Result};
use crate::maintenance;
use crate::spi;
use dfa_catalog::choose::Choose;
use dfa_catalog::model::{Kind, Pipeline, PipelineNode};
use jiff::ToSpan;
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A task has at most so many steps.
const MAX_STEPS: usize = 100_000;
/// No run date lies farther ahead: it is a slip of the hand, and each interval up to it would be written down as taken.
const MAX_YEARS_AHEAD: i64 = 100;

/// Who runs a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Foreground,
    Background,
}

impl Origin {
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Foreground => "foreground",
            Origin::Background => "background",
        }
    }
}

/// A task that is not written down yet.
pub struct Plan {
    pub target: Stored,
    pub mode: Mode,
    pub auto_create: bool,
    /// Less is sooner.
    pub priority: f64,
    /// The task that sets it off.
    pub parent: Option<String>,
    /// The run dates in the caller's words.
    pub asked_dates: String,
    /// In the order in which one session would run them.
    steps: Vec<PlannedStep>,
    /// Of nodes that come before what they read, what is said of it.
    warnings: BTreeMap<String, String>,
}

pub struct PlannedStep {
    pub node: String,
    pub run_date: String,
    /// The processes that it runs.
    pub chosen: Vec<String>,
    /// Its definition, where the plan has read it.
    stored: Option<Stored>,
}

/// A node with the processes that it runs.
pub type ChosenNode = (String, Vec<String>);

impl Plan {
    /// All nodes of a target on each of these dates, oldest first.
    pub fn new(
        target: Stored,
        run_dates: Vec<String>,
        mode: Mode,
        choose: Option<&[String]>,
    ) -> Result<Plan> {
        run_dates.iter().try_for_each(|date| check_not_far(date))?;
        let nodes = stored_nodes(&target, choose)?;
        let asked_dates = run_dates.join(",");
        let dates: BTreeSet<String> = run_dates.into_iter().collect();
        let steps = dates.iter().flat_map(|date| {
            nodes.iter().map(|(stored, chosen)| PlannedStep {
                node: stored.name().to_owned(),
                run_date: date.clone(),
                chosen: chosen.clone(),
                stored: stored.is_usable().then(|| stored.clone()),
            })
        });
        let steps = steps.collect();
        let early = target.pipeline().map(catalog::nodes::too_early).transpose()?.unwrap_or_default();
        let mut plan = Plan::of_steps(target, mode, asked_dates, steps)?;
        plan.warnings = early
            .into_iter()
            .map(|early| {
                let warning = format!("Warning: {}; {}", early.message(), early.hint());
                (early.node, warning)
            })
            .collect();
        Ok(plan)
    }

    /// Each node on the first days of intervals of its own; `reads` are the nodes that each reads.
    pub fn of_intervals(
        target: Stored,
        mode: Mode,
        asked_dates: String,
        nodes: &[ChosenNode],
        intervals: &[Vec<Days>],
        reads: &[Vec<usize>],
    ) -> Result<Plan> {
        let steps = order::arrange(intervals, reads).into_iter().map(|(node, at)| PlannedStep {
            node: nodes[node].0.clone(),
            run_date: intervals[node][at].start.clone(),
            chosen: nodes[node].1.clone(),
            stored: None,
        });
        Plan::of_steps(target, mode, asked_dates, steps.collect())
    }

    fn of_steps(target: Stored, mode: Mode, asked_dates: String, steps: Vec<PlannedStep>) -> Result<Plan> {
        if steps.len() > MAX_STEPS {
            return Err(DfaError::InvalidArgument {
                argument: "run_dates",
                value: format!("{} steps", steps.len()),
                allowed: format!("A task has at most {MAX_STEPS} steps: take fewer dates at a time."),
            });
        }
        let warnings = BTreeMap::new();
        Ok(Plan {
            target,
            mode,
            auto_create: false,
            priority: 99.0,
            parent: None,
            asked_dates,
            steps,
            warnings,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// What it is going to do, in its order.
    pub fn steps(&self) -> &[PlannedStep] {
        &self.steps
    }

    /// Writes the task and its steps: two statements, whatever their number.
    pub fn begin(&self, origin: Origin, parameters: &Value) -> Result<Task> {
        let task = self.begin_task(origin, parameters)?;
        self.write_steps(&task.process_id, origin, task.is_pipeline)?;
        self.track_start(&task)?;
        Ok(task)
    }

    /// Writes the task, of which the transaction of the caller runs all steps: these are written when they have ended.
    pub fn begin_unseen(&self, parameters: &Value) -> Result<(Task, Vec<Step>)> {
        let task = self.begin_task(Origin::Foreground, parameters)?;
        self.track_start(&task)?;
        let count = i32::try_from(self.steps.len()).unwrap_or(i32::MAX);
        let ids = spi::values::<i64>(
            "select nextval('dfa.task_step_id_seq') from generate_series(1, $1)",
            &[count.into()],
        )?;
        let steps = ids.into_iter().zip(1..).zip(&self.steps).map(|((id, order), planned)| Step {
            id,
            order,
            node: planned.node.clone(),
            run_date: planned.run_date.clone(),
            choose: planned.chosen.clone(),
            attempts: 0,
            crashes: 0,
            stored: planned.stored.clone(),
        });
        Ok((task, steps.collect()))
    }

    fn begin_task(&self, origin: Origin, parameters: &Value) -> Result<Task> {
        maintenance::refuse_work()?;
        // Nobody asks for work in one data schema that is then done in another.
        data_schema::name()?;
        let mut parameters = parameters.clone();
        if !self.warnings.is_empty() {
            parameters["order"] = json!(self.warnings);
        }
        let is_pipeline = self.target.pipeline().is_some();
        let kind = if is_pipeline { "pipeline" } else { "table" };
        let process_id = spi::value(
            include_str!("sql/begin_task.sql"),
            &[
                format!("{}|{kind}", origin.as_str()).into(),
                Module::Data.stored().into(),
                self.target.name().into(),
                self.asked_dates.as_str().into(),
                self.mode.as_str().into(),
                parameters.to_string().into(),
                self.priority.to_string().into(),
                i32::try_from(self.steps.len()).unwrap_or(i32::MAX).into(),
                self.parent.clone().into(),
            ],
        )?;
        Ok(Task {
            process_id: process_id.ok_or_else(|| DfaError::internal("a task was not written down"))?,
            name: self.target.name().to_owned(),
            is_pipeline,
            module: Module::Data,
            mode: self.mode,
            auto_create: self.auto_create,
            parameters,
        })
    }

    fn track_start(&self, task: &Task) -> Result<()> {
        if !task.is_pipeline {
            return Ok(());
        }
        tracking::start(self.target.name(), &task.process_id)
    }

    fn write_steps(&self, process_id: &str, origin: Origin, is_pipeline: bool) -> Result<()> {
        // One session runs them in order; only workers need to know what may go side by side.
        let waits_for = match origin {
            Origin::Foreground => vec![Vec::new(); self.steps.len()],
            Origin::Background => self.waits_for()?,
        };
        let column =
            |read: &dyn Fn(&PlannedStep) -> String| -> Vec<String> { self.steps.iter().map(read).collect() };
        spi::run(
            include_str!("sql/begin_steps.sql"),
            &[
                process_id.into(),
                is_pipeline.then(|| self.target.name().to_owned()).into(),
                column(&|step| step.node.clone()).into(),
                column(&|step| step.run_date.clone()).into(),
                column(&|step| json!(step.chosen).to_string()).into(),
                waits_for.iter().map(|orders| json!(orders).to_string()).collect::<Vec<_>>().into(),
            ],
        )
    }

    /// For each step the orders of those that must have ended before it: of its own node, and of each node that it reads
    /// or that reads it, the last one before it. So whatever runs side by side gives what one session would give.
    fn waits_for(&self) -> Result<Vec<Vec<usize>>> {
        let related = self.related_nodes()?;
        let mut last: HashMap<&str, usize> = HashMap::new();
        let mut waits_for = Vec::with_capacity(self.steps.len());
        for (order, step) in (1..).zip(&self.steps) {
            let nodes = related.get(step.node.as_str()).into_iter().flatten();
            let orders = nodes.filter_map(|node| last.get(node.as_str()).copied()).collect();
            waits_for.push(orders);
            last.insert(&step.node, order);
        }
        Ok(waits_for)
    }

    /// Each node with itself, the nodes that it reads and those that read it.
    fn related_nodes(&self) -> Result<HashMap<String, BTreeSet<String>>> {
        let nodes: BTreeSet<&str> = self.steps.iter().map(|step| step.node.as_str()).collect();
        let mut related: HashMap<String, BTreeSet<String>> =
            nodes.iter().map(|node| ((*node).to_owned(), BTreeSet::from([(*node).to_owned()]))).collect();
        if nodes.len() > 1 {
            let graph = Graph::load()?;
            for node in &nodes {
                for source in
                    graph.table_sources(node).into_iter().filter(|source| nodes.contains(source.as_str()))
                {
                    related.entry(source.clone()).or_default().insert((*node).to_owned());
                    related.entry((*node).to_owned()).or_default().insert(source);
                }
            }
        }
        Ok(related)
    }
}

/// # Errors
/// A run date that lies more than [`MAX_YEARS_AHEAD`].
fn check_not_far(run_date: &str) -> Result<()> {
    let last = clock::utc_day().and_then(|today| today.checked_add(MAX_YEARS_AHEAD.years()).ok());
    match (run_date.parse::<jiff::civil::Date>(), last) {
        (Ok(date), Some(last)) if date > last => Err(DfaError::InvalidArgument {
            argument: "run_date",
            value: run_date.to_owned(),
            allowed: format!("A run date lies at most {MAX_YEARS_AHEAD} years ahead, up to {last}."),
        }),
        _ => Ok(()),
    }
}

/// Each node with the processes it runs: those that the pipeline and the caller both take. A node of which they take
/// nothing is left out: a run of it would say that its dates are done.
pub fn nodes_of(target: &Stored, choose: Option<&[String]>) -> Result<Vec<ChosenNode>> {
    let nodes = stored_nodes(target, choose)?;
    Ok(nodes.into_iter().map(|(stored, chosen)| (stored.name().to_owned(), chosen)).collect())
}

fn stored_nodes(target: &Stored, choose: Option<&[String]>) -> Result<Vec<(Stored, Vec<String>)>> {
    let asked = choose.unwrap_or_default();
    let by_caller = Choose::parse(asked).map_err(|error| invalid_choose(asked, error.to_string()))?;
    let nodes = match target.pipeline() {
        None => vec![(target.clone(), Choose::all())],
        Some(pipeline) => pipeline_nodes(pipeline)?,
    };
    let known: Vec<&str> = nodes.iter().flat_map(|(stored, _)| processes(stored)).collect();
    if let Some(wrong) = by_caller.names().find(|name| !known.contains(name)) {
        return Err(invalid_choose(&[wrong.to_owned()], format!("The processes are {}.", known.join(", "))));
    }
    let chosen = nodes.into_iter().filter_map(|(stored, by_pipeline)| {
        let choose = by_pipeline.and(&by_caller);
        let taken: Vec<String> =
            processes(&stored).filter(|name| choose.takes(name)).map(str::to_owned).collect();
        (choose.is_all() || !taken.is_empty()).then_some((stored, taken))
    });
    Ok(chosen.collect())
}

fn pipeline_nodes(pipeline: &Pipeline) -> Result<Vec<(Stored, Choose)>> {
    let nodes = catalog::nodes::of(pipeline)?;
    let names: Vec<String> = nodes.iter().map(|node| node.table.clone()).collect();
    let tables = catalog::current(&[Kind::Table], Some(&names))?;
    let node = |node: &PipelineNode| {
        if let Some(table) = tables.iter().find(|stored| stored.name() == node.table) {
            return Ok((table.clone(), node.choose.clone()));
        }
        match catalog::refused_table(&node.table)? {
            // It fails when its turn comes, with the reason; the nodes before it run.
            Some(refused) => Ok((refused, Choose::all())),
            None => Err(DfaError::UnknownName { what: "table", name: node.table.clone(), suggestion: None }),
        }
    };
    nodes.iter().map(node).collect()
}

fn processes(stored: &Stored) -> impl Iterator<Item = &str> {
    stored.table().into_iter().flat_map(|table| &table.processes).map(|process| process.name.as_str())
}

fn invalid_choose(value: &[String], allowed: String) -> DfaError {
    DfaError::InvalidArgument { argument: "choose", value: value.join(", "), allowed }
}
