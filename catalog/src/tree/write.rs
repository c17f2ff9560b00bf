//! JSON as YAML: how a stored definition is shown and edited. Reading it again gives the same document.

use super::json::plain;
use serde_json::{Map, Value as Json};

/// The text of a document, in block style; texts of several lines are literal blocks.
pub fn to_yaml(document: &Json) -> String {
    let mut text = String::new();
    match document {
        Json::Object(entries) if !entries.is_empty() => map(entries, 0, &mut text),
        Json::Array(items) if !items.is_empty() => list(items, 0, &mut text),
        other => {
            text.push_str(&scalar(other, 0));
            text.push('\n');
        }
    }
    text
}

/// Simple keys have at most 1024 characters.
const LONGEST_KEY: usize = 1000;

fn map(entries: &Map<String, Json>, depth: usize, text: &mut String) {
    for (place, (key, value)) in entries.iter().enumerate() {
        if place > 0 {
            indent(depth, text);
        }
        let key = in_line(key);
        match key.chars().count() > LONGEST_KEY {
            true => {
                text.push_str(&format!("? {key}\n"));
                indent(depth, text);
            }
            false => text.push_str(&key),
        }
        text.push(':');
        below(value, depth, text);
    }
}

fn list(items: &[Json], depth: usize, text: &mut String) {
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            indent(depth, text);
        }
        text.push('-');
        match item {
            // On the line of the dash.
            Json::Object(entries) if !entries.is_empty() => {
                text.push(' ');
                map(entries, depth + 1, text);
            }
            other => below(other, depth, text),
        }
    }
}

/// A value after its key or dash.
fn below(value: &Json, depth: usize, text: &mut String) {
    match value {
        Json::Object(entries) if !entries.is_empty() => {
            text.push('\n');
            indent(depth + 1, text);
            map(entries, depth + 1, text);
        }
        Json::Array(items) if !items.is_empty() => {
            text.push('\n');
            indent(depth + 1, text);
            list(items, depth + 1, text);
        }
        Json::Null => text.push('\n'),
        other => {
            text.push(' ');
            text.push_str(&scalar(other, depth));
            text.push('\n');
        }
    }
}

fn indent(depth: usize, text: &mut String) {
    text.push_str(&"  ".repeat(depth));
}

fn scalar(value: &Json, depth: usize) -> String {
    match value {
        Json::Null => "~".to_owned(),
        Json::String(text) => block(text, depth).unwrap_or_else(|| in_line(text)),
        Json::Array(_) => "[]".to_owned(),
        Json::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

/// A text of several lines as a literal block, if it is one that reads as it is written.
fn block(text: &str, depth: usize) -> Option<String> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let chomp = if body.len() == text.len() { "-" } else { "" };
    let lines: Vec<&str> = body.split('\n').collect();
    let first = lines.iter().find(|line| !line.is_empty())?;
    let is_written = |line: &&str| {
        line.is_empty() || !line.trim().is_empty() && line.chars().all(|it| it == '\t' || is_plain(it))
    };
    let fits =
        lines.len() > 1 && !body.ends_with('\n') && !first.starts_with('\t') && lines.iter().all(is_written);
    if !fits {
        return None;
    }
    let indicator = if first.starts_with(' ') { "2" } else { "" };
    let mut block = format!("|{indicator}{chomp}");
    for line in lines {
        block.push('\n');
        if !line.is_empty() {
            indent(depth + 1, &mut block);
            block.push_str(line);
        }
    }
    Some(block)
}

/// A text in one line: as it is where it reads so, else in quotes.
fn in_line(text: &str) -> String {
    if is_bare(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if is_plain(letter) => quoted.push(letter),
            letter => quoted.push_str(&format!("\\U{:08X}", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a text without quotes is read as this text, and as a text.
fn is_bare(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first.is_alphanumeric() || "_/.($+=".contains(first));
    let ends = !text.ends_with([' ', ':']);
    let inside = text.chars().all(is_plain) && !text.contains(": ") && !text.contains(" #");
    let is_null = matches!(text, "null" | "Null" | "NULL");
    // Three dots end a document.
    let is_mark = text.starts_with("...");
    begins && ends && inside && !is_null && !is_mark && matches!(plain(text), Json::String(_))
}

/// What YAML takes as it is, in a line.
fn is_plain(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
        && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{from_yaml, to_json};
    use proptest::prelude::*;
    use serde_json::json;

    fn again(document: &Json) -> Json {
        let text = to_yaml(document);
        let documents = from_yaml(&text).unwrap_or_else(|error| panic!("{error:?} in\n{text}"));
        documents.first().map_or(Json::Null, to_json)
    }

    #[test]
    fn a_definition_is_written_as_people_write_it() {
        let document = json!({ "ai_sales": {
            "description": "Sales by day",
            "create": { "features": { "id": "bigint primary key", "seen": "date default '2021-01-01'" } },
            "update": { "fill": { "parameter": ["run_date", "x: y"], "statement": "insert into {ai_schema_name}.t\nselect 1;\n" } },
            "tags": [], "keeps": 12, "code": "012", "flag": "true", "none": null,
            "index": [{ "on": ["a"], "unique": true }, "b"],
        }});
        let text = to_yaml(&document);
        assert_eq!(
            text,
            "ai_sales:\n  description: Sales by day\n  create:\n    features:\n      id: bigint primary key\n      seen: date default '2021-01-01'\n  update:\n    fill:\n      parameter:\n        - run_date\n        - \"x: y\"\n      statement: |\n        insert into {ai_schema_name}.t\n        select 1;\n  tags: []\n  keeps: 12\n  code: 012\n  flag: \"true\"\n  none:\n  index:\n    - on:\n        - a\n      unique: true\n    - b\n"
        );
        assert_eq!(again(&document), document);
    }

    #[test]
    fn texts_that_yaml_would_read_otherwise_are_quoted() {
        for text in [
            "",
            " a",
            "a ",
            "- a",
            "a: b",
            "a #b",
            "#a",
            "1",
            "1.5",
            "null",
            "~",
            "*a",
            "&a",
            "!a",
            "{a}",
            "\u{202e}a",
            "a\nb",
            "a\n",
            "\na",
            "a\n\n",
            "  a\nb",
            "\ta\nb",
            "a\n \nb",
            "a\r\nb",
            "a\u{85}b",
            "...",
            "---",
            "'",
            "a\tb",
        ] {
            let document = json!({ text: text, "l": [text, { text: [text] }] });
            assert_eq!(again(&document), document, "{text:?}");
        }
        let long = "k".repeat(2000);
        let document = json!({ long: { "a": 1 }, "b": "x".repeat(5000) });
        assert_eq!(again(&document), document);
    }

    fn documents() -> impl Strategy<Value = Json> {
        let text = "([a-c]|\n|\r| |\t|:|: |- |\\||>|\"|'|&a|\\*a|!|%|@|#| #|,|[\\[\\]{}?]|---|\u{feff}|\\\\|\u{85}|é|1|\\.|~|null){0,9}";
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            text.prop_map(Json::from)
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::vec((text, inner), 0..4).prop_map(|entries| Json::Object(
                    entries.into_iter().filter(|(key, _)| key != "<<").collect()
                )),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn whatever_is_written_reads_as_it_was(document in documents()) {
            prop_assert_eq!(again(&document), document);
        }
    }
}
