//! `dfa.render` and `dfa.explain`: what a run would do, without doing it.

use super::watermark::{self, Extent, RunDates, Verdict};
use crate::catalog::{self, Stored};
use crate::date::date_text;
use crate::entry::entry;
use crate::error::{capture, given, DfaError, Result};
use crate::leftover::swept;
use crate::spi;
use crate::statement::{self, render_script};
use crate::statement::{RunValues, Values};
use crate::subtransaction::undone;
use crate::task::RunMode;
use dfa_catalog::model::{Action, Process};
use dfa_catalog::name;
use pgrx::prelude::*;

type Statement = (String, i32, String);

extension_sql!(
    r#"
comment on function dfa.render is
'The statements that a run of a table would send, with all placeholders filled in; runs nothing.';
grant execute on function dfa.render to dfa_reader;
"#,
    name = "about_render",
    requires = [render]
);

#[pg_extern]
fn render(
    name: Option<&str>,
    process: default!(Option<&str>, "NULL"),
    run_date: default!(Option<Date>, "dfa.today()"),
    run_mode: default!(Option<&str>, "'common'"),
) -> TableIterator<'static, (name!(process, String), name!(statement_order, i32), name!(statement, String))> {
    TableIterator::new(entry(|| {
        statements(given("name", name)?, process, given("run_date", run_date)?, given("run_mode", run_mode)?)
    }))
}

extension_sql!(
    r#"
comment on function dfa.explain is
'The plan of each statement that a run of a table would send. execute really runs them, with times and row counts, and takes their effect back. CREATE, TRUNCATE and the like have no plan.';
grant execute on function dfa.explain to dfa_operator;
"#,
    name = "about_explain",
    requires = [explain]
);

#[pg_extern]
fn explain(
    name: Option<&str>,
    process: default!(Option<&str>, "NULL"),
    run_date: default!(Option<Date>, "dfa.today()"),
    execute: default!(Option<bool>, "false"),
) -> TableIterator<'static, (name!(process, String), name!(statement_order, i32), name!(plan, String))> {
    TableIterator::new(entry(|| {
        plans(given("name", name)?, process, given("run_date", run_date)?, given("execute", execute)?)
    }))
}

/// The statements that a run would send, in order; a pipeline's node by node.
fn statements(name: &str, process: Option<&str>, run_date: Date, run_mode: &str) -> Result<Vec<Statement>> {
    let run_mode = RunMode::parse(run_mode)?;
    let run_date = date_text(run_date)?;
    let stored = catalog::table(name)?;
    let processes: &[Process] = stored.table().map(|table| table.processes.as_slice()).unwrap_or_default();
    if let Some(wanted) = process.filter(|wanted| processes.iter().all(|known| known.name != *wanted)) {
        let suggestion = name::suggest(wanted, processes.iter().map(|known| known.name.as_str()));
        return Err(DfaError::UnknownName {
            what: "process",
            name: wanted.to_owned(),
            suggestion: suggestion.map(str::to_owned),
        });
    }
    let values = values_of(&stored, &run_date, run_mode)?;
    let mut rows = Vec::new();
    for known in processes.iter().filter(|known| process.is_none_or(|wanted| known.name == wanted)) {
        let scripts = match &known.action {
            Action::Sql(script) => vec![script],
            // What the front does not know before it ran the function stays a placeholder.
            Action::DataFrame { load, .. } => vec![load],
        };
        for script in scripts {
            let rendered = render_script(stored.name(), &known.name, script, &values)?;
            rows.extend((1..).zip(rendered).map(|(order, text)| (known.name.clone(), order, text)));
        }
    }
    Ok(rows)
}

/// The values that a run would use: those of the watermark where there is one.
fn values_of(stored: &Stored, run_date: &str, run_mode: RunMode) -> Result<Values> {
    let lookback = stored.table().and_then(|table| table.lookback).unwrap_or(0);
    let plan = match watermark::read(stored.name(), run_date, lookback) {
        Ok(watermark) => watermark.plan(run_mode, Extent::ByMode, true).ok(),
        Err(DfaError::MissingWatermark { .. }) => None,
        Err(error) => return Err(error),
    };
    let plan = match plan {
        Some(Verdict::Run(plan)) => plan,
        _ => RunDates::of_day(run_date),
    };
    let run = RunValues {
        run_id: "0",
        run_date: &plan.run_date,
        run_mode: run_mode.as_str(),
        data_date: &plan.data_date,
    };
    Ok(Values::load()?.of_run(&run).of_interval(&plan.interval, lookback))
}

/// Postgres' plan of each statement; with `execute` each runs and is measured, and all is undone.
fn plans(name: &str, process: Option<&str>, run_date: Date, execute: bool) -> Result<Vec<Statement>> {
    let explain = if execute { "explain (analyze, buffers) " } else { "explain " };
    let statements = statements(name, process, run_date, "common")?;
    let work = || {
        undone(|| {
            statements
                .into_iter()
                .map(|(process, order, statement)| {
                    let plan =
                        plan(explain, &statement).map_err(|e| e.in_statement(name, &process, &statement))?;
                    Ok((process, order, plan))
                })
                .collect()
        })
    };
    swept(work)
}

fn plan(explain: &str, statement: &str) -> Result<String> {
    if !statement::of_statement(statement)?.planned {
        return Ok("(no plan: not a query or a change of rows)".to_owned());
    }
    let lines = capture(|| spi::select_text(&format!("{explain}{statement}"), 0))?;
    Ok(lines.into_iter().flatten().flatten().collect::<Vec<_>>().join("\n"))
}
