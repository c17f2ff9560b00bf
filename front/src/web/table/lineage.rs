//! The neighbourhood of a table, as far as the address asks.

use crate::db::Session;
use crate::http::Problem;
use crate::web::address::{escaped, Address};
use crate::web::graph::{Drawing, Graph, Node};
use crate::web::number::Maybe;
use crate::web::state::State;
use serde::Deserialize;

/// So far one may look.
const FARTHEST: i32 = 30;

pub struct Lineage {
    pub up: i32,
    pub down: i32,
    pub graph: Graph,
    pub drawing: Drawing,
    /// How many there are beside those that are drawn.
    pub more: i64,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    distance: i32,
    reads: Vec<String>,
    data_date: Maybe<String>,
    state: State,
    total: i64,
}

impl Lineage {
    pub async fn read(session: &mut Session, name: &str, address: &Address) -> Result<Lineage, Problem> {
        let steps = |name: &str| address.get(name).parse::<i32>().unwrap_or(1).clamp(0, FARTHEST);
        let (up, down) = (steps("up"), steps("down"));
        let rows: Vec<Row> = session.list(include_str!("neighbourhood.sql"), &[&name, &up, &down]).await?;
        let node = |row: &Row| Node {
            name: row.name.clone(),
            link: format!("/tables/{}", escaped(&row.name)),
            state: row.state,
            note: row.data_date.0.as_ref().map_or(String::new(), |date| format!("has data to {date}")),
            here: row.distance == 0,
        };
        let mut graph = Graph { nodes: rows.iter().map(node).collect(), edges: Vec::new() };
        graph.add_edges(
            rows.iter().flat_map(|row| row.reads.iter().map(move |read| (read.as_str(), row.name.as_str()))),
        );
        let total = rows.first().map_or(0, |row| row.total);
        let more = total - i64::try_from(rows.len()).unwrap_or(total);
        Ok(Lineage { up, down, drawing: graph.draw(), graph, more })
    }
}
