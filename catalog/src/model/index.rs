//! An index.

use super::Place;

/// An index beside those of keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    pub place: Place,
    /// `None`: as Postgres names it.
    pub name: Option<String>,
    pub columns: Vec<IndexColumn>,
    pub unique: bool,
    /// SQL of the condition that its rows meet.
    pub condition: Option<String>,
    /// For example `gin`.
    pub method: Option<String>,
    /// Columns that it holds beside its key.
    pub include: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexColumn {
    pub name: String,
    /// For example `desc nulls last`, or a class of operators.
    pub order: String,
}
