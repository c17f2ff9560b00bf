//! What the address asks for of a list.

use super::base::Base;
use super::column::List;
use super::cursor;
use super::order::{self, Term};
use crate::db::{Columns, Parameter, Session};
use crate::http::Problem;
use crate::web::address::Address;
use serde::de::DeserializeOwned;

/// Rows of a page, and how many one may ask for.
const ROWS: i64 = 100;
const MOST_ROWS: i64 = 500;

/// How a list is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Page,
    Csv,
    Json,
}

/// A list as it is asked for.
pub struct Shown {
    pub list: &'static List,
    pub address: Address,
    pub format: Format,
    /// What the address says of the order; empty: the usual one.
    pub(super) asked: Vec<Term>,
    /// The whole order.
    terms: Vec<Term>,
    /// The columns that are asked for; none: the usual ones.
    pub(super) columns: Option<Vec<&'static str>>,
    limit: i64,
    after: Option<Vec<Option<String>>>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Rows as the database has them, and the place of the last one, where others follow.
pub(super) struct Rows {
    pub rows: Vec<String>,
    pub last: Option<Vec<Option<String>>>,
}

/// The parameters of an address that say how a list is shown, not what is in it.
pub const OF_SHOWING: [&str; 6] = ["sort", "columns", "after", "limit", "format", "open"];

impl Shown {
    /// Reads `sort`, `columns`, `limit`, `after` and `format`.
    pub fn read(list: &'static List, query: &[(String, String)]) -> Result<Shown, Problem> {
        let mut errors: Vec<(String, String)> = Vec::new();
        let mut refuse = |name: &str, what: String| errors.push((name.to_owned(), what));
        let address = Address::new(list.path, &merged(query));
        let asked = order::read(list, address.get("sort")).unwrap_or_else(|what| {
            refuse("sort", what);
            Vec::new()
        });
        let of_order = match asked.is_empty() {
            true => order::read(list, list.usual).unwrap_or_default(),
            false => asked.clone(),
        };
        let terms = order::with_key(list, &of_order);
        let columns = match address.get("columns") {
            "" => None,
            names => {
                let (known, unknown): (Vec<_>, Vec<_>) =
                    names.split(',').map(|name| (name, list.column(name))).partition(|(_, it)| it.is_some());
                if let Some((name, _)) = unknown.first() {
                    let all: Vec<&str> = list.columns.iter().map(|column| column.name).collect();
                    refuse("columns", format!("'{name}' is not one of {}", all.join(", ")));
                }
                Some(known.into_iter().filter_map(|(_, column)| Some(column?.name)).collect())
            }
        };
        let limit = match (address.get("limit"), address.get("limit").parse()) {
            ("", _) => ROWS,
            (_, Ok(limit @ 1..=MOST_ROWS)) => limit,
            _ => {
                refuse("limit", format!("is not a number from 1 to {MOST_ROWS}"));
                ROWS
            }
        };
        let after = match address.get("after") {
            "" => None,
            text => {
                let values = cursor::decode(text, terms.len());
                if values.is_none() {
                    refuse("after", "is not what a page of this order gave as the next one".to_owned());
                }
                values
            }
        };
        let format = match address.get("format") {
            "" => Format::Page,
            "csv" => Format::Csv,
            "json" => Format::Json,
            other => {
                refuse("format", format!("'{other}' is not one of csv, json"));
                Format::Page
            }
        };
        match errors.is_empty() {
            true => Ok(Shown { list, address, format, asked, terms, columns, limit, after, next: None }),
            false => Err(Problem::invalid(errors)),
        }
    }

    /// Whether a column is shown.
    pub fn shows(&self, name: &str) -> bool {
        match &self.columns {
            Some(columns) => columns.contains(&name),
            None => self.list.column(name).is_some_and(|column| !column.extra),
        }
    }

    /// How many are shown, for a cell that spans all.
    pub fn width(&self) -> usize {
        self.list.columns.iter().filter(|column| self.shows(column.name)).count().max(1)
    }

    /// How many rows there are to sort, where it is not all of them.
    pub fn window(&self) -> Option<u32> {
        let usual = self.list.usual.trim_start_matches('-');
        let by_index = self.terms.first().is_some_and(|term| term.column.name == usual);
        self.list.window.filter(|_| !by_index)
    }

    /// The rows of the page; [`Shown::next`] is set.
    pub async fn rows<T: DeserializeOwned>(
        &mut self,
        session: &mut Session,
        base: &Base,
    ) -> Result<Vec<T>, Problem> {
        let found = self.fetch(session, base, self.after.as_deref(), self.limit).await?;
        self.next = found.last.as_deref().map(cursor::encode);
        let read = |row: &String| {
            serde_json::from_str(row).map_err(|error| Problem::internal(&format!("{error} in {row}")))
        };
        found.rows.iter().map(read).collect()
    }

    /// So many rows after a place.
    pub(super) async fn fetch(
        &self,
        session: &mut Session,
        base: &Base,
        after: Option<&[Option<String>]>,
        limit: i64,
    ) -> Result<Rows, Problem> {
        let sql = self.statement(base, after.is_some());
        let wanted = limit + 1;
        let mut parameters = base.parameters();
        parameters.push(&wanted);
        parameters.extend(after.unwrap_or_default().iter().map(|value| value as &dyn Parameter));
        let rows = session.query(&sql, &parameters).await?;
        let shown = &rows[..rows.len().min(usize::try_from(limit).unwrap_or_default())];
        let last = match shown.last().filter(|_| rows.len() > shown.len()) {
            Some(row) => Some(row.value::<Vec<Option<String>>>("sort_key")?),
            None => None,
        };
        let rows = shown.iter().map(|row| row.value("row")).collect::<Result<_, _>>()?;
        Ok(Rows { rows, last })
    }

    /// Parameters are those of the base, the number of rows, and the place after which they begin.
    fn statement(&self, base: &Base, goes_on: bool) -> String {
        let limit = base.count() + 1;
        let (by, values) = (order::by(&self.terms), order::values(&self.terms));
        let begins = match goes_on {
            true => format!("\nwhere {}", order::beyond(&self.terms, limit + 1)),
            false => String::new(),
        };
        let base_sql = match self.window() {
            Some(window) => {
                let usual = order::read(self.list, self.list.usual).unwrap_or_default();
                let usual = order::by(&order::with_key(self.list, &usual));
                format!("select * from (\n{}\n) as newest order by {usual} limit {window}", base.sql())
            }
            None => base.sql(),
        };
        let more = if base.more.is_empty() { "" } else { ", more.*" };
        let late = self.terms.iter().any(|term| term.column.late);
        let rows = match late {
            true => format!(
                "select * from (select listed.*{more} from (\n{base_sql}\n) as listed {}) as whole{begins}\norder by {by} limit ${limit}",
                base.more
            ),
            false => format!(
                "select listed.*{more} from (select * from (\n{base_sql}\n) as whole{begins}\norder by {by} limit ${limit}) as listed {}",
                base.more
            ),
        };
        format!(
            "select to_json(page)::text as row, {values} as sort_key from (\n{rows}\n) as page order by {by}"
        )
    }
}

/// A parameter that is given several times, as boxes of a form are, has all its values.
fn merged(query: &[(String, String)]) -> Vec<(String, String)> {
    let mut merged: Vec<(String, String)> = Vec::new();
    for (name, value) in query {
        match merged.iter_mut().find(|(known, _)| known == name).filter(|_| name == "columns") {
            Some((_, values)) => {
                values.push(',');
                values.push_str(value);
            }
            None => merged.push((name.clone(), value.clone())),
        }
    }
    merged
}
