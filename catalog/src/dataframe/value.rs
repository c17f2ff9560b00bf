//! Values of parameters as catalogs and the parameter table write them.

/// The elements of a list, `["a", 'b', c]`; of one text that one.
pub fn elements(text: &str) -> Vec<String> {
    if let Ok(values) = serde_json::from_str::<Vec<serde_json::Value>>(text) {
        let text =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        return values.iter().map(text).collect();
    }
    let inner = text.trim().trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    let elements = inner.split(',').map(|element| element.trim().trim_matches(['\'', '"']).to_owned());
    elements.filter(|element| !element.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn a_list_is_read_as_json_and_as_python_writes_it() {
        for text in [r#"["a", "b c"]"#, "['a', 'b c']", "('a','b c',)", "a, b c"] {
            assert_eq!(elements(text), ["a", "b c"], "{text}");
        }
        assert!(elements("[]").is_empty());
        assert_eq!(elements("[0.8, 1]"), ["0.8", "1"]);
    }
}
