//! In which order the nodes of a layer lie: so that few edges cross. Each layer is sorted by the middle of its neighbours, there
//! and back, and the best of these orders is kept.

use super::layers::Layered;

const SWEEPS: usize = 10;

/// The nodes and places of each layer, from above.
pub fn order(layered: &Layered) -> Vec<Vec<usize>> {
    let number = layered.layer.iter().max().map_or(0, |last| last + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); number];
    for (place, layer) in layered.layer.iter().enumerate() {
        rows[*layer].push(place);
    }
    let mut at = positions(&rows, layered.layer.len());
    let (mut best, mut fewest) = (rows.clone(), crossings(layered, &rows, &at));
    for sweep in 0..SWEEPS {
        let there = sweep % 2 == 0;
        for step in 0..rows.len() {
            let layer = if there { step } else { rows.len() - 1 - step };
            let beside = if there { &layered.before } else { &layered.after };
            let mut sorted: Vec<(f64, usize, usize)> = rows[layer]
                .iter()
                .enumerate()
                .map(|(now, place)| (middle(&beside[*place], &at).unwrap_or(now as f64), now, *place))
                .collect();
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            rows[layer] = sorted.into_iter().map(|(.., place)| place).collect();
            for (now, place) in rows[layer].iter().enumerate() {
                at[*place] = now;
            }
        }
        let found = crossings(layered, &rows, &at);
        if found < fewest {
            (best, fewest) = (rows.clone(), found);
        }
        if fewest == 0 {
            break;
        }
    }
    best
}

fn positions(rows: &[Vec<usize>], number: usize) -> Vec<usize> {
    let mut at = vec![0; number];
    for (now, place) in rows.iter().flat_map(|row| row.iter().enumerate()) {
        at[*place] = now;
    }
    at
}

/// The mean of where its neighbours are.
fn middle(beside: &[usize], at: &[usize]) -> Option<f64> {
    let sum: usize = beside.iter().map(|place| at[*place]).sum();
    (!beside.is_empty()).then(|| sum as f64 / beside.len() as f64)
}

/// How many edges cross: inversions between each layer and the next.
fn crossings(layered: &Layered, rows: &[Vec<usize>], at: &[usize]) -> usize {
    let mut number = 0;
    for row in rows {
        let mut ends: Vec<usize> = Vec::new();
        let width =
            row.iter().flat_map(|place| &layered.after[*place]).map(|to| at[*to] + 1).max().unwrap_or(0);
        for place in row {
            let mut of_one: Vec<usize> = layered.after[*place].iter().map(|to| at[*to]).collect();
            of_one.sort_unstable();
            ends.extend(of_one);
        }
        // A tree of counts (Fenwick): how many of those before end further down.
        let mut tree = vec![0_usize; width + 1];
        for (seen, end) in ends.into_iter().enumerate() {
            let mut above = 0;
            let mut place = end + 1;
            while place > 0 {
                above += tree[place];
                place &= place - 1;
            }
            number += seen - above;
            let mut place = end + 1;
            while place <= width {
                tree[place] += 1;
                place += place & place.wrapping_neg();
            }
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_that_need_not_cross_do_not() {
        // Two chains whose ends are given the other way round.
        let layered = Layered::of(4, &[(0, 3), (1, 2)]);
        let rows = order(&layered);
        let at = positions(&rows, 4);
        assert_eq!(crossings(&layered, &rows, &at), 0);
        let crossed = vec![vec![0, 1], vec![2, 3]];
        assert_eq!(crossings(&layered, &crossed, &positions(&crossed, 4)), 1);
    }
}
