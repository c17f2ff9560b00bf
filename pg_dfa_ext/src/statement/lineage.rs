//! What a statement reads and writes, from Postgres' own raw parser.
//!
//! No name is looked up here: the parse tree alone decides, so lineage is known before any table exists.

use super::tree::list;
use super::walk::Collector;
use crate::error::{capture, Result};
use crate::spi::c_text;
use pgrx::pg_sys::{self, NodeTag};
use std::collections::BTreeSet;

/// A table, view or function as a statement names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relation {
    pub schema: Option<String>,
    pub name: String,
}

/// What one statement touches; names of CTEs are left out where they hide tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lineage {
    /// Written: insert, update, delete, merge, truncate, create table as, view.
    pub targets: BTreeSet<Relation>,
    /// Read: also in CTEs, subqueries and set operations.
    pub sources: BTreeSet<Relation>,
    /// Functions called by name.
    pub functions: BTreeSet<Relation>,
    /// What a CREATE FUNCTION, VIEW or MATERIALIZED VIEW makes.
    pub creates: Option<Created>,
    /// Postgres plans it (a query or a change of rows), so EXPLAIN takes it.
    pub planned: bool,
}

/// The object that a definition creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    Function(Relation),
    View(Relation),
    MaterializedView(Relation),
    /// A bare SELECT: the definition of a view without its CREATE.
    Query,
}

/// The lineage of one statement, without placeholders.
///
/// # Errors
/// The syntax error of Postgres' parser, with its position.
pub fn of_statement(statement: &str) -> Result<Lineage> {
    let text = c_text(statement)?;
    capture(|| {
        let mut collector = Collector::default();
        // SAFETY: the tree lives in the current memory context, longer than this closure.
        unsafe {
            let trees = pg_sys::pg_parse_query(text.as_ptr());
            for tree in list(trees) {
                let node = (*tree.cast::<pg_sys::RawStmt>()).stmt;
                collector.found.planned = is_planned((*node).type_);
                collector.walk(node)?;
            }
        }
        Ok(collector.found)
    })
}

/// Whether a text is one statement, so that it stays within what it is put into.
///
/// # Errors
/// The syntax error of Postgres' parser, with its position.
pub fn is_single(text: &str) -> Result<bool> {
    let text = c_text(text)?;
    // SAFETY: the tree lives in the current memory context, longer than this closure.
    capture(|| Ok(unsafe { list(pg_sys::pg_parse_query(text.as_ptr())) }.len() == 1))
}

fn is_planned(tag: NodeTag) -> bool {
    matches!(
        tag,
        NodeTag::T_SelectStmt
            | NodeTag::T_InsertStmt
            | NodeTag::T_UpdateStmt
            | NodeTag::T_DeleteStmt
            | NodeTag::T_MergeStmt
            | NodeTag::T_CreateTableAsStmt
    )
}
