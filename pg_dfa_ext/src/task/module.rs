//! What a task does besides running data: setup, retention and ingest, each step a call of the function of that name.

use super::{unknown_module, Origin};
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::{api_key, maintenance, names, spi};
use dfa_catalog::model::Kind;
use serde_json::Value;

/// What a task is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    Data,
    Setup,
    Retention,
    /// Begun by `dfa.ingest_begin`, not by `dfa.submit`: its rows come in chunks.
    Ingestion,
    /// Of rows, by `dfa.delete_rows`.
    Deletion,
    /// By `dfa.migrate`.
    Migration,
    /// What the scheduler does by itself, beside retention.
    Upkeep,
}

/// Stands for a name where none was given.
pub const EVERYTHING: &str = "all";

impl Module {
    /// Reads `data` or `framework|data`.
    pub fn parse(text: &str) -> Result<Self> {
        match text.trim().trim_start_matches("framework|") {
            "data" => Ok(Module::Data),
            "setup" => Ok(Module::Setup),
            "retention" => Ok(Module::Retention),
            "data|ingestion" => Ok(Module::Ingestion),
            "data|delete" => Ok(Module::Deletion),
            "migrate" => Ok(Module::Migration),
            "upkeep" => Ok(Module::Upkeep),
            _ => Err(unknown_module(text)),
        }
    }

    /// What callers call it.
    fn as_str(self) -> &'static str {
        match self {
            Module::Data => "data",
            Module::Setup => "setup",
            Module::Retention => "retention",
            Module::Ingestion => "ingestion",
            Module::Deletion => "delete",
            Module::Migration => "migrate",
            Module::Upkeep => "upkeep",
        }
    }

    /// As `process_module` of a task has it.
    pub fn stored(self) -> &'static str {
        match self {
            Module::Data => "framework|data",
            Module::Setup => "framework|setup",
            Module::Retention => "framework|retention",
            Module::Ingestion => "data|ingestion",
            Module::Deletion => "data|delete",
            Module::Migration => "framework|migrate",
            Module::Upkeep => "framework|upkeep",
        }
    }

    /// `dfa.submit` takes it.
    pub fn is_submitted(self) -> bool {
        matches!(self, Module::Data | Module::Setup | Module::Retention)
    }

    /// It goes on while everything is paused, for those who call it: it is what maintenance is for.
    pub fn is_maintenance(self) -> bool {
        matches!(self, Module::Setup | Module::Migration)
    }

    fn parameters(self) -> &'static [&'static str] {
        match self {
            Module::Data => &["choose", "auto_create", "priority"],
            Module::Setup => {
                &["kind", "initial_data", "drop_before_create", "drop_table", "drop_schema", "cascade"]
            }
            Module::Retention => &["backup_table", "backup_schema"],
            Module::Ingestion | Module::Deletion | Module::Migration | Module::Upkeep => &[],
        }
    }

    /// The parameters of a call as an object, without any that this module does not take.
    pub fn check_parameters(self, given: &Value) -> Result<()> {
        let wrong =
            |value: String, allowed: String| DfaError::InvalidArgument { argument: "params", value, allowed };
        let takes = || format!("Module {} takes {}.", self.as_str(), self.parameters().join(", "));
        let Some(object) = given.as_object() else {
            return Err(wrong(given.to_string(), "Give an object of names and values.".to_owned()));
        };
        match object.keys().find(|key| !self.parameters().contains(&key.as_str())) {
            Some(key) => Err(wrong(key.clone(), takes())),
            None => Ok(()),
        }
    }
}

/// Writes a setup or a retention down for the workers: of one definition or, without a name, of everything.
pub fn begin(module: Module, name: Option<&str>, run_dates: &[String], parameters: &Value) -> Result<String> {
    let (kind, name) = match (name, module) {
        (None, _) => {
            api_key::check_everything()?;
            (EVERYTHING.to_owned(), EVERYTHING.to_owned())
        }
        (Some(name), Module::Retention) => named(name, &[Kind::Table, Kind::Pipeline])?,
        (Some(name), _) => named(name, &[Kind::Table, Kind::Pipeline, Kind::Function, Kind::View])?,
    };
    write(module, (&kind, &name), run_dates, parameters)
}

/// A task for the workers whose steps are one name on several dates.
pub fn write(
    module: Module,
    (kind, name): (&str, &str),
    run_dates: &[String],
    parameters: &Value,
) -> Result<String> {
    maintenance::refuse_work()?;
    data_schema::name()?;
    let steps = i32::try_from(run_dates.len()).unwrap_or(i32::MAX);
    let process_id: Option<String> = spi::value(
        include_str!("sql/begin_task.sql"),
        &[
            format!("{}|{kind}", Origin::Background.as_str()).into(),
            module.stored().into(),
            name.into(),
            run_dates.join(",").into(),
            "common".into(),
            parameters.to_string().into(),
            "99".into(),
            steps.into(),
            None::<String>.into(),
        ],
    )?;
    let process_id = process_id.ok_or_else(|| DfaError::internal("a task was not written down"))?;
    let column = |text: &str| vec![text.to_owned(); run_dates.len()];
    // One after the other: each waits for the one before it.
    let waits_for =
        (0..run_dates.len()).map(|before| if before == 0 { "[]".to_owned() } else { format!("[{before}]") });
    spi::run(
        include_str!("sql/begin_steps.sql"),
        &[
            process_id.as_str().into(),
            None::<String>.into(),
            column(name).into(),
            run_dates.to_vec().into(),
            column("[]").into(),
            waits_for.collect::<Vec<_>>().into(),
        ],
    )?;
    Ok(process_id)
}

fn named(name: &str, kinds: &[Kind]) -> Result<(String, String)> {
    let (kind, name) = names::resolve(name, kinds, "definition")?;
    Ok((kind.as_str().to_owned(), name))
}

/// A parameter as text; `None` where it is not given.
pub fn parameter(parameters: &Value, name: &str) -> Option<String> {
    match &parameters[name] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// What the step of a setup, retention or ingest did.
pub struct StepDone {
    /// Objects or tables that failed.
    pub failed: usize,
    pub rows: i64,
    pub message: String,
}
