//! The pages as people see them: a real browser before a real service before a real cluster.

// A test that cannot go on stops with what was wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod act;
mod browser;
mod errors;
mod hostile;
mod live;
mod look;
mod rights;
mod sign_in;
mod stage;
mod visitor;
