//! Running tables and pipelines: `dfa.run_table`, `dfa.run_pipeline`, and the steps of `CALL dfa.run`.

mod audit;
mod exclusive;
mod explain;
mod gaps;
mod ledger;
mod mode;
mod node;
mod outcome;
pub mod parameters;
mod query;
mod record;
mod statements;
mod step;
mod task;
mod watermark;
mod writers;

pub use mode::date_text;
pub use outcome::{interval, seconds};
pub use statements::render_script;

use crate::catalog::{self, Stored};
use crate::error::{entry, given, DfaError, Result};
use mode::RunMode;
use outcome::ResultRow;
use pgrx::prelude::*;
use task::{Request, Task};

#[pg_extern]
fn run_table(
    name: Option<&str>,
    run_date: default!(Option<Date>, "CURRENT_DATE"),
    run_mode: default!(Option<&str>, "'common'"),
    choose: default!(Option<Vec<String>>, "NULL"),
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
    ),
> {
    let target = entry(|| catalog::table(given("name", name)?));
    run_now(target, run_date, run_mode, choose, auto_create, raise)
}

#[pg_extern]
fn run_pipeline(
    name: Option<&str>,
    run_date: default!(Option<Date>, "CURRENT_DATE"),
    run_mode: default!(Option<&str>, "'common'"),
    choose: default!(Option<Vec<String>>, "NULL"),
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
    ),
> {
    let target = entry(|| catalog::pipeline(given("name", name)?));
    run_now(target, run_date, run_mode, choose, auto_create, raise)
}

fn run_now(
    target: Stored,
    run_date: Option<Date>,
    run_mode: Option<&str>,
    choose: Option<Vec<String>>,
    auto_create: Option<bool>,
    raise_failures: Option<bool>,
) -> TableIterator<'static, outcome::Row> {
    let rows = entry(|| {
        let run_dates = vec![date_text(given("run_date", run_date)?)?];
        let run_mode = given("run_mode", run_mode)?;
        let auto_create = given("auto_create", auto_create)?;
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
    let run_mode = RunMode::parse(run_mode)?;
    let task = Task::begin(&Request { target, run_dates, run_mode, choose, auto_create })?;
    let mut rows = Vec::new();
    for step in task.open_steps()? {
        rows.extend(step::execute(&task, &step, raise_failures)?);
    }
    task.finish()?;
    Ok(rows)
}

/// `CALL dfa.run`, first part: writes the task and its steps down. See `sql/run.sql`.
#[pg_extern]
fn begin_run(
    name: Option<&str>,
    run_dates: Option<Vec<Option<Date>>>,
    run_mode: Option<&str>,
    choose: Option<Vec<String>>,
    auto_create: Option<bool>,
) -> String {
    let begin = || {
        let run_mode = RunMode::parse(given("run_mode", run_mode)?)?;
        let target = task::find_target(given("name", name)?)?;
        let run_dates: Vec<String> = given("run_dates", run_dates)?
            .into_iter()
            .map(|date| date_text(given("a date of run_dates", date)?))
            .collect::<Result<_>>()?;
        if run_dates.is_empty() {
            return Err(DfaError::InvalidArgument {
                argument: "run_dates",
                value: "{}".to_owned(),
                allowed: "Give at least one date, or leave the argument out for today.".to_owned(),
            });
        }
        let auto_create = given("auto_create", auto_create)?;
        Task::begin(&Request { target, run_dates, run_mode, choose, auto_create })
    };
    entry(begin).process_id
}

/// `CALL dfa.run`, second part: runs the next open step of the task; false when none is left.
#[pg_extern]
fn run_next_step(process_id: &str) -> bool {
    let next = || {
        let task = Task::load(process_id)?;
        let Some(step) = task.next_step()? else { return Ok(false) };
        step::execute(&task, &step, false)?;
        Ok(true)
    };
    entry(next)
}

/// `CALL dfa.run`, last part: sums the task up and gives its status.
#[pg_extern]
fn finish_run(process_id: &str) -> i32 {
    entry(|| Task::load(process_id)?.finish())
}
