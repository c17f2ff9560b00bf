//! The order of the nodes of a pipeline against what reads what.

use std::collections::BTreeSet;

/// The nodes in an order in which each comes after what it reads, and otherwise as they were. Those in a cycle stay as they
/// were.
pub fn by_sources<'n>(nodes: &[&'n str], sources: impl Fn(&str) -> BTreeSet<String>) -> Vec<&'n str> {
    let mut waiting: Vec<(&str, BTreeSet<String>)> = nodes
        .iter()
        .map(|node| {
            let mut read = sources(node);
            read.remove(*node);
            read.retain(|source| nodes.contains(&source.as_str()));
            (*node, read)
        })
        .collect();
    let mut ordered = Vec::with_capacity(nodes.len());
    while !waiting.is_empty() {
        let ready =
            waiting.iter().position(|(_, read)| read.iter().all(|source| ordered.contains(&source.as_str())));
        ordered.push(waiting.remove(ready.unwrap_or(0)).0);
    }
    ordered
}

/// A node with the later ones that it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooEarly {
    pub node: String,
    pub reads: Vec<String>,
    /// All nodes, in an order that is right.
    pub right: Vec<String>,
}

impl TooEarly {
    /// What is said of it, and what to do.
    pub fn message(&self) -> String {
        format!(
            "'{}' reads {}, which come{} after it: it takes what the run before left there",
            self.node,
            self.reads.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", "),
            if self.reads.len() == 1 { "s" } else { "" }
        )
    }

    pub fn hint(&self) -> String {
        format!("the right order is {}; `order: lineage` lets DFA order them", self.right.join(", "))
    }
}

/// The nodes that come before what they read.
pub fn too_early(nodes: &[&str], sources: impl Fn(&str) -> BTreeSet<String>) -> Vec<TooEarly> {
    let mut found: Vec<TooEarly> = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        let read = sources(node);
        let later: Vec<String> = nodes[place + 1..]
            .iter()
            .filter(|later| read.contains(**later))
            .map(|later| (*later).to_owned())
            .collect();
        if !later.is_empty() {
            found.push(TooEarly { node: (*node).to_owned(), reads: later, right: Vec::new() });
        }
    }
    if !found.is_empty() {
        let right: Vec<String> = by_sources(nodes, sources).into_iter().map(str::to_owned).collect();
        found.iter_mut().for_each(|node| node.right.clone_from(&right));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(node: &str) -> BTreeSet<String> {
        let read: &[&str] = match node {
            "b" => &["a"],
            "c" => &["b", "x"],
            _ => &[],
        };
        read.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_node_comes_after_what_it_reads_and_otherwise_where_it_was() {
        assert_eq!(by_sources(&["c", "d", "b", "a"], sources), ["d", "a", "b", "c"]);
        assert_eq!(by_sources(&["d", "a"], sources), ["d", "a"]);
    }

    #[test]
    fn what_comes_before_what_it_reads_is_told_with_the_right_order() {
        let found = too_early(&["b", "a"], sources);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].node.as_str(), found[0].reads.as_slice()), ("b", &["a".to_owned()][..]));
        assert_eq!(found[0].right, ["a", "b"]);
        assert!(too_early(&["a", "b", "c"], sources).is_empty());
    }
}
