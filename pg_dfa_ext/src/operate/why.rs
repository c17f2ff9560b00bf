//! `dfa.why`: why a table or pipeline is not running or not fresh, in one sentence, with its facts.

use crate::catalog::{self, Stored};
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::settings;
use crate::spi;
use crate::task::find_target;
use dfa_catalog::model::Kind;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;

type Answer = (
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<Date>,
    Option<TimestampWithTimeZone>,
    Option<TimestampWithTimeZone>,
    Option<f64>,
    Option<TimestampWithTimeZone>,
);

/// What holds something, or that nothing does.
pub struct Cause {
    pub cause: String,
    pub sentence: String,
    waits_for: Option<String>,
    process_id: Option<String>,
    node: Option<String>,
    run_date: Option<Date>,
    since: Option<TimestampWithTimeZone>,
    until: Option<TimestampWithTimeZone>,
    percent: Option<f64>,
    late_since: Option<TimestampWithTimeZone>,
}

extension_sql!(
    r#"
comment on function dfa.why is
'Why a table or pipeline is not running or not fresh at this moment, in one sentence and as facts. cause: running, lost, orphaned, paused, queued, limit, retry, no_front, no_worker, waiting (of its task); inactive, failed, blocked, cancelled, quota, due, trigger, source, file, scheduled, unscheduled. waits_for: what it waits for; process_id: the task that says so; until: when that ends by itself; late_since: the deadline that its last slot missed.';
grant execute on function dfa.why to dfa_reader;
"#,
    name = "about_why",
    requires = [why]
);

/// Why something does not run, in a sentence and as facts.
#[pg_extern(volatile)]
#[allow(clippy::type_complexity)]
fn why(
    name: Option<&str>,
) -> TableIterator<
    'static,
    (
        name!(kind, String),
        name!(name, String),
        name!(cause, String),
        name!(sentence, String),
        name!(waits_for, Option<String>),
        name!(process_id, Option<String>),
        name!(node, Option<String>),
        name!(run_date, Option<Date>),
        name!(since, Option<TimestampWithTimeZone>),
        name!(until, Option<TimestampWithTimeZone>),
        name!(percent, Option<f64>),
        name!(late_since, Option<TimestampWithTimeZone>),
    ),
> {
    TableIterator::once(entry(|| {
        let target = find_target(given("name", name)?)?;
        let cause = if target.pipeline().is_some() { of_pipeline(&target) } else { of_table(&target) };
        Ok(answer(&target, cause?))
    }))
}

fn answer(target: &Stored, cause: Cause) -> Answer {
    (
        target.definition.kind().as_str().to_owned(),
        target.name().to_owned(),
        cause.cause,
        cause.sentence,
        cause.waits_for,
        cause.process_id,
        cause.node,
        cause.run_date,
        cause.since,
        cause.until,
        cause.percent,
        cause.late_since,
    )
}

fn of_pipeline(pipeline: &Stored) -> Result<Cause> {
    let (_, cause) = of_pipelines(std::slice::from_ref(pipeline))?.ok_or_else(|| {
        DfaError::internal(format!("pipeline '{}' has no row in dfa.task_schedule", pipeline.name()))
    })?;
    Ok(cause)
}

/// What holds a table itself; else what holds a pipeline that runs it.
pub fn of_table(table: &Stored) -> Result<Cause> {
    let lands = table.table().is_some_and(|table| table.processes.is_empty());
    let own =
        spi::query_one(include_str!("sql/why_table.sql"), &[table.name().into(), lands.into()], |row| {
            read(row, None)
        })?;
    if let Some(own) = own {
        return Ok(own);
    }
    let mut pipelines = Vec::new();
    for stored in catalog::current(&[Kind::Pipeline], None)? {
        let Some(pipeline) = stored.pipeline() else { continue };
        if catalog::nodes::names(pipeline)?.iter().any(|node| node == table.name()) {
            pipelines.push(stored);
        }
    }
    let found = of_pipelines(&pipelines)?;
    Ok(found.map_or_else(unscheduled, |(name, cause)| Cause {
        sentence: format!("pipeline {name}, which runs it: {}", cause.sentence),
        ..cause
    }))
}

fn unscheduled() -> Cause {
    Cause {
        cause: "unscheduled".to_owned(),
        sentence: "nothing schedules it: no pipeline runs it".to_owned(),
        waits_for: None,
        process_id: None,
        node: None,
        run_date: None,
        since: None,
        until: None,
        percent: None,
        late_since: None,
    }
}

/// The cause that weighs most among those of these pipelines, with the name of its pipeline.
fn of_pipelines(pipelines: &[Stored]) -> Result<Option<(String, Cause)>> {
    let names: Vec<String> = pipelines.iter().map(|pipeline| pipeline.name().to_owned()).collect();
    let newer = spi::query(include_str!("sql/newer_than_run.sql"), &[names.clone().into()], |row| {
        Ok((row.get::<String>("pipeline_name")?, row.get::<String>("id")?))
    })?;
    let is_due = |stored: &&Stored| {
        let trigger = stored.pipeline().and_then(|pipeline| pipeline.trigger.as_ref());
        trigger.is_some_and(|trigger| {
            trigger.holds(|id| newer.iter().any(|(name, newer)| name == stored.name() && newer == id))
        })
    };
    let due: Vec<String> =
        pipelines.iter().filter(is_due).map(|pipeline| pipeline.name().to_owned()).collect();
    spi::query_one(
        include_str!("sql/why_pipelines.sql"),
        &[names.into(), due.into(), settings::trigger_retries().into()],
        |row| {
            let late_since = row.get::<Option<TimestampWithTimeZone>>("late_since")?;
            Ok((row.get::<String>("pipeline_name")?, read(row, late_since)?))
        },
    )
}

fn read(row: &spi::Row<'_>, late_since: Option<TimestampWithTimeZone>) -> Result<Cause> {
    Ok(Cause {
        cause: row.get("cause")?,
        sentence: row.get("sentence")?,
        waits_for: row.get("waits_for")?,
        process_id: row.get("process_id")?,
        node: row.get("node")?,
        run_date: row.get("run_date")?,
        since: row.get("since")?,
        until: row.get("until")?,
        percent: row.get("percent")?,
        late_since,
    })
}
