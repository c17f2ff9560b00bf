//! The pages as people see them: a real browser before a real service before a real cluster.

// A test that cannot go on stops with what was wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod act;
mod admin;
mod browser;
mod dialogs;
mod drawing;
mod editor;
mod errors;
mod expired;
mod files;
mod hostile;
mod journeys;
mod lists;
mod live;
mod look;
// Tests of the service use the rest of it.
#[allow(dead_code)]
#[path = "../http/pooler.rs"]
mod pooler;
mod rights;
mod sign_in;
mod stage;
mod standby;
mod visitor;
