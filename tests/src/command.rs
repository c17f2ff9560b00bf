//! The command `dfa`, called as a user calls it.

use crate::database::Database;
use crate::server;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::OnceLock;

/// What a call of `dfa` answered.
#[derive(Debug)]
pub struct Answer {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Calls `dfa` for a database, with nothing but that database's variables and PATH in its environment.
///
/// The program is the one that environment variable `DFA_BIN` names, else it is built beside the tests.
pub fn dfa(database: &Database, arguments: &[&str]) -> Answer {
    dfa_with(database, &[], arguments)
}

/// Calls `dfa` as [`dfa`] does, with more environment variables, which win over those of the database.
pub fn dfa_with(database: &Database, environment: &[(&str, &str)], arguments: &[&str]) -> Answer {
    let mut command = command(database, arguments);
    command.envs(environment.iter().copied());
    answer(command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

/// Calls `dfa` as [`dfa`] does, in this folder.
pub fn dfa_in(folder: &Path, database: &Database, arguments: &[&str]) -> Answer {
    let mut command = command(database, arguments);
    command.current_dir(folder);
    answer(command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

/// Calls `dfa` as [`dfa`] does, with a text at its standard input.
pub fn dfa_fed(database: &Database, arguments: &[&str], input: &str) -> Answer {
    let mut command = command(database, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // It may end before it has read everything, and says so by its exit code.
    let _ = child.stdin.take().expect("stdin is piped").write_all(input.as_bytes());
    answer(child.wait_with_output().unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

/// Runs a line of shell as a reader of the documents does: `dfa` and the server's programs in PATH, the database in the
/// environment, in this folder.
pub fn run_shell(database: &Database, folder: &Path, line: &str) -> Answer {
    let mut command = Command::new("sh");
    command.args(["-c", line]).env_clear().envs(database.env()).current_dir(folder);
    command.env("PATH", readers_path());
    answer(command.output().unwrap_or_else(|error| panic!("{line}: {error}")))
}

/// The PATH of a reader of the documents: `dfa` and the server's programs before all others.
pub fn readers_path() -> OsString {
    let programs = [binary().parent(), server::program("psql").parent()]
        .into_iter()
        .flatten()
        .map(Path::to_owned)
        .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()))
        .collect::<Vec<_>>();
    std::env::join_paths(programs).expect("paths without a colon")
}

/// A call of `dfa` under way.
pub struct Begun(Child);

/// Begins a call of `dfa` as [`dfa`] does.
pub fn dfa_begun(database: &Database, arguments: &[&str]) -> Begun {
    let mut command = command(database, arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Begun(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

/// Begins a call of `dfa` as [`dfa`] does, whose standard input the caller writes.
pub fn dfa_fed_slowly(database: &Database, arguments: &[&str]) -> (Begun, ChildStdin) {
    let mut command = command(database, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let input = child.stdin.take().expect("stdin is piped");
    (Begun(child), input)
}

impl Begun {
    /// The process.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// What it answers at its end.
    ///
    /// # Panics
    /// When its output cannot be read.
    pub fn wait(self) -> Answer {
        answer(self.0.wait_with_output().expect("its output"))
    }
}

fn command(database: &Database, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    // In a folder without a `.env`, so that a developer's settings do not reach the test.
    command.args(arguments).env_clear().envs(database.env()).current_dir("/");
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

fn answer(output: Output) -> Answer {
    Answer {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Answer {
    /// Fails the test unless the command did what it should.
    pub fn assert_success(&self) -> &Answer {
        assert_eq!(self.code, 0, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Fails the test unless the command ended with this code and says each of these words on stderr.
    pub fn assert_failure(&self, code: i32, words: &[&str]) -> &Answer {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "'{word}' is not in: {}", self.stderr);
        }
        self
    }

    /// The document of a call with `--json`.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in: {}", self.stdout))
    }
}

/// The program `dfa`, built if need be.
pub fn binary() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("DFA_BIN") {
        Some(path) => PathBuf::from(path),
        None => build(),
    })
}

/// Cargo builds no binary of another package for a test, so that we ask it to; in the profile of the tests.
fn build() -> PathBuf {
    let own = std::env::current_exe().expect("the path of this test");
    let folder = own.ancestors().nth(2).expect("a test lies in <profile>/deps").to_owned();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", "dfa_front", "--bin", "dfa"]);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    if folder.ends_with("release") {
        command.arg("--release");
    }
    assert!(command.status().expect("cargo runs").success(), "`dfa` cannot be built: {command:?}");
    folder.join("dfa")
}
