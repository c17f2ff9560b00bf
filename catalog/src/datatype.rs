//! The string form of a column: `<type> [unique] [null|not null] [default x] [primary key] [check (…)]`, and `generated`
//! as Postgres has it.

use crate::lexer::{is_significant, lexemes, Kind, Lexeme, Unclosed};
use crate::model::Identity;

/// What the string form says; constraints in any case, order and spacing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnType {
    pub datatype: String,
    /// `None`: not said.
    pub nullable: Option<bool>,
    pub unique: bool,
    pub default: Option<String>,
    pub check: Option<String>,
    pub primary_key: bool,
    pub generated: Option<String>,
    pub identity: Option<Identity>,
}

/// A column that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatatypeError {
    #[error("the datatype is missing")]
    Missing,
    #[error(transparent)]
    Unclosed(#[from] Unclosed),
    #[error("'{text}' has a bracket without a partner (within {{ … }} a comma ends a value that is not in quotes)")]
    Brackets { text: String },
    #[error("`{word}` is followed by '{found}' where {expected} belongs")]
    Expected { word: &'static str, found: String, expected: &'static str },
    #[error("'{found}' is not understood after the datatype")]
    Unknown { found: String },
    #[error("`null` and `not null` are both given")]
    Contradiction,
    #[error("`{word}` is given twice")]
    Twice { word: &'static str },
    #[error("`{word}` does not belong into a feature: {instead}")]
    Elsewhere { word: String, instead: &'static str },
}

/// Reads the string form of a column.
pub fn parse(text: &str) -> Result<ColumnType, DatatypeError> {
    let tokens: Vec<Lexeme> = lexemes(text)?.into_iter().filter(is_significant).collect();
    let mut cursor = Cursor { text, tokens, at: 0 };
    let mut column = ColumnType { datatype: cursor.take_until_constraint()?, ..ColumnType::default() };
    if column.datatype.is_empty() {
        return Err(DatatypeError::Missing);
    }
    while let Some(word) = cursor.word() {
        cursor.at += 1;
        match word.as_str() {
            "unique" => column.unique = true,
            "null" => set(&mut column.nullable, true, "null", DatatypeError::Contradiction)?,
            "not" => {
                cursor.expect("not", "null")?;
                set(&mut column.nullable, false, "not null", DatatypeError::Contradiction)?;
            }
            "primary" => {
                cursor.expect("primary", "key")?;
                column.primary_key = true;
            }
            "default" => {
                let expression = cursor.take_until_constraint()?;
                if expression.is_empty() {
                    let found = cursor.word().unwrap_or_default();
                    return Err(DatatypeError::Expected { word: "default", found, expected: "a value" });
                }
                set(&mut column.default, expression, "default", DatatypeError::Twice { word: "default" })?;
            }
            "check" => {
                let condition = cursor.brackets()?;
                column.check = Some(match column.check.take() {
                    Some(first) => format!("({first}) and ({condition})"),
                    None => condition,
                });
            }
            "generated" => {
                if column.generated.is_some() || column.identity.is_some() {
                    return Err(DatatypeError::Twice { word: "generated" });
                }
                cursor.generated(&mut column)?;
            }
            other => return Err(elsewhere(other)),
        }
    }
    match cursor.tokens.get(cursor.at) {
        Some(token) => Err(DatatypeError::Unknown { found: text[token.range.start..].to_owned() }),
        None => Ok(column),
    }
}

fn set<T: PartialEq>(
    slot: &mut Option<T>,
    value: T,
    word: &'static str,
    clash: DatatypeError,
) -> Result<(), DatatypeError> {
    match slot {
        Some(old) if *old == value => Err(DatatypeError::Twice { word }),
        Some(_) => Err(clash),
        None => {
            *slot = Some(value);
            Ok(())
        }
    }
}

fn elsewhere(word: &str) -> DatatypeError {
    let instead = match word {
        "references" => "name the other table under `foreign_key`",
        "constraint" => "constraints get their names from the table; leave the name out",
        _ => return DatatypeError::Unknown { found: word.to_owned() },
    };
    DatatypeError::Elsewhere { word: word.to_owned(), instead }
}

struct Cursor<'t> {
    text: &'t str,
    tokens: Vec<Lexeme>,
    at: usize,
}

impl Cursor<'_> {
    fn word_at(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        Some(self.text[token.range.clone()].to_lowercase())
    }

    fn word(&self) -> Option<String> {
        self.word_at(self.at)
    }

    fn expect(&mut self, word: &'static str, next: &'static str) -> Result<(), DatatypeError> {
        let found = self.word();
        if found.as_deref() == Some(next) {
            self.at += 1;
            return Ok(());
        }
        Err(DatatypeError::Expected { word, found: found.unwrap_or_default(), expected: next })
    }

    /// What follows `generated`: `always as (…) stored`, `always as identity`, `by default as identity [(…)]`.
    fn generated(&mut self, column: &mut ColumnType) -> Result<(), DatatypeError> {
        const WORD: &str = "generated";
        let always = self.word().as_deref() == Some("always");
        if always {
            self.at += 1;
        } else {
            self.expect(WORD, "by")?;
            self.expect(WORD, "default")?;
        }
        self.expect(WORD, "as")?;
        if self.word().as_deref() == Some("identity") {
            self.at += 1;
            let is_open = self.tokens.get(self.at).is_some_and(|token| token.kind == Kind::Open);
            let options = if is_open { self.brackets()? } else { String::new() };
            column.identity = Some(Identity { always, options });
            return Ok(());
        }
        if !always {
            let found = self.word().unwrap_or_default();
            return Err(DatatypeError::Expected { word: WORD, found, expected: "identity" });
        }
        column.generated = Some(self.brackets()?);
        self.expect(WORD, "stored")
    }

    /// Whether a constraint ends here what began at `first`; `is null` and `is not null` belong to an expression.
    fn is_constraint(&self, first: usize) -> bool {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.word_at(at));
        let after_is = before(1).as_deref() == Some("is")
            || (before(1).as_deref() == Some("not") && before(2).as_deref() == Some("is"));
        // No type has the word in its name; an expression may have.
        let in_type = first == 0;
        match self.word().as_deref() {
            Some("unique" | "default" | "check" | "references" | "generated" | "constraint") => true,
            Some("primary") => in_type || self.word_at(self.at + 1).as_deref() == Some("key"),
            Some("not") => !after_is && (in_type || self.word_at(self.at + 1).as_deref() == Some("null")),
            Some("null") => !after_is,
            _ => false,
        }
    }

    /// The text up to the next constraint; a `null` that comes first is a value.
    fn take_until_constraint(&mut self) -> Result<String, DatatypeError> {
        let first = self.at;
        let is_value =
            |cursor: &Self| cursor.at == first && first > 0 && cursor.word().as_deref() == Some("null");
        while self.at < self.tokens.len() && (is_value(self) || !self.is_constraint(first)) {
            match self.tokens[self.at].kind {
                Kind::Open => {
                    self.brackets()?;
                }
                Kind::Close => return Err(DatatypeError::Brackets { text: self.text.to_owned() }),
                _ => self.at += 1,
            }
        }
        Ok(match self.tokens.get(first..self.at) {
            Some([from, .., to]) => self.text[from.range.start..to.range.end].to_owned(),
            Some([only]) => self.text[only.range.clone()].to_owned(),
            _ => String::new(),
        })
    }

    /// The text inside a pair of brackets that begins here.
    fn brackets(&mut self) -> Result<String, DatatypeError> {
        let found = self.tokens.get(self.at).cloned();
        let Some(open) = found.filter(|token| token.kind == Kind::Open) else {
            return Err(DatatypeError::Expected {
                word: "check",
                found: self.word().unwrap_or_default(),
                expected: "a condition in brackets",
            });
        };
        let mut depth = 0;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(self.text[open.range.end..token.range.start].trim().to_owned());
            }
        }
        Err(DatatypeError::Brackets { text: self.text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(datatype: &str) -> ColumnType {
        ColumnType { datatype: datatype.to_owned(), ..ColumnType::default() }
    }

    #[test]
    fn any_type_of_postgres_is_kept_as_written() {
        for datatype in [
            "numeric( 24, 8 )",
            "double precision",
            "timestamp(3) with time zone",
            "character varying (10)",
            "text[]",
            "integer[3][3]",
            "interval day to second(3)",
            "\"My type\"",
            "text collate \"C\"",
        ] {
            assert_eq!(parse(datatype), Ok(column(datatype)));
        }
    }

    #[test]
    fn constraints_come_in_any_case_order_and_spacing() {
        let expected =
            ColumnType { nullable: Some(false), unique: true, default: Some("0".into()), ..column("int") };
        assert_eq!(parse("int  UNIQUE Not   Null DEFAULT 0"), Ok(expected.clone()));
        assert_eq!(parse("int default 0 not null unique"), Ok(expected));
        assert!(parse("serial not null primary KEY").unwrap().primary_key);
    }

    #[test]
    fn a_default_is_a_whole_expression() {
        for (text, default) in [
            ("text default 'not null' not null", "'not null'"),
            ("text default 'a b'::varchar( 8 ) null", "'a b'::varchar( 8 )"),
            ("timestamp default now() - interval '1 day' unique", "now() - interval '1 day'"),
            ("int default null", "null"),
            ("int default (1 + 2) check (x > 0)", "(1 + 2)"),
            ("boolean default x is not null not null", "x is not null"),
            ("numeric default -1.5", "-1.5"),
        ] {
            assert_eq!(parse(text).unwrap().default.as_deref(), Some(default), "{text}");
        }
    }

    #[test]
    fn several_checks_all_hold() {
        assert_eq!(
            parse("int check (a > (0)) check ( a < 9 )").unwrap().check.as_deref(),
            Some("(a > (0)) and (a < 9)")
        );
    }

    #[test]
    fn what_cannot_be_honoured_is_an_error() {
        for text in [
            "",
            "not null",
            "int null not null",
            "int not nul",
            "int default",
            "int check a > 0",
            "int check (a",
            "int primary",
            "int references x(y)",
            "int generated",
            "int generated always as (a + 1)",
            "int generated by default as (a + 1) stored",
            "int generated always as identity (start 1",
            "int generated always as identity generated always as identity",
            "int constraint c check (a)",
            "text default 'a",
            "int unique )",
            "int null null",
            "int unique x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
