//! What a command that does not succeed tells: message, DETAIL, HINT, SQLSTATE, and its exit code.

use crate::hint::at_a_terminal;
use crate::malformed::Malformed;
use serde_json::{json, Value};

pub type Result<T> = std::result::Result<T, Failure>;

/// Why a command did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
    pub sqlstate: Option<String>,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// What was done before it failed: of one JSON document, the members beside the error.
    pub document: Option<Box<Value>>,
}

/// Whose fault it is, which decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The work failed: exit code 1.
    Work,
    /// The command line or a setting is wrong: exit code 2.
    Usage,
    /// Stopped by Ctrl-C: exit code 130, as shells have it.
    Interrupted,
    /// Stopped by SIGTERM: exit code 143.
    Terminated,
}

impl Failure {
    pub fn work(message: impl Into<String>) -> Self {
        Failure::new(FailureKind::Work, message.into())
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(FailureKind::Usage, message.into())
    }

    pub fn interrupted() -> Self {
        Failure::new(FailureKind::Interrupted, "stopped by Ctrl-C".to_owned())
    }

    pub fn terminated() -> Self {
        Failure::new(FailureKind::Terminated, "stopped by SIGTERM".to_owned())
    }

    pub fn no_extension() -> Self {
        Failure::work("the extension dfa is not in this database").hint("`dfa init` creates it.")
    }

    fn new(kind: FailureKind, message: String) -> Self {
        Failure { kind, message, sqlstate: None, detail: None, hint: None, document: None }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether somebody stopped the command.
    pub fn is_stop(&self) -> bool {
        matches!(self.kind, FailureKind::Interrupted | FailureKind::Terminated)
    }

    /// Whether the database is not there (yet), rather than unwilling.
    pub fn is_absence(&self) -> bool {
        match self.sqlstate.as_deref() {
            None => self.kind == FailureKind::Work,
            Some(sqlstate) => ["08", "53", "57"].contains(&sqlstate.get(..2).unwrap_or_default()),
        }
    }

    pub fn exit_code(&self) -> u8 {
        match self.kind {
            FailureKind::Work => 1,
            FailureKind::Usage => 2,
            FailureKind::Interrupted => 130,
            FailureKind::Terminated => 143,
        }
    }

    pub fn to_json(&self) -> Value {
        let mut answer = self.document.as_deref().cloned().unwrap_or_else(|| json!({}));
        answer["message"] = json!(self.message);
        answer["sqlstate"] = json!(self.sqlstate);
        answer["detail"] = json!(self.detail);
        answer["hint"] = json!(self.hint.as_deref().map(at_a_terminal));
        answer
    }

    /// For people: each part on a line of its own.
    pub fn print(&self) {
        eprintln!("Error: {}", self.message);
        let hint = self.hint.as_deref().map(at_a_terminal);
        let parts = [("DETAIL", &self.detail), ("HINT", &hint), ("SQLSTATE", &self.sqlstate)];
        for (label, text) in parts {
            if let Some(text) = text {
                eprintln!("{label}: {}", text.replace('\n', "\n  "));
            }
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(reported) if is_missing_extension(reported) => Failure {
                sqlstate: Some(reported.code().code().to_owned()),
                ..Failure::no_extension().detail(reported.message())
            },
            Some(reported) => Failure {
                kind: FailureKind::Work,
                message: reported.message().to_owned(),
                sqlstate: Some(reported.code().code().to_owned()),
                detail: reported.detail().map(str::to_owned),
                hint: reported.hint().map(str::to_owned),
                document: None,
            },
            None => {
                let failure = Failure::work(error.to_string());
                match causes(&error) {
                    causes if causes.is_empty() => failure,
                    causes => failure.detail(causes),
                }
            }
        }
    }
}

/// What every statement of ours names is not there.
fn is_missing_extension(reported: &tokio_postgres::error::DbError) -> bool {
    let missing = ["3F000", "42P01", "42883", "42704"].contains(&reported.code().code());
    let ours = ["\"dfa\"", "\"dfa.", "function dfa.", "procedure dfa.", "type \"dfa."];
    missing && ours.iter().any(|name| reported.message().contains(name))
}

/// What lies behind an error, as far as it is not said already: the outer ones say "error connecting to server".
pub fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut told: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !said.contains(&text) {
            said.push_str(&text);
            told.push(text);
        }
        source = cause.source();
    }
    told.join(": ")
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        let failure = Failure::work(error.to_string());
        match Malformed::of(&error) {
            Some(malformed) if !malformed.hint.is_empty() => failure.hint(malformed.hint),
            _ => failure,
        }
    }
}
