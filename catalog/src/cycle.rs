//! Cycles among names that lead to others.

use std::collections::{HashMap, HashSet};

/// A cycle that can be reached from these names, the name that closes it repeated at the end. Without recursion, so that
/// a chain may be as long as a catalog.
pub fn find<'a>(names: &[&'a str], next: &HashMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut done: HashSet<&str> = HashSet::new();
    for &name in names {
        // The names under way, each with how many of those that follow it were looked at.
        let mut path: Vec<(&str, usize)> = vec![(name, 0)];
        let mut under_way: HashSet<&str> = HashSet::from([name]);
        while let Some((current, looked)) = path.last_mut() {
            let following = next.get(*current).and_then(|names| names.get(*looked)).copied();
            *looked += 1;
            match following {
                None => {
                    done.insert(*current);
                    under_way.remove(*current);
                    path.pop();
                }
                Some(name) if done.contains(name) => {}
                Some(name) if under_way.insert(name) => path.push((name, 0)),
                Some(name) => {
                    let cycle = path.iter().map(|(known, _)| *known).skip_while(|known| *known != name);
                    return Some(cycle.chain([name]).collect());
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(edges: &[(&'static str, &'static str)]) -> Option<Vec<&'static str>> {
        let mut next: HashMap<&str, Vec<&str>> = HashMap::new();
        for (from, to) in edges {
            next.entry(from).or_default().push(to);
        }
        let mut names: Vec<&str> = next.keys().copied().collect();
        names.sort_unstable();
        find(&names, &next)
    }

    #[test]
    fn finds_a_cycle_and_nothing_where_there_is_none() {
        assert_eq!(cycle(&[("a", "b"), ("b", "c"), ("a", "c"), ("d", "b")]), None);
        assert_eq!(cycle(&[("a", "b"), ("b", "c"), ("c", "b")]), Some(vec!["b", "c", "b"]));
        assert_eq!(cycle(&[("a", "a")]), Some(vec!["a", "a"]));
    }

    #[test]
    fn a_long_chain_is_no_problem() {
        let names: Vec<String> = (0..100_000).map(|number| number.to_string()).collect();
        let mut next: HashMap<&str, Vec<&str>> = HashMap::new();
        for pair in names.windows(2) {
            next.insert(&pair[0], vec![&pair[1]]);
        }
        assert_eq!(find(&["0"], &next), None);
    }
}
