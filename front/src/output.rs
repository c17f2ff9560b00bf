//! Tables and lines for people, one JSON document for machines.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table};
use serde_json::{Map, Value};
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

    /// Rows under the names of their columns; for machines, a list of objects.
    pub fn rows(self, columns: &[&str], rows: &[Vec<Value>]) {
        if self.json {
            print_line(&objects(columns, rows).to_string());
        } else {
            print_line(&table(columns, rows).to_string());
        }
    }
}

/// A reader that has gone away is no failure of the command.
fn print_line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Rows as a list of objects.
pub fn objects(columns: &[&str], rows: &[Vec<Value>]) -> Value {
    let object = |row: &Vec<Value>| -> Value {
        columns
            .iter()
            .map(|column| (*column).to_owned())
            .zip(row.iter().cloned())
            .collect::<Map<_, _>>()
            .into()
    };
    rows.iter().map(object).collect()
}

fn table(columns: &[&str], rows: &[Vec<Value>]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(columns);
    for row in rows {
        table.add_row(row.iter().map(cell));
    }
    table
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
                "FAILED" | "BLOCKED" => cell.fg(Color::Red),
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
