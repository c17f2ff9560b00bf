//! What is known of a form: the parts of its address, and what it was sent with, or what a link fills in.

use crate::http::Problem;
use axum::extract::RawPathParams;

/// Names and values, in their order; a name may come more than once.
#[derive(Debug, Clone, Default)]
pub struct Values(Vec<(String, String)>);

impl Values {
    pub fn new(path: &RawPathParams, sent: &[(String, String)]) -> Values {
        let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Values(path.chain(sent.iter().cloned()).collect())
    }

    #[cfg(test)]
    pub fn of_pairs(pairs: &[(&str, &str)]) -> Values {
        Values(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// The first value, without blanks around it; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// The first value, if it says anything.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// As it was typed: a password.
    pub fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// All values of a name that say anything.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let all = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim());
        all.filter(|value| !value.is_empty()).collect()
    }

    /// A list as people type it: by commas, blanks or lines.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let parts = self.get(name).split([',', ' ', '\n', '\r', '\t']).filter(|part| !part.is_empty());
        let parts: Vec<String> = parts.map(str::to_owned).collect();
        (!parts.is_empty()).then_some(parts)
    }

    /// Whether a box was ticked.
    pub fn is_set(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// A value that a form cannot do without.
    ///
    /// # Errors
    /// It says nothing.
    pub fn needed(&self, name: &'static str) -> Result<&str, Problem> {
        self.given(name).ok_or_else(|| Problem::invalid(vec![(name.to_owned(), "is needed".to_owned())]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_people_type_them() {
        let pairs =
            [("name", " ai_x "), ("event", "late"), ("event", ""), ("event", "failed"), ("tags", "a, b\n c")];
        let values = Values::of_pairs(&pairs);
        assert_eq!((values.get("name"), values.exact("name")), ("ai_x", " ai_x "));
        assert_eq!(values.all("event"), ["late", "failed"]);
        assert_eq!(values.list("tags").unwrap(), ["a", "b", "c"]);
        assert!(values.list("owner").is_none() && values.needed("owner").is_err());
    }
}
