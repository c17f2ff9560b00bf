//! The documents of the repository: what they name is there.

mod floors;
mod paths;
