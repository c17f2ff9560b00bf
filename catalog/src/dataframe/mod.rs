//! DataFrame functions, as catalogs name them: what each takes and gives, and how its result gets into a statement.
//!
//! The table is here, beside the reader of catalogs, so that a wrong name is found when a set is checked; the functions
//! themselves are the service's.

mod check;
mod functions;
mod rows;
mod select;
mod signature;
mod value;

pub use check::check;
pub use functions::{named, names, MODELS};
pub use rows::with_rows;
pub use signature::{Column, Input, Kind, Output, Parameter, Signature, Takes};
pub use value::elements;
