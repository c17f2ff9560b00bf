//! A set: the folder of catalogs that a team keeps.

mod check;
mod data_file;
mod diff;
mod folder;
mod store;
mod syntax;

pub use check::check;
pub use data_file::read as read_data_file;
pub use diff::{changes, diff, Change, Stated, CURRENT};
pub use folder::{read_set, Set};
pub use store::{store, store_in, How, Stored};
