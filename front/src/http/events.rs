//! What happens in the database, as it happens: `NOTIFY dfa_event`, and Server-Sent Events of it.

use super::openapi::ErrorResponses;
use super::problem::Problem;
use super::App;
use crate::failure::{Failure, Result};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_postgres::{AsyncMessage, Row};

/// Events that a slow reader may be behind; then it is told that it missed some.
const BACKLOG: usize = 1024;
/// Between two tries to listen again.
const PAUSE: Duration = Duration::from_secs(2);
/// Between two looks behind a pooler: whoever reads events sees a change within a second.
const GLANCE: Duration = Duration::from_millis(500);
/// How long before its commit a change may be dated.
const LATE_COMMITS: Duration = Duration::from_secs(60);

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
        loop {
            tokio::select! {
                () = app.stopping.cancelled() => return,
                ended = self.hear(&app) => {
                    if let Err(failure) = ended {
                        tracing::debug!(message = failure.message, "events cannot be heard");
                    }
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Behind a pooler nobody can listen: a notification goes to a session, and that is anybody's.
    async fn hear(&self, app: &App) -> Result<()> {
        match app.settings.pooler {
            true => self.look(app).await,
            false => self.listen(app).await,
        }
    }

    /// Looks again and again for what has changed. A look goes back further than the last one, since what is dated
    /// before it may have been committed after it; what was told is known.
    async fn look(&self, app: &App) -> ! {
        let mut open: Vec<String> = Vec::new();
        let mut known: Option<HashMap<String, String>> = None;
        let mut last = Instant::now();
        loop {
            let seconds = (last.elapsed() + LATE_COMMITS).as_secs_f64();
            let looked = Instant::now();
            let rows = match self.changes(app, &open, seconds).await {
                Ok(rows) => rows,
                // The next look goes back further.
                Err(problem) => {
                    tracing::debug!(message = problem.message, "events cannot be looked for");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            last = looked;
            open = rows.iter().filter_map(open_task).collect();
            let states: HashMap<String, String> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
            match &known {
                Some(known) => {
                    for row in rows.iter().filter(|row| known.get(row.get::<_, &str>(0)) != Some(&row.get(1)))
                    {
                        let _ = self.0.send(row.get::<_, &str>(3).into());
                    }
                }
                None => tracing::info!("looking for events"),
            }
            known = Some(states);
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn changes(
        &self,
        app: &App,
        open: &Vec<String>,
        seconds: f64,
    ) -> std::result::Result<Vec<Row>, Problem> {
        let mut session = app.database.reads().await?;
        session.query(include_str!("events.sql"), &[open, &seconds]).await
    }

    async fn listen(&self, app: &App) -> Result<()> {
        let tls = crate::db::tls::connector(&app.settings.certificate)?;
        let (client, mut connection) = crate::db::alive(&app.settings.database).connect(tls).await?;
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

/// The task of a row that has not come to its end.
fn open_task(row: &Row) -> Option<String> {
    let open = ["SUBMITTED", "PROCESSING"].contains(&row.get(1));
    row.get::<_, Option<String>>(2).filter(|_| open)
}

/// Each change of state of a task, step or pipeline, as JSON; `missed` when the reader was too slow.
#[utoipa::path(get, path = "/api/ai/events", tag = "tasks",
    responses((status = 200, description = "Server-Sent Events", content_type = "text/event-stream", body = String),
        ErrorResponses))]
pub async fn stream(
    State(app): State<App>,
) -> std::result::Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>, Problem> {
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
