//! A column.

use super::Place;

/// A column; its type as Postgres writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    pub place: Place,
    pub name: String,
    /// For example `varchar( 32 )` or `serial`, without constraints.
    pub datatype: String,
    pub nullable: bool,
    pub unique: bool,
    /// SQL of the default.
    pub default: Option<String>,
    /// SQL inside the brackets of `check (…)`.
    pub check: Option<String>,
    /// Becomes its comment.
    pub description: Option<String>,
    /// SQL of the value that Postgres computes.
    pub generated: Option<String>,
    pub identity: Option<Identity>,
}

/// A column that Postgres numbers: `generated … as identity (…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// A row may give no number of its own.
    pub always: bool,
    /// Of the sequence, as SQL in the brackets; may be empty.
    pub options: String,
}

impl Column {
    /// `smallserial`, `serial`, `bigserial` and their numbered names: filled from a sequence.
    pub fn is_serial(&self) -> bool {
        matches!(
            self.datatype.trim().to_ascii_lowercase().as_str(),
            "smallserial" | "serial" | "bigserial" | "serial2" | "serial4" | "serial8"
        )
    }

    /// It counts by a sequence of its own.
    pub fn has_sequence(&self) -> bool {
        self.is_serial() || self.identity.is_some()
    }

    /// A row need not give it.
    pub fn fills_itself(&self) -> bool {
        self.default.is_some() || self.has_sequence() || self.generated.is_some()
    }
}
