//! One step: from its claim to its commit, in a session of its own.
//!
//! One transaction holds the node from its lock to its commit: the extension runs what comes before and after, and this
//! service reads `load`, computes, and puts the result where `save` takes it. A service that dies leaves nothing: the
//! transaction goes with its session, and the step is ready again.

use crate::db::{Ask, Canceller, Client, Columns};
use crate::failure::{Failure, Result};
use crate::http::App;
use bytes::Bytes;
use dfa_dataframe::{Arguments, Decoder, Encoder, Kind, Output, Refusal, Stop, Work};
use futures_util::{pin_mut, SinkExt, StreamExt};
use rayon::ThreadPool;
use serde_json::json;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::error::SqlState;
use tokio_postgres::Row;

/// How often it is asked whether the step is still wanted, while nothing is asked of the database.
const PULSE: Duration = Duration::from_millis(300);
/// Rows of a piece of the input.
const ROWS: usize = 16_384;
/// Bytes of a piece of the result.
const BYTES: usize = 1 << 16;
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
    name: String,
    function: String,
    arguments: Arguments,
    /// Gives the rows of `load`.
    copy: String,
    columns: Vec<(String, Kind)>,
    /// Bytes that may be kept.
    memory: usize,
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

    fn refused(process: &Process, refusal: Refusal) -> Fault {
        let Refusal { message, detail, hint } = refusal;
        let report = json!({ "sqlstate": "22023", "message": message, "detail": detail, "hint": hint });
        Fault::Failed { process: Some(process.name.clone()), report }
    }
}

/// Runs the next step, if there is one.
pub async fn next(app: &App, threads: &Arc<ThreadPool>) -> Result<bool> {
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
    run(app, &client, &claimed, threads).await?;
    Ok(true)
}

/// Runs a claimed step, and writes down what became of it.
async fn run(app: &App, client: &Client, claimed: &Claimed, threads: &Arc<ThreadPool>) -> Result<()> {
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
    let fault = match tokio::time::timeout(limit, node(client, claimed, threads)).await {
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
async fn node(
    client: &Client,
    claimed: &Claimed,
    threads: &Arc<ThreadPool>,
) -> std::result::Result<(), Fault> {
    let begun = client.ask("select * from dfa.begin_dataframe_step($1)", &[&claimed.step]).await;
    let mut rows = begun.map_err(|failure| Fault::of(None, &failure))?;
    while let Some(row) = rows.first() {
        let process = Process::read(row).map_err(|failure| Fault::of(None, &failure))?;
        let failed = |failure: Failure| Fault::of(Some(&process.name), &failure);
        let output = computed(client, claimed, &process, threads).await?;
        let has_rows = output.frame.height() > 0;
        if has_rows {
            let rows = Encoder::new(&output.frame).map_err(|refusal| Fault::refused(&process, refusal))?;
            send(client, rows).await.map_err(failed)?;
        }
        if !output.notes.is_empty() {
            let notes = dfa_dataframe::notes(claimed.step, &process.name, &output.notes);
            let into = "copy dfa.dataframe_note (step_id, process, id, model, errors, reason) from stdin";
            copy_in(client, into, [Bytes::from(notes)]).await.map_err(failed)?;
        }
        // The result is in the database; this service needs the room for the next one.
        drop(output);
        rows = client
            .ask("select * from dfa.finish_dataframe_step($1, $2)", &[&claimed.step, &has_rows])
            .await
            .map_err(failed)?;
    }
    Ok(())
}

impl Process {
    fn read(row: &Row) -> Result<Process> {
        let arguments: String = row.value("arguments")?;
        let names: Vec<String> = row.value("columns")?;
        let types: Vec<u32> = row.value("types")?;
        let kinds = types.into_iter().map(|oid| Kind::of(oid).unwrap_or(Kind::Text));
        Ok(Process {
            name: row.value("process")?,
            function: row.value("function")?,
            arguments: Arguments(serde_json::from_str(&arguments).unwrap_or_default()),
            copy: row.value("copy")?,
            columns: names.into_iter().zip(kinds).collect(),
            memory: usize::try_from(row.value::<i64>("memory")?).unwrap_or(usize::MAX),
        })
    }
}

/// The result of a process' function over the rows of its `load`.
async fn computed(
    client: &Client,
    claimed: &Claimed,
    process: &Process,
    threads: &Arc<ThreadPool>,
) -> std::result::Result<Output, Fault> {
    let refused = |refusal| Fault::refused(process, refusal);
    let names: Vec<String> = process.columns.iter().map(|it| it.0.clone()).collect();
    let mut work = dfa_dataframe::begin(&process.function, &process.arguments, &names).map_err(refused)?;
    let failed = |error: tokio_postgres::Error| Fault::of(Some(&process.name), &error.into());
    let stream = client.copy_out(&process.copy).await.map_err(failed)?;
    pin_mut!(stream);
    let mut decoder = Decoder::new(&process.columns);
    let mut any = false;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(failed)?;
        decoder.push(&piece).map_err(refused)?;
        if decoder.rows() >= ROWS {
            any = true;
            take(&mut *work, &mut decoder, process).map_err(refused)?;
        }
    }
    if decoder.rows() > 0 {
        any = true;
        take(&mut *work, &mut decoder, process).map_err(refused)?;
    }
    if !any {
        return Ok(Output::default());
    }
    let stop = Stop::default();
    // However this ends: nobody computes for nobody.
    let _stopped = StopAtEnd(stop.clone());
    let (done, mut result) = tokio::sync::oneshot::channel();
    let wanted = stop.clone();
    threads.spawn(move || {
        let output = catch_unwind(AssertUnwindSafe(|| work.finish(&wanted)));
        // Nobody waits for what was stopped.
        let _ = done
            .send(output.unwrap_or_else(|_| {
                Err(Refusal::new("the function failed: this is a fault of the service"))
            }));
    });
    loop {
        tokio::select! {
            output = &mut result => {
                let output = output.unwrap_or_else(|_| Err(Refusal::new("the function ended without a result")));
                return output.map_err(refused);
            }
            () = tokio::time::sleep(PULSE) => {
                let wanted = goes_on(client, claimed).await;
                if !wanted.map_err(|failure| Fault::of(Some(&process.name), &failure))? {
                    return Err(Fault::Cancelled);
                }
            }
        }
    }
}

/// Whether the step is still wanted.
async fn goes_on(client: &Client, claimed: &Claimed) -> Result<bool> {
    let row = client.ask_one("select dfa.dataframe_step_goes_on($1) as is_so", &[&claimed.step]).await?;
    Ok(row.value("is_so")?)
}

fn take(work: &mut dyn Work, decoder: &mut Decoder, process: &Process) -> dfa_dataframe::Result<()> {
    let rows = decoder.take()?;
    // Other requests are served by other threads meanwhile.
    tokio::task::block_in_place(|| work.take(rows))?;
    if work.memory() > process.memory {
        return Err(Refusal::new(format!(
            "function '{}' needs more than {} MB for its input",
            process.function,
            process.memory >> 20
        ))
        .hint("Let the load give fewer rows, gathered by id and period, or raise dfa.dataframe_memory."));
    }
    Ok(())
}

struct StopAtEnd(Stop);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// The result goes into a table of the transaction, from which `save` takes it.
async fn send(client: &Client, mut rows: Encoder) -> Result<()> {
    let opened = client.ask_one("select dfa.open_dataframe_result($1) as copy", &[&rows.types()]).await?;
    let into: String = opened.value("copy")?;
    copy_in(client, &into, std::iter::from_fn(|| rows.next(BYTES).map(Bytes::from))).await
}

async fn copy_in(client: &Client, into: &str, pieces: impl IntoIterator<Item = Bytes>) -> Result<()> {
    let sink = client.copy_in(into).await?;
    pin_mut!(sink);
    for piece in pieces {
        sink.send(piece).await?;
    }
    sink.finish().await?;
    Ok(())
}
