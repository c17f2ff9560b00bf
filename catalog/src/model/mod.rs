//! What a catalog says, once read: plain values with every alias resolved.
//!
//! Templates keep their `{placeholders}`; [`crate::placeholder`] fills them in.

mod audit;
mod column;
mod definition;
mod index;
mod operating;
mod pipeline;
mod place;
mod process;
mod routine;
mod script;
mod settings;
mod table;
mod words;

pub use audit::{Audit, AuditCheck, AuditSeverity};
pub use column::{Column, Identity};
pub use definition::{Body, Definition, Kind};
pub use index::{Index, IndexColumn};
pub use operating::{Distribution, FileOption, FileSource, Limit};
pub use pipeline::{CatchUp, Order, Overlap, Pipeline, PipelineNode};
pub use place::Place;
pub use process::{Action, Process};
pub use routine::Routine;
pub use script::Script;
pub use settings::{Backup, Retention, RunSettings, RunType, TableType};
pub use table::{ForeignKey, Initial, Partition, PartitionBy, Table};
pub use words::Words;
