//! Functions, views and queries.

use super::Script;

/// A function, view or named query: SQL that is created or run as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routine {
    pub script: Script,
    /// `mview:` names and files: a view that is stored.
    pub materialized: bool,
    pub tags: Vec<String>,
    pub owner: Option<String>,
}
