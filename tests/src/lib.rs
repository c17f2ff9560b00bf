//! The ground of the end-to-end tests: a throw-away PostgreSQL cluster, databases in it, and the command `dfa`.

mod cluster;
mod command;
mod database;
mod server;
pub mod session;
mod service;

pub use cluster::Cluster;
pub use command::{dfa, dfa_with, Answer};
pub use database::Database;
pub use server::signal;
pub use session::Session;
pub use service::{Reply, Service, KEY};
