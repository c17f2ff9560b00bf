//! A stored definition as the YAML that would load it.

use dfa_catalog::tree::to_yaml;
use serde_json::{json, Value};

/// Under its name, and with its kind before it where the name and what is in it do not say that.
pub fn yaml(kind: &str, name: &str, document: &Value) -> String {
    let bare = to_yaml(&json!({ name: document }));
    let read = dfa_catalog::parse(&bare, "");
    let same = match (read.definitions.as_slice(), read.broken.as_slice()) {
        ([found], []) => found.kind().as_str() == kind && found.name == name,
        ([], [found]) => found.kind.as_str() == kind && found.name == name,
        _ => false,
    };
    match same {
        true => bare,
        false => to_yaml(&json!({ format!("{kind}:{name}"): document })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_stands_before_a_name_that_does_not_say_it() {
        let table = json!({ "create": { "features": { "id": "bigint" } } });
        assert!(yaml("table", "ai_x", &table).starts_with("ai_x:\n  create:\n"));
        let pipeline = json!({ "nodes": ["ai_x"] });
        assert!(yaml("pipeline", "daily", &pipeline).starts_with("daily:\n  nodes:\n"));
        let query = json!({ "create": { "statement": "select 1" } });
        for (kind, name) in [("query", "daily"), ("query", "view_x"), ("function", "x")] {
            let text = yaml(kind, name, &query);
            let read = dfa_catalog::parse(&text, "");
            let told: Vec<_> =
                read.definitions.iter().map(|it| (it.kind().as_str(), it.name.as_str())).collect();
            assert_eq!(told, [(kind, name)], "{text}");
        }
    }
}
