//! A task and its steps, as rows: one step for each node and run date, in the order in which they run.

use super::mode::RunMode;
use crate::catalog::{self, Stored};
use crate::error::{DfaError, Result};
use crate::spi;
use dfa_catalog::choose::Choose;
use dfa_catalog::model::{Kind, Pipeline, PipelineNode};
use serde_json::json;

/// What a caller asked for.
pub struct Request {
    pub target: Stored,
    /// `YYYY-MM-DD`, run in date order.
    pub run_dates: Vec<String>,
    pub run_mode: RunMode,
    pub choose: Option<Vec<String>>,
    pub auto_create: bool,
}

/// A task whose rows exist.
pub struct Task {
    pub process_id: String,
    pub name: String,
    pub is_pipeline: bool,
    pub run_mode: RunMode,
    pub auto_create: bool,
}

/// A step that is still to be run.
#[derive(Debug, Clone)]
pub struct Step {
    pub id: i64,
    pub node: String,
    pub run_date: String,
    pub choose: Vec<String>,
}

/// The pipeline of this name, else the table.
pub fn find_target(name: &str) -> Result<Stored> {
    match catalog::pipeline(name) {
        Err(DfaError::UnknownName { .. }) => catalog::table(name),
        found => found,
    }
}

impl Task {
    /// Writes the task and all of its steps in one statement each.
    pub fn begin(request: &Request) -> Result<Task> {
        let nodes = nodes_of(request)?;
        let (names, chooses): (Vec<String>, Vec<String>) = nodes.into_iter().unzip();
        let target = &request.target;
        let is_pipeline = target.pipeline().is_some();
        let kind = if is_pipeline { "pipeline" } else { "table" };
        let parameters = json!({ "auto_create": request.auto_create, "choose": request.choose });
        let process_id = spi::query_one(
            include_str!("../../../sql/begin_task.sql"),
            &[
                format!("foreground|{kind}").into(),
                target.name().into(),
                request.run_dates.clone().into(),
                request.run_mode.as_str().into(),
                parameters.to_string().into(),
                names.into(),
                chooses.into(),
            ],
            |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
        )?
        .unwrap_or_default();
        if is_pipeline {
            spi::run(include_str!("../../../sql/track_start.sql"), &[target.name().into()])?;
        }
        Ok(Task {
            process_id,
            name: target.name().to_owned(),
            is_pipeline,
            run_mode: request.run_mode,
            auto_create: request.auto_create,
        })
    }

    /// The task of this id, to go on with it.
    pub fn load(process_id: &str) -> Result<Task> {
        let task = spi::query_one(
            "select process_name_put, process_type like '%|pipeline', run_mode,
                    coalesce((parameters ->> 'auto_create')::boolean, false)
             from dfa.task_process where process_id = $1",
            &[process_id.into()],
            |row| {
                Ok(Task {
                    process_id: process_id.to_owned(),
                    name: row.get::<String>(1)?.unwrap_or_default(),
                    is_pipeline: row.get::<bool>(2)?.unwrap_or_default(),
                    run_mode: RunMode::parse(&row.get::<String>(3)?.unwrap_or_default())?,
                    auto_create: row.get::<bool>(4)?.unwrap_or_default(),
                })
            },
        )?;
        task.ok_or_else(|| DfaError::UnknownName {
            what: "task",
            name: process_id.to_owned(),
            suggestion: None,
        })
    }

    /// The steps that wait, in order.
    pub fn open_steps(&self) -> Result<Vec<Step>> {
        spi::query(
            "select id, node, run_date::text, choose from dfa.task_step
             where process_id = $1 and state = 'WAITING' order by step_order",
            &[self.process_id.as_str().into()],
            read_step,
        )
    }

    pub fn next_step(&self) -> Result<Option<Step>> {
        spi::query_one(
            "select id, node, run_date::text, choose from dfa.task_step
             where process_id = $1 and state = 'WAITING' order by step_order limit 1",
            &[self.process_id.as_str().into()],
            read_step,
        )
    }

    /// Sums the steps up in the task's row and in the tracking of its pipeline; gives the task's status.
    pub fn finish(&self) -> Result<i32> {
        let status = spi::query_one(
            include_str!("../../../sql/finish_task.sql"),
            &[self.process_id.as_str().into()],
            |row| Ok(row.get::<i32>(1)?.unwrap_or(1)),
        )?
        .unwrap_or(1);
        if self.is_pipeline {
            let alerts =
                catalog::pipeline(&self.name)?.pipeline().map(|it| it.alerts.clone()).unwrap_or_default();
            spi::run(
                include_str!("../../../sql/track_end.sql"),
                &[self.name.as_str().into(), (status == 0).into(), alerts.into()],
            )?;
        }
        Ok(status)
    }
}

fn read_step(row: &spi::Row<'_>) -> Result<Step> {
    Ok(Step {
        id: row.get::<i64>(1)?.unwrap_or_default(),
        node: row.get::<String>(2)?.unwrap_or_default(),
        run_date: row.get::<String>(3)?.unwrap_or_default(),
        choose: row.get::<Vec<String>>(4)?.unwrap_or_default(),
    })
}

/// Each node with the processes it runs, as a list literal: those that the pipeline and the caller both take.
/// A node of which the caller takes nothing is left out.
fn nodes_of(request: &Request) -> Result<Vec<(String, String)>> {
    let asked = request.choose.clone().unwrap_or_default();
    let by_caller = Choose::parse(&asked).map_err(|error| invalid_choose(&asked, error.to_string()))?;
    let nodes = match request.target.pipeline() {
        None => vec![(request.target.clone(), Choose::all())],
        Some(pipeline) => pipeline_nodes(pipeline)?,
    };
    let known: Vec<&str> = nodes.iter().flat_map(|(stored, _)| processes(stored)).collect();
    if let Some(wrong) = by_caller.names().find(|name| !known.contains(name)) {
        return Err(invalid_choose(&[wrong.to_owned()], format!("The processes are {}.", known.join(", "))));
    }
    let chosen = nodes.iter().map(|(stored, by_pipeline)| {
        let choose = by_pipeline.and(&by_caller);
        let taken: Vec<&str> = processes(stored).filter(|name| choose.takes(name)).collect();
        (stored.name().to_owned(), taken)
    });
    Ok(chosen
        .filter(|(_, taken)| by_caller.is_all() || !taken.is_empty())
        .map(|(name, taken)| (name, json!(taken).to_string()))
        .collect())
}

fn pipeline_nodes(pipeline: &Pipeline) -> Result<Vec<(Stored, Choose)>> {
    let names: Vec<String> = pipeline.nodes.iter().map(|node| node.table.clone()).collect();
    let tables = catalog::current(&[Kind::Table], Some(&names))?;
    let node = |node: &PipelineNode| {
        let table = tables.iter().find(|stored| stored.name() == node.table).ok_or_else(|| {
            DfaError::UnknownName { what: "table", name: node.table.clone(), suggestion: None }
        })?;
        Ok((table.clone(), node.choose.clone()))
    };
    pipeline.nodes.iter().map(node).collect()
}

fn processes(stored: &Stored) -> impl Iterator<Item = &str> {
    stored.table().into_iter().flat_map(|table| &table.processes).map(|process| process.name.as_str())
}

fn invalid_choose(value: &[String], allowed: String) -> DfaError {
    DfaError::InvalidArgument { argument: "choose", value: value.join(", "), allowed }
}
