//! Looks for steps that run DataFrame functions, and runs them.

use super::job;
use crate::http::{App, Told};
use std::time::Duration;
use tokio::sync::broadcast::Receiver;

/// Steps under way at once: a long one does not keep the short ones waiting.
const JOBS: usize = 2;
/// Between two looks when nobody says anything: behind a pooler, or after a lost notification.
const LOOK: Duration = Duration::from_secs(2);

/// Runs steps until the service stops. What computes are processes of their own, so that requests are answered meanwhile.
pub async fn run(app: App) {
    for _ in 0..JOBS {
        tokio::spawn(follow(app.clone()));
    }
}

async fn follow(app: App) {
    let mut events = app.events.subscribe();
    loop {
        // The next one is looked for at once: they come in crowds.
        let more = tokio::select! {
            () = app.ending.cancelled() => return,
            more = job::next(&app) => more.unwrap_or_else(|failure| {
                // An older extension has none, and a database that is away is told of elsewhere.
                tracing::debug!(cause = failure.message, sqlstate = failure.sqlstate, "no DataFrame step could be looked for");
                false
            }),
        };
        if app.stopping.is_cancelled() {
            return;
        }
        if more {
            continue;
        }
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
            () = told(&mut events) => {}
        }
    }
}

/// Ends when a step was handed over.
async fn told(events: &mut Receiver<Told>) {
    loop {
        match events.recv().await {
            Ok(Told::Event { payload, .. }) if !payload.contains("\"dataframe\"") => {}
            Ok(_) => return,
            // Some were missed, or nobody tells any more.
            Err(_) => return tokio::time::sleep(LOOK).await,
        }
    }
}
