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
use crate::error::{entry, Result};
use mode::RunMode;
use outcome::ResultRow;
use pgrx::prelude::*;
use task::{Request, Task};

#[pg_extern]
fn run_table(
    name: &str,
    run_date: default!(Date, "CURRENT_DATE"),
    run_mode: default!(&str, "'common'"),
    choose: default!(Option<Vec<String>>, "NULL"),
    auto_create: default!(bool, "false"),
    raise: default!(bool, "false"),
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
    let target = entry(|| catalog::table(name));
    run_now(target, run_date, run_mode, choose, auto_create, raise)
}

#[pg_extern]
fn run_pipeline(
    name: &str,
    run_date: default!(Date, "CURRENT_DATE"),
    run_mode: default!(&str, "'common'"),
    choose: default!(Option<Vec<String>>, "NULL"),
    auto_create: default!(bool, "false"),
    raise: default!(bool, "false"),
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
    let target = entry(|| catalog::pipeline(name));
    run_now(target, run_date, run_mode, choose, auto_create, raise)
}

fn run_now(
    target: Stored,
    run_date: Date,
    run_mode: &str,
    choose: Option<Vec<String>>,
    auto_create: bool,
    raise_failures: bool,
) -> TableIterator<'static, outcome::Row> {
    let rows = entry(|| {
        let run_dates = vec![date_text(run_date)?];
        run_in_transaction(target, run_dates, run_mode, choose, auto_create, raise_failures)
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
    name: &str,
    run_dates: Vec<Date>,
    run_mode: &str,
    choose: Option<Vec<String>>,
    auto_create: bool,
) -> String {
    let begin = || {
        let run_mode = RunMode::parse(run_mode)?;
        let target = task::find_target(name)?;
        let run_dates = run_dates.into_iter().map(date_text).collect::<Result<_>>()?;
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
