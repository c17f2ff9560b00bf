//! One step: from its claim to its commit, in a session of its own.
//!
//! One transaction holds the node from its lock to its commit: the extension runs what comes before and after, and this
//! service reads `load`, computes, and puts the result where `save` takes it. A service that dies leaves nothing: the
//! transaction goes with its session, and the step is ready again.

use super::child::{refused, Computer};
use super::wire::{Order, Piece};
use crate::db::{Ask, Canceller, Client, Columns};
use crate::failure::{Failure, Result};
use crate::http::App;
use futures_util::{pin_mut, SinkExt, StreamExt};
use serde_json::json;
use std::time::Duration;
use tokio_postgres::error::SqlState;
use tokio_postgres::Row;

/// How often it is asked whether the step is still wanted, while nothing is asked of the database.
const PULSE: Duration = Duration::from_millis(300);
const NOTES: &str = "copy dfa.dataframe_note (step_id, process, id, model, errors, reason) from stdin";
/// What a session may take to end a statement that was cancelled.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A step that this service has claimed.
struct Claimed {
    step: i64,
    claimed_at: String,
    node: String,
    /// The time that its catalog gives it.
    limit: Option<Duration>,
}

/// A process that waits for its result.
struct Process {
    order: Order,
    /// Gives the rows of `load`.
    copy: String,
}

/// Why a step does not come to its end here.
#[derive(Debug)]
enum Fault {
    /// To be written down.
    Failed { process: Option<String>, report: serde_json::Value },
    /// Its task was cancelled.
    Cancelled,
}

impl Fault {
    fn of(process: Option<&str>, failure: &Failure) -> Fault {
        let report = json!({
            "sqlstate": failure.sqlstate.as_deref().unwrap_or("08006"),
            "message": failure.message, "detail": failure.detail, "hint": failure.hint,
        });
        Fault::Failed { process: process.map(str::to_owned), report }
    }
}

/// Runs the next step, if there is one.
pub async fn next(app: &App) -> Result<bool> {
    {
        let session = app.database.reads().await;
        let mut session = session.map_err(|problem| Failure::work(problem.to_string()))?;
        let found = session.query(include_str!("ready.sql"), &[]).await;
        if found.map_err(|problem| Failure::work(problem.to_string()))?.is_empty() {
            return Ok(false);
        }
    }
    let client = crate::db::connect(&app.settings).await?;
    let claimed = client
        .ask(
            "select step, claimed_at::text as claimed_at, node, seconds from dfa.claim_dataframe_step()",
            &[],
        )
        .await?;
    let Some(row) = claimed.first() else { return Ok(false) };
    let claimed = Claimed {
        step: row.value("step")?,
        claimed_at: row.value("claimed_at")?,
        node: row.value("node")?,
        limit: row.value::<Option<f64>>("seconds")?.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))),
    };
    run(app, &client, &claimed).await?;
    Ok(true)
}

/// Runs a claimed step, and writes down what became of it.
async fn run(app: &App, client: &Client, claimed: &Claimed) -> Result<()> {
    client.begin().await?;
    // The limit of time is that of the whole step, and while it computes the session is idle.
    let settings =
        "set transaction isolation level read committed, read write; set local statement_timeout = 0; \
                    set local idle_in_transaction_session_timeout = 0";
    client.batch_execute(settings).await?;
    let ours = client
        .ask_one(
            "select dfa.hold_dataframe_step($1, $2::text::timestamptz) as is_ours",
            &[&claimed.step, &claimed.claimed_at],
        )
        .await?;
    if !ours.value::<bool>("is_ours")? {
        return client.rollback().await;
    }
    // From here on code of the catalog runs, in the path of whoever submitted it; names of ours are qualified.
    let path = "select pg_catalog.set_config('search_path', dfa.dataframe_search_path($1), true)";
    client.ask(path, &[&claimed.step]).await?;
    client.batch_execute("savepoint node").await?;
    tracing::debug!(step = claimed.step, node = claimed.node, "a DataFrame step begins");
    let limit = claimed.limit.unwrap_or(Duration::MAX);
    let fault = match tokio::time::timeout(limit, node(client, claimed)).await {
        Ok(Ok(())) => None,
        Ok(Err(fault)) => Some(fault),
        Err(_) => {
            let tls = crate::db::tls::connector(&app.settings.certificate)?;
            let canceller = Canceller::new(&app.settings.database, tls);
            if let Err(error) = canceller.cancel(&client.cancel_token()).await {
                tracing::warn!(%error, "a statement that took too long could not be cancelled");
            }
            Some(too_late(claimed))
        }
    };
    if let Some(fault) = fault {
        undo(client).await?;
        let (process, report) = match fault {
            Fault::Cancelled => (None, None),
            Fault::Failed { process, report } => (process, Some(report.to_string())),
        };
        client.ask("select dfa.fail_dataframe_step($1, $2, $3)", &[&claimed.step, &process, &report]).await?;
    }
    client.commit().await?;
    client.ask("select dfa.end_dataframe_step($1)", &[&claimed.step]).await?;
    Ok(())
}

/// Takes the node back. A cancel that was meant for a statement of it may come as late as this.
async fn undo(client: &Client) -> Result<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        let undone =
            tokio::time::timeout(LAST_WORDS, client.batch_execute("rollback to savepoint node")).await;
        match undone.map_err(|_| Failure::work("the database does not answer"))? {
            Err(error) if tries < 3 && error.code() == Some(&SqlState::QUERY_CANCELED) => {}
            undone => return Ok(undone?),
        }
    }
}

/// The extension knows the words for it.
fn too_late(claimed: &Claimed) -> Fault {
    let seconds = claimed.limit.unwrap_or_default().as_secs_f64();
    Fault::Failed { process: None, report: json!({ "sqlstate": "57014", "time_limit": seconds }) }
}

/// The processes of the node, one after the other.
async fn node(client: &Client, claimed: &Claimed) -> std::result::Result<(), Fault> {
    let begun = client.ask("select * from dfa.begin_dataframe_step($1)", &[&claimed.step]).await;
    let mut rows = begun.map_err(|failure| Fault::of(None, &failure))?;
    while let Some(row) = rows.first() {
        let process = Process::read(claimed.step, row).map_err(|failure| Fault::of(None, &failure))?;
        let has_rows = computed(client, claimed, &process).await?;
        rows = client
            .ask("select * from dfa.finish_dataframe_step($1, $2)", &[&claimed.step, &has_rows])
            .await
            .map_err(|failure| process.failed(&failure))?;
    }
    Ok(())
}

impl Process {
    fn read(step: i64, row: &Row) -> Result<Process> {
        let arguments: String = row.value("arguments")?;
        let names: Vec<String> = row.value("columns")?;
        let types: Vec<u32> = row.value("types")?;
        let order = Order {
            service: std::process::id(),
            step,
            process: row.value("process")?,
            function: row.value("function")?,
            arguments: serde_json::from_str(&arguments).unwrap_or_default(),
            columns: names.into_iter().zip(types).collect(),
            memory: usize::try_from(row.value::<i64>("memory")?).unwrap_or(usize::MAX),
        };
        Ok(Process { order, copy: row.value("copy")? })
    }

    fn failed(&self, failure: &Failure) -> Fault {
        Fault::of(Some(&self.order.process), failure)
    }
}

/// Has a process' function computed over the rows of its `load`: the result goes into a table of the transaction, from which
/// `save` takes it, the notes into theirs. Whether there are rows.
async fn computed(client: &Client, claimed: &Claimed, process: &Process) -> std::result::Result<bool, Fault> {
    let failed = |failure: Failure| process.failed(&failure);
    let mut computer = Computer::start(&process.order).await.map_err(failed)?;
    {
        let stream = client.copy_out(&process.copy).await.map_err(|error| failed(error.into()))?;
        pin_mut!(stream);
        while let Some(piece) = stream.next().await {
            if !computer.feed(&piece.map_err(|error| failed(error.into()))?).await {
                break;
            }
        }
        // What nobody reads any more is passed over, and the session is free for what follows.
    }
    computer.fed();
    // Opened for the first part of the result; the others go there, too.
    let mut result: Option<String> = None;
    loop {
        let into = match answer(client, claimed, process, &mut computer).await? {
            Piece::Rows(types) => match &result {
                Some(result) => result.clone(),
                None => result.insert(opened(client, types).await.map_err(failed)?).clone(),
            },
            Piece::Notes => NOTES.to_owned(),
            Piece::End => return Ok(result.is_some()),
            Piece::Refused(refusal) => return Err(failed(refused(refusal))),
            Piece::Bytes(_) | Piece::Done => {
                return Err(failed(Failure::work("what computes says nothing of its rows")))
            }
        };
        copy_in(client, &into, &mut computer).await.map_err(failed)?;
    }
}

/// Makes the table of the result; the COPY that fills it.
async fn opened(client: &Client, types: Vec<String>) -> Result<String> {
    let opened = client.ask_one("select dfa.open_dataframe_result($1) as copy", &[&types]).await?;
    Ok(opened.value("copy")?)
}

/// The next part of the answer, which may be long in coming.
async fn answer(
    client: &Client,
    claimed: &Claimed,
    process: &Process,
    computer: &mut Computer,
) -> std::result::Result<Piece, Fault> {
    let failed = |failure: Failure| process.failed(&failure);
    loop {
        // What was received is not lost when this is left for a look.
        tokio::select! {
            piece = computer.next() => return piece.map_err(failed),
            () = tokio::time::sleep(PULSE) => {}
        }
        if !goes_on(client, claimed).await.map_err(failed)? {
            return Err(Fault::Cancelled);
        }
    }
}

/// Whether the step is still wanted.
async fn goes_on(client: &Client, claimed: &Claimed) -> Result<bool> {
    let row = client.ask_one("select dfa.dataframe_step_goes_on($1) as is_so", &[&claimed.step]).await?;
    Ok(row.value("is_so")?)
}

/// Copies what comes of a part.
async fn copy_in(client: &Client, into: &str, computer: &mut Computer) -> Result<()> {
    let sink = client.copy_in(into).await?;
    pin_mut!(sink);
    loop {
        match computer.next().await? {
            Piece::Bytes(bytes) => sink.send(bytes).await?,
            Piece::Done => {
                sink.finish().await?;
                return Ok(());
            }
            Piece::Refused(refusal) => return Err(refused(refusal)),
            _ => return Err(Failure::work("what computes leaves its rows without an end")),
        }
    }
}
