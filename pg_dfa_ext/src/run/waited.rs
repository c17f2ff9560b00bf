//! A node whose statements waited too long for a lock of others: who has it.

use crate::catalog::graph::Graph;
use crate::data_schema;
use crate::error::{DfaError, Result};
use crate::lock::told_of_holder;
use crate::relation;

/// The failure of a node, with who holds its table or one of those that it reads, if that is what it waited for.
pub fn told(node: &str, error: DfaError) -> Result<DfaError> {
    if error.report().sqlstate != "55P03" {
        return Ok(error);
    }
    let schema = data_schema::name()?;
    let sources = Graph::load()?.table_sources(node);
    let names = std::iter::once(node).chain(sources.iter().map(String::as_str));
    let tables: Vec<_> = names.filter_map(|name| relation::oid(Some(&schema), name)).collect();
    told_of_holder(error, &tables)
}
