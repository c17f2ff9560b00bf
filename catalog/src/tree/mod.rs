//! What a document says before it means anything: scalars, lists and maps in their order, with their places.

mod json;
mod spans;
mod write;
mod yaml;

pub use json::{from_json, to_json};
pub use spans::{spans, Part, Span};
pub use write::to_yaml;
pub use yaml::{from_yaml, SyntaxError};

/// A value of a document and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From 1; 0 when the document was not a file.
    pub line: usize,
    /// From 1, in characters; 0 when unknown.
    pub column: usize,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing was written, or `~` or `null`.
    Null,
    Scalar {
        text: String,
        /// Written without quotes, so that it may be a number or a flag.
        plain: bool,
    },
    List(Vec<Node>),
    /// In the order of the document; each key once.
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    pub line: usize,
    pub column: usize,
    pub text: String,
}

impl Node {
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// The value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(known, _)| known.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Scalar { .. } => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}
