//! Where each node and place lies: as near to its neighbours as the order allows.

use super::layers::Layered;

/// Heights of a node and of the line that is an edge, with the room between them.
pub const NODE: f64 = 24.0;
const GAP: f64 = 8.0;
const LINE: f64 = 8.0;
/// Between two layers, and around all.
const BETWEEN: f64 = 56.0;
pub const MARGIN: f64 = 8.0;
const ROUNDS: usize = 8;

/// Centres from above, left edges, and the size of all.
pub struct Placed {
    /// Of each node and place.
    pub y: Vec<f64>,
    /// Of each layer: where it begins, and how wide it is.
    pub columns: Vec<(f64, f64)>,
    pub width: f64,
    pub height: f64,
}

pub fn place(layered: &Layered, rows: &[Vec<usize>], widths: &[f64]) -> Placed {
    let mut y = vec![0.0; layered.layer.len()];
    for row in rows {
        settle(layered, row, &vec![0.0; row.len()], &mut y);
    }
    for round in 0..ROUNDS {
        let there = round % 2 == 0;
        for step in 0..rows.len() {
            let row = &rows[if there { step } else { rows.len() - 1 - step }];
            let wished: Vec<f64> = row
                .iter()
                .map(|place| {
                    let both = [&layered.before[*place], &layered.after[*place]];
                    let beside: Vec<f64> = both.into_iter().flatten().map(|other| y[*other]).collect();
                    match beside.is_empty() {
                        true => y[*place],
                        false => beside.iter().sum::<f64>() / beside.len() as f64,
                    }
                })
                .collect();
            settle(layered, row, &wished, &mut y);
        }
    }
    let top = y.iter().copied().fold(f64::INFINITY, f64::min);
    let top = if top.is_finite() { top } else { 0.0 };
    for at in &mut y {
        *at += MARGIN + NODE / 2.0 - top;
    }
    let mut columns = Vec::with_capacity(rows.len());
    let mut x = MARGIN;
    for row in rows {
        let nodes = row.iter().filter(|place| layered.is_node(**place));
        let width = nodes.map(|place| widths[*place]).fold(16.0, f64::max);
        columns.push((x, width));
        x += width + BETWEEN;
    }
    let height = y.iter().copied().fold(0.0, f64::max) + NODE / 2.0 + MARGIN;
    Placed { y, columns, width: (x - BETWEEN).max(0.0) + MARGIN, height }
}

/// How far apart two of a layer have to be.
pub fn apart(layered: &Layered, one: usize, other: usize) -> f64 {
    let half = |place: usize| if layered.is_node(place) { NODE / 2.0 + GAP / 2.0 } else { LINE / 2.0 };
    half(one) + half(other)
}

/// Puts a layer as near to what is wished as the order and the distances allow: the least squares of an isotonic
/// regression, found by pooling neighbours that are too near to each other.
fn settle(layered: &Layered, row: &[usize], wished: &[f64], y: &mut [f64]) {
    let mut offsets = vec![0.0; row.len()];
    for place in 1..row.len() {
        offsets[place] = offsets[place - 1] + apart(layered, row[place - 1], row[place]);
    }
    // Pools: sum of what is wished less the offset, and how many.
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(row.len());
    for (wish, offset) in wished.iter().zip(&offsets) {
        let mut pool = (wish - offset, 1);
        while let Some((sum, number)) = pools.last().copied() {
            if sum / number as f64 <= pool.0 / pool.1 as f64 {
                break;
            }
            pool = (pool.0 + sum, pool.1 + number);
            pools.pop();
        }
        pools.push(pool);
    }
    let settled = pools.iter().flat_map(|(sum, number)| std::iter::repeat_n(sum / *number as f64, *number));
    for ((place, base), offset) in row.iter().zip(settled).zip(&offsets) {
        y[*place] = base + offset;
    }
}
