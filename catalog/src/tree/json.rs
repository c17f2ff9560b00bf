//! Documents as JSON: how definitions are stored.

use super::{Key, Node, Value};
use serde_json::{Map, Number, Value as Json};

/// The tree of a stored document; it has no places.
pub fn from_json(text: &str) -> Result<Node, serde_json::Error> {
    serde_json::from_str(text).map(node)
}

fn node(json: Json) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Scalar { text: flag.to_string(), plain: true },
        Json::Number(number) => Value::Scalar { text: number.to_string(), plain: true },
        Json::String(text) => Value::Scalar { text, plain: false },
        Json::Array(items) => Value::List(items.into_iter().map(node).collect()),
        Json::Object(entries) => {
            let key = |text| Key { line: 0, column: 0, text };
            Value::Map(entries.into_iter().map(|(text, value)| (key(text), node(value))).collect())
        }
    };
    Node { line: 0, column: 0, value }
}

/// The document as JSON in its order; a plain scalar that JSON writes in the same letters keeps its type.
pub fn to_json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Scalar { text, plain: true } => plain(text),
        Value::Scalar { text, plain: false } => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(entries) => Json::Object(
            entries.iter().map(|(key, node)| (key.text.clone(), to_json(node))).collect::<Map<_, _>>(),
        ),
    }
}

/// A scalar without quotes: a number or a flag only in the letters in which JSON writes it.
pub(super) fn plain(text: &str) -> Json {
    let number = || {
        let number: Number = text
            .parse::<i64>()
            .map(Number::from)
            .ok()
            .or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64))?;
        (number.to_string() == text).then_some(Json::Number(number))
    };
    match text {
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        _ => number().unwrap_or_else(|| Json::String(text.to_owned())),
    }
}
