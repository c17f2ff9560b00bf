//! `dfa.submit`: a task for the workers, of any module.

use super::preview;
use crate::date;
use crate::entry::entry;
use crate::error::given;
use crate::json::JsonText;
use crate::task::submit::Params;
use crate::task::{find_target, module, submit_plan, unknown_module, wake, Mode, Module, Plan};
use pgrx::prelude::*;
use serde_json::Value;

extension_sql!(
    r#"
comment on function dfa.submit is
'Asks for a run in the background and returns its process_id at once; workers begin when this transaction commits, with the rights of this role. module: data (params: choose, a list of processes; auto_create; priority, less is sooner, default 99), setup (the flags of dfa.setup) or retention (backup_table, backup_schema); name null means everything in the latter two. run_dates: default today. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
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
    if_preview: default!(Option<&str>, "NULL"),
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
            if if_preview.is_some() {
                preview::of_maintenance(module, name, &run_dates, &params)?.previewed().check(if_preview)?;
            }
            wake::hold_workers()?;
            let process_id = module::begin(module, name, &run_dates, &params)?;
            wake::at_commit()?;
            return Ok(process_id);
        }
        let mode = Mode::parse(given("run_mode", run_mode)?)?;
        let target = find_target(given("name", name)?)?;
        let params = Params::read(params)?;
        let mut plan = Plan::new(target, run_dates, mode, params.choose.as_deref())?;
        plan.check_preview(if_preview)?;
        plan.auto_create = params.auto_create;
        plan.priority = params.priority;
        submit_plan(&plan, &params.given)
    };
    entry(submit)
}
