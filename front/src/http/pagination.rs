//! Lists in pages: each page says where the next one begins. By key, not by number, so that rows that come and go
//! in between are neither doubled nor lost, and the thousandth page costs what the first did.

use super::problem::Problem;
use super::reply::raw;
use crate::db::{Ask, Client, Columns, Parameter, Session, Unexpected};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::Value;
use std::collections::BTreeMap;
use tokio_postgres::Row;
use utoipa::IntoParams;

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 500;

/// How a list is paged.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
pub struct Paging {
    /// Rows of a page.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// What `?…` asks for.
#[derive(Debug)]
pub struct Listing {
    pub limit: i64,
    pub descending: bool,
    /// The column to sort by; one of those that the list allows.
    pub sort: &'static str,
    /// Sort key and name of the last row of the page before.
    pub after: Option<(String, String)>,
    filters: BTreeMap<&'static str, String>,
}

/// What a list can do.
pub struct ListOptions {
    /// Columns to sort by; the first is the default.
    pub sorts: &'static [&'static str],
    pub descending: bool,
    pub filters: &'static [&'static str],
}

impl ListOptions {
    /// Reads the query of an address.
    pub fn read(&self, query: Option<&str>) -> Result<Listing, Problem> {
        let mut listing = Listing {
            limit: DEFAULT_LIMIT,
            descending: self.descending,
            sort: self.sorts[0],
            after: None,
            filters: BTreeMap::new(),
        };
        let mut errors = Vec::new();
        let mut refuse = |name: &str, what: String| errors.push((name.to_owned(), what));
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if value.contains('\0') {
                refuse(&name, "holds a NUL character".to_owned());
                continue;
            }
            match name.as_ref() {
                // As good as not given, as in a form.
                "limit" | "sort" | "after" if value.is_empty() => {}
                "limit" => match value.parse() {
                    Ok(limit @ 1..=MAX_LIMIT) => listing.limit = limit,
                    _ => refuse("limit", format!("is not a number from 1 to {MAX_LIMIT}")),
                },
                "sort" => {
                    let (descending, column) = match value.strip_prefix('-') {
                        Some(column) => (true, column),
                        None => (false, value.as_ref()),
                    };
                    match self.sorts.iter().find(|known| **known == column) {
                        Some(known) => (listing.sort, listing.descending) = (known, descending),
                        None => refuse(
                            "sort",
                            format!(
                                "is not one of {}, with - before it for the other direction",
                                self.sorts.join(", ")
                            ),
                        ),
                    }
                }
                "after" => match decode(&value) {
                    Some(after) => listing.after = Some(after),
                    None => refuse("after", "is not what a page gave as `next`".to_owned()),
                },
                other => match self.filters.iter().find(|known| **known == other) {
                    Some(known) => {
                        listing.filters.insert(known, value.into_owned());
                    }
                    None => {
                        let known: Vec<&str> =
                            ["limit", "sort", "after"].iter().chain(self.filters).copied().collect();
                        refuse(other, format!("is not known: a list takes {}", known.join(", ")));
                    }
                },
            }
        }
        if errors.is_empty() {
            Ok(listing)
        } else {
            Err(Problem::invalid(errors))
        }
    }
}

impl Listing {
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.filters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// [`Listing::filter`] for a value of a few known ones.
    pub fn filter_of(&self, name: &'static str, allowed: &[&str]) -> Result<Option<&str>, Problem> {
        match self.filter(name) {
            Some(value) if !allowed.contains(&value) => Err(Problem::invalid(vec![(
                name.to_owned(),
                format!("is not one of {}", allowed.join(", ")),
            )])),
            value => Ok(value),
        }
    }

    /// [`Listing::filter`] for a date.
    pub fn filter_date(&self, name: &'static str) -> Result<Option<&str>, Problem> {
        match self.filter(name) {
            Some(value) if value.len() != 10 || value.parse::<jiff::civil::Date>().is_err() => {
                Err(Problem::invalid(vec![(name.to_owned(), "is not a date: write YYYY-MM-DD".to_owned())]))
            }
            value => Ok(value),
        }
    }

    /// Runs a query whose text has the marks `{beyond}` and `{direction}`, and whose first four parameters are the
    /// column to sort by, the sort key and the name of the last row (or null), and the number of rows. It returns each
    /// `row` as JSON, its `sort_key` and its `name`, all as text.
    pub async fn page(
        &self,
        session: &mut Session,
        sql: &str,
        under: &'static str,
        more: &[&dyn Parameter],
    ) -> Result<Page, Problem> {
        let (key, name) = self.last();
        let wanted = self.limit + 1;
        let parameters: [&dyn Parameter; 4] = [&self.sort, &key, &name, &wanted];
        let rows = session.query(&self.directed(sql), &[&parameters, more].concat()).await?;
        let (rows, next) = self.cut(&rows)?;
        Ok(Page { under, rows: rows.into_iter().map(raw).collect(), next })
    }

    /// [`Listing::page`] for a command.
    pub async fn ask(
        &self,
        client: &Client,
        sql: &str,
        more: &[&dyn Parameter],
    ) -> crate::failure::Result<Rows> {
        let (key, name) = self.last();
        let wanted = self.limit + 1;
        let parameters: [&dyn Parameter; 4] = [&self.sort, &key, &name, &wanted];
        let rows = client.ask(&self.directed(sql), &[&parameters, more].concat()).await?;
        let (rows, next) = self.cut(&rows)?;
        let rows = rows.iter().map(|row| serde_json::from_str(row).unwrap_or_default()).collect();
        Ok(Rows { rows, next })
    }

    fn last(&self) -> (Option<&String>, Option<&String>) {
        self.after.as_ref().map_or((None, None), |(key, name)| (Some(key), Some(name)))
    }

    fn directed(&self, sql: &str) -> String {
        let (beyond, direction) = if self.descending { ("<", "desc") } else { (">", "asc") };
        sql.replace("{beyond}", beyond).replace("{direction}", direction)
    }

    /// The rows of the page, and where the next one goes on: one more row than is shown tells whether there is one.
    fn cut(&self, rows: &[Row]) -> Result<(Vec<String>, Option<String>), Unexpected> {
        let limit = usize::try_from(self.limit).unwrap_or_default();
        let shown = &rows[..rows.len().min(limit)];
        let last = shown.last().filter(|_| rows.len() > limit);
        let next = last.map(|row| Ok(encode(row.value("sort_key")?, row.value("name")?))).transpose()?;
        Ok((shown.iter().map(|row| row.value("row")).collect::<Result<_, _>>()?, next))
    }
}

/// One page for a command.
pub struct Rows {
    pub rows: Vec<Value>,
    pub next: Option<String>,
}

/// One page of a list.
pub struct Page {
    under: &'static str,
    rows: Vec<Box<RawValue>>,
    next: Option<String>,
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body<'page> {
            message: String,
            next: Option<&'page str>,
            #[serde(flatten)]
            rows: BTreeMap<&'static str, &'page [Box<RawValue>]>,
        }
        let s = if self.rows.len() == 1 { "" } else { "s" };
        let body = Body {
            message: format!("Success: {} row{s}", self.rows.len()),
            next: self.next.as_deref(),
            rows: BTreeMap::from([(self.under, self.rows.as_slice())]),
        };
        match serde_json::to_string(&body) {
            Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
            Err(error) => Problem::internal(&error.to_string()).into_response(),
        }
    }
}

/// Sort key and name in hexadecimal, so that nobody has to escape them.
fn encode(key: &str, name: &str) -> String {
    let text = format!("{key}\u{1}{name}");
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn decode(text: &str) -> Option<(String, String)> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let bytes: Vec<u8> = (0..text.len()).step_by(2).map(byte).collect::<Option<_>>()?;
    let whole = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    whole.split_once('\u{1}').map(|(key, name)| (key.to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: ListOptions =
        ListOptions { sorts: &["name", "run_date"], descending: false, filters: &["tag"] };

    #[test]
    fn a_cursor_survives_the_way_through_an_address() {
        assert_eq!(decode(&encode("2021-01-01", "ai_ä%&")), Some(("2021-01-01".into(), "ai_ä%&".into())));
        for wrong in ["", "x", "zz", "00", "äö", "41"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_minus_turns_the_order_round() {
        let listing = OPTIONS.read(Some("sort=-run_date&tag=a%20b")).unwrap();
        assert_eq!(
            (listing.sort, listing.descending, listing.filter("tag")),
            ("run_date", true, Some("a b"))
        );
    }

    #[test]
    fn what_a_list_cannot_do_is_refused_by_name() {
        let problem = OPTIONS.read(Some("limit=0&sort=size&after=x&page=2")).unwrap_err();
        let fields: Vec<&str> = problem.errors.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["limit", "sort", "after", "page"]);
    }
}
