//! `/catalog/{kind}/{name}`: a definition as it is in force, or as a version had it, what changed, and the SQL that a run
//! would send.

use super::text::yaml;
use crate::http::Problem;
use crate::web::address::Address;
use crate::web::asked::{answer, Asked};
use crate::web::clock::Moment;
use crate::web::code::{Code, Diff, Language};
use crate::web::frame::Frame;
use crate::web::number::Maybe;
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

#[derive(Template)]
#[template(path = "catalog/definition.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    address: Address,
    definition: Definition,
    document: Code,
    /// Against another version.
    diff: Option<Diff>,
    rendered: Vec<Rendered>,
    /// Why nothing could be rendered.
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Definition {
    id: String,
    kind: String,
    name: String,
    shortname: String,
    version: String,
    description: Maybe<String>,
    source: String,
    loaded_at: Moment,
    loaded_by: String,
    set_up_at: Option<Moment>,
    document: Value,
    current: bool,
    other: Option<Value>,
    other_at: Option<Moment>,
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    id: String,
    version: String,
    loaded_at: Moment,
    loaded_by: String,
    current: bool,
}

/// A statement of a process, filled in for a run date.
struct Rendered {
    process: String,
    place: i64,
    code: Code,
}

pub async fn page(asked: Asked, Path((kind, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let (id, against) = (asked.get("version").map(str::to_owned), asked.get("against").map(str::to_owned));
    let sql = include_str!("definition.sql");
    let found: Vec<Definition> = session.list(sql, &[&kind, &name, &id, &against]).await?;
    session.commit_and_go_on().await?;
    let unknown = || Problem::unknown("definition", &name);
    let definition = found.into_iter().next().ok_or_else(unknown)?;
    let text = yaml(&definition.kind, &definition.name, &definition.document);
    if asked.get("format") == Some("yaml") {
        return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response());
    }
    let (mut rendered, mut problem) = (Vec::new(), None);
    if definition.kind == "table" && definition.current {
        // A placeholder that has no value is told, and the page stays.
        match render(&asked, &name).await {
            Ok(rows) => rendered = rows,
            Err(refused) if refused.status.is_server_error() && refused.sqlstate.is_none() => {
                return Err(refused)
            }
            Err(refused) => problem = Some(refused),
        }
    }
    let other = definition.other.as_ref().map(|other| yaml(&definition.kind, &definition.name, other));
    let address = Address::of_page(&asked);
    let first = address.get("line").parse().unwrap_or(1);
    let page = Page {
        frame: asked.frame,
        document: Code::from(Language::Yaml, &text, first),
        diff: other.map(|other| Diff::of(Language::Yaml, &other, &text)),
        address,
        definition,
        rendered,
        problem,
    };
    Ok(answer!(asked.fragment, page))
}

async fn render(asked: &Asked, name: &str) -> Result<Vec<Rendered>, Problem> {
    #[derive(Deserialize)]
    struct Row {
        process: String,
        place: i64,
        statement: String,
    }
    const RENDER: &str = "select process, statement_order as place, statement \
                          from dfa.render($1, run_date => coalesce($2::text::date, dfa.today()))";
    let date = asked.get("date").map(str::to_owned);
    let mut session = asked.reads().await?;
    let rows: Result<Vec<Row>, Problem> = session.list(RENDER, &[&name, &date]).await;
    session.rollback().await?;
    let rendered = |Row { process, place, statement }: Row| Rendered {
        process,
        place,
        code: Code::from(Language::Sql, statement.trim_end(), 1),
    };
    Ok(rows?.into_iter().map(rendered).collect())
}
