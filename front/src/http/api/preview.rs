//! GET /api/ai/preview

use super::{setup, target};
use crate::db::{Columns, Unexpected};
use crate::http::error_answers::ErrorResponses;
use crate::http::form::Form;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::http::App;
use axum::extract::{Request, State};
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

/// What a run, backfill, setup or retention would do with these fields, in its order, and why. Nothing is changed.
#[utoipa::path(get, path = "/api/ai/preview", operation_id = "get_preview", tag = "run",
    params(("module" = String, Query, pattern = "^(data|backfill|setup|retention)$", description = "data, backfill, setup or retention"),
        ("pipeline_name" = Option<String>, Query, description = "A pipeline; either this or table_name"),
        ("table_name" = Option<String>, Query, description = "A table, by name or short name"),
        ("run_date" = Option<String>, Query, description = "Dates, separated by commas (default: today)"),
        ("run_mode" = Option<String>, Query, pattern = "^(|common|rerun)$", description = "common or rerun, of data"),
        ("choose" = Option<String>, Query, description = "Processes, separated by commas, of data"),
        ("date_from" = Option<String>, Query, format = Date, description = "First day of a backfill"),
        ("date_to" = Option<String>, Query, format = Date, description = "Last day of a backfill"),
        ("only_gaps" = Option<String>, Query, description = "Y: only intervals that are missing or stale"),
        ("downstream" = Option<String>, Query, description = "Y: and what depends on them"),
        ("initial_data" = Option<String>, Query, description = "Of a setup, as its other flags"),
        ("drop_before_create" = Option<String>, Query, description = "Of a setup"),
        ("drop_table" = Option<String>, Query, description = "Of a setup"),
        ("drop_schema" = Option<String>, Query, description = "Of a setup"),
        ("drop_scheme" = Option<String>, Query, description = "Of a setup"),
        ("cascade" = Option<String>, Query, description = "Of a setup"),
        ("backup_table" = Option<String>, Query, description = "Of a retention"),
        ("backup_schema" = Option<String>, Query, description = "Of a retention")),
    responses((status = 200, body = Preview), ErrorResponses))]
pub async fn get(State(app): State<App>, request: Request) -> Result<Reply, Problem> {
    let (parts, _) = request.into_parts();
    let mut form = Form::of_query(&parts)?;
    let module = form.one_of("module", &["data", "backfill", "setup", "retention"]);
    let module = form.needed("module", module);
    let mut params = json!({});
    let (mut run_dates, mut run_mode, mut choose) = (None, None, None);
    let (mut from, mut to, mut only_gaps, mut downstream) = (None, None, false, false);
    let target = match module {
        "setup" => {
            let call = setup::read(&mut form);
            params = call.parameters();
            run_dates = call.run_date.map(|date| vec![date]);
            call.target
        }
        "retention" => {
            run_dates = form.date("run_date").map(|date| vec![date]);
            params = given([
                ("backup_table", form.text("backup_table")),
                ("backup_schema", form.text("backup_schema")),
            ]);
            form.target()
        }
        "backfill" => {
            let (first, last) = (form.date("date_from"), form.date("date_to"));
            from = Some(form.needed("date_from", first));
            to = Some(form.needed("date_to", last));
            only_gaps = form.yes_no("only_gaps", false);
            downstream = form.yes_no("downstream", false);
            Some(form.needed_target())
        }
        _ => {
            run_dates = form.dates("run_date");
            run_mode = form.one_of("run_mode", &["common", "rerun"]);
            choose = form.list("choose");
            Some(form.needed_target())
        }
    };
    form.finish()?;
    let mut session = app.database.work().await?;
    let name = match &target {
        Some(target) => Some(target::resolve(&mut session, target).await?),
        None => None,
    };
    let module = if module == "backfill" { "data" } else { module };
    let rows = session
        .call(
            include_str!("sql/preview.sql"),
            &[
                &module,
                &name,
                &run_dates,
                &from,
                &to,
                &run_mode,
                &choose,
                &only_gaps,
                &downstream,
                &params.to_string(),
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

/// An object of those that are given.
fn given<const N: usize>(fields: [(&str, Option<String>); N]) -> Value {
    fields
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name.to_owned(), json!(value))))
        .collect()
}
