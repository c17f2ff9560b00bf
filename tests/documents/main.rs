//! The documents of the repository: what they name is there.

mod cases;
mod floors;
mod paths;
