//! A coordinator with its workers.

use dfa_tests::{Cluster, Database, Session};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Few shards: what is tested does not get truer by more of them.
const SETTINGS: [&str; 4] = [
    "shared_preload_libraries=citus",
    "max_prepared_transactions=50",
    "citus.shard_count=4",
    "citus.node_connection_timeout=10000",
];

/// The machines; the first is the coordinator.
pub struct Nodes {
    pub clusters: Vec<Cluster>,
}

static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// The turn of a test, where PostgreSQL has Citus: one after the other, since Citus tells all workers of a role in each database
/// that needs it, and the roles of a cluster are one. Says loudly that there is no Citus, past the capture of the output.
pub fn turn() -> Option<MutexGuard<'static, ()>> {
    static TURN: Mutex<()> = Mutex::new(());
    static THERE: OnceLock<bool> = OnceLock::new();
    let there = *THERE.get_or_init(|| {
        let sql = "select count(*) > 0 from pg_available_extensions where name = 'citus'";
        let there: bool =
            Cluster::shared().database("has_citus").connect().query_one(sql, &[]).unwrap().get(0);
        if !there {
            let _ = std::io::stderr().write_all(
                b"\nSKIPPED: this PostgreSQL has no extension citus. Nothing of distributed tables was tested.\n\n",
            );
        }
        there
    });
    there.then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Two workers, for all tests that stop none of them.
pub fn shared() -> &'static Nodes {
    static SHARED: OnceLock<Nodes> = OnceLock::new();
    SHARED.get_or_init(|| Nodes::start(2))
}

impl Nodes {
    pub fn start(workers: usize) -> Nodes {
        let clusters = (0..=workers).map(|_| Cluster::listening(&SETTINGS)).collect();
        Nodes { clusters }
    }

    /// A database of this name on all of them, the workers known to the coordinator.
    pub fn database(&self, name: &str) -> Session {
        let databases: Vec<Database> = self.clusters.iter().map(|cluster| cluster.database(name)).collect();
        for database in &databases {
            database.connect().batch_execute("create extension citus").unwrap();
        }
        let mut session = Session::reach(&self.clusters[0], name).unwrap();
        session.run(&format!("select citus_set_coordinator_host('127.0.0.1', {})", self.clusters[0].port()));
        for worker in &self.clusters[1..] {
            session.run(&format!("select citus_add_node('127.0.0.1', {})", worker.port()));
        }
        session
    }
}

/// A database with these catalogs set up, on [`shared`], beside a plain one with the same.
pub fn pair(catalog: &str) -> (Session, Session) {
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let mut distributed = shared().database(&format!("cloud_{number}"));
    let mut plain = Session::fresh();
    for session in [&mut distributed, &mut plain] {
        session.load(catalog);
        session.set_up();
    }
    (distributed, plain)
}

/// Runs the same on both; asserts that it says the same.
pub fn both(distributed: &mut Session, plain: &mut Session, sql: &str) {
    let (there, here) = (distributed.rows(sql), plain.rows(sql));
    assert_eq!(there, here, "{sql}");
}

/// A second session of the same database, for another thread.
pub fn another(session: &Session) -> (Arc<Database>, postgres::Client) {
    (Arc::clone(&session.database), session.database.connect())
}
