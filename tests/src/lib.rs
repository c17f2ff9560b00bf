//! The ground of the end-to-end tests: a throw-away PostgreSQL cluster, databases in it, and the command `dfa`.

mod cluster;
mod command;
mod daemon;
mod database;
mod listening;
mod memory;
mod receiver;
mod server;
mod service;
pub mod session;

pub use cluster::Cluster;
pub use command::{
    binary, dfa, dfa_begun, dfa_fed, dfa_fed_slowly, dfa_in, dfa_with, readers_path, run_shell, Answer, Begun,
};
pub use daemon::Daemon;
pub use database::Database;
pub use listening::{free_port, start_listening};
pub use memory::{own_memory, peak_memory};
pub use receiver::{Received, Receiver};
pub use server::{children, share_folder, signal};
pub use service::{Reply, Service, KEY};
pub use session::Session;

/// However long something takes on a busy machine, it does not take this long.
pub const DEADLINE: std::time::Duration = std::time::Duration::from_secs(600);
