//! The catalogs: loading, storing and reading them, and what their statements read and write.

mod batch;
mod check;
mod dependency;
mod file;
pub mod graph;
mod load;
mod neighbours;
pub mod nodes;
mod pipeline_nodes;
mod register;
mod retire;
mod state;
mod store;
mod validate;

pub use register::register_pipelines;
pub use state::State;
pub use store::{called, current, pipeline, refused_table, table, table_called, Stored};
