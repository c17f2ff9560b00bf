//! A run or a backfill: the steps of its plan.

use super::{Preview, Row};
use crate::catalog::graph::Graph;
use crate::catalog::{self, Stored};
use crate::error::Result;
use crate::run::Outlook;
use crate::spi;
use crate::task::backfill::Backfill;
use crate::task::plan::nodes_of;
use crate::task::{Mode, Plan};
use dfa_catalog::model::Kind;

/// What a run of all nodes on these dates would do.
pub fn of_run(
    target: Stored,
    run_dates: Vec<String>,
    mode: Mode,
    choose: Option<&[String]>,
) -> Result<Preview> {
    let asked: Vec<String> = nodes_of(&target, choose)?.into_iter().map(|(node, _)| node).collect();
    let plan = Plan::new(target, run_dates, mode, choose)?;
    of_plan(&plan, &asked, false, false)
}

pub fn of_backfill(backfill: Backfill) -> Result<Preview> {
    let only_gaps = backfill.only_gaps;
    let planned = backfill.plan()?;
    of_plan(&planned.plan, &planned.asked, true, only_gaps)
}

/// What is known of a step before it runs.
struct Known {
    last_day: Option<String>,
    /// What the ledger says of its interval.
    ledger: String,
    is_gap: bool,
    last_rows: Option<i64>,
    expected_seconds: Option<f64>,
}

fn of_plan(plan: &Plan, asked: &[String], is_backfill: bool, only_gaps: bool) -> Result<Preview> {
    let nodes: Vec<String> = plan.steps().iter().map(|step| step.node.clone()).collect();
    let dates: Vec<String> = plan.steps().iter().map(|step| step.run_date.clone()).collect();
    let known =
        spi::query(include_str!("../sql/preview_steps.sql"), &[nodes.clone().into(), dates.into()], |row| {
            Ok(Known {
                last_day: row.get("last_day")?,
                ledger: row.get("ledger")?,
                is_gap: row.get("is_gap")?,
                last_rows: row.get("last_rows")?,
                expected_seconds: row.get("expected_seconds")?,
            })
        })?;
    let tables = catalog::current(&[Kind::Table], Some(&nodes))?;
    let graph = Graph::load()?;
    let mut outlook = Outlook::new(plan.mode, is_backfill);
    let mut rows = Vec::with_capacity(nodes.len());
    // The node, first and last day of each step that changes rows.
    let mut changed: Vec<(String, String, String)> = Vec::new();
    for (step, known) in plan.steps().iter().zip(known) {
        let stored = tables.iter().find(|stored| stored.name() == step.node);
        let reads: Vec<String> = graph
            .table_sources(&step.node)
            .into_iter()
            .filter(|source| *source != step.node && nodes.contains(source))
            .collect();
        let last = known.last_day.clone().unwrap_or_else(|| step.run_date.clone());
        let is_fed = changed
            .iter()
            .any(|(node, from, to)| reads.contains(node) && *from <= last && *to >= step.run_date);
        let mode =
            stored.map(|stored| outlook.next(stored, &step.run_date, &step.chosen, is_fed)).transpose();
        let (action, refusal) = match mode {
            Ok(mode) => (mode.unwrap_or("refused"), None),
            Err(error) if error.is_interrupt() => return Err(error),
            Err(error) => ("refused", Some(error.report().message)),
        };
        if ["common", "rerun"].contains(&action) {
            changed.push((step.node.clone(), step.run_date.clone(), last));
        }
        let is_asked = asked.contains(&step.node);
        let mut reason = match (refusal, is_asked) {
            (Some(refusal), _) => format!("{refusal}; {}", known.ledger),
            (None, true) => known.ledger,
            (None, false) => format!("downstream of {}; {}", reads.join(", "), known.ledger),
        };
        if only_gaps && is_asked && !known.is_gap {
            reason = format!("the gaps of {} change it; {reason}", reads.join(", "));
        }
        rows.push(Row {
            kind: "table".to_owned(),
            name: step.node.clone(),
            run_date: Some(step.run_date.clone()),
            last_day: known.last_day,
            processes: step.chosen.clone(),
            action: action.to_owned(),
            cause: if is_asked { "asked" } else { "downstream" }.to_owned(),
            reason,
            last_rows: known.last_rows,
            expected_seconds: known.expected_seconds,
        });
    }
    Ok(Preview { rows, previewed: plan.previewed()? })
}
