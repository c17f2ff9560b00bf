//! One action on many tasks. Which tasks is the caller's query; a preview shows what becomes of each, and its token holds the
//! call to that.

use crate::api_key;
use crate::entry::entry;
use crate::error::{given, given_each, plural, DfaError, Result};
use crate::spi;
use crate::subtransaction::subtransaction;
use crate::task::backfill::Backfill;
use crate::task::range::Range;
use crate::task::submit::Params;
use crate::task::{cancel, find_target, resume, submit_plan, Mode, Plan, Previewed};
use pgrx::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Cancel,
    Resume,
    Rerun,
}

impl Change {
    const WORDS: [(&'static str, Change); 3] =
        [("cancel", Change::Cancel), ("resume", Change::Resume), ("rerun", Change::Rerun)];

    fn parse(given: &str) -> Result<Change> {
        let found = Change::WORDS.into_iter().find(|(word, _)| *word == given.trim());
        found.map(|(_, change)| change).ok_or_else(|| DfaError::InvalidArgument {
            argument: "action",
            value: given.to_owned(),
            allowed: "cancel stops tasks, resume does what is left of them, rerun runs them anew.".to_owned(),
        })
    }

    fn as_str(self) -> &'static str {
        match self {
            Change::Cancel => "cancel",
            Change::Resume => "resume",
            Change::Rerun => "rerun",
        }
    }
}

struct Known {
    process_id: String,
    name: String,
    status: i32,
    run_dates: String,
    parameters: Value,
    open: i64,
    number: i64,
    refusal: Option<String>,
}

impl Known {
    fn refused(&self) -> Option<String> {
        self.refusal.as_ref().map(|refusal| format!("the task {refusal}"))
    }

    /// What would become of it, in words.
    fn outlook(&self, change: Change) -> String {
        match (self.refused(), change) {
            (Some(refused), _) => refused,
            (None, Change::Cancel | Change::Resume) => {
                format!("{} of {} step{} left", self.open, self.number, plural(self.number.unsigned_abs()))
            }
            (None, Change::Rerun) => format!("runs {} again", self.run_dates),
        }
    }
}

/// Each task once.
fn known(change: Change, process_ids: Option<Vec<Option<String>>>) -> Result<Vec<Known>> {
    let process_ids = given("process_ids", given_each("a process_id", process_ids)?)?;
    let mut seen = BTreeSet::new();
    let process_ids: Vec<String> = process_ids.into_iter().filter(|id| seen.insert(id.clone())).collect();
    let tasks = spi::query(
        include_str!("sql/tasks_to_change.sql"),
        &[process_ids.into(), change.as_str().into()],
        |row| {
            Ok(Known {
                process_id: row.get("process_id")?,
                name: row.get("name")?,
                status: row.get("status")?,
                run_dates: row.get("run_dates")?,
                parameters: serde_json::from_str(&row.get::<String>("parameters")?).unwrap_or_default(),
                open: row.get("open")?,
                number: row.get("number")?,
                refusal: row.get("refusal")?,
            })
        },
    )?;
    for task in tasks.iter().filter(|task| !task.name.is_empty()) {
        api_key::check(&task.name)?;
    }
    Ok(tasks)
}

fn previewed(change: Change, tasks: &[Known]) -> Previewed {
    let line = |task: &Known| {
        format!("{} {} {}: {}", change.as_str(), task.process_id, task.name, task.outlook(change))
    };
    Previewed::new(tasks.iter().map(line).collect())
}

extension_sql!(
    r#"
comment on function dfa.preview_tasks is
'What dfa.change_tasks with the same arguments would do with each task: action cancel, resume or rerun, or refused, and why. Nothing is changed.';
grant execute on function dfa.preview_tasks to dfa_reader;
"#,
    name = "about_preview_tasks",
    requires = [preview_tasks]
);

#[pg_extern]
#[allow(clippy::type_complexity)]
fn preview_tasks(
    action: Option<&str>,
    process_ids: Option<Vec<Option<String>>>,
) -> TableIterator<
    'static,
    (
        name!(process_id, String),
        name!(name, String),
        name!(status, i32),
        name!(action, String),
        name!(reason, String),
    ),
> {
    let look = || {
        let change = Change::parse(given("action", action)?)?;
        let row = |task: Known| {
            let action = if task.refusal.is_some() { "refused" } else { change.as_str() };
            let reason = task.outlook(change);
            (task.process_id, task.name, task.status, action.to_owned(), reason)
        };
        Ok(known(change, process_ids)?.into_iter().map(row).collect::<Vec<_>>())
    };
    TableIterator::new(entry(look))
}

extension_sql!(
    r#"
comment on function dfa.preview_tasks_token is
'The token of what dfa.preview_tasks shows with the same arguments: what if_preview of dfa.change_tasks takes.';
grant execute on function dfa.preview_tasks_token to dfa_reader;
"#,
    name = "about_preview_tasks_token",
    requires = [preview_tasks_token]
);

#[pg_extern]
fn preview_tasks_token(action: Option<&str>, process_ids: Option<Vec<Option<String>>>) -> String {
    entry(|| {
        let change = Change::parse(given("action", action)?)?;
        previewed(change, &known(change, process_ids)?).token()
    })
}

extension_sql!(
    r#"
comment on function dfa.change_tasks is
'Cancels, resumes or reruns many tasks, such as array(select process_id from dfa.task_process where …): each for itself, so that one that cannot stops no other. outcome: done or refused, with a message; new_process_id: the task that a rerun became. if_preview: a token of dfa.preview_tasks_token; all is refused (DF015) when a task has another state by now.';
grant execute on function dfa.change_tasks to dfa_operator;
"#,
    name = "about_change_tasks",
    requires = [change_tasks]
);

#[pg_extern]
#[allow(clippy::type_complexity)]
fn change_tasks(
    action: Option<&str>,
    process_ids: Option<Vec<Option<String>>>,
    if_preview: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(process_id, String),
        name!(name, String),
        name!(outcome, String),
        name!(message, String),
        name!(new_process_id, Option<String>),
    ),
> {
    let change_all = || {
        let change = Change::parse(given("action", action)?)?;
        let tasks = known(change, process_ids)?;
        if if_preview.is_some() {
            previewed(change, &tasks).check(if_preview)?;
        }
        let mut rows = Vec::with_capacity(tasks.len());
        for task in tasks {
            let (outcome, message, made) = match task.refused() {
                Some(refused) => ("refused", refused, None),
                None => match subtransaction(|| apply(change, &task)) {
                    Ok((message, made)) => ("done", message, made),
                    Err(error) if error.is_interrupt() => return Err(error),
                    Err(error) => ("refused", error.report().message, None),
                },
            };
            rows.push((task.process_id, task.name, outcome.to_owned(), message, made));
        }
        Ok(rows)
    };
    TableIterator::new(entry(change_all))
}

/// What was done, in words, and the task that it made.
fn apply(change: Change, task: &Known) -> Result<(String, Option<String>)> {
    match change {
        Change::Cancel => {
            cancel::stop(&task.process_id)?;
            Ok(("cancelled".to_owned(), None))
        }
        Change::Resume => {
            let steps = resume::go_on(&task.process_id)?;
            Ok((format!("goes on with {steps} step{}", plural(steps.unsigned_abs())), None))
        }
        Change::Rerun => {
            let made = rerun(task)?;
            Ok((format!("runs again as task {made}"), Some(made)))
        }
    }
}

/// The same dates, or the same range, of the same target by the catalog of now.
fn rerun(task: &Known) -> Result<String> {
    let target = find_target(&task.name)?;
    let asked = &task.parameters;
    let range = &asked["backfill"];
    let (mut plan, kept) = if range.is_object() {
        let Params { choose, .. } = Params::read(serde_json::json!({ "choose": asked["choose"] }))?;
        let day = |key: &str| range[key].as_str().and_then(|day| day.parse::<Date>().ok());
        let backfill = Backfill {
            target,
            range: Range::new(given("from", day("from"))?, given("to", day("to"))?)?,
            mode: Mode::parse("auto")?,
            choose,
            // What was a gap then is none any more.
            only_gaps: false,
            downstream: asked["downstream"].as_bool().unwrap_or_default(),
        };
        let kept = backfill.to_json();
        (backfill.plan()?.plan, kept)
    } else {
        let params = Params::read(serde_json::json!({
            "choose": asked["choose"], "auto_create": asked["auto_create"], "priority": asked["priority"],
        }))?;
        let run_dates = task.run_dates.split(',').map(str::to_owned).collect();
        let mut plan = Plan::new(target, run_dates, Mode::parse("rerun")?, params.choose.as_deref())?;
        plan.auto_create = params.auto_create;
        plan.priority = params.priority;
        (plan, params.given)
    };
    plan.parent = Some(task.process_id.clone());
    submit_plan(&plan, &kept)
}
