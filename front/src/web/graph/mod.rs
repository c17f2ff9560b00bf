//! What feeds what, as a drawing: layers from left to right, each edge with a way of its own between the nodes, so that
//! names stay whole and nothing is crossed out. Layouts as libraries give them have no room for edges that pass a layer,
//! which is what makes a lineage readable.

mod draw;
mod layers;
mod order;
mod place;

use super::state::State;
use askama::filters::Safe;

/// Nodes and what feeds what.
#[derive(Default)]
pub struct Graph {
    pub nodes: Vec<Node>,
    /// From the node that is read to its reader, by their places.
    pub edges: Vec<(usize, usize)>,
}

/// A node: a table.
pub struct Node {
    pub name: String,
    pub link: String,
    pub state: State,
    /// What its tooltip says beside name and state.
    pub note: String,
    /// The one that the page is about.
    pub here: bool,
}

/// A node with the names of those beside it.
pub struct Row<'g> {
    pub node: &'g Node,
    pub reads: String,
    pub read_by: String,
}

/// A graph as SVG.
pub struct Drawing(String);

impl Graph {
    /// Edges are by names; those to nodes that are not there are left out.
    pub fn add_edges<'a>(&mut self, reads: impl Iterator<Item = (&'a str, &'a str)>) {
        let place: std::collections::HashMap<String, usize> =
            self.nodes.iter().enumerate().map(|(place, node)| (node.name.clone(), place)).collect();
        for (source, reader) in reads {
            if let (Some(source), Some(reader)) = (place.get(source), place.get(reader)) {
                if source != reader {
                    self.edges.push((*source, *reader));
                }
            }
        }
        self.edges.sort_unstable();
        self.edges.dedup();
    }

    pub fn draw(&self) -> Drawing {
        let layered = layers::Layered::of(self.nodes.len(), &self.edges);
        let rows = order::order(&layered);
        let widths: Vec<f64> = self.nodes.iter().map(draw::width).collect();
        let placed = place::place(&layered, &rows, &widths);
        Drawing(draw::svg(self, &layered, &placed))
    }

    /// What the drawing says, for who does not see it.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let names = |of: &dyn Fn(&(usize, usize)) -> Option<usize>| -> String {
            let names: Vec<&str> =
                self.edges.iter().filter_map(of).map(|place| self.nodes[place].name.as_str()).collect();
            names.join(", ")
        };
        let row = |(place, node)| Row {
            node,
            reads: names(&|edge| (edge.1 == place).then_some(edge.0)),
            read_by: names(&|edge| (edge.0 == place).then_some(edge.1)),
        };
        self.nodes.iter().enumerate().map(row).collect()
    }
}

impl Drawing {
    /// Escaped where it was made.
    pub fn html(&self) -> Safe<&str> {
        Safe(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(number: usize, edges: &[(usize, usize)]) -> Graph {
        let node = |place: usize| Node {
            name: format!("ai_table_{place}"),
            link: format!("/tables/ai_table_{place}"),
            state: State::of("SUCCESS"),
            note: String::new(),
            here: false,
        };
        Graph { nodes: (0..number).map(node).collect(), edges: edges.to_vec() }
    }

    #[test]
    fn each_node_is_a_link_and_each_edge_a_way() {
        let svg = graph(3, &[(0, 1), (1, 2), (0, 2)]).draw().0;
        assert_eq!((svg.matches("<a ").count(), svg.matches("class=\"edge\"").count()), (3, 3));
        assert!(svg.contains("href=\"/tables/ai_table_2\"") && svg.contains(">ai_table_2</text>"));
    }

    #[test]
    fn circles_and_parts_without_edges_are_drawn_too() {
        let svg = graph(4, &[(0, 1), (1, 0), (2, 2)]).draw().0;
        assert!(svg.contains("class=\"edge back\"") && svg.matches("<a ").count() == 4, "{svg}");
        assert!(Graph::default().draw().0.contains("<svg"));
    }

    #[test]
    fn three_hundred_nodes_lie_beside_each_other_and_none_over_another() {
        let edges: Vec<(usize, usize)> = (1..300)
            .flat_map(|node| [(node / 2, node), (node * 7 % node, node)])
            .filter(|(a, b)| a != b)
            .collect();
        let mut graph = graph(300, &[]);
        graph.edges = edges;
        graph.edges.sort_unstable();
        graph.edges.dedup();
        let layered = layers::Layered::of(300, &graph.edges);
        let rows = order::order(&layered);
        let widths: Vec<f64> = graph.nodes.iter().map(draw::width).collect();
        let placed = place::place(&layered, &rows, &widths);
        for row in &rows {
            for pair in row.windows(2) {
                let gap = placed.y[pair[1]] - placed.y[pair[0]];
                assert!(gap >= place::apart(&layered, pair[0], pair[1]) - 0.01, "{pair:?}: {gap}");
            }
        }
        assert_eq!(graph.draw().0.matches("<a ").count(), 300);
    }

    #[test]
    fn a_name_is_no_markup_and_turns_nothing_round() {
        let mut graph = graph(1, &[]);
        graph.nodes[0].name = "<b>\u{202e}&".to_owned();
        let svg = graph.draw().0;
        assert!(svg.contains("&lt;b&gt;\\u202E&amp;</text>"), "{svg}");
    }
}
