//! Statements of catalogs: what fills them in ([`parameters`]), what they become ([`render`]), what they read and write
//! ([`lineage`]).

mod lineage;
mod parameters;
mod render;
mod tree;
mod walk;

pub use lineage::{is_single, of_statement, Created, Lineage, Relation};
pub use parameters::{RunValues, Values};
pub use render::{render, render_script, Frame, Rendered};
