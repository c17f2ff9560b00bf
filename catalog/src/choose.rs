//! Which processes of a node a run takes.

use std::collections::BTreeSet;

/// A choice of processes: all of them, only some, or all but some.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choose {
    /// Empty: no restriction.
    only: Option<BTreeSet<String>>,
    without: BTreeSet<String>,
}

/// A choice that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChooseError {
    #[error("'{only}' chooses a process and '!{without}' leaves one out: use either form, not both")]
    Mixed { only: String, without: String },
    #[error("a choice is empty: give a process name, or !name for all but that one")]
    Empty,
}

impl Choose {
    /// Every process.
    pub fn all() -> Self {
        Choose::default()
    }

    /// Reads `name` (only these) or `!name` (all but these).
    pub fn parse<S: AsRef<str>>(items: &[S]) -> Result<Self, ChooseError> {
        let mut only = BTreeSet::new();
        let mut without = BTreeSet::new();
        for item in items {
            let item = item.as_ref().trim();
            let (set, name) = match item.strip_prefix('!') {
                Some(name) => (&mut without, name.trim()),
                None => (&mut only, item),
            };
            if name.is_empty() {
                return Err(ChooseError::Empty);
            }
            set.insert(name.to_owned());
        }
        if let (Some(only), Some(without)) = (only.first(), without.first()) {
            return Err(ChooseError::Mixed { only: only.clone(), without: without.clone() });
        }
        Ok(Choose { only: (!only.is_empty()).then_some(only), without })
    }

    pub fn takes(&self, process: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(process)) && !self.without.contains(process)
    }

    /// The processes that the choice names, in either form.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.only.iter().flatten().chain(&self.without).map(String::as_str)
    }

    pub fn is_all(&self) -> bool {
        self.only.is_none() && self.without.is_empty()
    }

    /// The processes that both choices take.
    pub fn and(&self, other: &Choose) -> Choose {
        let only = match (&self.only, &other.only) {
            (Some(a), Some(b)) => Some(a.intersection(b).cloned().collect()),
            (one, None) | (None, one) => one.clone(),
        };
        Choose { only, without: self.without.union(&other.without).cloned().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_takes_only_that_process_and_a_negated_one_all_others() {
        let only = Choose::parse(&["a"]).unwrap();
        assert!(only.takes("a") && !only.takes("b"));
        let without = Choose::parse(&["!a"]).unwrap();
        assert!(!without.takes("a") && without.takes("b"));
        assert!(Choose::parse::<&str>(&[]).unwrap().is_all());
    }

    #[test]
    fn mixed_forms_are_refused() {
        assert!(matches!(Choose::parse(&["a", "!b"]), Err(ChooseError::Mixed { .. })));
        assert_eq!(Choose::parse(&["!"]), Err(ChooseError::Empty));
    }

    #[test]
    fn two_choices_take_what_both_take() {
        let both = Choose::parse(&["a", "b"]).unwrap().and(&Choose::parse(&["!b"]).unwrap());
        assert!(both.takes("a") && !both.takes("b") && !both.takes("c"));
        let none = Choose::parse(&["a"]).unwrap().and(&Choose::parse(&["b"]).unwrap());
        assert!(!none.takes("a") && !none.takes("b") && !none.is_all());
    }
}
