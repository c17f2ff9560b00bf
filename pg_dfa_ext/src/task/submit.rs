//! `dfa.submit`: a task for the workers.

use super::plan::{Origin, Plan};
use super::{find_target, module, unknown_module, wake, Mode, Module};
use crate::date;
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::json::JsonText;
use pgrx::prelude::*;
use serde_json::Value;

extension_sql!(
    r#"
comment on function dfa.submit is
'Asks for a run in the background and returns its process_id at once; workers begin when this transaction commits, with the rights of this role. module: data (params: choose, a list of processes; auto_create; priority, less is sooner, default 99), setup (the flags of dfa.setup) or retention (backup_table, backup_schema); name null means everything in the latter two. run_dates: default today.';
grant execute on function dfa.submit to dfa_operator;
"#,
    name = "about_submit",
    requires = [submit]
);

/// Writes a task down, to be run when the caller's transaction commits.
#[pg_extern]
pub fn submit(
    module: Option<&str>,
    name: Option<&str>,
    run_dates: default!(Option<Vec<Option<Date>>>, "ARRAY[dfa.today()]"),
    run_mode: default!(Option<&str>, "'common'"),
    params: default!(Option<JsonText<'_>>, "'{}'"),
) -> String {
    let submit = || {
        let named = given("module", module)?;
        let module = Module::parse(named)?;
        if !module.is_submitted() {
            return Err(unknown_module(named));
        }
        let run_dates = date::run_dates(given("run_dates", run_dates)?)?;
        let params: Value = given("params", params)?.read("params")?;
        module.check_parameters(&params)?;
        if module != Module::Data {
            wake::hold_workers()?;
            let process_id = module::begin(module, name, &run_dates, &params)?;
            wake::at_commit()?;
            return Ok(process_id);
        }
        let mode = Mode::parse(given("run_mode", run_mode)?)?;
        let target = find_target(given("name", name)?)?;
        let params = Params::read(params)?;
        let mut plan = Plan::new(target, run_dates, mode, params.choose.as_deref())?;
        plan.auto_create = params.auto_create;
        plan.priority = params.priority;
        submit_plan(&plan, &params.given)
    };
    entry(submit)
}

/// Writes a plan down for the workers, and wakes one at commit.
pub fn submit_plan(plan: &Plan, parameters: &Value) -> Result<String> {
    // Taken first: from here to the commit no worker ends without seeing this task.
    wake::hold_workers()?;
    let task = plan.begin(Origin::Background, parameters)?;
    wake::at_commit()?;
    Ok(task.process_id)
}

/// Further arguments of a submitted run.
struct Params {
    choose: Option<Vec<String>>,
    auto_create: bool,
    /// Less is sooner; 99 unless given.
    priority: f64,
    given: Value,
}

impl Params {
    fn read(given: Value) -> Result<Params> {
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
