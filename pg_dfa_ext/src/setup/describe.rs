//! Comments and indexes of a table, as its catalog says.

use crate::catalog::Stored;
use crate::error::Result;
use crate::partition;
use crate::spi::{ident, literal, qualified};
use dfa_catalog::model::{Index, Table};

/// The comment of an index that a catalog made, by which it is told from those made by hand.
pub const OF_CATALOG: &str = "Index of the catalog";

/// What is said of a table, or of a column of it, with the statement that says so.
pub struct Comment {
    /// `None`: the table itself.
    pub column: Option<String>,
    pub text: String,
    pub statement: String,
}

/// The comments of a table and its columns; where a catalog says nothing, what is there stays.
pub fn comments(stored: &Stored, table: &Table, schema: &str) -> Vec<Comment> {
    let target = qualified(schema, stored.name());
    let of_table = stored.definition.description.iter().map(|text| Comment {
        column: None,
        text: text.clone(),
        statement: format!("comment on table {target} is {}", literal(text)),
    });
    let of_column = table.columns.iter().filter_map(|column| {
        let text = column.description.as_ref()?;
        Some(Comment {
            column: Some(column.name.clone()),
            text: text.clone(),
            statement: format!("comment on column {target}.{} is {}", ident(&column.name), literal(text)),
        })
    });
    of_table.chain(of_column).collect()
}

/// The statements that make an index: with a name of its own, and marked as one of the catalog.
pub fn index(schema: &str, table: &str, index: &Index) -> Result<Vec<String>> {
    let name = match &index.name {
        Some(name) => name.clone(),
        None => partition::free_name(schema, table, &suffix(index))?,
    };
    Ok(vec![
        index_statement(&qualified(schema, table), Some(&name), index),
        format!("comment on index {} is {}", qualified(schema, &name), literal(OF_CATALOG)),
    ])
}

/// CREATE INDEX; without a name, as Postgres names it.
pub fn index_statement(target: &str, name: Option<&str>, index: &Index) -> String {
    let unique = if index.unique { "unique " } else { "" };
    let name = name.map_or(String::new(), |name| format!("{} ", ident(name)));
    let method = index.method.as_ref().map_or(String::new(), |method| format!(" using {method}"));
    let key: Vec<String> = index
        .columns
        .iter()
        .map(|column| format!("{} {}", ident(&column.name), column.order).trim_end().to_owned())
        .collect();
    let include = match index.include.is_empty() {
        true => String::new(),
        false => format!(" include ({})", super::table::columns(&index.include)),
    };
    let condition = index.condition.as_ref().map_or(String::new(), |condition| format!(" where {condition}"));
    format!("create {unique}index {name}on {target}{method} ({}){include}{condition}", key.join(", "))
}

/// `a_b_idx`, of its columns; short enough to stand behind any name of a table.
fn suffix(index: &Index) -> String {
    let mut words: String =
        index.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join("_");
    let mut room = words.len().min(30);
    while !words.is_char_boundary(room) {
        room -= 1;
    }
    words.truncate(room);
    format!("{words}_idx")
}
