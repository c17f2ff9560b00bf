//! In which layer each node is: behind all that it reads. An edge that passes layers has a place in each of them.

use std::collections::VecDeque;

/// More places than this are not kept free: the longest edges are drawn straight then.
const MOST_PLACES: usize = 6000;

/// Nodes in layers; after the nodes come the places of edges that pass a layer.
pub struct Layered {
    /// Of each node and place.
    pub layer: Vec<usize>,
    /// How many of them are nodes.
    pub nodes: usize,
    /// Of each edge the nodes and places that it runs through, from left to right, and whether it runs back.
    pub ways: Vec<(Vec<usize>, bool)>,
    /// Of each node and place, those beside it in the layers before and after.
    pub before: Vec<Vec<usize>>,
    pub after: Vec<Vec<usize>>,
}

impl Layered {
    pub fn of(nodes: usize, edges: &[(usize, usize)]) -> Layered {
        let back = backward(nodes, edges);
        let forward: Vec<(usize, usize)> = edges
            .iter()
            .zip(&back)
            .map(|(edge, back)| if *back { (edge.1, edge.0) } else { *edge })
            .collect();
        let mut layered = Layered {
            layer: layers(nodes, &forward),
            nodes,
            ways: Vec::new(),
            before: vec![Vec::new(); nodes],
            after: vec![Vec::new(); nodes],
        };
        for ((left, right), back) in forward.into_iter().zip(back) {
            let way = layered.way(left, right);
            layered.ways.push((way, back));
        }
        layered
    }

    /// The way of an edge, with new places in the layers that it passes.
    fn way(&mut self, left: usize, right: usize) -> Vec<usize> {
        let mut way = vec![left];
        let passed = self.layer[left] + 1..self.layer[right];
        if self.layer.len() - self.nodes + passed.len() <= MOST_PLACES {
            for layer in passed {
                way.push(self.layer.len());
                self.layer.push(layer);
                self.before.push(Vec::new());
                self.after.push(Vec::new());
            }
        }
        way.push(right);
        for pair in way.windows(2) {
            self.after[pair[0]].push(pair[1]);
            self.before[pair[1]].push(pair[0]);
        }
        way
    }

    pub fn is_node(&self, place: usize) -> bool {
        place < self.nodes
    }
}

/// Which edges have to run back, so that the others have one direction.
fn backward(nodes: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Met {
        No,
        Open,
        Done,
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (number, (from, _)) in edges.iter().enumerate() {
        out[*from].push(number);
    }
    let mut back = vec![false; edges.len()];
    let mut met = vec![Met::No; nodes];
    for start in 0..nodes {
        if met[start] != Met::No {
            continue;
        }
        met[start] = Met::Open;
        let mut open = vec![(start, 0)];
        while let Some((node, next)) = open.last_mut() {
            let Some(number) = out[*node].get(*next).copied() else {
                met[*node] = Met::Done;
                open.pop();
                continue;
            };
            *next += 1;
            let to = edges[number].1;
            match met[to] {
                Met::No => {
                    met[to] = Met::Open;
                    open.push((to, 0));
                }
                Met::Open => back[number] = true,
                Met::Done => {}
            }
        }
    }
    back
}

/// The longest way to each node; what reads nothing moves up to its first reader.
fn layers(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut left = vec![0; nodes];
    for (from, to) in edges {
        out[*from].push(*to);
        left[*to] += 1;
    }
    let sources: Vec<usize> = (0..nodes).filter(|node| left[*node] == 0).collect();
    let mut ready: VecDeque<usize> = sources.iter().copied().collect();
    let mut layer = vec![0; nodes];
    while let Some(node) = ready.pop_front() {
        for to in &out[node] {
            layer[*to] = layer[*to].max(layer[node] + 1);
            left[*to] -= 1;
            if left[*to] == 0 {
                ready.push_back(*to);
            }
        }
    }
    for source in sources {
        if let Some(first) = out[source].iter().map(|to| layer[*to]).min() {
            layer[source] = first - 1;
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_behind_all_that_it_reads_and_a_source_before_its_first_reader() {
        // 0 → 1 → 2 → 3, 4 → 3, 0 → 3
        let layered = Layered::of(5, &[(0, 1), (1, 2), (2, 3), (4, 3), (0, 3)]);
        assert_eq!(layered.layer[..5], [0, 1, 2, 3, 2]);
        assert_eq!(layered.ways[4].0.len(), 4);
        assert!(!layered.is_node(layered.ways[4].0[1]));
    }

    #[test]
    fn of_a_circle_one_edge_runs_back() {
        let layered = Layered::of(3, &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(layered.ways.iter().filter(|way| way.1).count(), 1);
        assert_eq!(layered.layer[..3], [0, 1, 2]);
    }
}
