//! After which other pipelines a pipeline is due: `a & b & (c | d)`.

use std::fmt;

/// A condition on pipeline ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    Id(String),
    All(Vec<Trigger>),
    Any(Vec<Trigger>),
}

/// A text that is no trigger expression; positions are in characters, from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TriggerError {
    #[error("the trigger is empty: give pipeline ids")]
    Empty,
    #[error("the trigger has '{found}' at position {position} where a pipeline id or '(' belongs")]
    ExpectedId { found: String, position: usize },
    #[error("the trigger has '{found}' at position {position} where '&', '|' or the end belongs")]
    ExpectedOperator { found: String, position: usize },
    #[error("the trigger mixes '&' and '|' at position {position}: use brackets to say which binds first")]
    Mixed { position: usize },
    #[error("the trigger has a bracket at position {position} that is not closed")]
    Unclosed { position: usize },
    #[error("the trigger is nested deeper than {MAX_DEPTH} brackets")]
    TooDeep,
}

const MAX_DEPTH: usize = 64;

const OPERATORS: [char; 4] = ['&', '|', '(', ')'];

/// Why a text cannot be the id of a pipeline in an expression, if it cannot.
pub fn id_fault(id: &str) -> Option<String> {
    id.contains(OPERATORS).then(|| format!("'{id}' is no pipeline id: it holds one of & | ( )"))
}

impl Trigger {
    /// Reads an expression of ids with `&`, `|` and brackets.
    pub fn parse(text: &str) -> Result<Self, TriggerError> {
        let mut parser = Parser { tokens: tokens(text), next: 0, depth: 0 };
        if parser.tokens.is_empty() {
            return Err(TriggerError::Empty);
        }
        let trigger = parser.expression()?;
        match parser.tokens.get(parser.next) {
            None => Ok(trigger),
            Some(token) => {
                Err(TriggerError::ExpectedOperator { found: token.text.clone(), position: token.position })
            }
        }
    }

    /// All of these ids.
    pub fn all(ids: Vec<String>) -> Self {
        let mut ids: Vec<Trigger> = ids.into_iter().map(Trigger::Id).collect();
        match ids.pop() {
            Some(only) if ids.is_empty() => only,
            Some(last) => {
                ids.push(last);
                Trigger::All(ids)
            }
            None => Trigger::All(ids),
        }
    }

    /// The ids that the condition names, each once, in order.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        self.collect(&mut ids);
        ids
    }

    fn collect<'t>(&'t self, ids: &mut Vec<&'t str>) {
        match self {
            Trigger::Id(id) => {
                if !ids.contains(&id.as_str()) {
                    ids.push(id);
                }
            }
            Trigger::All(parts) | Trigger::Any(parts) => parts.iter().for_each(|part| part.collect(ids)),
        }
    }

    pub fn holds(&self, is_true: impl Fn(&str) -> bool) -> bool {
        self.holds_by(&is_true)
    }

    fn holds_by(&self, is_true: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Trigger::Id(id) => is_true(id),
            Trigger::All(parts) => parts.iter().all(|part| part.holds_by(is_true)),
            Trigger::Any(parts) => parts.iter().any(|part| part.holds_by(is_true)),
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, operator) = match self {
            Trigger::Id(id) => return f.write_str(id),
            Trigger::All(parts) => (parts, " & "),
            Trigger::Any(parts) => (parts, " | "),
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(operator)?;
            }
            match part {
                Trigger::Id(id) => f.write_str(id)?,
                group => write!(f, "({group})")?,
            }
        }
        Ok(())
    }
}

struct Token {
    text: String,
    position: usize,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut in_word = false;
    for (index, character) in text.chars().enumerate() {
        let is_word = !character.is_whitespace() && !OPERATORS.contains(&character);
        match tokens.last_mut() {
            Some(last) if is_word && in_word => last.text.push(character),
            _ if character.is_whitespace() => {}
            _ => tokens.push(Token { text: character.to_string(), position: index + 1 }),
        }
        in_word = is_word;
    }
    tokens
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<(&str, usize)> {
        self.tokens.get(self.next).map(|token| (token.text.as_str(), token.position))
    }

    fn expression(&mut self) -> Result<Trigger, TriggerError> {
        let first = self.operand()?;
        let Some((operator @ ("&" | "|"), _)) = self.peek() else {
            return Ok(first);
        };
        let operator = operator.to_owned();
        let mut parts = vec![first];
        while let Some((found @ ("&" | "|"), position)) = self.peek() {
            if found != operator {
                return Err(TriggerError::Mixed { position });
            }
            self.next += 1;
            parts.push(self.operand()?);
        }
        Ok(if operator == "&" { Trigger::All(parts) } else { Trigger::Any(parts) })
    }

    fn operand(&mut self) -> Result<Trigger, TriggerError> {
        match self.peek() {
            Some(("(", position)) => {
                self.next += 1;
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(TriggerError::TooDeep);
                }
                let inner = self.expression()?;
                match self.peek() {
                    Some((")", _)) => self.next += 1,
                    Some((found, position)) => {
                        return Err(TriggerError::ExpectedOperator { found: found.to_owned(), position })
                    }
                    None => return Err(TriggerError::Unclosed { position }),
                }
                self.depth -= 1;
                Ok(inner)
            }
            Some((found @ (")" | "&" | "|"), position)) => {
                Err(TriggerError::ExpectedId { found: found.to_owned(), position })
            }
            Some((id, _)) => {
                let id = Trigger::Id(id.to_owned());
                self.next += 1;
                Ok(id)
            }
            None => {
                let position =
                    self.tokens.last().map_or(1, |token| token.position + token.text.chars().count());
                Err(TriggerError::ExpectedId { found: "the end".to_owned(), position })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn brackets_say_what_binds_first() {
        let trigger = Trigger::parse("a & b & (c | d)").unwrap();
        assert_eq!(trigger.ids(), ["a", "b", "c", "d"]);
        assert!(trigger.holds(|id| id != "c"));
        assert!(!trigger.holds(|id| matches!(id, "a" | "b")));
        assert_eq!(trigger.to_string(), "a & b & (c | d)");
    }

    #[test]
    fn broken_expressions_say_where() {
        assert_eq!(Trigger::parse("a & b | c"), Err(TriggerError::Mixed { position: 7 }));
        assert_eq!(Trigger::parse("(a & b"), Err(TriggerError::Unclosed { position: 1 }));
        assert!(matches!(Trigger::parse("a & "), Err(TriggerError::ExpectedId { .. })));
        assert!(matches!(Trigger::parse("a b"), Err(TriggerError::ExpectedOperator { position: 3, .. })));
        assert!(matches!(Trigger::parse("a)"), Err(TriggerError::ExpectedOperator { position: 2, .. })));
        assert_eq!(Trigger::parse(" "), Err(TriggerError::Empty));
        assert_eq!(Trigger::parse(&"(".repeat(100_000)), Err(TriggerError::TooDeep));
    }

    fn any_trigger() -> impl Strategy<Value = Trigger> {
        "[a-z][a-z0-9_]{0,5}".prop_map(Trigger::Id).prop_recursive(4, 24, 4, |inner| {
            let parts = proptest::collection::vec(inner, 2..4);
            prop_oneof![parts.clone().prop_map(Trigger::All), parts.prop_map(Trigger::Any)]
        })
    }

    proptest! {
        #[test]
        fn a_printed_trigger_reads_back_as_itself(trigger in any_trigger()) {
            prop_assert_eq!(Trigger::parse(&trigger.to_string()).unwrap(), trigger);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[ab&|() ]{0,30}") {
            let _ = Trigger::parse(&text);
        }
    }
}
