//! What happens in the database, as it happens: `NOTIFY dfa_event`, and Server-Sent Events of it.

use super::openapi::ErrorResponses;
use super::problem::Problem;
use super::App;
use crate::failure::{Failure, Result};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_postgres::AsyncMessage;

/// Events that a slow reader may be behind; then it is told that it missed some.
const BACKLOG: usize = 1024;
/// Between two tries to listen again.
const PAUSE: Duration = Duration::from_secs(2);

/// The events of the database, for any number of readers.
#[derive(Clone)]
pub struct Events(broadcast::Sender<Arc<str>>);

impl Events {
    pub fn new() -> Self {
        Events(broadcast::Sender::new(BACKLOG))
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.0.subscribe()
    }

    /// Listens on one connection of its own until the service stops, and again whenever that is lost.
    pub async fn follow(self, app: App) {
        if app.settings.pooler {
            tracing::warn!("behind a pooler events are not heard: the scheduler is called once a minute");
            return;
        }
        loop {
            tokio::select! {
                () = app.stopping.cancelled() => return,
                ended = self.listen(&app) => {
                    if let Err(failure) = ended {
                        tracing::debug!(message = failure.message, "events cannot be heard");
                    }
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn listen(&self, app: &App) -> Result<()> {
        let tls = crate::db::tls::connector(&app.settings.certificate)?;
        let (client, mut connection) = app.settings.database.connect(tls).await?;
        let mut messages = futures_util::stream::poll_fn(move |context| connection.poll_message(context));
        let listening = client.batch_execute("listen dfa_event");
        let mut listening = std::pin::pin!(listening);
        let mut ready = false;
        loop {
            tokio::select! {
                listens = &mut listening, if !ready => {
                    listens?;
                    ready = true;
                    tracing::info!("listening for events");
                }
                message = messages.next() => match message {
                    Some(Ok(AsyncMessage::Notification(notification))) => {
                        // Nobody reads: nothing is lost that somebody wanted.
                        let _ = self.0.send(notification.payload().into());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                    None => return Err(Failure::work("the connection ended")),
                }
            }
        }
    }
}

/// Each change of state of a task, step or pipeline, as JSON; `missed` when the reader was too slow.
#[utoipa::path(get, path = "/api/ai/events", tag = "tasks",
    responses((status = 200, description = "Server-Sent Events", content_type = "text/event-stream", body = String),
        ErrorResponses))]
pub async fn stream(
    State(app): State<App>,
) -> std::result::Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>, Problem> {
    if app.settings.pooler {
        return Err(Problem::new(StatusCode::NOT_IMPLEMENTED, "behind a pooler events are not heard")
            .hint("Ask GET /api/ai/get/opt/{process_id}, or give the service a direct connection."));
    }
    let receiver = app.events.subscribe();
    let events = futures_util::stream::unfold((receiver, app), |(mut receiver, app)| async move {
        let event = tokio::select! {
            () = app.stopping.cancelled() => return None,
            event = receiver.recv() => event,
        };
        let event = match event {
            Ok(payload) => Event::default().data(payload.replace(['\r', '\n'], " ")),
            Err(RecvError::Lagged(number)) => Event::default().event("missed").data(number.to_string()),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), (receiver, app)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
