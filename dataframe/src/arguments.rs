//! The values that a catalog gives to a function.

use crate::refusal::{Refusal, Result};
use dfa_catalog::dataframe::elements;
use std::collections::HashMap;

/// Texts by name, as the parameter table or the process has them.
#[derive(Debug, Clone, Default)]
pub struct Arguments(pub HashMap<String, String>);

impl Arguments {
    fn given(&self, names: &[&str]) -> Option<(String, &str)> {
        names.iter().find_map(|name| Some(((*name).to_owned(), self.0.get(*name)?.trim())))
    }

    /// A text that is not blank.
    pub fn text(&self, names: &[&str]) -> Option<&str> {
        self.given(names).map(|it| it.1).filter(|text| !text.is_empty())
    }

    /// A whole number within bounds.
    pub fn whole(&self, name: &str, default: usize, least: usize, most: usize) -> Result<usize> {
        let Some(text) = self.text(&[name]) else { return Ok(default) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| {
            Refusal::new(format!(
                "parameter '{name}' is a whole number from {least} to {most}, and this is '{text}'"
            ))
        })
    }

    pub fn flag(&self, name: &str) -> bool {
        self.text(&[name]).is_some_and(|text| text.eq_ignore_ascii_case("y"))
    }

    /// One of a few words, in any case.
    pub fn word<T: Copy>(&self, name: &str, words: &[(&str, T)], default: Option<T>) -> Result<T> {
        let all = || words.iter().map(|it| it.0).collect::<Vec<_>>().join(", ");
        match (self.text(&[name]), default) {
            (None, Some(default)) => Ok(default),
            (None, None) => Err(Refusal::new(format!("parameter '{name}' is missing: one of {}", all()))),
            (Some(text), _) => {
                let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
                found.map(|it| it.1).ok_or_else(|| {
                    Refusal::new(format!("parameter '{name}' is one of {}, and this is '{text}'", all()))
                })
            }
        }
    }

    /// The elements of a list; of one text that one.
    pub fn list(&self, names: &[&str]) -> Vec<String> {
        self.given(names).map_or_else(Vec::new, |it| elements(it.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(value: &str) -> Arguments {
        Arguments(HashMap::from([("it".to_owned(), value.to_owned())]))
    }

    #[test]
    fn a_number_outside_its_bounds_is_refused_by_name() {
        assert_eq!(arguments("7").whole("it", 3, 1, 9), Ok(7));
        assert_eq!(arguments("").whole("it", 3, 1, 9), Ok(3));
        for text in ["0", "10", "-1", "x", "1.5"] {
            let message = arguments(text).whole("it", 3, 1, 9).unwrap_err().message;
            assert!(message.contains("'it'") && message.contains(text), "{message}");
        }
    }
}
