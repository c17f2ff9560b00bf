//! The parts of `CALL dfa.run`, which commits between them. See `sql/run.sql`.

use super::{find_target, plan::Plan, Mode, Origin, Step, Task};
use crate::dataframe;
use crate::error::{entry, given, given_each, DfaError, Result};
use crate::lock::Lock;
use crate::run::{self, date_text};
use crate::spi;
use pgrx::prelude::*;
use serde_json::json;
use std::time::Duration;

/// Between two looks at what a front service does.
const FRONT_PAUSE: Duration = Duration::from_millis(100);

/// First part: writes the task and its steps down.
#[pg_extern]
pub fn begin_run(
    name: Option<&str>,
    run_dates: Option<Vec<Option<Date>>>,
    run_mode: Option<&str>,
    choose: Option<Vec<Option<String>>>,
    auto_create: Option<bool>,
) -> String {
    let begin = || {
        let mode = Mode::parse(given("run_mode", run_mode)?)?;
        let target = find_target(given("name", name)?)?;
        let run_dates = dates(given("run_dates", run_dates)?)?;
        let auto_create = given("auto_create", auto_create)?;
        let choose = given_each("a name of choose", choose)?;
        let mut plan = Plan::new(target, run_dates, mode, choose.as_deref())?;
        plan.auto_create = auto_create;
        let task =
            plan.begin(Origin::Foreground, &json!({ "auto_create": auto_create, "choose": choose }))?;
        hold(&task.process_id)?;
        Ok(task.process_id)
    };
    entry(begin)
}

/// Second part: the next step is under way, for others to see. Null when none is left, or the task was cancelled.
#[pg_extern]
pub fn claim_next_step(process_id: &str) -> Option<i64> {
    entry(|| {
        hold(process_id)?;
        spi::query_one(include_str!("../../../sql/claim_foreground_step.sql"), &[process_id.into()], |row| {
            Ok(row.get::<i64>(1)?.unwrap_or_default())
        })
    })
}

/// Third part: runs that step.
#[pg_extern]
pub fn run_step(process_id: &str, step: i64) {
    let execute = || {
        hold(process_id)?;
        let task = Task::load(process_id)?;
        match Step::start(step)? {
            Some(step) if dataframe::needs_front(&step)? => run::record::handed_over(&step),
            Some(step) => run::execute(&task, &step, false).map(|_| ()),
            None => run::record::cancelled_before_it_began(step),
        }
    };
    entry(execute)
}

/// Between the third and the next: whether a front service still has the step. Waits a little, so that the caller may ask
/// at once again.
#[pg_extern]
pub fn is_at_front(process_id: &str, step: i64) -> bool {
    let wait = || {
        hold(process_id)?;
        let open = spi::query_one(
            include_str!("../../../sql/await_front.sql"),
            &[process_id.into(), step.into()],
            |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
        )?;
        let open = open.unwrap_or_default();
        if open {
            super::process::pause(FRONT_PAUSE);
        }
        Ok(open)
    };
    entry(wait)
}

/// Last part: sums the task up and gives its status.
#[pg_extern]
pub fn finish_run(process_id: &str) -> i32 {
    entry(|| Task::load(process_id)?.finish())
}

/// What there is to say of the first step that failed.
#[pg_extern(stable)]
pub fn task_failure(
    process_id: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(message, Option<String>),
        name!(sqlstate, Option<String>),
        name!(detail, Option<String>),
        name!(hint, Option<String>),
        name!(process, Option<String>),
        name!(statement, Option<String>),
        name!(line, Option<i32>),
    ),
> {
    TableIterator::new(entry(|| {
        spi::query(
            include_str!("../../../sql/task_failure.sql"),
            &[given("process_id", process_id)?.into()],
            |row| {
                Ok((
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                    row.get(7)?,
                ))
            },
        )
    }))
}

/// Run dates as a caller gives them: at least one, none of them null.
pub fn dates(given_dates: Vec<Option<Date>>) -> Result<Vec<String>> {
    if given_dates.is_empty() {
        return Err(DfaError::InvalidArgument {
            argument: "run_dates",
            value: "{}".to_owned(),
            allowed: "Give at least one date, or leave the argument out for today.".to_owned(),
        });
    }
    given_dates.into_iter().map(|date| date_text(given("a date of run_dates", date)?)).collect()
}

/// Says by a lock that this session is at the task, until its transaction ends.
fn hold(process_id: &str) -> Result<()> {
    let hash = spi::query_one("select hashtext($1)", &[process_id.into()], |row| {
        Ok(row.get::<i32>(1)?.unwrap_or_default())
    })?;
    Lock::Foreground(hash.unwrap_or_default()).hold();
    Ok(())
}
