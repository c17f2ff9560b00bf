//! The order of the steps of a backfill, whose nodes have intervals of different lengths.

use crate::date::Days;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A step: the node's place in its pipeline, and its interval among those of the node.
pub type Place = (usize, usize);

/// A step that comes sooner ends sooner; of the same end, in the order of the nodes.
type Rank<'a> = (&'a str, usize, &'a str, usize);

/// Puts the steps in an order in which each comes after what it reads. `intervals` are those of each node, oldest first;
/// `reads` the nodes that each node reads.
///
/// A month comes after its last day where nothing says otherwise, before its first day where the days read the month.
pub fn arrange(intervals: &[Vec<Days>], reads: &[Vec<usize>]) -> Vec<Place> {
    let places: Vec<Place> = intervals
        .iter()
        .enumerate()
        .flat_map(|(node, days)| (0..days.len()).map(move |at| (node, at)))
        .collect();
    let first_of: Vec<usize> = intervals
        .iter()
        .scan(0, |next, days| {
            let first = *next;
            *next += days.len();
            Some(first)
        })
        .collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
    let mut awaited = vec![0usize; places.len()];
    let mut after = |earlier: usize, later: usize| {
        followers[earlier].push(later);
        awaited[later] += 1;
    };
    for (node, days) in intervals.iter().enumerate() {
        for (at, interval) in days.iter().enumerate() {
            let step = first_of[node] + at;
            if at > 0 {
                after(step - 1, step);
            }
            // The last interval of a source that begins in this one, or before: its earlier ones come before it anyway.
            for source in &reads[node] {
                let begun = intervals[*source].partition_point(|other| other.start < interval.end);
                if begun > 0 {
                    after(first_of[*source] + begun - 1, step);
                }
            }
        }
    }
    let rank = |step: usize| -> Rank<'_> {
        let (node, at) = places[step];
        let days = &intervals[node][at];
        (&days.end, node, &days.start, step)
    };
    let mut ready: BinaryHeap<Reverse<Rank<'_>>> =
        (0..places.len()).filter(|step| awaited[*step] == 0).map(|step| Reverse(rank(step))).collect();
    let mut ordered = Vec::with_capacity(places.len());
    while let Some(Reverse((_, _, _, step))) = ready.pop() {
        ordered.push(places[step]);
        for later in std::mem::take(&mut followers[step]) {
            awaited[later] -= 1;
            if awaited[later] == 0 {
                ready.push(Reverse(rank(later)));
            }
        }
    }
    // Tables that read each other in a cycle have no order: they come as they are.
    let mut rest: Vec<usize> = (0..places.len()).filter(|step| awaited[*step] > 0).collect();
    rest.sort_by_key(|step| rank(*step));
    ordered.extend(rest.into_iter().map(|step| places[step]));
    ordered
}
