//! Running tables and pipelines: `dfa.run_table`, `dfa.run_pipeline`, and one step of any task.

mod audit;
pub mod dated;
mod exclusive;
mod explain;
mod gaps;
mod gone;
pub mod landed;
mod ledger;
mod mode;
pub mod node;
pub mod outcome;
pub mod parameters;
pub mod processes;
mod query;
pub mod reads;
pub mod record;
pub mod statements;
pub mod step;
mod touched;
mod watermark;
mod writers;

pub use exclusive::lock as lock_table;
pub use gaps::gap_dates;
pub use gone::of_node as gone_sources;
pub use ledger::mark_readers_stale;
pub use mode::{date_of, date_text, RunMode};
pub use outcome::{interval, seconds};
pub use reads::register;
pub use statements::render_script;
pub use step::execute;
pub use watermark::{Days, Extent};
pub use writers::{in_time, relation_oid, with_lock_timeout, with_lock_timeout_of, Held};

use crate::catalog::{self, Stored};
use crate::error::{entry, given, given_each, Result};
use crate::task::{Mode, Origin, Plan};
use outcome::ResultRow;
use pgrx::prelude::*;
use serde_json::json;

#[pg_extern]
fn run_table(
    name: Option<&str>,
    run_date: default!(Option<Date>, "dfa.today()"),
    run_mode: default!(Option<&str>, "'common'"),
    choose: default!(Option<Vec<Option<String>>>, "NULL"),
    auto_create: default!(Option<bool>, "false"),
    raise: default!(Option<bool>, "false"),
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
    run_now(target, run_date, run_mode, choose, auto_create, raise)
}

#[pg_extern]
fn run_pipeline(
    name: Option<&str>,
    run_date: default!(Option<Date>, "dfa.today()"),
    run_mode: default!(Option<&str>, "'common'"),
    choose: default!(Option<Vec<Option<String>>>, "NULL"),
    auto_create: default!(Option<bool>, "false"),
    raise: default!(Option<bool>, "false"),
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
    run_now(target, run_date, run_mode, choose, auto_create, raise)
}

fn run_now(
    target: Stored,
    run_date: Option<Date>,
    run_mode: Option<&str>,
    choose: Option<Vec<Option<String>>>,
    auto_create: Option<bool>,
    raise_failures: Option<bool>,
) -> TableIterator<'static, outcome::Row> {
    let rows = entry(|| {
        let run_dates = vec![date_text(given("run_date", run_date)?)?];
        let run_mode = given("run_mode", run_mode)?;
        let auto_create = given("auto_create", auto_create)?;
        let choose = given_each("a name of choose", choose)?;
        run_in_transaction(target, run_dates, run_mode, choose, auto_create, given("raise", raise_failures)?)
    });
    TableIterator::new(rows.into_iter().map(ResultRow::into_tuple))
}

/// All steps of a task in the transaction of the caller: each in a subtransaction of its own.
fn run_in_transaction(
    target: Stored,
    run_dates: Vec<String>,
    run_mode: &str,
    choose: Option<Vec<String>>,
    auto_create: bool,
    raise_failures: bool,
) -> Result<Vec<ResultRow>> {
    let mut plan = Plan::new(target, run_dates, Mode::parse(run_mode)?, choose.as_deref())?;
    plan.auto_create = auto_create;
    let task = plan.begin(Origin::Foreground, &json!({ "auto_create": auto_create, "choose": choose }))?;
    let mut rows = Vec::new();
    for step in task.open_steps()? {
        rows.extend(execute(&task, &step, raise_failures)?);
    }
    task.finish()?;
    Ok(rows)
}
