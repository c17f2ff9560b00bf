//! The service as its callers see it: a real process before a real cluster.

// A test that cannot go on stops with what was wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod alerts;
mod background;
mod bad_input;
mod buckets;
mod bulk;
mod catalogs;
mod changes;
mod contract;
mod document;
mod doors;
mod files;
mod hang_up;
mod hostile;
mod keys;
mod lists;
mod look;
mod mail;
mod memory;
mod notify;
mod once;
mod operation;
mod pooled;
mod pooler;
mod pressed;
mod preview;
mod reach;
mod ready;
mod replicas;
mod restart;
mod rows;
mod run;
mod served;
mod setup;
mod standby;
mod streams;
mod task_list;
mod transcript;
mod week;
