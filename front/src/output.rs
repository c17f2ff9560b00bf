//! Tables and lines for people, one JSON document for machines.

use crate::db::NamedRow;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table};
use serde_json::{json, Value};
use std::io::{IsTerminal, Write};

/// How a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// A line of text, or a document for machines.
    pub fn message(self, text: &str, document: Value) {
        if self.json {
            print_line(&document.to_string());
        } else {
            print_line(text);
        }
    }

    /// A line for people alone.
    pub fn note(self, text: &str) {
        if !self.json {
            print_line(text);
        }
    }

    /// Rows under the names of their columns, or that there are none; for machines, a list of objects.
    pub fn rows(self, rows: &[NamedRow], none: &str) {
        match (self.json, rows) {
            (true, rows) => print_line(&json!(rows).to_string()),
            (false, []) => print_line(&format!("({none})")),
            (false, [first, ..]) => {
                let columns: Vec<&str> = first.keys().map(String::as_str).collect();
                let cells: Vec<Vec<Value>> = rows.iter().map(|row| row.values().cloned().collect()).collect();
                print_line(&table(&columns, &cells));
            }
        }
    }
}

/// A reader that has gone away is no failure of the command.
fn print_line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// What a text may take of a terminal's line in a table before the others are squeezed: ids, names and dates stay whole.
const WHOLE: usize = 40;
/// A table that needs more than this is shown as blocks: a word a line is no message.
const NARROWEST: usize = 24;

fn table(columns: &[&str], rows: &[Vec<Value>]) -> String {
    let widths: Vec<usize> = (0..columns.len()).map(|column| width(columns, rows, column)).collect();
    let needed = |column: usize| widths[column].min(WHOLE);
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(columns);
    // All but the long texts keep their width; those share what is left.
    let long: Vec<usize> = (0..columns.len()).filter(|column| widths[*column] > WHOLE).collect();
    if let (Some(terminal), false) = (table.width(), rows.is_empty()) {
        let short: usize =
            (0..columns.len()).filter(|column| !long.contains(column)).map(|column| needed(column) + 3).sum();
        let left = usize::from(terminal).saturating_sub(short + 1);
        if long.len() * (NARROWEST + 3) > left && (!long.is_empty() || short + 1 > usize::from(terminal)) {
            return blocks(columns, rows);
        }
    }
    for column in (0..columns.len()).filter(|column| !long.contains(column)) {
        if let Some(column) = table.column_mut(column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    for row in rows {
        table.add_row(row.iter().map(cell));
    }
    table.to_string()
}

/// The longest line of a column.
fn width(columns: &[&str], rows: &[Vec<Value>], column: usize) -> usize {
    let lines =
        |row: &Vec<Value>| plain(&row[column]).lines().map(|line| line.chars().count()).max().unwrap_or(0);
    rows.iter().map(lines).max().unwrap_or(0).max(columns[column].len())
}

/// A row as lines of `column: value`, of those that say something, for terminals that are too narrow for a table.
fn blocks(columns: &[&str], rows: &[Vec<Value>]) -> String {
    let widest = columns.iter().map(|column| column.len()).max().unwrap_or(0);
    let block = |row: &Vec<Value>| {
        let line = |(column, value): (&&str, &Value)| {
            let indent = format!("\n{:widest$}  ", "");
            format!("{column:widest$}  {}", plain(value).replace('\n', &indent)).trim_end().to_owned()
        };
        let said = columns.iter().zip(row).filter(|(_, value)| !plain(value).is_empty());
        said.map(line).collect::<Vec<_>>().join("\n")
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::new(""),
        Value::Number(number) => Cell::new(number).set_alignment(CellAlignment::Right),
        Value::String(text) => {
            let cell = Cell::new(text);
            match text.as_str() {
                _ if !std::io::stdout().is_terminal() => cell,
                "SUCCESS" | "new" => cell.fg(Color::Green),
                "FAILED" | "BLOCKED" | "CANCELLED" | "LOST" => cell.fg(Color::Red),
                "PROCESSING" | "changed" | "SKIPPED" => cell.fg(Color::Yellow),
                _ => cell,
            }
        }
        other => Cell::new(other),
    }
}

/// A number of things: `1 file`, `2 files`.
pub fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
