//! Tells people of incidents. What is wrong and whom to tell is decided by the database; here it is sent. A message is claimed
//! by a row lock that ends with the session, so that any number of replicas sends it once, and one that dies leaves it to others.

mod mail;
mod message;
mod target;
mod webhook;

use crate::db::{self, Ask, Columns};
use crate::failure::{Failure, Result};
use crate::http::{App, Told};
use message::Message;
use std::time::Duration;

/// Between two looks at what is wrong.
const LOOK: Duration = Duration::from_secs(5);
/// Ends of tasks come in crowds; one look after the crowd is enough.
const SETTLE: Duration = Duration::from_millis(300);
/// Messages that one replica sends at once: a receiver that is slow holds up that many at most.
const AT_ONCE: usize = 4;
/// How long a receiver may take for all of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks every few seconds, and when a task has ended, until the service stops.
pub async fn run(app: App) {
    let mut events = app.events.subscribe();
    let mut looks =
        tokio::time::interval_at(tokio::time::Instant::now() + LOOK.mul_f64(fastrand::f64()), LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            _ = looks.tick() => {}
            event = events.recv() => {
                if event.is_ok_and(|told| !matches!(told, Told::Event { payload, .. } if payload.contains("FAILED"))) {
                    continue;
                }
                tokio::time::sleep(SETTLE).await;
                events = events.resubscribe();
            }
        }
        match look(&app).await {
            Ok(0) => {}
            Ok(due) => send_all(&app, due).await,
            Err(problem) => tracing::debug!(message = problem.message, "incidents were not looked for"),
        }
    }
}

/// Notes what is wrong; how many messages are due.
async fn look(app: &App) -> std::result::Result<usize, crate::http::Problem> {
    let mut session = app.database.reads().await?;
    session.query("select dfa.note_incidents()", &[]).await?;
    let row = session
        .query_one(
            "select count(*) as due from dfa.delivery where state = 'waiting' and due_at <= clock_timestamp()",
            &[],
        )
        .await?;
    Ok(usize::try_from(row.value::<i64>("due")?).unwrap_or_default())
}

async fn send_all(app: &App, due: usize) {
    let senders = (0..due.min(AT_ONCE)).map(|_| async {
        while !app.stopping.is_cancelled() {
            match send_next(app).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(failure) => {
                    tracing::warn!(cause = failure.message, "a message could not be handled");
                    return;
                }
            }
        }
    });
    futures_util::future::join_all(senders).await;
}

/// Claims a message, sends it and writes down how it went; false: there is none.
async fn send_next(app: &App) -> Result<bool> {
    let client = db::connect(&app.settings).await?;
    client.begin().await?;
    client.batch_execute("set local idle_in_transaction_session_timeout = 0").await?;
    let Some(row) = client.ask_opt(include_str!("claim.sql"), &[]).await? else {
        client.rollback().await?;
        return Ok(false);
    };
    let message = Message::of(&row, &app.settings.service)?;
    let outcome = deliver(app, &message).await;
    let error = outcome.as_ref().err().map(|failure| failure.message.clone());
    client.ask("select dfa.end_delivery($1, $2)::text", &[&message.id, &error]).await?;
    client.commit().await?;
    let (channel, about, name) = (&message.channel, &message.about, &message.name);
    metrics::counter!("dfa_messages_total", "outcome" => if error.is_some() { "failed" } else { "sent" })
        .increment(1);
    match error {
        None => tracing::info!(delivery = message.id, channel, about, name, "a message was sent"),
        Some(cause) => {
            tracing::warn!(delivery = message.id, channel, about, name, cause, "a message was not sent")
        }
    }
    Ok(true)
}

/// # Errors
/// Why it was not taken.
async fn deliver(app: &App, message: &Message) -> Result<()> {
    let settings = app.settings.service.notify.clone();
    let message = message.clone();
    let sending = tokio::task::spawn_blocking(move || match message.kind.as_str() {
        "email" => mail::send(&message, &settings),
        _ => webhook::send(&message, &settings),
    });
    // The thread ends by limits of its own.
    match tokio::time::timeout(PATIENCE * 2, sending).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Err(Failure::work(error.to_string())),
        Err(_) => Err(Failure::work(format!("no answer within {} seconds", (PATIENCE * 2).as_secs()))),
    }
}
