//! What a run of the edited table would make of it: the text is stored, the table brought to it, run and compared with what
//! stands, and all of it is taken back.

use super::{save, Edited};
use crate::db::Session;
use crate::http::Problem;
use crate::web::asked::Asked;
use crate::web::task::plain;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

/// How long it may take.
const TIME: &str = "30s";
/// Columns that are shown of a row.
const COLUMNS: usize = 30;

pub struct Trial {
    pub table: String,
    pub date: String,
    pub ran: Vec<Ran>,
    pub differences: Vec<Difference>,
    /// Rows of a table that is too large to compare.
    pub uncompared: Option<i64>,
}

/// A process and its rows.
pub struct Ran {
    pub process: String,
    pub rows: i64,
}

/// Rows that would be new, changed or gone.
pub struct Difference {
    pub what: String,
    pub number: i64,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

pub struct Cell {
    pub now: String,
    /// What stands there, where it is something else.
    pub before: Option<String>,
}

/// What `dfa.try_table` says.
#[derive(Deserialize)]
struct Told {
    what: String,
    process: Option<String>,
    number: i64,
    rows: Option<Vec<Pair>>,
    date: String,
}

#[derive(Deserialize)]
struct Pair {
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
}

pub async fn run(asked: &Asked, edited: &Edited, date: &str, mode: &str) -> Result<Trial, Problem> {
    let mut session = asked.work().await?;
    let tried = read(&mut session, edited, date, mode).await;
    session.rollback().await?;
    tried.map_err(|problem| match problem.sqlstate.as_deref() {
        Some("57014") => {
            problem.hint("A try may take 30 seconds. Narrow what the statement reads, or run it.")
        }
        _ => problem,
    })
}

async fn read(session: &mut Session, edited: &Edited, date: &str, mode: &str) -> Result<Trial, Problem> {
    const TRY: &str = "select what, process, number, rows, tried.date
         from (select coalesce($2::pg_catalog.date, dfa.today()) as date) as tried
              cross join lateral dfa.try_table($1, tried.date, $3, 20)";
    session.query("select pg_catalog.set_config('statement_timeout', $1, true)", &[&TIME]).await?;
    let loaded = save::load(session, edited).await?;
    let table = loaded.iter().find(|it| it.kind == "table").ok_or_else(|| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "only a table can be tried")
            .hint("The text holds none.")
    })?;
    save::apply_one(session, table).await?;
    let date = Some(date).filter(|date| !date.is_empty());
    let mut trial = Trial {
        table: table.name.clone(),
        date: String::new(),
        ran: Vec::new(),
        differences: Vec::new(),
        uncompared: None,
    };
    let told: Vec<Told> = session.call_list(TRY, &[&table.name, &date, &mode]).await?;
    for Told { what, process, number, rows, date } in told {
        trial.date = date;
        match what.as_str() {
            "ran" => trial.ran.push(Ran { process: process.unwrap_or_default(), rows: number }),
            "uncompared" => trial.uncompared = Some(number),
            _ => trial.differences.push(difference(what, number, &rows.unwrap_or_default())),
        }
    }
    Ok(trial)
}

fn difference(what: String, number: i64, pairs: &[Pair]) -> Difference {
    let first = pairs.iter().find_map(|pair| pair.after.as_ref().or(pair.before.as_ref()));
    let columns: Vec<String> = first.into_iter().flat_map(Map::keys).take(COLUMNS).cloned().collect();
    let cells = |pair: &Pair| {
        let cell = |name: &String| {
            let of = |row: &Option<Map<String, Value>>| row.as_ref().map(|row| plain(row.get(name)));
            match (of(&pair.after), of(&pair.before)) {
                (Some(now), Some(before)) if now != before => Cell { now, before: Some(before) },
                (now, before) => Cell { now: now.or(before).unwrap_or_default(), before: None },
            }
        };
        columns.iter().map(cell).collect()
    };
    Difference { what, number, rows: pairs.iter().map(cells).collect(), columns }
}
