//! What became of a task: its steps, and the whole story of those that failed.

use crate::db::{records, Ask, Client, NamedRow};
use crate::failure::{Failure, Result};
use crate::hint::at_a_terminal;
use crate::output::Output;
use serde_json::{json, Value};

/// Failed nodes that are told whole; a backfill of a year has one for each day.
const TOLD: usize = 5;
/// Steps that a terminal shows of a task, its last ones; `--json` has all.
const SHOWN: usize = 50;

/// A step as steps.sql has it; its error as the database keeps it: SQLSTATE, message, detail, hint, process, statement and
/// more.
pub struct Step(NamedRow);

impl Step {
    fn text(&self, column: &str) -> &str {
        self.0[column].as_str().unwrap_or_default()
    }

    fn error(&self) -> Option<&Value> {
        Some(&self.0["error"]).filter(|error| !error.is_null())
    }

    /// Without the error, which has a room of its own.
    fn cells(&self) -> NamedRow {
        let cells = self.0.iter().filter(|(column, _)| *column != "error");
        cells.map(|(column, value)| (column.clone(), value.clone())).collect()
    }

    /// As a member of a JSON document.
    pub fn to_json(&self) -> Value {
        json!(self.0)
    }

    /// For people: which node, and all that is known of its failure.
    fn story(&self) -> Option<String> {
        let error = self.error()?;
        let mut lines = vec![format!("{} of {}:", self.text("node"), self.text("run_date"))];
        let parts = [
            ("ERROR", "message"),
            ("DETAIL", "detail"),
            ("HINT", "hint"),
            ("SQLSTATE", "sqlstate"),
            ("PROCESS", "process"),
            ("AUDIT", "audit"),
            ("STATEMENT", "statement"),
            ("CONTEXT", "context"),
        ];
        for (label, member) in parts {
            if let Some(text) = error[member].as_str().filter(|text| !text.trim().is_empty()) {
                let text = if member == "hint" { at_a_terminal(text) } else { text.to_owned() };
                lines.push(format!("  {label}: {}", text.trim().replace('\n', "\n    ")));
            }
        }
        for row in error["rows"].as_array().into_iter().flatten() {
            lines.push(format!("  ROW: {row}"));
        }
        Some(lines.join("\n"))
    }
}

pub async fn of(client: &Client, process_id: &str) -> Result<Vec<Step>> {
    let rows = client.ask(include_str!("steps.sql"), &[&process_id]).await?;
    Ok(records(&rows)?.into_iter().map(Step).collect())
}

/// The last steps, in a table.
pub fn show(steps: &[Step], output: Output) {
    let first = steps.len().saturating_sub(SHOWN);
    if first > 0 {
        output.note(&format!("… {first} steps before these; --json has all"));
    }
    let cells: Vec<NamedRow> = steps[first..].iter().map(Step::cells).collect();
    output.rows(&cells, "no steps");
}

/// The steps of a task that came to its end, in one document for machines; its failure is that of the command.
pub async fn report(
    client: &Client,
    name: &str,
    process_id: &str,
    status: i32,
    output: Output,
) -> Result<()> {
    let steps = of(client, process_id).await?;
    let list: Vec<Value> = steps.iter().map(Step::to_json).collect();
    let document = json!({ "process_id": process_id, "status": status, "steps": list });
    if status == 0 {
        match output.json {
            true => output.message("", document),
            false => show(&steps, output),
        }
        return Ok(());
    }
    if !output.json {
        show(&steps, output);
    }
    let stories: Vec<String> = steps.iter().filter_map(Step::story).collect();
    let mut failure = Failure::work(match stories.len() {
        1 => format!(
            "'{name}' failed in {}",
            steps.iter().find(|step| step.error().is_some()).map_or("", |step| step.text("node"))
        ),
        _ => format!("'{name}' failed"),
    });
    failure.document = Some(Box::new(document));
    failure.sqlstate = steps.iter().find_map(|step| step.error()?["sqlstate"].as_str().map(str::to_owned));
    let mut told = stories.iter().take(TOLD).cloned().collect::<Vec<_>>();
    if stories.len() > TOLD {
        told.push(format!(
            "… and {} more: `dfa --json pipeline status --process-id {process_id}` has all.",
            stories.len() - TOLD
        ));
    }
    if !told.is_empty() {
        failure = failure.detail(told.join("\n"));
    }
    Err(failure.hint(format!("`dfa pipeline status --process-id {process_id}` shows this task again.")))
}

/// The whole story of each failed step, for people.
pub fn tell_failures(steps: &[Step], output: Output) {
    steps.iter().filter_map(Step::story).take(TOLD).for_each(|story| output.note(&story));
}
