//! `{name}` placeholders: which a template holds, and the text with their values.
//!
//! A template is read once and values are never read again, so a value cannot bring placeholders of its own.

use crate::lexer::{lexemes, Kind};
use std::borrow::Cow;

/// The placeholders that need not be listed.
pub const ALWAYS: [&str; 3] = ["database_name", "ai_schema_name", "main_schema_name"];

/// The placeholders that a run gives.
pub const RUN: [&str; 9] = [
    "run_id",
    "run_date",
    "run_mode",
    "data_date",
    "update_date",
    "function_value",
    "interval_start",
    "interval_end",
    "lookback",
];

/// A template that cannot be filled in; positions are in bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceholderError {
    #[error("'{brace}' at position {position} has no partner: a brace that is text is written twice, {brace}{brace}")]
    Unbalanced { brace: char, position: usize },
    #[error("'{{{text}}}' at position {position} is no placeholder: braces that are text are written twice, {{{{ and }}}}")]
    NotAName { text: String, position: usize },
    #[error("placeholder {{{name}}} is not defined")]
    Undefined { name: String },
    #[error("the value given for {{{name}}} must be a number, since the placeholder stands outside quotes")]
    NotANumber { name: String },
    #[error("a given value cannot stand for {{{name}}} within a comment, a quoted name or a $$ text")]
    Misplaced { name: String },
}

/// What a placeholder stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Put in as it is: from the run or the parameter table.
    Trusted(String),
    /// Given by a caller: escaped inside `'…'`, a number outside quotes, refused anywhere else.
    Caller(String),
}

enum Part<'t> {
    Literal(&'t str),
    /// Name, position of its brace.
    Name(&'t str, usize),
}

fn parts(template: &str) -> Result<Vec<Part<'_>>, PlaceholderError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = template[at..].find(['{', '}']) {
        let position = at + offset;
        found.push(Part::Literal(&template[at..position]));
        let rest = &template[position..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            found.push(Part::Literal(&rest[..1]));
            at = position + 2;
        } else if let Some(inside) = rest.strip_prefix('{') {
            let end = inside.find(['{', '}']).filter(|end| inside[*end..].starts_with('}'));
            let end = end.ok_or(PlaceholderError::Unbalanced { brace: '{', position })?;
            let name = &inside[..end];
            if !is_name(name) {
                return Err(PlaceholderError::NotAName { text: shortened(name), position });
            }
            found.push(Part::Name(name, position));
            at = position + end + 2;
        } else {
            return Err(PlaceholderError::Unbalanced { brace: '}', position });
        }
    }
    found.push(Part::Literal(&template[at..]));
    Ok(found)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The placeholders of a template, each once, in order.
pub fn names(template: &str) -> Result<Vec<String>, PlaceholderError> {
    let mut names: Vec<String> = Vec::new();
    for part in parts(template)? {
        match part {
            Part::Name(name, _) if !names.iter().any(|known| known == name) => names.push(name.to_owned()),
            _ => {}
        }
    }
    Ok(names)
}

/// The template with its values; `{{` and `}}` become single braces.
pub fn render<'v>(
    template: &str,
    value: impl Fn(&str) -> Option<Cow<'v, str>>,
) -> Result<String, PlaceholderError> {
    let mut text = String::with_capacity(template.len());
    for part in parts(template)? {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Name(name, _) => {
                text.push_str(
                    &value(name).ok_or_else(|| PlaceholderError::Undefined { name: name.to_owned() })?,
                );
            }
        }
    }
    Ok(text)
}

/// As [`render`], with values that callers gave.
pub fn render_values(
    template: &str,
    value: impl Fn(&str) -> Option<Value>,
) -> Result<String, PlaceholderError> {
    // A template that cannot be cut into lexemes has no safe place for a caller's value.
    let places = lexemes(template).ok();
    let place = |position: usize| {
        places
            .as_ref()
            .and_then(|all| all.iter().find(|lexeme| lexeme.range.contains(&position)))
            .map(|l| l.kind)
    };
    let mut text = String::with_capacity(template.len());
    for part in parts(template)? {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Name(name, position) => match value(name) {
                None => return Err(PlaceholderError::Undefined { name: name.to_owned() }),
                Some(Value::Trusted(value)) => text.push_str(&value),
                Some(Value::Caller(value)) => {
                    let place = place(position);
                    // `-{n}` and -1 must not make a comment of the rest of the line.
                    if place == Some(Kind::Other) && value.starts_with('-') && text.ends_with('-') {
                        text.push(' ');
                    }
                    text.push_str(&safe(name, &value, place)?);
                }
            },
        }
    }
    Ok(text)
}

fn safe<'v>(name: &str, value: &'v str, place: Option<Kind>) -> Result<Cow<'v, str>, PlaceholderError> {
    match place {
        Some(Kind::Text) => Ok(value.replace('\'', "''").into()),
        Some(Kind::EscapeText) => Ok(value.replace('\\', "\\\\").replace('\'', "''").into()),
        Some(Kind::Other) if is_number(value) => Ok(value.into()),
        Some(Kind::Other) => Err(PlaceholderError::NotANumber { name: name.to_owned() }),
        _ => Err(PlaceholderError::Misplaced { name: name.to_owned() }),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'))
        && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(name: &str) -> Option<Cow<'static, str>> {
        match name {
            "a" => Some("{b}".into()),
            "b" => Some("2".into()),
            _ => None,
        }
    }

    #[test]
    fn values_are_put_in_once_and_doubled_braces_are_text() {
        assert_eq!(render("x {a} {b} {{a}}", value).unwrap(), "x {b} 2 {a}");
        assert_eq!(names("{a} {b} {a} {{c}}").unwrap(), ["a", "b"]);
    }

    #[test]
    fn broken_braces_say_where() {
        assert_eq!(names("a }"), Err(PlaceholderError::Unbalanced { brace: '}', position: 2 }));
        assert_eq!(names("{a {b}"), Err(PlaceholderError::Unbalanced { brace: '{', position: 0 }));
        assert_eq!(
            names("'{\"a\": 1}'"),
            Err(PlaceholderError::NotAName { text: "\"a\": 1".into(), position: 1 })
        );
        assert!(names("{}").is_err());
        assert_eq!(render("{z}", value), Err(PlaceholderError::Undefined { name: "z".into() }));
    }

    #[test]
    fn a_callers_value_is_never_sql() {
        let evil = |_: &str| Some(Value::Caller("'; drop table x; -- \\".to_owned()));
        assert_eq!(render_values("'{a}'", evil).unwrap(), "'''; drop table x; -- \\'");
        assert_eq!(render_values("E'{a}'", evil).unwrap(), "E'''; drop table x; -- \\\\'");
        for template in ["{a}", "$${a}$$", "\"{a}\"", "-- {a}\n1", "/* {a} */"] {
            assert!(render_values(template, evil).is_err(), "{template}");
        }
        let number = |_: &str| Some(Value::Caller("-1.5".to_owned()));
        assert_eq!(render_values("limit {a}", number).unwrap(), "limit -1.5");
        for text in ["nan", "inf", "1; drop", "", "1 2", "e5"] {
            let given = |_: &str| Some(Value::Caller(text.to_owned()));
            assert!(render_values("limit {a}", given).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn escaped_text_renders_back(text in "[ -~{}é]{0,40}") {
            let template = text.replace('{', "{{").replace('}', "}}");
            prop_assert_eq!(render(&template, |_| None).unwrap(), text);
        }

        #[test]
        fn any_value_stays_within_its_quotes(given in "[ -~é\n]{0,40}") {
            let sql = render_values("select '{a}', 1", |_| Some(Value::Caller(given.clone()))).unwrap();
            let found = lexemes(&sql).unwrap();
            let texts: Vec<_> = found.iter().filter(|lexeme| lexeme.kind == Kind::Text).collect();
            prop_assert_eq!(texts.len(), 1);
            prop_assert_eq!(sql[texts[0].range.clone()].trim_matches(['\'']).replace("''", "'").len() <= given.len(), true);
            prop_assert!(sql.ends_with("', 1"));
        }
    }
}
