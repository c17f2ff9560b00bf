//! `dfa status`: what one looks at in the morning, and `dfa freshness`.

use crate::db::{records, Ask, Client, NamedRow};
use crate::failure::Result;
use crate::output::{counted, Output};
use serde_json::{json, Value};

/// What is paused, wrong, late and at work, and what comes next; only what there is.
pub async fn status(client: &Client, output: Output) -> Result<()> {
    let ask = async |sql: &str| -> Result<Vec<NamedRow>> { Ok(records(&client.ask(sql, &[]).await?)?) };
    let held = ask(include_str!("round_held.sql")).await?;
    let wrong = ask(include_str!("round_wrong.sql")).await?;
    let tables = freshness_of(client, None).await?;
    let behind: Vec<NamedRow> = tables.iter().filter(|row| is_behind(row)).cloned().collect();
    let open = ask(include_str!("round_open.sql")).await?;
    let next = ask(include_str!("round_next.sql")).await?;
    if output.json {
        let document = json!({ "held": held, "wrong": wrong, "behind": behind, "open": open, "next": next });
        output.message("", document);
        return Ok(());
    }
    let parts =
        [("Held", &held), ("Wrong", &wrong), ("Behind", &behind), ("At work", &open), ("Next", &next)];
    for (title, rows) in parts.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        output.note(title);
        output.rows(&without_empty(rows), "");
        output.note("");
    }
    let all = counted(tables.len(), "table");
    match (wrong.len(), behind.len()) {
        (0, 0) => output.note(&format!("All is well: {all}, none late")),
        (wrong, behind) => {
            output.note(&format!("{} wrong, {behind} of {all} behind", counted(wrong, "thing")));
            output.note("`dfa why NAME` says why, and what to do.");
        }
    }
    Ok(())
}

/// All tables, or one.
pub async fn freshness(client: &Client, name: Option<String>, output: Output) -> Result<()> {
    let rows = freshness_of(client, name).await?;
    let rows = if output.json { rows } else { without_empty(&rows) };
    output.rows(&rows, "no tables");
    Ok(())
}

/// How fresh all tables are, or one is.
pub async fn freshness_of(client: &Client, name: Option<String>) -> Result<Vec<NamedRow>> {
    Ok(records(&client.call(include_str!("freshness.sql"), &[&name]).await?)?)
}

/// Without the columns that say nothing in any row.
fn without_empty(rows: &[NamedRow]) -> Vec<NamedRow> {
    let is_empty = |value: &Value| value.is_null() || value == "";
    let says = |column: &String| rows.iter().any(|row| !is_empty(&row[column]));
    let kept = |row: &NamedRow| {
        row.iter()
            .filter(|(column, _)| says(column))
            .map(|(column, value)| (column.clone(), value.clone()))
            .collect()
    };
    rows.iter().map(kept).collect()
}

fn is_behind(row: &NamedRow) -> bool {
    matches!(row["state"].as_str(), Some("late" | "blocked"))
}

/// What one may do about a cause of `dfa.why`: commands, each with what it does.
fn next(why: &NamedRow) -> Vec<(String, &'static str)> {
    let text = |column: &str| why[column].as_str().unwrap_or_default().to_owned();
    let (name, task) = (text("name"), text("process_id"));
    let story = || (format!("dfa pipeline status --process-id {task}"), "the whole story");
    let resume = || (format!("dfa task resume id={task}"), "does what is left of it");
    let waits_for = || {
        let names = text("waits_for");
        names.split(", ").map(|one| (format!("dfa why {one}"), "why that one has not")).collect::<Vec<_>>()
    };
    match text("cause").as_str() {
        "failed" | "blocked" if !task.is_empty() => vec![story(), resume()],
        "lost" | "cancelled" => vec![story(), resume()],
        "running" | "queued" | "limit" | "retry" | "waiting" | "no_worker" => {
            vec![story(), (format!("dfa task cancel id={task}"), "stops it")]
        }
        "paused" if why["kind"] == "pipeline" => vec![(format!("dfa unpause {name}"), "lets it go on")],
        "paused" => vec![(format!("dfa show {name}"), "what runs it")],
        "due" | "no_front" => vec![("dfa run".to_owned(), "the service, which has to be up")],
        "trigger" => waits_for(),
        "file" => vec![(format!("dfa files list {name} --wrong"), "what is wrong with its files")],
        "scheduled" | "unscheduled" | "source" if why["kind"] == "pipeline" => {
            vec![(format!("dfa pipeline run {name}"), "runs it now")]
        }
        _ => Vec::new(),
    }
}

/// The same below a sentence.
pub fn tell_next(why: &NamedRow, output: Output) {
    let next = next(why);
    let widest = next.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    for (command, what) in next {
        output.note(&format!("  {command:widest$}  {what}"));
    }
}
