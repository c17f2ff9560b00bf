//! The clock of the scheduler: calls `dfa.tick()`, which knows what is due. It keeps no timetable, and any number of
//! replicas may call it.

use crate::http::{App, Problem, Told, PAUSED};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// Ends come in crowds; one look after the crowd is enough.
const SETTLE: Duration = Duration::from_millis(200);

/// Ticks once a minute, at a second of its own, and when a task has ended, since others may wait for it; until the
/// service stops.
pub async fn run(app: App) {
    let mut events = app.events.subscribe();
    let jitter = MINUTE.mul_f64(fastrand::f64());
    let mut minutes = tokio::time::interval_at(tokio::time::Instant::now() + jitter, MINUTE);
    minutes.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            _ = minutes.tick() => app.limits.forget(),
            event = events.recv() => {
                if event.is_ok_and(|told| !matches!(told, Told::Event { payload, .. } if ends_task(&payload))) {
                    continue;
                }
                tokio::time::sleep(SETTLE).await;
                events = events.resubscribe();
            }
        }
        match tick(&app).await {
            Ok(()) => {}
            Err(problem) if problem.sqlstate.as_deref() == Some("42883") => {
                tracing::debug!("this version of the extension has no scheduler");
            }
            Err(problem) if problem.sqlstate.as_deref() == Some(PAUSED) => {
                tracing::debug!(message = problem.message, "nothing is started");
            }
            Err(problem) => tracing::warn!(message = problem.message, "the scheduler was not called"),
        }
    }
}

fn ends_task(event: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(event).is_ok_and(|event| {
        event["event"] == "task"
            && ["SUCCESS", "FAILED"].contains(&event["state"].as_str().unwrap_or_default())
    })
}

async fn tick(app: &App) -> Result<(), Problem> {
    let mut session = app.database.reads().await?;
    session.query("select dfa.tick()::text", &[]).await?;
    metrics::counter!("dfa_ticks_total").increment(1);
    Ok(())
}
