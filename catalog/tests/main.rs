//! The catalog format as its writers meet it: every form and alias, and what is said of each mistake.

// A test fails by panicking, so what helps tests may panic, too.
#![allow(clippy::panic, clippy::unwrap_used)]

mod findings;
mod foreign;
mod indexes;
mod initial;
mod keys;
mod kinds;
mod layout;
mod operating;
mod pipelines;
mod placeholders;
mod processes;
mod properties;
mod readers;
mod reading;
mod routines;
mod settings;
mod tables;
