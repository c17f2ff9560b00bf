//! The command `dfa`, called as a user calls it.

mod catalog;
mod load;
mod pipeline;
mod readme;
mod settings;
mod tables;
mod user;
