//! Lists in pages: each page says where the next one begins. By key, not by number, so that rows that come and go
//! in between are neither doubled nor lost, and the thousandth page costs what the first did.

use super::form::{carried, TEXT};
use super::problem::Problem;
use super::reply::raw;
use crate::db::{Ask, Client, Columns, Parameter, Session, Unexpected};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{json, Value};
use std::collections::BTreeMap;
use tokio_postgres::Row;
use utoipa::openapi::path::{Parameter as Described, ParameterBuilder, ParameterIn};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 500;

/// What `?…` asks for.
#[derive(Debug)]
pub struct Listing {
    pub limit: i64,
    pub descending: bool,
    /// The column to sort by; one of those that the list allows.
    pub sort: &'static str,
    /// Sort key and name of the last row of the page before.
    pub after: Option<(String, String)>,
    /// Sound, and none is empty.
    filters: BTreeMap<&'static str, String>,
}

/// What a list can do: from this it is read, and the document made.
pub struct ListOptions {
    /// Columns to sort by; the first is the default.
    pub sorts: &'static [&'static str],
    pub descending: bool,
    pub filters: &'static [Filter],
}

/// By what a list can be narrowed.
pub struct Filter {
    pub name: &'static str,
    pub takes: Takes,
    /// What the document says of it.
    pub words: &'static str,
}

/// What the value of a filter can be.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    Text,
    OneOf(&'static [&'static str]),
    Date,
    /// The beginning of a process_id.
    Digits,
}

impl Takes {
    /// What is wrong with a value.
    fn fault(self, value: &str) -> Option<String> {
        match self {
            Takes::OneOf(words) if !words.contains(&value) => {
                Some(format!("is not one of {}", words.join(", ")))
            }
            Takes::Date if value.len() != 10 || value.parse::<jiff::civil::Date>().is_err() => {
                Some("is not a date: write YYYY-MM-DD".to_owned())
            }
            Takes::Digits if value.len() > 64 || !value.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some("is not the beginning of a process_id: it has digits alone".to_owned())
            }
            _ => None,
        }
    }

    fn schema(self) -> Value {
        match self {
            Takes::Text => json!({ "type": "string", "pattern": TEXT }),
            Takes::OneOf(words) => {
                json!({ "type": "string", "pattern": format!("^(|{})$", words.join("|")) })
            }
            Takes::Date => json!({ "anyOf": [{ "type": "string", "format": "date" }, { "const": "" }] }),
            Takes::Digits => json!({ "type": "string", "pattern": "^[0-9]{0,64}$" }),
        }
    }
}

impl ListOptions {
    /// What the document says of the query.
    pub fn parameters(&self) -> Vec<Described> {
        let limit =
            json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT });
        let sort = json!({ "type": "string", "pattern": format!("^(-?({}))?$", self.sorts.join("|")) });
        let paging = [
            ("limit", "Rows of a page.", json!({ "anyOf": [limit, { "const": "" }] })),
            ("after", "`next` of the page before.", Takes::Text.schema()),
            ("sort", "Column, with - before it for the other direction", sort),
        ];
        let filters = self.filters.iter().map(|filter| (filter.name, filter.words, filter.takes.schema()));
        let parameter = |(name, words, schema)| {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
            parameter.description(Some(words)).schema(Some(carried(schema))).build()
        };
        paging.into_iter().chain(filters).map(parameter).collect()
    }

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
                other => match self.filters.iter().find(|known| known.name == other) {
                    Some(_) if value.is_empty() => {}
                    Some(known) => match known.takes.fault(&value) {
                        Some(fault) => refuse(other, fault),
                        None => {
                            listing.filters.insert(known.name, value.into_owned());
                        }
                    },
                    None => {
                        let filters = self.filters.iter().map(|known| known.name);
                        let known: Vec<&str> =
                            ["limit", "sort", "after"].into_iter().chain(filters).collect();
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
        self.filters.get(name).map(String::as_str)
    }

    /// Some filter is given.
    pub fn is_narrowed(&self) -> bool {
        !self.filters.is_empty()
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

    /// [`Listing::page`] for a page: its rows, and where the next one begins.
    pub async fn rows<T: DeserializeOwned>(
        &self,
        session: &mut Session,
        sql: &str,
        more: &[&dyn Parameter],
    ) -> Result<(Vec<T>, Option<String>), Problem> {
        let (key, name) = self.last();
        let wanted = self.limit + 1;
        let parameters: [&dyn Parameter; 4] = [&self.sort, &key, &name, &wanted];
        let rows = session.query(&self.directed(sql), &[&parameters, more].concat()).await?;
        let (rows, next) = self.cut(&rows)?;
        let rows = rows.iter().map(|row| serde_json::from_str(row)).collect::<Result<_, _>>();
        Ok((rows.map_err(|error| Problem::internal(&error.to_string()))?, next))
    }

    /// [`Listing::page`] for a command.
    pub async fn ask(
        &self,
        client: &Client,
        sql: &str,
        more: &[&dyn Parameter],
    ) -> crate::failure::Result<PageRows> {
        let (key, name) = self.last();
        let wanted = self.limit + 1;
        let parameters: [&dyn Parameter; 4] = [&self.sort, &key, &name, &wanted];
        let rows = client.ask(&self.directed(sql), &[&parameters, more].concat()).await?;
        let (rows, next) = self.cut(&rows)?;
        let rows = rows.iter().map(|row| serde_json::from_str(row).unwrap_or_default()).collect();
        Ok(PageRows { rows, next })
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

/// A type that stands for the query of a list in the document.
macro_rules! query_of {
    ($options:ident, $name:ident) => {
        /// The query of the list.
        pub struct $name;

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                $options.parameters()
            }
        }
    };
}
pub(crate) use query_of;

/// One page for a command.
pub struct PageRows {
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

    const OPTIONS: ListOptions = ListOptions {
        sorts: &["name", "run_date"],
        descending: false,
        filters: &[
            Filter { name: "tag", takes: Takes::Text, words: "" },
            Filter { name: "status", takes: Takes::OneOf(&["0", "1"]), words: "" },
            Filter { name: "from", takes: Takes::Date, words: "" },
            Filter { name: "id", takes: Takes::Digits, words: "" },
        ],
    };

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
        let problem =
            OPTIONS.read(Some("limit=0&sort=size&after=x&page=2&status=2&from=never&id=1x")).unwrap_err();
        let fields: Vec<&str> = problem.errors.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["limit", "sort", "after", "page", "status", "from", "id"]);
        // An empty value is as good as none.
        assert_eq!(OPTIONS.read(Some("limit=&status=&from=&id=")).unwrap().filter("status"), None);
    }
}
