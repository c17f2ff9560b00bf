//! What happens in the database, as it happens: `NOTIFY dfa_event`, and Server-Sent Events of it.

use super::error_answers::ErrorResponses;
use super::form::{fields, Query, Text};
use super::problem::Problem;
use super::App;
use crate::db::{Columns, Unexpected};
use crate::failure::{Failure, Result};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

/// What readers are told.
#[derive(Debug, Clone)]
pub enum Told {
    /// A change of state, as the database said it, with its number in this replica.
    Event { number: u64, payload: Arc<str> },
    /// Nobody listened for a while, and somebody does again: what happened in between is to be asked for.
    Missed,
    /// The database is not heard. Pages say so: silence is not a quiet night.
    Away,
}

/// The events of the database, for any number of readers.
#[derive(Clone)]
pub struct Events {
    sender: broadcast::Sender<Told>,
    /// The last events, for readers who come back.
    last: Arc<Mutex<VecDeque<(u64, Arc<str>)>>>,
    /// Tells the numbers of this replica from those of others, and of an earlier start.
    replica: u64,
    readers: Arc<AtomicUsize>,
    /// Whether the database is not heard.
    away: Arc<AtomicBool>,
}

impl Events {
    pub fn new() -> Self {
        Events {
            sender: broadcast::Sender::new(BACKLOG),
            last: Arc::default(),
            replica: fastrand::u64(..),
            readers: Arc::default(),
            away: Arc::default(),
        }
    }

    /// The database is not heard any more; told once.
    fn lose(&self) {
        if !self.away.swap(true, Ordering::Relaxed) {
            let _ = self.sender.send(Told::Away);
        }
    }

    /// It is heard: if it was not for a while, readers ask for what they missed.
    fn find(&self) {
        if self.away.swap(false, Ordering::Relaxed) {
            let _ = self.sender.send(Told::Missed);
        }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Told> {
        self.sender.subscribe()
    }

    /// How many read the stream now.
    pub fn readers(&self) -> usize {
        self.readers.load(Ordering::Relaxed)
    }

    fn tell(&self, payload: &str) {
        let payload: Arc<str> = payload.into();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let number = last.back().map_or(1, |(number, _)| number + 1);
        if last.len() >= BACKLOG {
            last.pop_front();
        }
        last.push_back((number, Arc::clone(&payload)));
        // Nobody reads: nothing is lost that somebody wanted. Under the lock, so that a reader who comes now misses none.
        let _ = self.sender.send(Told::Event { number, payload });
    }

    /// The id of the last event: who reads on after it misses nothing that comes from now on.
    pub fn last_id(&self) -> String {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{:x}-{}", self.replica, last.back().map_or(0, |(number, _)| *number))
    }

    /// From now on, and what happened after the event that a reader had last; `Missed` first when that is not known any more.
    fn resume(&self, last_id: Option<&str>) -> (VecDeque<Told>, broadcast::Receiver<Told>) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = self.sender.subscribe();
        let Some(last_id) = last_id else { return (VecDeque::new(), receiver) };
        let known = last_id.split_once('-').and_then(|(replica, number)| {
            let number: u64 = number.parse().ok()?;
            let next = last.front().map_or(1, |(first, _)| *first);
            (replica == format!("{:x}", self.replica) && number + 1 >= next).then_some(number)
        });
        let Some(known) = known else { return (VecDeque::from([Told::Missed]), receiver) };
        let later = last.iter().filter(|(number, _)| *number > known);
        let told =
            later.map(|(number, payload)| Told::Event { number: *number, payload: Arc::clone(payload) });
        (told.collect(), receiver)
    }

    /// Listens on one connection of its own until the service stops, and again whenever that is lost.
    pub async fn follow(self, app: App) {
        loop {
            tokio::select! {
                () = app.stopping.cancelled() => return,
                ended = self.hear(&app) => {
                    if let Err(failure) = ended {
                        tracing::warn!(cause = failure.message, detail = failure.detail, "events cannot be heard");
                    }
                    self.lose();
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
            let changes = match self.changes(app, &open, seconds).await {
                Ok(changes) => changes,
                // The next look goes back further.
                Err(problem) => {
                    tracing::debug!(message = problem.message, "events cannot be looked for");
                    self.lose();
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            last = looked;
            open = changes.iter().filter_map(Seen::open_task).collect();
            let states: HashMap<String, String> =
                changes.iter().map(|it| (it.key.clone(), it.state.clone())).collect();
            match &known {
                Some(known) => {
                    for change in changes.iter().filter(|it| known.get(&it.key) != Some(&it.state)) {
                        self.tell(&change.event);
                    }
                }
                None => tracing::info!("looking for events"),
            }
            known = Some(states);
            self.find();
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn changes(
        &self,
        app: &App,
        open: &Vec<String>,
        seconds: f64,
    ) -> std::result::Result<Vec<Seen>, Problem> {
        let mut session = app.database.reads().await?;
        let rows = session.query(include_str!("events.sql"), &[open, &seconds]).await?;
        rows.iter().map(|row| Ok(Seen::read(row)?)).collect()
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
                    self.find();
                }
                message = messages.next() => match message {
                    Some(Ok(AsyncMessage::Notification(notification))) => {
                        self.tell(notification.payload());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                    None => return Err(Failure::work("the connection ended")),
                }
            }
        }
    }
}

/// What a look finds (see events.sql).
struct Seen {
    key: String,
    state: String,
    /// Of a task.
    process_id: Option<String>,
    /// As readers are told it.
    event: String,
}

impl Seen {
    fn read(row: &Row) -> std::result::Result<Seen, Unexpected> {
        Ok(Seen {
            key: row.value("key")?,
            state: row.value("state")?,
            process_id: row.value("process_id")?,
            event: row.value("event")?,
        })
    }

    /// A task that has not come to its end.
    fn open_task(&self) -> Option<String> {
        self.process_id.clone().filter(|_| ["SUBMITTED", "PROCESSING"].contains(&self.state.as_str()))
    }
}

/// A reader of the stream, counted while it reads.
struct Reader {
    app: App,
    /// What it is told before what comes.
    before: VecDeque<Told>,
    receiver: broadcast::Receiver<Told>,
    /// The task that it wants to hear of; any without.
    process_id: Option<String>,
    /// Only what has changed, and not how: pages ask for that.
    small: bool,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.app.events.readers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Reader {
    /// The next event; none when the service stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let told = match self.before.pop_front() {
                Some(told) => told,
                None => tokio::select! {
                    () = self.app.stopping.cancelled() => return None,
                    told = self.receiver.recv() => match told {
                        Ok(told) => told,
                        Err(RecvError::Lagged(_)) => Told::Missed,
                        Err(RecvError::Closed) => return None,
                    },
                },
            };
            match told {
                Told::Event { payload, .. } if !self.wants(&payload) => {}
                // Programs are told `missed` when it is heard again: before that there is nobody to ask.
                Told::Away if !self.small => {}
                Told::Away => return Some(Event::default().event("away").data("")),
                Told::Event { number, payload } => {
                    let id = format!("{:x}-{number}", self.app.events.replica);
                    let data = match self.small {
                        true => named(&payload),
                        false => payload.replace(['\r', '\n'], " "),
                    };
                    return Some(Event::default().id(id).data(data));
                }
                Told::Missed => {
                    let hint = r#"{"event": "missed", "hint": "GET /api/ai/tasks tells the state of now"}"#;
                    return Some(Event::default().event("missed").data(hint));
                }
            }
        }
    }

    fn wants(&self, payload: &str) -> bool {
        let Some(wanted) = &self.process_id else { return true };
        payload.contains(wanted.as_str())
            && serde_json::from_str::<serde_json::Value>(payload)
                .is_ok_and(|event| event["process_id"] == wanted.as_str())
    }
}

fields! {
    /// What a reader wants to hear of.
    pub struct EventsQuery {
        /// Only events of this task
        process_id: Option<String> = Text,
    }
}

/// Each change of state of a task, step or pipeline, as JSON. `id` of the last one, sent as `Last-Event-ID`, goes on after
/// it; an event `missed` says that some were lost: then the lists tell the state of now.
#[utoipa::path(get, path = "/api/ai/events", operation_id = "read_events", tag = "tasks",
    params(EventsQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "id of the last event that was read")),
    responses((status = 200, description = "Server-Sent Events", content_type = "text/event-stream", body = String),
        ErrorResponses))]
pub async fn stream(
    State(app): State<App>,
    Query { fields, .. }: Query<EventsQuery>,
    headers: HeaderMap,
) -> std::result::Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>, Problem> {
    if crate::db::of_request().is_some_and(|rights| !rights.patterns.is_empty()) {
        let hint = "Ask GET /api/ai/get/opt/{process_id}?wait=60 for a task.";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "events tell of everything, and this key is for a part",
        )
        .hint(hint));
    }
    let last_id = last_event_id(&headers);
    Ok(Sse::new(read(app, last_id, fields.process_id, false)).keep_alive(KeepAlive::default()))
}

/// The events for a page, after the last one before it was made: what has changed, and a beat that its script sees, so that
/// a stream that died does not look like a quiet night.
pub fn live(
    app: App,
    headers: &HeaderMap,
    made_after: Option<&str>,
) -> Sse<impl Stream<Item = std::result::Result<Event, Infallible>> + use<>> {
    let beat = KeepAlive::new().event(Event::default().event("beat").data(""));
    Sse::new(read(app, last_event_id(headers).or(made_after), None, true)).keep_alive(beat)
}

fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("last-event-id").and_then(|value| value.to_str().ok())
}

fn read(
    app: App,
    last_id: Option<&str>,
    process_id: Option<String>,
    small: bool,
) -> impl Stream<Item = std::result::Result<Event, Infallible>> + use<> {
    let (mut before, receiver) = app.events.resume(last_id);
    if small && app.events.away.load(Ordering::Relaxed) {
        before.push_back(Told::Away);
    }
    app.events.readers.fetch_add(1, Ordering::Relaxed);
    let reader = Reader { app, before, receiver, process_id, small };
    futures_util::stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    })
}

/// What an event is about, without what it says.
fn named(payload: &str) -> String {
    let Ok(serde_json::Value::Object(mut event)) = serde_json::from_str(payload) else {
        return "{}".to_owned();
    };
    event.retain(|key, _| ["event", "process_id", "name", "node", "state"].contains(&key.as_str()));
    serde_json::Value::Object(event).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_who_comes_back_goes_on_where_he_was_or_is_told_that_he_cannot() {
        let events = Events::new();
        for number in 1..=BACKLOG + 10 {
            events.tell(&number.to_string());
        }
        let last = |number: usize| format!("{:x}-{number}", events.replica);
        let payloads = |id: &str| -> Vec<String> {
            let told = events.resume(Some(id)).0.into_iter();
            told.map(|told| match told {
                Told::Event { payload, .. } => payload.to_string(),
                Told::Missed => "missed".to_owned(),
                Told::Away => "away".to_owned(),
            })
            .collect()
        };
        assert_eq!(payloads(&last(BACKLOG + 8)), [(BACKLOG + 9).to_string(), (BACKLOG + 10).to_string()]);
        assert!(payloads(&last(BACKLOG + 10)).is_empty());
        assert_eq!(payloads(&last(10)).len(), BACKLOG);
        for unknown in [last(9).as_str(), "0-5", "x", ""] {
            assert_eq!(payloads(unknown), ["missed"], "{unknown}");
        }
        assert!(events.resume(None).0.is_empty());
    }
}
