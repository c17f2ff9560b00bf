//! The parts of `CALL dfa.run`, which commits between them. See `pg_dfa_ext/sql/schema/60_run.sql`.

use super::execute;
use crate::date;
use crate::entry::entry;
use crate::error::{given, given_each, Result};
use crate::latch::pause;
use crate::lock::Lock;
use crate::spi;
use crate::task::{find_target, record, Mode, Origin, Plan, Step, Task};
use pgrx::prelude::*;
use serde_json::json;
use std::time::Duration;

/// Between two looks at what a front service does.
const FRONT_PAUSE: Duration = Duration::from_millis(100);

extension_sql!(
    r#"
comment on function dfa.begin_run is
'First part of CALL dfa.run: writes the task and its steps, gives its process_id.';
grant execute on function dfa.begin_run to dfa_operator;
"#,
    name = "about_begin_run",
    requires = [begin_run]
);

/// First part: writes the task and its steps down.
#[pg_extern]
pub fn begin_run(
    name: Option<&str>,
    run_dates: Option<Vec<Option<Date>>>,
    run_mode: Option<&str>,
    choose: Option<Vec<Option<String>>>,
    auto_create: Option<bool>,
    if_preview: default!(Option<&str>, "NULL"),
) -> String {
    let begin = || {
        let mode = Mode::parse(given("run_mode", run_mode)?)?;
        let target = find_target(given("name", name)?)?;
        let run_dates = date::run_dates(given("run_dates", run_dates)?)?;
        let auto_create = given("auto_create", auto_create)?;
        let choose = given_each("a name of choose", choose)?;
        let mut plan = Plan::new(target, run_dates, mode, choose.as_deref())?;
        plan.check_preview(if_preview)?;
        plan.auto_create = auto_create;
        let task =
            plan.begin(Origin::Foreground, &json!({ "auto_create": auto_create, "choose": choose }))?;
        hold(&task.process_id)?;
        Ok(task.process_id)
    };
    entry(begin)
}

extension_sql!(
    r#"
comment on function dfa.claim_next_step is
'Second part of CALL dfa.run: marks the next waiting step as under way and gives its id; null when none is left or the task was cancelled.';
grant execute on function dfa.claim_next_step to dfa_operator;
"#,
    name = "about_claim_next_step",
    requires = [claim_next_step]
);

/// Second part: the next step is under way, for others to see. Null when none is left, or the task was cancelled.
#[pg_extern]
pub fn claim_next_step(process_id: &str) -> Option<i64> {
    entry(|| {
        hold(process_id)?;
        spi::value::<i64>(include_str!("sql/claim_foreground_step.sql"), &[process_id.into()])
    })
}

extension_sql!(
    r#"
comment on function dfa.run_step is
'Third part of CALL dfa.run: runs that step.';
grant execute on function dfa.run_step to dfa_operator;
"#,
    name = "about_run_step",
    requires = [run_step]
);

/// Third part: runs that step.
#[pg_extern]
pub fn run_step(process_id: &str, step: i64) {
    let execute = || {
        hold(process_id)?;
        let task = Task::load(process_id)?;
        match Step::start(step)? {
            Some(step) if step.needs_front()? => record::handed_over(&step),
            Some(step) => execute(&task, &step, false).map(|_| ()),
            None => record::cancelled_before_it_began(step),
        }
    };
    entry(execute)
}

extension_sql!(
    r#"
comment on function dfa.is_at_front is
'Part of CALL dfa.run: whether a front service still has the step; waits a little.';
grant execute on function dfa.is_at_front to dfa_operator;
"#,
    name = "about_is_at_front",
    requires = [is_at_front]
);

/// Between the third and the next: whether a front service still has the step. Waits a little, so that the caller may ask
/// at once again.
#[pg_extern]
pub fn is_at_front(process_id: &str, step: i64) -> bool {
    let wait = || {
        hold(process_id)?;
        let open =
            spi::value::<bool>(include_str!("sql/await_front.sql"), &[process_id.into(), step.into()])?;
        let open = open.unwrap_or_default();
        if open {
            pause(FRONT_PAUSE);
        }
        Ok(open)
    };
    entry(wait)
}

extension_sql!(
    r#"
comment on function dfa.finish_run is
'Last part of CALL dfa.run: writes the outcome of the task down and gives its status.';
grant execute on function dfa.finish_run to dfa_operator;
"#,
    name = "about_finish_run",
    requires = [finish_run]
);

/// Last part: sums the task up and returns its status.
#[pg_extern]
pub fn finish_run(process_id: &str) -> i32 {
    entry(|| Task::load(process_id)?.finish())
}

/// Says by a lock that this session is at the task, until its transaction ends.
fn hold(process_id: &str) -> Result<()> {
    let hash = spi::value::<i32>("select hashtext($1)", &[process_id.into()])?;
    Lock::Foreground(hash.unwrap_or_default()).hold();
    Ok(())
}
