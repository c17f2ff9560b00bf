//! `/pipelines/{name}`: what runs, when and by what, and how it went.

use super::address::escaped;
use super::address::Address;
use super::asked::{answer, Asked};
use super::audit::{self, Change};
use super::chart::{Bar, Chart};
use super::clock::Moment;
use super::frame::Frame;
use super::graph::{self, Drawing, Graph};
use super::note::Notes;
use super::number::{count, duration, Count, Maybe, Seconds};
use super::state::State;
use crate::http::Problem;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pipeline/pipeline.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    address: Address,
    pipeline: Pipeline,
    notes: Notes,
    graph: Graph,
    drawing: Drawing,
    seconds: Chart,
    rows: Chart,
    changes: Vec<Change>,
    /// Whose changes these are.
    of: String,
    /// Where programs reach this service, as this browser does.
    host: String,
}

#[derive(Deserialize)]
struct Pipeline {
    name: String,
    id: String,
    description: Maybe<String>,
    owner: Maybe<String>,
    active: bool,
    paused: Maybe<String>,
    schedule: Maybe<String>,
    trigger: Maybe<String>,
    deadline: Maybe<String>,
    next_slot: Option<Moment>,
    cause: String,
    sentence: String,
    late_since: Option<Moment>,
    fed_by: Vec<String>,
    nodes: Vec<Node>,
    heads: Vec<Head>,
    runs: Vec<Run>,
    versions: Vec<Version>,
}

/// A node and its last days.
#[derive(Deserialize)]
struct Node {
    place: i64,
    node: String,
    reads: Vec<String>,
    active: bool,
    data_date: Maybe<String>,
    run_date: Maybe<String>,
    run_type: Maybe<String>,
    state: State,
    cells: Vec<Option<Cell>>,
}

/// A column of the grid: a run date, or a run.
#[derive(Deserialize)]
struct Head {
    date: Option<String>,
    process_id: Option<String>,
    at: Option<Moment>,
}

/// A node on a run date, or in a run.
#[derive(Deserialize)]
struct Cell {
    process_id: String,
    state: State,
}

#[derive(Deserialize)]
struct Run {
    process_id: String,
    state: State,
    run_dates: String,
    run_mode: String,
    by: String,
    created_at: Moment,
    seconds: Seconds,
    rows: Maybe<Count>,
    done: Count,
    steps: Count,
    /// Definitions that changed since the run before.
    changed: Vec<Changed>,
}

#[derive(Deserialize)]
struct Changed {
    kind: String,
    name: String,
    id: String,
}

#[derive(Deserialize)]
struct Version {
    id: String,
    version: String,
    loaded_at: Moment,
    loaded_by: String,
    current: bool,
}

impl Pipeline {
    /// The state that its cause stands for.
    fn state(&self) -> State {
        State::of_cause(&self.cause)
    }
}

impl Pipeline {
    fn graph(&self) -> Graph {
        let node = |node: &Node| graph::Node {
            name: node.node.clone(),
            link: format!("/tables/{}", escaped(&node.node)),
            state: node.state,
            note: node.data_date.0.as_ref().map_or(String::new(), |date| format!("has data to {date}")),
            here: false,
        };
        let mut graph = Graph { nodes: self.nodes.iter().map(node).collect(), edges: Vec::new() };
        let reads = self
            .nodes
            .iter()
            .flat_map(|node| node.reads.iter().map(move |read| (read.as_str(), node.node.as_str())));
        graph.add_edges(reads);
        graph
    }

    /// Bars of the runs, the oldest first.
    fn bars(&self, value: impl Fn(&Run) -> f64, text: impl Fn(f64) -> String) -> Vec<Bar> {
        let bar = |run: &Run| Bar {
            label: run.created_at.utc(),
            value: value(run),
            text: format!("{}, {}", text(value(run)), run.state.word),
            class: run.state.class,
            tick: None,
            link: Some(format!("/t/{}", run.process_id)),
        };
        self.runs.iter().rev().map(bar).collect()
    }
}

pub async fn page(asked: Asked, Path(name): Path<String>) -> Result<Response, Problem> {
    let grid = asked.get("grid").map(str::to_owned);
    let mut session = asked.reads().await?;
    let found: Vec<Pipeline> = session.list(include_str!("pipeline.sql"), &[&name, &grid]).await?;
    let notes = Notes::on(&mut session, "pipeline", &name).await?;
    let changes = audit::history(&mut session, &["pipeline", "pause", "schedule"], &name).await?;
    session.commit_and_go_on().await?;
    let pipeline = found.into_iter().next().ok_or_else(|| Problem::unknown("pipeline", &name))?;
    let (host, address) = (asked.host.clone(), Address::of_page(&asked));
    let graph = pipeline.graph();
    let seconds = pipeline.bars(|run| run.seconds.0, duration);
    let whole = |rows: f64| format!("{} rows", count(rows as i64));
    let rows = pipeline.bars(|run| run.rows.0.as_ref().map_or(0.0, |rows| rows.0 as f64), whole);
    let page = Page {
        frame: asked.frame,
        address,
        drawing: graph.draw(),
        graph,
        seconds: Chart::of("Duration of the last runs", &seconds, |most| {
            format!("took, up to {}", duration(most))
        }),
        rows: Chart::of("Rows of the last runs", &rows, |most| format!("rows, up to {}", count(most as i64))),
        pipeline,
        notes,
        changes,
        of: name,
        host,
    };
    Ok(answer!(asked.fragment, page))
}
