//! `dfa.resume`.

use super::{give_up, status_of, tracking, wake, Task};
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::maintenance;
use crate::spi;
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.resume is
'Goes on in the background with a task that failed, was cancelled, or lost its session: the steps that did not succeed run again. Returns their number.';
grant execute on function dfa.resume to dfa_operator;
"#,
    name = "about_resume",
    requires = [resume]
);

/// Goes on with a task that failed, was cancelled or lost its session, in the background: the steps that did not
/// succeed run again. Returns their number.
#[pg_extern]
pub fn resume(process_id: Option<&str>) -> i64 {
    entry(|| go_on(given("process_id", process_id)?))
}

/// [`resume`] for code.
pub fn go_on(process_id: &str) -> Result<i64> {
    maintenance::refuse_work()?;
    give_up::lost_tasks()?;
    let wrong = |state, hint| DfaError::WrongState { process_id: process_id.to_owned(), state, hint };
    match status_of(process_id)? {
        0 => return Err(wrong("succeeded", "There is nothing left to do; run it anew with dfa.submit.")),
        2 => {
            return Err(wrong("is waiting or running", "Cancel it first, or wait for its end with dfa.wait."))
        }
        _ => {}
    }
    let has_steps = spi::value::<bool>(
        "select exists (select from dfa.task_step where process_id = $1)",
        &[process_id.into()],
    )?;
    if !has_steps.unwrap_or_default() {
        return Err(wrong("was one piece, all of which is undone", "Ask for it anew."));
    }
    wake::hold_workers()?;
    let task = Task::load(process_id)?;
    let steps = spi::value::<i64>(include_str!("sql/resume_task.sql"), &[process_id.into()])?;
    if task.is_pipeline {
        tracking::start(&task.name, process_id)?;
    }
    wake::at_commit()?;
    Ok(steps.unwrap_or_default())
}
