//! GET /api/ai/plan

use crate::db::{Columns, Unexpected};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::Form;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::{Request, State};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// What a migration would change.
#[derive(Serialize, ToSchema)]
pub struct PlanAnswer {
    message: String,
    changes: Vec<PlannedChange>,
}

/// A change of the database.
#[derive(Serialize, ToSchema)]
pub struct PlannedChange {
    table_name: String,
    change: String,
    /// Column, index or constraint.
    object: Option<String>,
    ddl: String,
    lock_level: String,
    /// Whether the table is written anew.
    rewrites: bool,
    /// What is lost.
    loss: String,
}

/// What would make the database as its catalogs say, with the DDL. Nothing is changed.
#[utoipa::path(get, path = "/api/ai/plan", operation_id = "get_plan", tag = "catalog",
    params(("name" = Option<String>, Query, description = "A table or pipeline (default: all tables)")),
    responses((status = 200, body = PlanAnswer), ErrorResponses))]
pub async fn get(State(app): State<App>, request: Request) -> Result<Reply, Problem> {
    let (parts, _) = request.into_parts();
    let mut form = Form::of_query(&parts)?;
    let name = form.text("name");
    form.finish()?;
    let mut session = app.database.work().await?;
    let rows = session.call(include_str!("sql/plan.sql"), &[&name]).await?;
    session.forget().await?;
    let changes: Vec<PlannedChange> = rows
        .iter()
        .map(|row| {
            Ok(PlannedChange {
                table_name: row.value("table_name")?,
                change: row.value("change")?,
                object: row.value("object")?,
                ddl: row.value("ddl")?,
                lock_level: row.value("lock_level")?,
                rewrites: row.value("rewrites")?,
                loss: row.value("loss")?,
            })
        })
        .collect::<Result<_, Unexpected>>()?;
    let message = match changes.len() {
        0 => "Success: Nothing to change".to_owned(),
        1 => "Success: 1 change".to_owned(),
        several => format!("Success: {several} changes"),
    };
    Ok(Reply::ok(json!(PlanAnswer { message, changes })))
}
