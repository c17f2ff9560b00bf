//! `select` of a pipeline: which tables, by name, tag or prefix, with what they read.

use crate::model::Table;

/// One item of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// Also the tables that these read, and those that they read, and so on.
    pub with_sources: bool,
    pub by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The table of this name; where there is none, the tables whose names begin with it and `_`.
    Name(String),
    Prefix(String),
    Tag(String),
}

impl Selector {
    /// Reads `name`, `prefix_*`, `prefix:x`, `tag:x`, each with or without a `+` before it.
    pub fn parse(text: &str) -> Option<Selector> {
        let text = text.trim();
        let (with_sources, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let by = match rest.split_once(':') {
            Some(("tag", tag)) => By::Tag(tag.trim().to_owned()),
            Some(("prefix", prefix)) => By::Prefix(prefix.trim().to_owned()),
            Some(("sql" | "py" | "func", name)) => By::Name(name.trim().to_owned()),
            Some(_) => return None,
            None => match rest.strip_suffix('*') {
                Some(prefix) => By::Prefix(prefix.to_owned()),
                None => By::Name(rest.to_owned()),
            },
        };
        let (By::Name(word) | By::Prefix(word) | By::Tag(word)) = &by;
        (!word.is_empty() && !word.contains(['*', '+'])).then_some(Selector { with_sources, by })
    }

    /// Whether it means this table; `has` says which tables there are.
    pub fn takes(&self, name: &str, table: &Table, has: impl Fn(&str) -> bool) -> bool {
        match &self.by {
            By::Name(wanted) if has(wanted) => name == wanted,
            By::Name(prefix) => {
                !table.processes.is_empty()
                    && name.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.starts_with('_'))
            }
            By::Prefix(prefix) => !table.processes.is_empty() && name.starts_with(prefix.as_str()),
            By::Tag(tag) => !table.processes.is_empty() && table.tags.contains(tag),
        }
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.with_sources { "+" } else { "" })?;
        match &self.by {
            By::Name(name) => f.write_str(name),
            By::Prefix(prefix) => write!(f, "{prefix}*"),
            By::Tag(tag) => write!(f, "tag:{tag}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_and_printed() {
        for (text, printed) in [
            ("ai_x", "ai_x"),
            ("+ai_x", "+ai_x"),
            ("tag:sales", "tag:sales"),
            ("+ai_report_*", "+ai_report_*"),
            ("prefix:ai_r", "ai_r*"),
        ] {
            assert_eq!(Selector::parse(text).unwrap().to_string(), printed, "{text}");
        }
        for text in ["", "+", "tag:", "owner:x", "*", "a*b", "++a"] {
            assert_eq!(Selector::parse(text), None, "{text}");
        }
    }
}
