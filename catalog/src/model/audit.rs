//! Tests of the data.

use super::words::{spelling, Words};
use super::{Place, Script};

/// A check on the data that is made in the transaction that writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub place: Place,
    pub name: String,
    pub severity: AuditSeverity,
    pub check: AuditCheck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuditSeverity {
    #[default]
    Error,
    Warn,
}

impl AuditSeverity {
    pub const WORDS: Words<AuditSeverity> =
        &[("error", AuditSeverity::Error), ("warn", AuditSeverity::Warn), ("warning", AuditSeverity::Warn)];

    pub fn as_str(self) -> &'static str {
        spelling(AuditSeverity::WORDS, self)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditCheck {
    Unique(Vec<String>),
    NotNull(Vec<String>),
    /// Values as text; null passes.
    AcceptedValues {
        column: String,
        values: Vec<String>,
    },
    Relationships {
        column: String,
        ref_table: String,
        ref_column: String,
    },
    /// A condition that must hold for each row.
    Expression(String),
    /// A SELECT that must return no row; may hold placeholders.
    Select(Script),
}
