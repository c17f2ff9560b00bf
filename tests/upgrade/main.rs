//! From a released version to this one: the objects are those of a fresh database, and the rows go on.

mod equal;
mod objects;
mod rows;
mod script;

use dfa_tests::session::Session;
use dfa_tests::{share_folder, Cluster};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// The last release.
const FROM: &str = "0.1.0";
/// What is being made.
const TO: &str = env!("CARGO_PKG_VERSION");

/// A session in a new database without the extension.
fn plain() -> Session {
    static DATABASES: AtomicUsize = AtomicUsize::new(0);
    let name = format!("upgrade_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let database = Arc::new(Cluster::shared().plain_database(&name));
    let client = database.connect();
    Session { database, client }
}

/// What the release created, where PostgreSQL looks for it: what builds extensions installs the scripts of upgrades alone.
/// `make install` has put it there, or else we do.
fn install_release() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        let name = format!("dfa--{FROM}.sql");
        let kept = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../pg_dfa_ext/sql")).join(&name);
        let place = share_folder().join("extension").join(&name);
        if std::fs::read(&place).ok() != std::fs::read(&kept).ok() {
            std::fs::copy(&kept, &place)
                .unwrap_or_else(|error| panic!("{}: {error}\nRun `make install` first.", place.display()));
        }
    });
}

/// A session in a new database with the extension at this version.
fn at(version: &str) -> Session {
    install_release();
    let mut session = plain();
    session.run(&format!("create extension dfa version '{version}'"));
    session
}
