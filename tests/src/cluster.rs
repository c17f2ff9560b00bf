//! A PostgreSQL cluster that lives as long as the process that started it.

use crate::database::Database;
use crate::server;
use postgres::{Client, NoTls};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Only names the socket: no cluster listens on the network, so clusters do not meet.
const PORT: u16 = 54_320;
/// The database that others are copies of: the extension is made once, not in every test.
const TEMPLATE: &str = "dfa_template";

/// Settings of every cluster. Statistics and logs stay on, as in production. What tests kill are processes, never the
/// machine: its disk may be busy, and nothing waits for it.
const SETTINGS: [&str; 7] = [
    "listen_addresses=",
    "fsync=off",
    // Tests hold steps by locks of their own, for as long as a busy machine takes.
    "dfa.lock_timeout=60s",
    "max_connections=100",
    "max_worker_processes=64",
    "shared_buffers=128MB",
    "log_line_prefix=%m [%p] %d ",
];

/// Settings of the shared cluster, whose server no test kills.
const NEVER_KILLED: [&str; 2] = ["full_page_writes=off", "synchronous_commit=off"];

/// A running cluster in a folder of its own, reached by a socket in that folder.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    /// The settings it was started with, for the next start.
    settings: Vec<String>,
    port: u16,
    /// Stops the cluster and removes the folder when the pipe to it closes, however this process ends.
    _guard: Child,
}

impl Cluster {
    /// The cluster of this test process, started when it is first asked for.
    pub fn shared() -> &'static Cluster {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Cluster::start(&NEVER_KILLED))
    }

    /// A cluster of one's own with settings `name=value` beside those of every cluster.
    ///
    /// # Panics
    /// When PostgreSQL or the extension is not installed, saying what to do.
    pub fn start(settings: &[&str]) -> Cluster {
        Cluster::start_at(PORT, settings)
    }

    /// A cluster of one's own that also listens at a port of 127.0.0.1, which [`Cluster::port`] gives.
    pub fn listening(settings: &[&str]) -> Cluster {
        let all: Vec<&str> = ["listen_addresses=127.0.0.1"].iter().chain(settings).copied().collect();
        Cluster::start_at(crate::free_port(), &all)
    }

    fn start_at(port: u16, settings: &[&str]) -> Cluster {
        let folder =
            tempfile::Builder::new().prefix("dfa-test-").tempdir().expect("a temporary folder").keep();
        server::give_to_server_user(&folder);
        let guard = guard(&folder);
        let data = folder.join("data");
        let initdb =
            ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
        server::run(server::command("initdb").args(initdb).arg(&data));
        let settings = SETTINGS.iter().chain(settings).map(|setting| (*setting).to_owned()).collect();
        let cluster = Cluster { folder, port, settings, _guard: guard };
        cluster.start_again();
        cluster.make_template();
        cluster
    }

    /// Starts the server, which is not running, with the settings it had.
    pub fn start_again(&self) {
        let mut options = format!("-k {} -p {}", self.folder.display(), self.port);
        for setting in &self.settings {
            options.push_str(&format!(" -c '{setting}'"));
        }
        // Its output goes to a file: the server would keep a pipe open, and we would wait for its end.
        let mut start = server::command("pg_ctl");
        start
            .args(["start", "--wait", "--silent", "--options", &options])
            .arg("-D")
            .arg(self.folder.join("data"));
        start.arg("-l").arg(self.folder.join("log"));
        start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = start.status().expect("pg_ctl runs");
        assert!(status.success(), "PostgreSQL did not start:\n{}", self.log());
    }

    /// The server's first process.
    pub fn postmaster(&self) -> i32 {
        let file =
            std::fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("a running server");
        file.lines().next().and_then(|line| line.parse().ok()).expect("a process id")
    }

    /// Kills the server's first process and waits until all others have gone, too, as they do by themselves.
    pub fn crash(&self) {
        let postmaster = self.postmaster();
        let children = server::children(postmaster);
        server::signal("KILL", postmaster);
        // Nobody can start a server while one process still has its shared memory.
        while children.iter().any(|pid| Path::new(&format!("/proc/{pid}")).exists()) {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// A copy of this cluster that follows it, until it is promoted.
    pub fn standby(&self) -> Cluster {
        let folder =
            tempfile::Builder::new().prefix("dfa-test-").tempdir().expect("a temporary folder").keep();
        server::give_to_server_user(&folder);
        let guard = guard(&folder);
        let host = self.folder.to_string_lossy().into_owned();
        let port = self.port.to_string();
        let mut copy = server::command("pg_basebackup");
        copy.args([
            "-h",
            &host,
            "-p",
            &port,
            "-U",
            "postgres",
            "-X",
            "stream",
            "-R",
            "-c",
            "fast",
            "--no-sync",
            "-D",
        ]);
        server::run(copy.arg(folder.join("data")));
        let standby = Cluster { folder, port: self.port, settings: self.settings.clone(), _guard: guard };
        standby.start_again();
        standby
    }

    /// Makes a standby a server of its own.
    pub fn promote(&self) {
        server::run(
            server::command("pg_ctl").args(["promote", "--wait", "-D"]).arg(self.folder.join("data")),
        );
    }

    /// A database that is there, such as one that a standby got from its primary.
    pub fn existing_database(&self, name: &str) -> Database {
        Database::new(&self.folder, self.port, name)
    }

    /// A new database with the extension and nothing loaded.
    ///
    /// # Panics
    /// When there is one of this name: every test takes a name of its own.
    pub fn database(&self, name: &str) -> Database {
        let database = Database::new(&self.folder, self.port, name);
        self.administer(&format!("create database {} template {TEMPLATE}", database.quoted_name()));
        database
    }

    /// A new database without the extension.
    pub fn plain_database(&self, name: &str) -> Database {
        let database = Database::new(&self.folder, self.port, name);
        self.administer(&format!("create database {} template template0", database.quoted_name()));
        database
    }

    /// The port that its socket is named by, and that it may listen at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file into its data folder, for the server alone.
    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.data().join(name);
        std::fs::write(&path, content).expect("the data folder takes a file");
        server::run(Command::new("chmod").arg("600").arg(&path));
        server::give_to_server_user(&path);
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Stops the server at once; its sessions are cut off.
    pub fn stop(&self) {
        server::run(
            server::command("pg_ctl")
                .args(["stop", "--mode=fast", "--wait", "--silent", "-D"])
                .arg(self.data()),
        );
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn make_template(&self) {
        self.administer(&format!("create database {TEMPLATE}"));
        let mut client = Database::new(&self.folder, self.port, TEMPLATE).connect();
        if let Err(error) = client.batch_execute("create extension dfa") {
            let detail = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
            panic!("the extension dfa cannot be created: {detail}\nInstall it by `make install`, then test again.");
        }
    }

    fn administer(&self, statement: &str) {
        let url = Database::new(&self.folder, self.port, "postgres").url();
        let mut client = Client::connect(&url, NoTls).expect("the cluster answers");
        client.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}

/// A child that waits for the end of this process, also by SIGKILL, and then clears up.
fn guard(folder: &Path) -> Child {
    let script = r#"
        cat >/dev/null
        folder=$1; shift
        if [ -e "$folder/data/postmaster.pid" ]; then "$@" stop --mode=immediate --silent -D "$folder/data"; fi
        rm -rf "$folder"
    "#;
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "guard"])
        .arg(folder)
        .args(server::as_server_user())
        .arg(server::program("pg_ctl"));
    // A group of its own: a Ctrl-C at the terminal ends the tests, and must not end their guard.
    command.process_group(0).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("sh runs")
}
