//! Documents as YAML: how definitions are written.

use super::{Key, Node, Value};
use libyaml_safer::{Event, EventData, Mark, Parser, ScalarStyle};
use std::borrow::Cow;
use std::collections::HashMap;

/// Text that is no YAML, or YAML that nobody writes by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub line: usize,
    pub column: usize,
    pub message: String,
}

/// Deeper nesting is an attack or a mistake.
const MAX_DEPTH: usize = 64;
/// Nodes that aliases may add up to, over the whole file.
const MAX_ALIASED_NODES: usize = 100_000;

/// The documents of a file.
pub fn from_yaml(text: &str) -> Result<Vec<Node>, SyntaxError> {
    let mut text = Cow::from(text.strip_prefix('\u{feff}').unwrap_or(text));
    // libyaml-safer 0.3 stops with a panic at a block scalar that ends without a line break.
    if !text.ends_with(['\n', '\r']) {
        text.to_mut().push('\n');
    }
    let mut bytes = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut bytes);
    let mut builder = Builder::default();
    let mut documents = Vec::new();
    loop {
        let event = next_event(&mut parser)?;
        match event.data {
            EventData::StreamEnd => return Ok(documents),
            // Anchors are of one document; what aliases add up to is of the file.
            EventData::StreamStart { .. } | EventData::DocumentStart { .. } => {
                builder = Builder { aliased: builder.aliased, ..Builder::default() };
            }
            EventData::DocumentEnd { .. } => documents.extend(builder.root.take()),
            data => builder.take(data, event.start_mark)?,
        }
    }
}

/// libyaml-safer 0.3 has a panic left for tags that libyaml refuses (`[!,`): to a reader that is one more error.
fn next_event<'r>(parser: &mut Parser<&'r mut &'r [u8]>) -> Result<Event, SyntaxError> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parser.parse())) {
        Ok(parsed) => parsed.map_err(|error| syntax_error(&error)),
        Err(_) => Err(SyntaxError {
            line: 1,
            column: 1,
            message: "this is no YAML: a tag (!) is malformed".to_owned(),
        }),
    }
}

fn syntax_error(error: &libyaml_safer::Error) -> SyntaxError {
    let mark = error.problem_mark().unwrap_or_default();
    let context = error.context().map(|context| format!(" {context}")).unwrap_or_default();
    let begun = error
        .context_mark()
        .map(|mark| format!(" that begins at line {}", mark.line + 1))
        .unwrap_or_default();
    at(mark, format!("this is no YAML: {}{context}{begun}", error.problem()))
}

fn at(mark: Mark, message: String) -> SyntaxError {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX).saturating_add(1);
    SyntaxError { line: number(mark.line), column: number(mark.column), message }
}

/// A list or map that is not yet complete.
struct Open {
    node: Node,
    anchor: Option<String>,
    /// Of a map: the key whose value comes next.
    key: Option<Key>,
    /// Of a map: where each key stands in it.
    places: HashMap<String, usize>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<String, Node>,
    aliased: usize,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, data: EventData, mark: Mark) -> Result<(), SyntaxError> {
        let place = at(mark, String::new());
        let node = |value| Node { line: place.line, column: place.column, value };
        match data {
            EventData::Scalar { anchor, value, style, .. } => {
                let plain = style == ScalarStyle::Plain;
                let value = if plain && matches!(value.as_str(), "" | "~" | "null" | "Null" | "NULL") {
                    Value::Null
                } else {
                    Value::Scalar { text: value, plain }
                };
                self.finish(node(value), anchor, mark)
            }
            EventData::Alias { anchor } => {
                let found = self.anchors.get(&anchor).cloned();
                let found = found
                    .ok_or_else(|| at(mark, format!("anchor '{anchor}' is not known before this alias")))?;
                // What an alias stands for may hold aliases itself: a stack of them is as deep as what it adds up to.
                if self.open.len() + depth(&found) > MAX_DEPTH {
                    return Err(too_deep(mark));
                }
                self.aliased += size(&found);
                if self.aliased > MAX_ALIASED_NODES {
                    return Err(at(mark, format!("aliases add up to more than {MAX_ALIASED_NODES} values")));
                }
                self.finish(Node { line: place.line, column: place.column, ..found }, None, mark)
            }
            EventData::SequenceStart { anchor, .. } => {
                self.begin(node(Value::List(Vec::new())), anchor, mark)
            }
            EventData::MappingStart { anchor, .. } => self.begin(node(Value::Map(Vec::new())), anchor, mark),
            _ => match self.open.pop() {
                Some(open) => self.finish(open.node, open.anchor, mark),
                None => Ok(()),
            },
        }
    }

    fn begin(&mut self, node: Node, anchor: Option<String>, mark: Mark) -> Result<(), SyntaxError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(mark));
        }
        self.open.push(Open { node, anchor, key: None, places: HashMap::new() });
        Ok(())
    }

    fn finish(&mut self, node: Node, anchor: Option<String>, mark: Mark) -> Result<(), SyntaxError> {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(_), None) => open.key = Some(key(node)?),
            (Value::Map(entries), Some(key)) if key.text == "<<" => {
                merge(entries, &mut open.places, node, mark)?;
            }
            (Value::Map(entries), Some(key)) => put(entries, &mut open.places, key, node)?,
            (Value::Null | Value::Scalar { .. }, _) => {}
        }
        Ok(())
    }
}

fn key(node: Node) -> Result<Key, SyntaxError> {
    let Node { line, column, value } = node;
    match value {
        Value::Scalar { text, .. } => Ok(Key { line, column, text }),
        Value::Null => Ok(Key { line, column, text: String::new() }),
        _ => Err(SyntaxError { line, column, message: "a list or map cannot be a key".to_owned() }),
    }
}

type Entries = Vec<(Key, Node)>;

fn put(
    entries: &mut Entries,
    places: &mut HashMap<String, usize>,
    key: Key,
    node: Node,
) -> Result<(), SyntaxError> {
    match places.get(&key.text).and_then(|place| entries.get_mut(*place)) {
        // Line 0 marks what came by a merge: the map's own key wins.
        Some(merged) if merged.0.line == 0 => *merged = (key, node),
        Some((first, _)) => {
            let message = format!("key '{}' is given twice, first at line {}", key.text, first.line);
            return Err(SyntaxError { line: key.line, column: key.column, message });
        }
        None => add(entries, places, key, node),
    }
    Ok(())
}

fn add(entries: &mut Entries, places: &mut HashMap<String, usize>, key: Key, node: Node) {
    places.insert(key.text.clone(), entries.len());
    entries.push((key, node));
}

/// `<<: *anchor` and `<<: [*a, *b]`: what the map does not have itself.
fn merge(
    entries: &mut Entries,
    places: &mut HashMap<String, usize>,
    node: Node,
    mark: Mark,
) -> Result<(), SyntaxError> {
    let sources = match node.value {
        Value::List(items) => items,
        _ => vec![node],
    };
    for source in sources {
        let Value::Map(merged) = source.value else {
            return Err(at(mark, "`<<` merges maps, and this is none".to_owned()));
        };
        for (key, value) in merged {
            if !places.contains_key(&key.text) {
                add(entries, places, Key { line: 0, column: 0, text: key.text }, value);
            }
        }
    }
    Ok(())
}

fn too_deep(mark: Mark) -> SyntaxError {
    at(mark, format!("the document is nested deeper than {MAX_DEPTH} levels"))
}

/// Lists and maps in each other; never more than `MAX_DEPTH`, as long as nothing deeper is built.
fn depth(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => 1 + entries.iter().map(|(_, node)| depth(node)).max().unwrap_or(0),
        Value::Null | Value::Scalar { .. } => 0,
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(_, node)| size(node)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::to_json;
    use proptest::prelude::*;

    fn json(text: &str) -> String {
        let documents = from_yaml(text).unwrap();
        to_json(&documents[0]).to_string()
    }

    #[test]
    fn quoted_scalars_may_end_at_the_column_of_their_key() {
        assert_eq!(
            json("a:\n  b: \"\n  select \\\"x\\\"\n\tfrom y\n  \"\n  c: 1"),
            r#"{"a":{"b":" select \"x\" from y ","c":1}}"#
        );
        assert_eq!(json("s: \"a \\\n   b\"\r\nt: 'it''s\r\n  two'\r\n"), r#"{"s":"a b","t":"it's two"}"#);
    }

    #[test]
    fn a_block_scalar_may_end_the_file_and_a_mark_may_begin_it() {
        assert_eq!(json("\u{feff}a: |\n  x;\n  y"), r#"{"a":"x;\ny\n"}"#);
        assert_eq!(json("a: >-\n  x\n  y\n# end"), r#"{"a":"x y"}"#);
    }

    #[test]
    fn merged_keys_give_way_to_own_ones() {
        assert_eq!(
            json("b: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3"),
            r#"{"b":{"x":1,"y":2},"c":{"x":1,"y":3}}"#
        );
    }

    #[test]
    fn only_what_json_writes_alike_becomes_a_number() {
        assert_eq!(
            json("[1, 10.1, 010, 1e3, true, Yes, 2022-09-01, ~, '1']"),
            r#"[1,10.1,"010","1e3",true,"Yes","2022-09-01",null,"1"]"#
        );
    }

    #[test]
    fn doubled_keys_name_both_lines() {
        let error = from_yaml("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert_eq!((error.line, error.message.as_str()), (3, "key 'a' is given twice, first at line 1"));
    }

    #[test]
    fn attacks_are_bounded() {
        assert!(from_yaml(&"[".repeat(10_000)).unwrap_err().message.contains("nested deeper"));
        let mut tower = String::new();
        for level in 0..60 {
            let inner = if level == 0 { "x".to_owned() } else { format!("*a{}", level - 1) };
            tower.push_str(&format!("a{level}: &a{level} {}{inner}{}\n", "[".repeat(60), "]".repeat(60)));
        }
        assert!(from_yaml(&tower).unwrap_err().message.contains("nested deeper"));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        assert!(from_yaml(&bomb).unwrap_err().message.contains("aliases add up"));
    }

    #[test]
    fn broken_yaml_says_where() {
        let error = from_yaml("a:\n  b: \"x\n  c: 1\n").unwrap_err();
        assert!(error.message.contains("quoted scalar"), "{}", error.message);
        assert_eq!(from_yaml("a: b: c").unwrap_err().line, 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn no_text_makes_the_parser_panic(text in "([a-c]|\n|\r| |\t|:|: |- |\\||>|\"|'|&a|\\*a|!|%|@|#|,|[\\[\\]{}?]|---|\u{feff}|\\\\x4|\u{85}|é|\0){0,24}") {
            let _ = from_yaml(&text);
        }
    }
}
