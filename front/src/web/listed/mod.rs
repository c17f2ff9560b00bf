//! Lists: columns to choose, several of them to sort by, pages by key, and the whole as CSV or JSON, all of it in the address.
//!
//! A page says which columns there are, and a statement with its conditions; [`Shown`] is what the address asks for of it.

mod base;
mod column;
mod cursor;
mod download;
mod heads;
mod order;
mod shown;

pub use base::Base;
pub use column::{Column, List};
pub use download::{csv, download};
pub use shown::{Format, Shown, OF_SHOWING};
