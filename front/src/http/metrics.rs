//! GET /metrics: the numbers of this replica, and those of the database.

use super::problem::Problem;
use super::{request_log, App};
use crate::db::{Columns, LOOKS};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_process::Collector;
use std::fmt::Write;
use std::time::Duration;

/// A scrape waits this long for the database, then tells what it knows without.
const GLANCE: Duration = Duration::from_secs(3);

/// What the database tells: name and meaning. They are written anew for each scrape, so that a number goes with its rows,
/// and all of them go with the database.
const OF_DATABASE: [(&str, &str); 8] = [
    ("dfa_tasks", "Tasks that have not ended."),
    ("dfa_queue_depth", "Steps of tasks that have not ended, by state."),
    ("dfa_queue_oldest_seconds", "How long ago the oldest task that has not ended was begun; 0 without one."),
    (
        "dfa_table_age_seconds",
        "Time since the beginning of the day that a table's watermark (data_date) stands at.",
    ),
    (
        "dfa_table_late_seconds",
        "How long a table has been later than its catalog or schedule allows; 0 while it is in time.",
    ),
    ("dfa_pipeline_failures", "Runs of a pipeline that failed since the last one that succeeded."),
    ("dfa_paused", "1 for what is paused: a pipeline, worker or all."),
    ("dfa_workers", "Workers of the database that are alive."),
];

/// Says what each number means; once, when the service starts.
pub fn describe(environment: &str) {
    describe_counter!("dfa_http_requests_total", "Requests answered, by method, route and status.");
    describe_histogram!("dfa_http_request_seconds", "How long requests took to answer.");
    describe_counter!("dfa_http_abandoned_total", "Requests whose callers hung up before the answer.");
    describe_gauge!("dfa_http_requests_in_flight", "Requests that are being answered now.");
    describe_gauge!("dfa_event_readers", "Readers of GET /api/ai/events.");
    describe_gauge!("dfa_pool_connections", "Connections to the database, by pool.");
    describe_gauge!("dfa_pool_available", "Connections that nobody uses, by pool.");
    describe_gauge!("dfa_pool_waiting", "Requests that wait for a connection, by pool.");
    describe_gauge!("dfa_database_up", "1 when the database answered this scrape, else 0.");
    describe_counter!("dfa_ticks_total", "Calls of the scheduler by this replica.");
    describe_counter!(
        "dfa_tasks_finished_total",
        "Ends of tasks that this replica heard of; each replica hears of all."
    );
    describe_counter!(
        "dfa_steps_finished_total",
        "Ends of steps that this replica heard of; each replica hears of all."
    );
    describe_histogram!(
        "dfa_step_duration_seconds",
        "How long steps took that this replica heard of, by table."
    );
    describe_counter!(
        "dfa_messages_total",
        "Messages of incidents that this replica sent, or could not send."
    );
    describe_counter!(LOOKS, "Reads that could go to DB_READ_HOST, by what became of them.");
    describe_gauge!("dfa_build_info", "1; the labels say what runs.");
    metrics::gauge!("dfa_build_info", "version" => env!("CARGO_PKG_VERSION"), "environment" => environment.to_owned())
        .set(1.0);
    Collector::default().describe();
}

/// The numbers of this replica and of the database, for Prometheus.
#[utoipa::path(get, path = "/metrics", operation_id = "get_metrics", tag = "service", security(()),
    responses((status = 200, description = "In the text format of Prometheus", content_type = "text/plain", body = String)))]
pub async fn metrics(State(app): State<App>) -> impl IntoResponse {
    for (pool, status) in app.database.status() {
        metrics::gauge!("dfa_pool_connections", "pool" => pool).set(status.size as f64);
        metrics::gauge!("dfa_pool_available", "pool" => pool).set(status.available as f64);
        metrics::gauge!("dfa_pool_waiting", "pool" => pool).set(status.waiting as f64);
    }
    metrics::gauge!("dfa_http_requests_in_flight").set(request_log::in_flight() as f64);
    metrics::gauge!("dfa_event_readers").set(app.events.readers() as f64);
    Collector::default().collect();
    let seen = tokio::time::timeout(GLANCE, of_database(&app)).await;
    let of_database = seen.ok().and_then(Result::ok);
    metrics::gauge!("dfa_database_up").set(if of_database.is_some() { 1.0 } else { 0.0 });
    let text = app.metrics.render() + &of_database.unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

/// Each row is a number: its name, the name and value of its label, the value.
async fn of_database(app: &App) -> Result<String, Problem> {
    let mut session = app.database.control().await?;
    let rows = session.query(include_str!("metrics.sql"), &[]).await?;
    let mut text = String::new();
    for (name, meaning) in OF_DATABASE {
        let _ = writeln!(text, "# HELP {name} {meaning}\n# TYPE {name} gauge");
        for row in &rows {
            if row.value::<&str>("metric")? != name {
                continue;
            }
            let (label, of): (&str, &str) = (row.value("label")?, row.value("labelled")?);
            let number: f64 = row.value("number")?;
            let _ = match label {
                "" => writeln!(text, "{name} {number}"),
                label => writeln!(text, "{name}{{{label}=\"{}\"}} {number}", escaped(of)),
            };
        }
        text.push('\n');
    }
    Ok(text)
}

/// The value of a label as Prometheus has it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
