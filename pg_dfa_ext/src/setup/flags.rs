//! The flags of `dfa.setup`: Y, N or the letters of table prefixes.

use crate::error::{DfaError, Result};
use dfa_catalog::name;

/// What a call of `dfa.setup` asks for.
pub struct Options {
    /// `YYYY-MM-DD`; `None`: today, and watermarks that are there keep their dates.
    pub run_date: Option<String>,
    pub initial_data: Flags,
    pub drop_before_create: Flags,
    pub drop_table: bool,
    pub drop_schema: bool,
    pub cascade: bool,
}

/// The same as the caller wrote it.
pub struct Given<'call> {
    pub run_date: Option<String>,
    pub initial_data: &'call str,
    pub drop_before_create: &'call str,
    pub drop_table: &'call str,
    pub drop_schema: &'call str,
    pub cascade: &'call str,
}

impl Options {
    pub fn parse(given: &Given<'_>) -> Result<Self> {
        Ok(Options {
            run_date: given.run_date.clone(),
            initial_data: Flags::parse("initial_data", given.initial_data)?,
            drop_before_create: Flags::parse("drop_before_create", given.drop_before_create)?,
            drop_table: yes_no("drop_table", given.drop_table)?,
            drop_schema: yes_no("drop_schema", given.drop_schema)?,
            cascade: yes_no("cascade", given.cascade)?,
        })
    }
}

/// The tables that a flag means, by prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flags {
    None,
    All,
    Prefixes(Vec<&'static str>),
}

const LETTERS: [(char, &str); 6] =
    [('A', "ai"), ('S', "src"), ('I', "imp"), ('C', "ctr"), ('P', "plt"), ('F', "fn")];

impl Flags {
    pub fn parse(argument: &'static str, text: &str) -> Result<Self> {
        let wrong = || DfaError::InvalidArgument {
            argument,
            value: text.to_owned(),
            allowed: "Y, N, or letters of prefixes: A ai, S src, I imp, C ctr, P plt, F fn.".to_owned(),
        };
        let letters = text.trim().to_ascii_uppercase();
        match letters.as_str() {
            "Y" => Ok(Flags::All),
            "N" => Ok(Flags::None),
            "" => Err(wrong()),
            _ => letters
                .chars()
                .filter(|letter| !matches!(letter, ',' | ' '))
                .map(|letter| {
                    LETTERS.iter().find(|known| known.0 == letter).map(|known| known.1).ok_or_else(wrong)
                })
                .collect::<Result<_>>()
                .map(Flags::Prefixes),
        }
    }

    pub fn takes(&self, table: &str) -> bool {
        match self {
            Flags::None => false,
            Flags::All => true,
            Flags::Prefixes(prefixes) => prefixes.contains(&name::prefix(table)),
        }
    }
}

fn yes_no(argument: &'static str, text: &str) -> Result<bool> {
    match text.trim().to_ascii_uppercase().as_str() {
        "Y" => Ok(true),
        "N" => Ok(false),
        _ => {
            Err(DfaError::InvalidArgument { argument, value: text.to_owned(), allowed: "Y or N.".to_owned() })
        }
    }
}
