//! GET /api/ai/plan

use crate::db::{Columns, Unexpected};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{fields, Query, Text};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
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

fields! {
    /// What is looked at.
    pub struct PlanQuery {
        /// A table or pipeline (default: all tables)
        name: Option<String> = Text,
    }
}

/// What would make the database as its catalogs say, with the DDL. Nothing is changed.
#[utoipa::path(get, path = "/api/ai/plan", operation_id = "get_plan", tag = "catalog",
    params(PlanQuery),
    responses((status = 200, body = PlanAnswer), ErrorResponses))]
pub async fn get(State(app): State<App>, Query { fields, .. }: Query<PlanQuery>) -> Result<Reply, Problem> {
    let mut session = app.database.work().await?;
    let rows = session.call(include_str!("sql/plan.sql"), &[&fields.name]).await?;
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
