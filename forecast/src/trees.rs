//! Regression trees and a forest of them (Breiman 2001), all features being looked at in each split.

/// How trees grow.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    pub trees: usize,
    /// Fewer rows are not split …
    pub least_split: usize,
    /// … and no part of a split has fewer.
    pub least_leaf: usize,
    pub seed: u64,
}

/// Trees, each grown of rows that were drawn anew.
#[derive(Debug, Clone)]
pub struct Trees(Vec<Vec<Node>>);

/// A node of a tree, whose children stand after it.
#[derive(Debug, Clone, Copy)]
enum Node {
    Leaf(f64),
    /// Rows whose feature is at most the bound go left.
    Split {
        feature: usize,
        bound: f64,
        left: usize,
        right: usize,
    },
}

impl Trees {
    /// Grows a forest over rows of features; the same rows give the same forest.
    pub fn grown(rows: &[Vec<f64>], targets: &[f64], growth: Growth) -> Trees {
        let mut random = Random(growth.seed);
        let trees = (0..growth.trees).map(|_| {
            let drawn = (0..rows.len()).map(|_| random.below(rows.len())).collect();
            let mut tree = Tree { rows, targets, growth, nodes: Vec::new() };
            tree.grow(drawn);
            tree.nodes
        });
        Trees(trees.collect())
    }

    /// The mean of what the trees say.
    pub fn value(&self, row: &[f64]) -> f64 {
        self.0.iter().map(|tree| value(tree, row)).sum::<f64>() / self.0.len() as f64
    }
}

fn value(tree: &[Node], row: &[f64]) -> f64 {
    let mut at = 0;
    loop {
        match tree[at] {
            Node::Leaf(value) => return value,
            Node::Split { feature, bound, left, right } => {
                at = if row[feature] <= bound { left } else { right }
            }
        }
    }
}

struct Tree<'t> {
    rows: &'t [Vec<f64>],
    targets: &'t [f64],
    growth: Growth,
    nodes: Vec<Node>,
}

impl Tree<'_> {
    /// Grows a node of these rows, and what is below it; returns its place.
    fn grow(&mut self, members: Vec<usize>) -> usize {
        let place = self.nodes.len();
        let sum: f64 = members.iter().map(|member| self.targets[*member]).sum();
        self.nodes.push(Node::Leaf(sum / members.len() as f64));
        if members.len() < self.growth.least_split {
            return place;
        }
        if let Some((feature, bound)) = self.best_split(&members, sum) {
            let (left, right): (Vec<usize>, Vec<usize>) =
                members.into_iter().partition(|member| self.rows[*member][feature] <= bound);
            // As deep as rows allow: each split takes some away.
            let (left, right) = (self.grow(left), self.grow(right));
            self.nodes[place] = Node::Split { feature, bound, left, right };
        }
        place
    }

    /// The split after which the squares of the errors are least; `None` if none is better than no split.
    fn best_split(&self, members: &[usize], sum: f64) -> Option<(usize, f64)> {
        let all = members.len();
        let unsplit = sum * sum / all as f64;
        let mut best: Option<(f64, usize, f64)> = None;
        let mut sorted = members.to_vec();
        for feature in 0..self.rows[members[0]].len() {
            let of = |member: &usize| self.rows[*member][feature];
            sorted.sort_by(|a, b| of(a).total_cmp(&of(b)).then(a.cmp(b)));
            let mut left = 0.0;
            for count in 1..all {
                left += self.targets[sorted[count - 1]];
                let (here, next) = (of(&sorted[count - 1]), of(&sorted[count]));
                if here == next || count < self.growth.least_leaf || all - count < self.growth.least_leaf {
                    continue;
                }
                let right = sum - left;
                let gain = left * left / count as f64 + right * right / (all - count) as f64 - unsplit;
                if gain > best.map_or(1e-12 * unsplit.abs(), |best| best.0) {
                    best = Some((gain, feature, here + (next - here) / 2.0));
                }
            }
        }
        best.map(|(_, feature, bound)| (feature, bound))
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // The bias is less than a row in 2⁵⁰.
        ((u128::from(z) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROWTH: Growth = Growth { trees: 50, least_split: 6, least_leaf: 3, seed: 1 };

    #[test]
    fn a_step_is_found() {
        let rows: Vec<Vec<f64>> = (0..40).map(|i| vec![0.0, f64::from(i)]).collect();
        let targets: Vec<f64> = (0..40).map(|i| if i < 20 { 1.0 } else { 5.0 }).collect();
        let trees = Trees::grown(&rows, &targets, GROWTH);
        assert!((trees.value(&[0.0, 3.0]) - 1.0).abs() < 0.2);
        assert!((trees.value(&[0.0, 36.0]) - 5.0).abs() < 0.2);
    }

    #[test]
    fn what_does_not_vary_is_its_mean() {
        let rows = vec![vec![1.0]; 10];
        let trees = Trees::grown(&rows, &[2.0; 10], GROWTH);
        assert_eq!(trees.value(&[7.0]), 2.0);
    }
}
