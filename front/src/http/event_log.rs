//! What the service makes of the events of the database itself: a line in the log for each failure, and numbers.

use super::events::Told;
use super::App;
use serde_json::Value;

/// Reads events until the service stops.
pub async fn run(app: App) {
    let mut events = app.events.subscribe();
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            told = events.recv() => match told {
                Ok(Told::Event { payload, .. }) => {
                    if let Ok(event) = serde_json::from_str(&payload) {
                        note(&event);
                    }
                }
                Ok(Told::Missed | Told::Away) => {}
                Err(tokio::sync::broadcast::error::RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "events came faster than they were counted");
                }
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            }
        }
    }
}

fn note(event: &Value) {
    let text = |member: &str| event[member].as_str().unwrap_or_default().to_owned();
    let state = text("state");
    match event["event"].as_str() {
        Some("step") => {
            metrics::counter!("dfa_steps_finished_total", "state" => state.to_lowercase()).increment(1);
            if let Some(seconds) = event["seconds"].as_f64() {
                metrics::histogram!("dfa_step_duration_seconds", "table" => text("node")).record(seconds);
            }
            if state == "FAILED" {
                tracing::warn!(
                    process_id = text("process_id"),
                    node = text("node"),
                    run_date = text("run_date"),
                    sqlstate = event["sqlstate"].as_str(),
                    cause = text("message"),
                    "a node failed"
                );
            }
        }
        Some("task") if state == "SUCCESS" || state == "FAILED" => {
            metrics::counter!("dfa_tasks_finished_total", "state" => state.to_lowercase()).increment(1);
            if state == "FAILED" {
                tracing::warn!(process_id = text("process_id"), name = text("name"), "a task failed");
            }
        }
        Some("late") => {
            tracing::warn!(
                pipeline_id = text("pipeline_id"),
                slot = text("slot"),
                deadline = text("deadline"),
                "a run is late"
            );
        }
        _ => {}
    }
}
