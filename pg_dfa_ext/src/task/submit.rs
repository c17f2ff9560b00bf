//! A task for the workers.

use super::plan::{Origin, Plan};
use super::wake;
use crate::error::{DfaError, Result};
use serde_json::Value;

/// Writes a plan down for the workers, and wakes one at commit.
pub fn submit_plan(plan: &Plan, parameters: &Value) -> Result<String> {
    // Taken first: from here to the commit no worker ends without seeing this task.
    wake::hold_workers()?;
    let task = plan.begin(Origin::Background, parameters)?;
    wake::at_commit()?;
    Ok(task.process_id)
}

/// Further arguments of a submitted run.
pub struct Params {
    pub choose: Option<Vec<String>>,
    pub auto_create: bool,
    /// Less is sooner; 99 unless given.
    pub priority: f64,
    pub given: Value,
}

impl Params {
    pub fn read(given: Value) -> Result<Params> {
        let wrong = |key: &str, allowed: &str| DfaError::InvalidArgument {
            argument: "params",
            value: given.get(key).map_or_else(|| given.to_string(), |value| format!("{key}: {value}")),
            allowed: allowed.to_owned(),
        };
        let choose = match given.get("choose") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(vec![name.clone()]),
            Some(Value::Array(names)) => Some(
                names
                    .iter()
                    .map(|name| name.as_str().map(str::to_owned))
                    .collect::<Option<_>>()
                    .ok_or_else(|| wrong("choose", "choose is a list of process names."))?,
            ),
            Some(_) => return Err(wrong("choose", "choose is a list of process names.")),
        };
        let auto_create = match given.get("auto_create") {
            None | Some(Value::Null) => false,
            Some(value) => {
                value.as_bool().ok_or_else(|| wrong("auto_create", "auto_create is true or false."))?
            }
        };
        let priority = match given.get("priority") {
            None | Some(Value::Null) => 99.0,
            Some(value) => value.as_f64().ok_or_else(|| wrong("priority", "priority is a number."))?,
        };
        Ok(Params { choose, auto_create, priority, given: given.clone() })
    }
}
