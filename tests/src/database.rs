//! A database of a throw-away cluster.

use crate::server;
use postgres::{Client, NoTls};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A database, and the ways to reach it.
#[derive(Debug)]
pub struct Database {
    socket_folder: PathBuf,
    port: u16,
    name: String,
}

impl Database {
    pub(crate) fn new(socket_folder: &Path, port: u16, name: &str) -> Database {
        Database { socket_folder: socket_folder.to_owned(), port, name: name.to_owned() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its name as an SQL identifier.
    pub fn quoted_name(&self) -> String {
        format!("\"{}\"", self.name.replace('"', "\"\""))
    }

    /// A new session as the superuser.
    ///
    /// # Panics
    /// When the server refuses it.
    pub fn connect(&self) -> Client {
        self.connect_as("postgres")
    }

    /// A new session as another role.
    ///
    /// # Panics
    /// When the server refuses it.
    pub fn connect_as(&self, role: &str) -> Client {
        Client::connect(&self.url_of(role), NoTls).unwrap_or_else(|error| panic!("{}: {error:?}", self.name))
    }

    /// A new session as the superuser, or why there is none.
    pub fn try_connect(&self) -> Result<Client, postgres::Error> {
        Client::connect(&self.url(), NoTls)
    }

    /// The connection string of the superuser, for libpq and for the `postgres` crate.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The variables that psql, pg_dump and the command `dfa` find this database by.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PGHOST", self.socket_folder.to_string_lossy().into_owned()),
            ("PGPORT", self.port.to_string()),
            ("PGUSER", "postgres".to_owned()),
            ("PGDATABASE", self.name.clone()),
        ]
    }

    /// Gives SQL or psql commands to psql, which stops at the first error; unaligned rows without headings.
    pub fn psql(&self, script: &str) -> Output {
        self.tool("psql", &["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"], script)
    }

    /// Runs a program of PostgreSQL, such as pg_dump, on this database, with `input` at its standard input.
    pub fn tool(&self, program: &str, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(server::program(program));
        command.args(arguments).envs(self.env());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let input = input.to_owned();
        // Beside the reading of its output, so that neither side waits for the other with a full pipe. A program that
        // ends before it read everything says so by its exit status.
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(input.as_bytes());
        });
        let output = child.wait_with_output().unwrap_or_else(|error| panic!("{program}: {error}"));
        let _ = writer.join();
        output
    }

    fn url_of(&self, role: &str) -> String {
        let quote = |value: &str| format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"));
        format!(
            "host={} port={} user={} dbname={}",
            quote(&self.socket_folder.to_string_lossy()),
            self.port,
            quote(role),
            quote(&self.name)
        )
    }
}
