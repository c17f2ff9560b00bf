//! The programs of the PostgreSQL under test, and the user that may run them.

use std::fmt::Display;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The owner of a cluster that root starts: PostgreSQL refuses to run as root.
const SERVER_USER: &str = "postgres";

/// A program of the PostgreSQL that environment variable `PG_CONFIG` names, else of Debian's PostgreSQL 15.
pub fn program(name: &str) -> PathBuf {
    folder("--bindir").join(name)
}

/// The folder of what that PostgreSQL reads, such as the scripts of extensions.
pub fn share_folder() -> PathBuf {
    folder("--sharedir")
}

fn folder(which: &str) -> PathBuf {
    let pg_config =
        std::env::var("PG_CONFIG").unwrap_or_else(|_| "/usr/lib/postgresql/15/bin/pg_config".to_owned());
    let output = Command::new(&pg_config).arg(which).output();
    match output {
        Ok(output) if output.status.success() => {
            PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
        }
        _ => panic!("{pg_config} does not run: `make test` installs PostgreSQL 15, or set PG_CONFIG"),
    }
}

/// The words before a command that must not run as root; none when we are not root.
pub fn as_server_user() -> Vec<String> {
    if is_root() {
        ["runuser", "-u", SERVER_USER, "--"].map(str::to_owned).to_vec()
    } else {
        Vec::new()
    }
}

/// Gives a folder to the user that the server runs as.
pub fn give_to_server_user(folder: &std::path::Path) {
    if is_root() {
        run(Command::new("chown").arg(SERVER_USER).arg(folder));
    }
}

/// A server's program, to be run by the user that may.
pub fn command(name: &str) -> Command {
    let mut words = as_server_user();
    words.push(program(name).to_string_lossy().into_owned());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).current_dir("/");
    command
}

/// Runs a command that must succeed.
pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The processes that a process has started.
pub fn children(pid: impl Display) -> Vec<i32> {
    let output =
        Command::new("ps").args(["-o", "pid=", "--ppid", &pid.to_string()]).output().expect("ps runs");
    String::from_utf8_lossy(&output.stdout).split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// Sends a signal, such as `KILL`, to a process of the server; one that has ended is passed over.
pub fn signal(name: &str, pid: i32) {
    let _ = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).output();
}

fn is_root() -> bool {
    let output = run(Command::new("id").arg("-u"));
    output.stdout.trim_ascii() == b"0"
}
