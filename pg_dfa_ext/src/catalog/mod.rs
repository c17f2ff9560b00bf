//! The catalogs: loading, storing and reading them, and what their statements read and write.

mod batch;
mod check;
mod dependency;
mod file;
pub mod graph;
mod lineage;
mod load;
pub mod nodes;
mod retire;
mod store;
mod validate;

pub use lineage::{of_statement, Created, Lineage, Relation};
pub use store::{called, current, pipeline, refused_table, table, table_called, Stored};
