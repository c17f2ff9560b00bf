//! The documents of the repository: what they name is there.

mod paths;
