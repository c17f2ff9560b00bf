//! Running tables and pipelines: `dfa.run_table`, `dfa.run_pipeline`, and one step of any task.

mod advance;
mod audit;
pub mod call;
mod covered;
mod dated;
mod explain;
mod mode;
pub mod node;
mod outcome;
pub mod processes;
mod query;
pub mod reads;
pub mod step;
mod touched;
mod trial;
mod waited;
mod watermark;
mod writers;

pub use mode::{mode_of, Outlook};
pub use outcome::NodeOutcome;
pub use reads::register;
pub use step::execute;
use step::execute_all;
pub use watermark::Extent;

use crate::catalog::{self, Stored};
use crate::date::date_text;
use crate::entry::entry;
use crate::error::{given, given_each, Result};
use crate::task::{Mode, Plan};
use outcome::ResultRow;
use pgrx::prelude::*;
use serde_json::{json, Value};

extension_sql!(
    r#"
comment on function dfa.run_table is
'Runs the processes of a table in this transaction; a row for each process. run_mode: common (moves the watermark on) or rerun (takes a date again). choose: processes to run, or !process for all but that one. auto_create makes a missing table. A failed node is undone, logged and reported as a row with status 1, sqlstate, detail, hint, the statement and its line, or raised if raise is true. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
grant execute on function dfa.run_table to dfa_operator;
"#,
    name = "about_run_table",
    requires = [run_table]
);

#[pg_extern]
fn run_table(
    name: Option<&str>,
    run_date: default!(Option<Date>, "dfa.today()"),
    run_mode: default!(Option<&str>, "'common'"),
    choose: default!(Option<Vec<Option<String>>>, "NULL"),
    auto_create: default!(Option<bool>, "false"),
    raise: default!(Option<bool>, "false"),
    if_preview: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(node, String),
        name!(process, Option<String>),
        name!(rows, i64),
        name!(status, i32),
        name!(message, String),
        name!(duration, Interval),
        name!(sqlstate, Option<String>),
        name!(detail, Option<String>),
        name!(hint, Option<String>),
        name!(statement, Option<String>),
        name!(line, Option<i32>),
    ),
> {
    let target = entry(|| catalog::table(given("name", name)?));
    run_now(target, run_date, run_mode, choose, auto_create, raise, if_preview)
}

extension_sql!(
    r#"
comment on function dfa.run_pipeline is
'Runs the nodes of a pipeline in this transaction, as run_table does each; a failed node stops those that read its table and no others.';
grant execute on function dfa.run_pipeline to dfa_operator;
"#,
    name = "about_run_pipeline",
    requires = [run_pipeline]
);

#[pg_extern]
fn run_pipeline(
    name: Option<&str>,
    run_date: default!(Option<Date>, "dfa.today()"),
    run_mode: default!(Option<&str>, "'common'"),
    choose: default!(Option<Vec<Option<String>>>, "NULL"),
    auto_create: default!(Option<bool>, "false"),
    raise: default!(Option<bool>, "false"),
    if_preview: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(node, String),
        name!(process, Option<String>),
        name!(rows, i64),
        name!(status, i32),
        name!(message, String),
        name!(duration, Interval),
        name!(sqlstate, Option<String>),
        name!(detail, Option<String>),
        name!(hint, Option<String>),
        name!(statement, Option<String>),
        name!(line, Option<i32>),
    ),
> {
    let target = entry(|| catalog::pipeline(given("name", name)?));
    run_now(target, run_date, run_mode, choose, auto_create, raise, if_preview)
}

fn run_now(
    target: Stored,
    run_date: Option<Date>,
    run_mode: Option<&str>,
    choose: Option<Vec<Option<String>>>,
    auto_create: Option<bool>,
    raise_failures: Option<bool>,
    if_preview: Option<&str>,
) -> TableIterator<'static, outcome::Row> {
    let rows = entry(|| {
        let run_dates = vec![date_text(given("run_date", run_date)?)?];
        let run_mode = given("run_mode", run_mode)?;
        let auto_create = given("auto_create", auto_create)?;
        let choose = given_each("a name of choose", choose)?;
        let raise = given("raise", raise_failures)?;
        let mut plan = Plan::new(target, run_dates, Mode::parse(run_mode)?, choose.as_deref())?;
        plan.check_preview(if_preview)?;
        plan.auto_create = auto_create;
        run_in_transaction(&plan, &json!({ "auto_create": auto_create, "choose": choose }), raise)
    });
    TableIterator::new(rows.into_iter().map(ResultRow::into_tuple))
}

/// All steps of a task in the transaction of the caller: each in a subtransaction of its own.
fn run_in_transaction(plan: &Plan, parameters: &Value, raise: bool) -> Result<Vec<ResultRow>> {
    let (task, steps) = plan.begin_unseen(parameters)?;
    let (rows, ended) = execute_all(&task, &steps, raise)?;
    task.finish_unseen(&ended, &plan.target)?;
    Ok(rows)
}
