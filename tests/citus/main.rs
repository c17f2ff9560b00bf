//! Distributed tables on a real Citus: a coordinator and two workers on this machine. Where PostgreSQL has no Citus, these
//! tests do nothing, and say so.

// A test that cannot go on stops with what was wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod away;
mod late;
mod lies;
mod nodes;
mod retail;
mod rows;
