//! The first rows of a table, as text, some columns at a time.

use super::Table;
use crate::db::{ident, Columns};
use crate::http::Problem;
use crate::web::asked::Asked;
use crate::web::task::plain;
use serde_json::{Map, Value};

/// So many columns are shown at once.
pub const COLUMNS: usize = 60;

#[derive(Default)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Why there are none.
    pub problem: Option<String>,
}

impl Rows {
    fn none(why: &str) -> Rows {
        Rows { problem: Some(why.to_owned()), ..Rows::default() }
    }

    /// From a column on, counted from 1. With the rights of the person, for a second at most: the page does not wait for a
    /// view of somebody's.
    pub async fn read(asked: &Asked, table: &Table, from: usize) -> Rows {
        match (table.is_there, table.may_read) {
            (true, true) => {}
            (true, false) => return Rows::none("Your role may not read it."),
            (false, _) => return Rows::none("It is not there yet: setup makes it."),
        }
        let columns: Vec<String> =
            table.columns.iter().skip(from - 1).take(COLUMNS).map(|column| column.name.clone()).collect();
        match select(asked, table, &columns).await {
            Err(problem) => Rows::none(&problem.message),
            Ok(rows) => {
                let cells =
                    |row: &Map<String, Value>| columns.iter().map(|name| plain(row.get(name))).collect();
                Rows { rows: rows.iter().map(cells).collect(), columns, problem: None }
            }
        }
    }
}

async fn select(
    asked: &Asked,
    table: &Table,
    columns: &[String],
) -> Result<Vec<Map<String, Value>>, Problem> {
    let mut session = asked.reads().await?;
    session.query("select pg_catalog.set_config('statement_timeout', '1s', true)", &[]).await?;
    let schema = table.schema.0.as_deref().unwrap_or_default();
    let columns: Vec<String> = columns.iter().map(|name| ident(name)).collect();
    let sql = format!(
        "select pg_catalog.to_json(page)::text as row from (select {} from {}.{} limit 50) as page",
        columns.join(", "),
        ident(schema),
        ident(&table.name)
    );
    let rows = session.query(&sql, &[]).await?;
    session.commit().await?;
    rows.iter()
        .map(|row| {
            let text: String = row.value("row")?;
            serde_json::from_str(&text).map_err(|error| Problem::internal(&error.to_string()))
        })
        .collect()
}
