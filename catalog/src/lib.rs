//! Catalogs: what tables, processes, functions, views, queries and pipelines a team has.
//!
//! [`parse`] reads one YAML file, [`from_json`] one definition as it was stored, [`set::check`] compares
//! definitions that will be current together. [`json`] is what an object means as a row. Nothing here knows Postgres or HTTP.

pub mod choose;
pub mod cycle;
pub mod dataframe;
pub mod datatype;
pub mod diagnostic;
pub mod json;
pub mod length;
pub mod lexer;
pub mod model;
pub mod name;
pub mod order;
pub mod placeholder;
mod read;
pub mod reads;
pub mod schedule;
pub mod select;
pub mod set;
pub mod slots;
pub mod statement;
pub mod tree;
pub mod trigger;
pub mod undated;

pub use read::{from_json, parse, Broken, Parsed};
