//! `/catalog/{kind}/{name}`: a definition as it is in force, or as a version had it, and the SQL that a run would send.

use crate::http::Problem;
use crate::web::address::Address;
use crate::web::asked::{answer, list, Asked};
use crate::web::clock::Moment;
use crate::web::frame::Frame;
use crate::web::number::Maybe;
use crate::web::statement::Statement;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Template)]
#[template(path = "catalog/definition.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    address: Address,
    definition: Definition,
    /// The document, a key a line.
    document: Option<Statement>,
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
    document: Box<RawValue>,
    current: bool,
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
#[derive(Deserialize)]
struct Rendered {
    process: String,
    place: i64,
    statement: String,
}

pub async fn page(asked: Asked, Path((kind, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let mut session = asked.reads().await?;
    let id = asked.get("version").map(str::to_owned);
    let sql = include_str!("definition.sql");
    let found: Vec<Definition> = list(&mut session, sql, &[&kind, &name, &id]).await?;
    session.commit_and_go_on().await?;
    let unknown = || Problem::unknown("definition", &name);
    let definition = found.into_iter().next().ok_or_else(unknown)?;
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
    let value: serde_json::Value = serde_json::from_str(definition.document.get()).unwrap_or_default();
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    let address = Address::new(asked.frame.here.split('?').next().unwrap_or_default(), &asked.query);
    let page = Page {
        frame: asked.frame,
        address,
        document: Statement::of(&text, None),
        definition,
        rendered,
        problem,
    };
    Ok(answer!(asked.fragment, page))
}

async fn render(asked: &Asked, name: &str) -> Result<Vec<Rendered>, Problem> {
    const RENDER: &str = "select process, statement_order as place, statement \
                          from dfa.render($1, run_date => coalesce($2::text::date, dfa.today()))";
    let date = asked.get("date").map(str::to_owned);
    let mut session = asked.reads().await?;
    let rows = list(&mut session, RENDER, &[&name, &date]).await;
    session.rollback().await?;
    rows
}
