//! What the extension does, seen through SQL: each test in a database of its own.

// A test that cannot go on stops with what was wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod arguments;
mod catalog;
mod clock;
mod concurrency;
mod control;
mod data_schema;
mod dump;
mod failure;
mod foreign;
mod hostile;
mod ingest;
mod inherited;
mod intervals;
mod keep_going;
mod killed;
mod landed;
mod ledger;
mod migrate;
mod operate;
mod order;
mod partition;
mod privileges;
mod read;
mod retention;
mod retire;
mod run;
mod setup;
mod stored;

use dfa_tests::session;
