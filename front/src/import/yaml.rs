//! YAML as people write it: texts of several lines as blocks, others quoted as JSON, which YAML reads, too.

use serde_json::json;

/// A text as a value.
pub fn text(text: &str) -> String {
    json!(text).to_string()
}

/// A text of several lines below a key, each `indent` further in; quoted where a block cannot hold it.
pub fn block(given: &str, indent: usize) -> String {
    let given = given.trim_matches(['\n', '\r']).trim_end();
    let is_plain = !given.starts_with([' ', '\t'])
        && !given.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t')
        && !given.lines().any(|line| line.starts_with('\t'));
    if !is_plain {
        return text(given);
    }
    let margin = " ".repeat(indent);
    let line = |line: &str| {
        let line = line.trim_end();
        if line.is_empty() {
            String::new()
        } else {
            format!("{margin}{line}")
        }
    };
    let lines: Vec<String> = given.lines().map(line).collect();
    format!("|\n{}", lines.join("\n"))
}

/// SQL in which braces are no placeholders.
pub fn literal(sql: &str) -> String {
    sql.replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for given in
            ["select 1", "select '{\"a\": 1}'\n\n  from t -- # x", "a\n\tb", "  begins in", "tab\there\nx: y"]
        {
            let document = format!("k:\n  s: {}\n", block(given, 4));
            let nodes = dfa_catalog::tree::from_yaml(&document).unwrap();
            let read = dfa_catalog::tree::to_json(&nodes[0]);
            assert_eq!(read["k"]["s"].as_str().unwrap().trim_end(), given.trim_end(), "{document}");
        }
    }
}
