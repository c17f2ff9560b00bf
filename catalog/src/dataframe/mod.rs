//! DataFrame functions, as catalogs name them: what each takes and gives, and how its result gets into a statement.
//!
//! The table is here, beside the reader of catalogs, so that a wrong name is found when a set is checked; the functions
//! themselves are the service's.

mod check;
mod rows;
mod table;

pub use check::check;
pub use rows::with_rows;
pub use table::{named, names, Column, Input, Kind, Output, Parameter, Signature};
