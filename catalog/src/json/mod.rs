//! What a JSON object means as a row of a table: which fields it has, and the text that each value is for its type.
//!
//! It is the one reading of JSON for `dfa.ingest`, REST, `dfa load` and the first rows of a catalog. It stands in this crate
//! because the extension and the command share no other, and because it is as pure as the rest of it.

mod fields;
mod form;

pub use fields::{fields, unquote, Fields};
pub use form::{whole, Form, Kind};
