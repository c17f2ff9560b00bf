//! Another type for a column: how a value is cast, and how it is seen that the cast loses something of it.

use crate::error::Result;
use crate::spi;

/// A type as `pg_dfa_ext/src/migrate/sql/types_of_retype.sql` describes it.
#[derive(Debug, Clone, Default)]
pub struct Type {
    /// As SQL has it, with its modifier.
    sql: String,
    /// Of what it is made: that of a domain, without a modifier.
    base: String,
    /// `pg_type.typcategory` of the base: S string, N number, D date, …
    category: String,
    /// By a length or precision: a longer value is cut.
    is_narrowed: bool,
    /// `=` is known for it.
    has_equality: bool,
    /// What an array is of.
    element: Option<String>,
}

/// How values of one type become values of another.
#[derive(Debug, Clone)]
pub struct Cast {
    old: Type,
    new: Type,
    /// Postgres casts the one to the other itself; else the text of the value is read.
    is_known: bool,
    /// And back again.
    is_known_back: bool,
    element: Option<Box<Cast>>,
}

/// What reads all that it takes, and takes nothing that it would have to cut.
const READ_WHOLE: [&str; 3] = ["json", "jsonb", "xml"];
const NUMBERS: [&str; 6] = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];

impl Cast {
    /// # Errors
    /// A type that Postgres does not know.
    pub fn between(old: &str, new: &str) -> Result<Cast> {
        let found =
            spi::query_one(include_str!("sql/types_of_retype.sql"), &[old.into(), new.into()], |row| {
                let side = |of: &str| -> Result<Type> {
                    Ok(Type {
                        sql: row.get(&format!("{of}_sql"))?,
                        base: row.get(&format!("{of}_name"))?,
                        category: row.get(&format!("{of}_category"))?,
                        is_narrowed: row.get(&format!("{of}_narrowed"))?,
                        has_equality: row.get(&format!("{of}_equality"))?,
                        element: row.get(&format!("{of}_element"))?,
                    })
                };
                Ok(Cast {
                    old: side("old")?,
                    new: side("new")?,
                    is_known: row.get("is_known")?,
                    is_known_back: row.get("is_known_back")?,
                    element: None,
                })
            })?;
        let mut cast = found.unwrap_or_else(|| Cast {
            old: Type { sql: old.to_owned(), ..Type::default() },
            new: Type { sql: new.to_owned(), ..Type::default() },
            is_known: true,
            is_known_back: true,
            element: None,
        });
        if let (Some(old), Some(new)) = (cast.old.element.clone(), cast.new.element.clone()) {
            cast.element = Some(Box::new(Cast::between(&old, &new)?));
        }
        Ok(cast)
    }

    /// The value, cast.
    pub fn of(&self, value: &str) -> String {
        let element_is_known = self.element.as_ref().is_none_or(|element| element.is_known);
        match self.is_known && element_is_known {
            true => format!("{value}::{}", self.new.sql),
            false => format!("{value}::text::{}", self.new.sql),
        }
    }

    /// A condition that holds for values that come out as other ones; `None`: what casts is kept.
    pub fn loses(&self, value: &str) -> Option<String> {
        if let Some(element) = &self.element {
            let one = element.loses("one.value")?;
            return Some(format!("exists (select from unnest({value}) as one (value) where {one})"));
        }
        let cast = format!("({})", self.of(value));
        if self.new.category == "S" {
            return self.new.is_narrowed.then(|| format!("{value}::text is distinct from {cast}::text"));
        }
        if self.old.category == "S" || !self.is_known {
            return self.read_otherwise(&format!("{value}::text"), &cast);
        }
        if READ_WHOLE.contains(&self.new.base.as_str()) {
            return None;
        }
        let back = format!("{cast}::{}", self.old.sql);
        Some(match (self.is_known_back, self.old.has_equality) {
            (true, true) => format!("{back} is distinct from {value}"),
            (true, false) => format!("{back}::text is distinct from {value}::text"),
            (false, _) => format!("{cast}::text is distinct from {value}::text"),
        })
    }

    /// Whether reading a text leaves something of it out. Another spelling of the same value does not.
    fn read_otherwise(&self, text: &str, cast: &str) -> Option<String> {
        // A zone behind a time of day, which `date` and `timestamp` read over.
        let zoned = format!(r"{text} ~* ':[0-9.]+ *([ap]m)? *([-+][0-9]|z|[a-z]{{3}})'");
        match self.new.base.as_str() {
            // What begins with a zero is a code.
            base if NUMBERS.contains(&base) => Some(format!(
                "({cast}::text::numeric is distinct from {text}::numeric or {text} ~ '^\\s*[-+]?0[0-9]')"
            )),
            "date" => Some(format!("({text}::timestamp is distinct from {cast}::timestamp or {zoned})")),
            "timestamp without time zone" => {
                Some(format!("({text}::timestamp is distinct from {cast} or {zoned})"))
            }
            // A day before the time of day.
            "time without time zone" | "time with time zone" => {
                Some(format!("{text} ~ '[0-9][-/.][0-9]+[-/.]'"))
            }
            // `bit` alone is one bit.
            "bit" => Some(format!("{text}::bit varying is distinct from {cast}")),
            base if self.new.is_narrowed && !base.is_empty() => {
                Some(format!("{text}::{base} is distinct from {cast}"))
            }
            _ => None,
        }
    }
}
