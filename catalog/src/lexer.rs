//! The lexical surface of SQL: what is quoted, what is a comment, what separates.
//!
//! Statements here are templates with `{placeholders}`, which no SQL parser takes; what they mean is left to
//! Postgres. The rules are those of Postgres' scanner (manual, "Lexical Structure").

use std::ops::Range;

/// What a piece of SQL text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Space,
    LineComment,
    BlockComment,
    /// `'…'`
    Text,
    /// `E'…'`, in which a backslash escapes.
    EscapeText,
    /// `"…"`
    Identifier,
    /// `$tag$…$tag$`
    Dollar,
    /// Letters, digits and `_ $`, also a number.
    Word,
    Semicolon,
    Comma,
    Open,
    Close,
    Other,
}

/// A piece of SQL text with its place in it, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lexeme {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// A quote or comment that does not end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} that begins at line {line} of the statement is not closed")]
pub struct Unclosed {
    pub what: &'static str,
    /// From 1, within the text.
    pub line: usize,
    /// Bytes from the beginning of the text.
    pub position: usize,
}

/// Cuts SQL text into its pieces; together they are the whole text.
pub fn lexemes(sql: &str) -> Result<Vec<Lexeme>, Unclosed> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(rest) = sql.get(start..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = first(rest).map_err(|what| Unclosed {
            what,
            line: 1 + sql.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count(),
            position: start,
        })?;
        found.push(Lexeme { kind, range: start..start + length });
        start += length;
    }
    Ok(found)
}

/// The lexemes that mean something: no space, no comments.
pub fn is_significant(lexeme: &Lexeme) -> bool {
    !matches!(lexeme.kind, Kind::Space | Kind::LineComment | Kind::BlockComment)
}

/// Kind and length in bytes of the first lexeme of a text that is not empty.
fn first(text: &str) -> Result<(Kind, usize), &'static str> {
    let bytes = text.as_bytes();
    match (bytes[0], bytes.get(1)) {
        (b'-', Some(b'-')) => Ok((Kind::LineComment, text.find(['\n', '\r']).unwrap_or(text.len()))),
        (b'/', Some(b'*')) => Ok((Kind::BlockComment, block_comment(bytes).ok_or("a comment")?)),
        (b'e' | b'E', Some(b'\'')) => Ok((Kind::EscapeText, 1 + quoted(&bytes[1..], true).ok_or("a text")?)),
        (b'\'', _) => Ok((Kind::Text, quoted(bytes, false).ok_or("a text")?)),
        (b'"', _) => Ok((Kind::Identifier, quoted(bytes, false).ok_or("a quoted name")?)),
        (b'$', _) => match dollar_tag(text) {
            Some(tag) => {
                let body = text[tag.len()..].find(tag).ok_or("a $$ text")?;
                Ok((Kind::Dollar, body + 2 * tag.len()))
            }
            None => Ok((Kind::Other, 1)),
        },
        (b';', _) => Ok((Kind::Semicolon, 1)),
        (b',', _) => Ok((Kind::Comma, 1)),
        (b'(', _) => Ok((Kind::Open, 1)),
        (b')', _) => Ok((Kind::Close, 1)),
        _ => Ok(run_of_characters(text)),
    }
}

fn run_of_characters(text: &str) -> (Kind, usize) {
    let run = |belongs: fn(char) -> bool| text.find(|c| !belongs(c)).unwrap_or(text.len());
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    match text.chars().next() {
        Some(c) if c.is_whitespace() => (Kind::Space, run(char::is_whitespace)),
        Some(c) if is_word(c) => (Kind::Word, run(is_word)),
        Some(c) => (Kind::Other, c.len_utf8()),
        None => (Kind::Other, 0),
    }
}

/// Length of a quoted piece, its quotes included; a doubled quote does not end it.
fn quoted(bytes: &[u8], backslash_escapes: bool) -> Option<usize> {
    let quote = bytes[0];
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if backslash_escapes => at += 1,
            byte if byte == quote => match bytes.get(at + 1) {
                Some(next) if *next == quote => at += 1,
                _ => return Some(at + 1),
            },
            _ => {}
        }
        at += 1;
    }
    None
}

/// Length of a comment; comments nest.
fn block_comment(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0;
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// `$$` or `$tag$` at the beginning of the text; `$1` is a parameter.
fn dollar_tag(text: &str) -> Option<&str> {
    let end = 1 + text[1..].find('$')?;
    let tag = &text[1..end];
    let is_tag =
        tag.chars().enumerate().all(|(i, c)| c == '_' || c.is_alphabetic() || (i > 0 && c.is_alphanumeric()));
    is_tag.then(|| &text[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(sql: &str) -> Vec<Kind> {
        lexemes(sql).unwrap().into_iter().filter(|l| l.kind != Kind::Space).map(|l| l.kind).collect()
    }

    #[test]
    fn quotes_comments_and_dollars_are_whole() {
        assert_eq!(
            kinds("'a;''b' E'\\';' \"x;\" $t$;$$;$t$ $1"),
            [Kind::Text, Kind::EscapeText, Kind::Identifier, Kind::Dollar, Kind::Other, Kind::Word]
        );
        assert_eq!(
            kinds("-- ;\n/* ; /* ; */ ; */ ;"),
            [Kind::LineComment, Kind::BlockComment, Kind::Semicolon]
        );
        assert_eq!(kinds("a$b$c"), [Kind::Word]);
    }

    #[test]
    fn what_is_not_closed_says_where_it_begins() {
        assert_eq!(
            lexemes("select 1,\n 'a").unwrap_err(),
            Unclosed { what: "a text", line: 2, position: 11 }
        );
        for open in ["/* /* */", "\"x", "$a$ $b$", "E'\\'"] {
            assert!(lexemes(open).is_err(), "{open}");
        }
    }

    proptest! {
        #[test]
        fn the_lexemes_of_any_text_are_the_whole_text(sql in "([ -~é\n]|'|\"|\\$|--|/\\*|\\*/){0,60}") {
            if let Ok(found) = lexemes(&sql) {
                let whole: String = found.iter().map(|lexeme| &sql[lexeme.range.clone()]).collect();
                prop_assert_eq!(whole, sql);
            }
        }
    }
}
