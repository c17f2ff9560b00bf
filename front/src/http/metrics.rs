//! GET /metrics: the numbers of this replica, and those of the database.

use super::problem::Problem;
use super::App;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use std::time::Duration;

/// A scrape waits this long for the database, then tells what it knows without.
const GLANCE: Duration = Duration::from_secs(3);

/// The numbers of this replica and of the database, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "service", security(()),
    responses((status = 200, description = "In the text format of Prometheus", content_type = "text/plain", body = String)))]
pub async fn metrics(State(app): State<App>) -> impl IntoResponse {
    for (pool, status) in app.database.status() {
        metrics::gauge!("dfa_pool_connections", "pool" => pool).set(status.size as f64);
        metrics::gauge!("dfa_pool_available", "pool" => pool).set(status.available as f64);
        metrics::gauge!("dfa_pool_waiting", "pool" => pool).set(status.waiting as f64);
    }
    let seen = tokio::time::timeout(GLANCE, of_database(&app)).await;
    metrics::gauge!("dfa_database_up").set(if matches!(seen, Ok(Ok(()))) { 1.0 } else { 0.0 });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render())
}

/// Each row is a number: its name, the name and value of its label, the value.
async fn of_database(app: &App) -> Result<(), Problem> {
    let mut session = app.database.reads().await?;
    for row in session.query(include_str!("metrics.sql"), &[]).await? {
        let (name, label, of): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        metrics::gauge!(name, label => of).set(row.get::<_, f64>(3));
    }
    Ok(())
}
