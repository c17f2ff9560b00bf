//! Programs that listen at a port of 127.0.0.1.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// A port that nobody listens at just now.
///
/// # Panics
/// When there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Starts a program and waits until it listens at its port.
///
/// # Panics
/// When it cannot be started, ends at once, or does not come to listen.
pub fn start_listening(command: &mut Command, port: u16) -> Child {
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let started = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(
            child.try_wait().expect("a child").is_none(),
            "{command:?} ended before it listened at {port}; what it said stands above"
        );
        assert!(started.elapsed() < crate::DEADLINE, "{command:?} does not listen at {port}");
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}
