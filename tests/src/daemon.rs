//! Daemons of the operating system that stand between the service and its database.

use crate::{server, start_listening};
use std::process::{Child, Command, Stdio};

/// A daemon of the operating system that a test starts, run as the user that may run the server; stopped when dropped.
#[derive(Debug)]
pub struct Daemon(Child);

impl Daemon {
    /// Starts it and waits until it listens at a port of 127.0.0.1.
    ///
    /// # Panics
    /// When it is not installed or does not come to listen.
    pub fn start(words: &[&str], port: u16, as_server_user: bool) -> Daemon {
        let mut all: Vec<String> = if as_server_user { server::as_server_user() } else { Vec::new() };
        all.extend(words.iter().map(|word| (*word).to_owned()));
        let mut command = Command::new(&all[0]);
        command.args(&all[1..]).current_dir("/").stdin(Stdio::null());
        Daemon(start_listening(&mut command, port))
    }

    /// Whether it has not ended by itself.
    pub fn lives(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // What it started goes first: sessions of a server outlive it. Stopped, it starts no other meanwhile, which nobody
        // would find afterwards.
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-STOP", &pid]).status();
        let children = Command::new("pgrep").args(["-P", &pid]).output();
        let children =
            children.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let _ = Command::new("kill").args(children.split_whitespace()).status();
        let _ = Command::new("kill").args(["-KILL", &pid]).status();
        let _ = self.0.wait();
    }
}
