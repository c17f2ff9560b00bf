//! Files that land by themselves. Which tables have a source, what was taken and what is to be done with a file is known by the
//! database; here files are listed, read and sent. A file, its rows and its line in the ledger are one transaction, which holds
//! a lock of its table: so any number of replicas takes each file once, and one that dies leaves nothing half done.

mod place;
mod take;

use crate::db::{self, Ask, Client, Columns};
use crate::failure::Result;
use crate::http::App;
use futures_util::StreamExt;
use place::{Found, Place};
use serde_json::{Map, Value};
use std::collections::HashMap;
use take::{take, Outcome};

/// Sources that one replica works on at once.
const AT_ONCE: usize = 4;

/// A table and where its files lie.
struct Source {
    table: String,
    path: String,
    options: Map<String, Value>,
}

/// Looks every few seconds, until the service stops; never, where no place is set.
pub async fn run(app: App) {
    let landing = &app.settings.service.landing;
    if landing.is_empty() {
        return;
    }
    let start = tokio::time::Instant::now() + landing.look.mul_f64(fastrand::f64() / 2.0);
    let mut looks = tokio::time::interval_at(start, landing.look);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            _ = looks.tick() => {}
        }
        if let Err(failure) = look(&app).await {
            tracing::warn!(cause = failure.message, "files were not looked for");
        }
    }
}

async fn look(app: &App) -> Result<()> {
    let client = db::connect(&app.settings).await?;
    let rows = client.ask(include_str!("sources.sql"), &[]).await?;
    let mut sources = Vec::with_capacity(rows.len());
    for row in &rows {
        let options = match row.value::<Value>("options")? {
            Value::Object(options) => options,
            _ => Map::new(),
        };
        sources.push(Source { table: row.value("table_name")?, path: row.value("path")?, options });
    }
    futures_util::stream::iter(sources)
        .for_each_concurrent(AT_ONCE, |source| async move {
            if let Err(failure) = work(app, &source).await {
                tracing::warn!(table = source.table, cause = failure.message, "files were not taken");
            }
        })
        .await;
    Ok(())
}

/// All files of one source that are there, in order of name.
async fn work(app: &App, source: &Source) -> Result<()> {
    let mut client = db::connect(&app.settings).await?;
    let landing = &app.settings.service.landing;
    let listed = async {
        let place = Place::of(&source.path, landing)?;
        let found = place.list().await?;
        Ok::<_, crate::failure::Failure>((place, found))
    };
    let (place, found) = match listed.await {
        Ok(listed) => listed,
        Err(failure) => {
            // What is known to be wrong is told once; the row says it until it is mended.
            tracing::debug!(table = source.table, cause = failure.message, "its files cannot be looked at");
            return looked(&client, source, Some(&failure.message), 0).await;
        }
    };
    let todo = to_take(&client, source, found).await?;
    let mut waiting = todo.len();
    looked(&client, source, None, waiting).await?;
    let (mut fault, mut is_mine) = (None, true);
    for (file, verdict) in &todo {
        if app.stopping.is_cancelled() || verdict == "held" || !place.is_settled(file, landing.settle) {
            break;
        }
        match take(&mut client, &place, source, file, verdict).await? {
            Outcome::Landed | Outcome::Known => waiting -= 1,
            Outcome::Refused => break,
            Outcome::Later => {
                is_mine = false;
                break;
            }
            Outcome::Fault(message) => {
                fault = Some(message);
                break;
            }
        }
    }
    if !todo.is_empty() {
        looked(&client, source, fault.as_deref(), waiting).await?;
    }
    // Whoever takes the last of them tells it, once for all.
    if is_mine {
        client.ask("select dfa.report_files($1)", &[&source.table]).await?;
    }
    Ok(())
}

/// Of the files that lie there those that the ledger does not know as they are, with what it says of them.
async fn to_take(client: &Client, source: &Source, found: Vec<Found>) -> Result<Vec<(Found, String)>> {
    let paths: Vec<String> = found.iter().map(|found| found.path.clone()).collect();
    let versions: Vec<String> = found.iter().map(|found| found.version.clone()).collect();
    client.ask("select dfa.note_gone_files($1, $2)", &[&source.table, &paths]).await?;
    let sql = "select path, verdict from dfa.files_to_take($1, $2, $3)";
    let rows = client.ask(sql, &[&source.table, &paths, &versions]).await?;
    let mut by_path: HashMap<String, Found> =
        found.into_iter().map(|found| (found.path.clone(), found)).collect();
    let mut todo = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(file) = by_path.remove(&row.value::<String>("path")?) {
            todo.push((file, row.value("verdict")?));
        }
    }
    Ok(todo)
}

async fn looked(client: &Client, source: &Source, fault: Option<&str>, waiting: usize) -> Result<()> {
    let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
    let sql = "select dfa.look_for_files($1, $2, $3, $4)::text";
    client.ask(sql, &[&source.table, &source.path, &fault, &waiting]).await?;
    Ok(())
}
