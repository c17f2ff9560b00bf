//! GET /api/ai/preview

use super::setup::{flag, PREFIXES};
use super::target;
use crate::db::{Columns, Unexpected};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::{
    fields, Date, Dates, GivenFields, Letters, List, OneOf, Query, SomeTarget, Target, Text, YesNo,
};
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::State;
use serde::Serialize;
use serde_json::{json, Value};
use tokio_postgres::Row;
use utoipa::ToSchema;

/// What a run, backfill, setup or retention would do.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    message: String,
    /// What `if_preview` of the request takes, which then does this or is refused.
    token: String,
    steps: Vec<PreviewStep>,
}

/// A node on a run date, or an object of a setup.
#[derive(Serialize, ToSchema)]
pub struct PreviewStep {
    order: i32,
    kind: String,
    name: String,
    run_date: Option<String>,
    /// Of its interval; of a retention the day before which rows go.
    last_day: Option<String>,
    processes: Vec<String>,
    /// common, rerun, skipped, refused; of a setup created, exists and so on; of a retention delete or keep.
    action: String,
    /// asked or downstream.
    cause: String,
    reason: String,
    /// Rows of the last time; of a retention those that would go.
    last_rows: Option<i64>,
    /// Median of the last 30.
    expected_seconds: Option<f64>,
}

fields! {
    /// What is looked at: the fields of the request that would do it.
    pub struct PreviewQuery {
        /// data (a run), backfill, setup or retention.
        module: &'static str = OneOf(&["data", "backfill", "setup", "retention"]),
        target: Option<Target> = SomeTarget {
            table: "A table, by name or short name.",
            pipeline: "A pipeline; either this or table_name.",
        },
        /// Dates, separated by commas (default: today).
        run_date: Option<Vec<String>> = Dates,
        /// common or rerun, of data.
        run_mode: &'static str = OneOf(&["common", "rerun"]),
        /// Processes, separated by commas, of data.
        choose: Option<Vec<String>> = List,
        /// First day of a backfill.
        date_from: Option<String> = Date,
        /// Last day of a backfill.
        date_to: Option<String> = Date,
        /// Y: only intervals that are missing or stale, of a backfill.
        only_gaps: bool = YesNo(false),
        /// Y: and what depends on them, of a backfill.
        downstream: bool = YesNo(false),
        /// First rows, of a setup.
        initial_data: String = Letters(PREFIXES),
        /// Drop before creating, of a setup.
        drop_before_create: String = Letters(PREFIXES),
        /// Y: drop the tables and do nothing else, of a setup.
        drop_table: bool = YesNo(false),
        /// Y: drop the data schema and do nothing else, of a setup.
        drop_schema: bool = YesNo(false),
        /// Y: drop what depends on it, too, of a setup.
        cascade: bool = YesNo(false),
        /// Table to copy to, of a retention.
        backup_table: Option<String> = Text,
        /// Schema to copy to, of a retention.
        backup_schema: Option<String> = Text,
    }
    checked by fit_together
}

/// What the module needs is there, and what it does not know is not.
fn fit_together(fields: &PreviewQuery, given: &mut GivenFields) {
    let is_run = ["data", "backfill"].contains(&fields.module);
    if is_run && fields.target.is_none() {
        given.refuse::<()>("pipeline_name", "is needed, or table_name");
    }
    let is_backfill = fields.module == "backfill";
    for (name, is_given) in [("date_from", fields.date_from.is_some()), ("date_to", fields.date_to.is_some())]
    {
        if is_backfill != is_given {
            given.refuse::<()>(name, if is_backfill { "is needed" } else { "is for module backfill" });
        }
    }
}

impl PreviewQuery {
    /// As `dfa.submit` takes them.
    fn parameters(&self) -> Value {
        match self.module {
            "setup" => json!({
                "initial_data": self.initial_data,
                "drop_before_create": self.drop_before_create,
                "drop_table": flag(self.drop_table),
                "drop_schema": flag(self.drop_schema),
                "cascade": flag(self.cascade),
            }),
            "retention" => json!({ "backup_table": self.backup_table, "backup_schema": self.backup_schema }),
            _ => json!({}),
        }
    }
}

/// What a run, backfill, setup or retention would do with these fields, in its order, and why. Nothing is changed.
#[utoipa::path(get, path = "/api/ai/preview", operation_id = "get_preview", tag = "run",
    params(PreviewQuery),
    responses((status = 200, body = Preview), ErrorResponses))]
pub async fn get(
    State(app): State<App>,
    Query { fields, .. }: Query<PreviewQuery>,
) -> Result<Reply, Problem> {
    let mut session = app.database.work().await?;
    let name = match &fields.target {
        Some(target) => Some(target::resolve(&mut session, target).await?),
        None => None,
    };
    let (module, run_mode) = match fields.module {
        "backfill" => ("data", None),
        module => (module, (module == "data").then_some(fields.run_mode)),
    };
    let rows = session
        .call(
            include_str!("sql/preview.sql"),
            &[
                &module,
                &name,
                &fields.run_date,
                &fields.date_from,
                &fields.date_to,
                &run_mode,
                &fields.choose,
                &fields.only_gaps,
                &fields.downstream,
                &fields.parameters().to_string(),
            ],
        )
        .await?;
    session.forget().await?;
    let token = rows.first().map(|row| row.value("token")).transpose()?.unwrap_or_default();
    let steps: Vec<PreviewStep> =
        rows.iter().filter_map(|row| step(row).transpose()).collect::<Result<_, _>>()?;
    let message = match steps.len() {
        0 => "Success: There is nothing to do".to_owned(),
        1 => "Success: 1 thing to do".to_owned(),
        many => format!("Success: {many} things to do"),
    };
    Ok(Reply::ok(json!(Preview { message, token, steps })))
}

/// `None`: the row that has the token of an empty preview.
fn step(row: &Row) -> Result<Option<PreviewStep>, Unexpected> {
    let Some(order) = row.value("step_order")? else { return Ok(None) };
    Ok(Some(PreviewStep {
        order,
        kind: row.value("kind")?,
        name: row.value("name")?,
        run_date: row.value("run_date")?,
        last_day: row.value("last_day")?,
        processes: row.value("processes")?,
        action: row.value("action")?,
        cause: row.value("cause")?,
        reason: row.value("reason")?,
        last_rows: row.value("last_rows")?,
        expected_seconds: row.value("expected_seconds")?,
    }))
}
