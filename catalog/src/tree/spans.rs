//! What the parts of a YAML text are, for whoever shows it: keys, texts, comments, with their places.

use libyaml_safer::{Event, EventData, Mark, Parser, ScalarStyle};
use std::ops::Range;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// In bytes.
    pub range: Range<usize>,
    pub part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Key,
    /// A value in quotes.
    Quoted,
    /// A value of letters alone.
    Plain,
    /// A block of lines, with its indicator.
    Block,
    Comment,
}

/// The parts of a text in their order; of a text that is no YAML those before the fault.
pub fn spans(text: &str) -> Vec<Span> {
    let places = Places::of(text);
    let mut whole = text.to_owned();
    // libyaml-safer 0.3 stops with a panic at a block scalar that ends without a line break.
    whole.push('\n');
    let mut input = whole.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut found = Found { spans: Vec::new(), open: Vec::new() };
    // The parser has a panic left for tags that libyaml refuses.
    let next = |parser: &mut Parser<&mut &[u8]>| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parser.parse())).ok()?.ok()
    };
    while let Some(event) = next(&mut parser) {
        if matches!(event.data, EventData::StreamEnd) {
            break;
        }
        found.take(&event, &places);
    }
    with_comments(text, found.spans)
}

/// Where the lines of a text begin, as YAML counts them. The index of a mark is not to be used: libyaml-safer 0.3 counts bytes
/// in blocks and characters elsewhere.
struct Places<'t> {
    text: &'t str,
    lines: Vec<usize>,
}

impl<'t> Places<'t> {
    fn of(text: &'t str) -> Self {
        let mut lines = vec![0];
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let follows = letters.peek().map(|(_, letter)| *letter);
            if matches!(letter, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
                || letter == '\r' && follows != Some('\n')
            {
                lines.push(at + letter.len_utf8());
            }
        }
        Places { text, lines }
    }

    fn byte(&self, mark: Mark) -> usize {
        let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        let Some(start) = self.lines.get(number(mark.line)).copied() else { return self.text.len() };
        let column = self.text[start..].char_indices().nth(number(mark.column));
        column.map_or(self.text.len(), |(at, _)| start + at)
    }
}

struct Found {
    spans: Vec<Span>,
    /// Of each list or map that is open: whether a key comes next; none in a list.
    open: Vec<Option<bool>>,
}

impl Found {
    fn take(&mut self, event: &Event, places: &Places<'_>) {
        match &event.data {
            EventData::SequenceStart { .. } => {
                self.turn();
                self.open.push(None);
            }
            EventData::MappingStart { .. } => {
                self.turn();
                self.open.push(Some(true));
            }
            EventData::SequenceEnd | EventData::MappingEnd => {
                self.open.pop();
            }
            EventData::Alias { .. } => {
                self.turn();
            }
            EventData::Scalar { style, .. } => {
                let is_key = self.turn();
                let range = places.byte(event.start_mark)..places.byte(event.end_mark);
                let part = match style {
                    _ if is_key => Part::Key,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Part::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Part::Block,
                    _ => Part::Plain,
                };
                if range.start < range.end {
                    self.spans.push(Span { range, part });
                }
            }
            _ => {}
        }
    }

    /// Whether what comes is a key of the map that is open.
    fn turn(&mut self) -> bool {
        match self.open.last_mut() {
            Some(Some(key)) => std::mem::replace(key, !*key),
            _ => false,
        }
    }
}

/// With the comments, which stand between the others.
fn with_comments(text: &str, spans: Vec<Span>) -> Vec<Span> {
    let mut all = Vec::with_capacity(spans.len());
    let mut at = 0;
    for span in spans {
        if span.range.start >= at {
            comments(text, at..span.range.start, &mut all);
            at = span.range.end;
            all.push(span);
        }
    }
    comments(text, at..text.len(), &mut all);
    all
}

fn comments(text: &str, within: Range<usize>, all: &mut Vec<Span>) {
    let mut at = within.start;
    while let Some(place) = text[at..within.end].find('#') {
        let start = at + place;
        let begins = text[..start].chars().next_back().is_none_or(char::is_whitespace);
        if !begins {
            at = start + 1;
            continue;
        }
        let end = text[start..within.end].find('\n').map_or(within.end, |end| start + end);
        all.push(Span { range: start..end, part: Part::Comment });
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str) -> Vec<(Part, &str)> {
        spans(text).into_iter().map(|span| (span.part, &text[span.range])).collect()
    }

    #[test]
    fn keys_texts_blocks_and_comments_are_told_apart() {
        let text = "# é first\na: \"x # y\" # after\nb:\n  - c: {d: e#f}\n  - *a\nq: |\n  select 1 -- # no\n\nz: 'é'\n";
        let found = told(text);
        let (block, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(part, _)| *part == Part::Block);
        assert_eq!(
            others,
            [
                (Part::Comment, "# é first"),
                (Part::Key, "a"),
                (Part::Quoted, "\"x # y\""),
                (Part::Comment, "# after"),
                (Part::Key, "b"),
                (Part::Key, "c"),
                (Part::Key, "d"),
                (Part::Plain, "e#f"),
                (Part::Key, "q"),
                (Part::Key, "z"),
                (Part::Quoted, "'é'"),
            ]
        );
        assert!(block.len() == 1 && block[0].1.starts_with("|\n  select 1 -- # no\n"), "{block:?}");
    }

    #[test]
    fn what_comes_before_a_fault_is_told() {
        assert_eq!(told("a: b\nc: [").first(), Some(&(Part::Key, "a")));
        assert_eq!(told(""), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn any_text_has_parts_that_stand_in_their_order(text in "([a-c]|\n|\r| |\t|:|: |- |\\||>|\"|'|&a|\\*a|!|%|@|#|,|[\\[\\]{}?]|---|\u{feff}|\\\\x4|\u{85}|é|\0){0,24}") {
            let mut at = 0;
            for span in spans(&text) {
                prop_assert!(span.range.start >= at && text.get(span.range.clone()).is_some());
                at = span.range.end;
            }
        }
    }
}
