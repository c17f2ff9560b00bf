//! pgbouncer in transaction mode before the shared cluster.

use dfa_tests::{free_port, Cluster, Daemon, Database, Service};
use std::process::Command;
use tempfile::TempDir;

/// A running pgbouncer; stopped when it is dropped.
pub struct Pooler {
    port: String,
    daemon: Daemon,
    _folder: TempDir,
}

impl Pooler {
    /// With so many sessions of the server for each database.
    pub fn start(sessions: usize) -> Pooler {
        let port = free_port();
        let folder = tempfile::Builder::new().prefix("dfa-test-pool-").tempdir().unwrap();
        let settings = format!(
            "[databases]\n* = host={} port={} user=postgres\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port={port}\n\
             auth_type=any\npool_mode=transaction\ndefault_pool_size={sessions}\nunix_socket_dir=\nlogfile=/dev/null\n",
            Cluster::shared().folder().display(),
            Cluster::shared().port()
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, settings).unwrap();
        assert!(Command::new("chmod").args(["-R", "a+rX"]).arg(folder.path()).status().unwrap().success());
        let daemon = Daemon::start(&["/usr/sbin/pgbouncer", "-q", file.to_str().unwrap()], port, true);
        Pooler { port: port.to_string(), daemon, _folder: folder }
    }

    /// What the command and the service need to know of it.
    pub fn environment(&self) -> Vec<(&str, &str)> {
        vec![("DB_HOST", "127.0.0.1"), ("DB_PORT", &self.port), ("DB_POOLER", "True")]
    }

    pub fn service(&self, database: &Database) -> Service {
        Service::start_with(database, &self.environment(), &[])
    }

    pub fn lives(&mut self) -> bool {
        self.daemon.lives()
    }
}
