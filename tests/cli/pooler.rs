//! `dfa load` behind pgbouncer in transaction mode: one connection for everybody has to do.

use crate::landing::Landing;
use dfa_tests::{dfa_with, free_port, Cluster, Daemon};
use postgres::NoTls;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A pooler before the shared cluster, with one connection to each database.
fn pooler(folder: &Path) -> (Daemon, u16) {
    let port = free_port();
    let settings = format!(
        "[databases]\n* = host={} port={} user=postgres\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port={port}\n\
         auth_type=any\npool_mode=transaction\ndefault_pool_size=1\nunix_socket_dir=\nlogfile=/dev/null\n\
         query_wait_timeout=60\n",
        Cluster::shared().folder().display(),
        Cluster::shared().port()
    );
    let file = folder.join("pgbouncer.ini");
    std::fs::write(&file, settings).unwrap();
    assert!(Command::new("chmod").args(["-R", "a+rX"]).arg(folder).status().unwrap().success());
    (Daemon::start(&["/usr/sbin/pgbouncer", "-q", file.to_str().unwrap()], port, true), port)
}

#[test]
fn loads_need_one_connection_and_no_name_on_it() {
    let landing = Landing::of("pooler", "id: bigint, v: interval, d: date");
    let folder: TempDir = tempfile::Builder::new().prefix("dfa-test-pool-").tempdir().unwrap();
    let (_pooler, port) = pooler(folder.path());
    let port = port.to_string();
    // Somebody who left statements of the client's first names on the one session.
    let name = landing.values("select current_database()::text").concat();
    let somebody = format!("host=127.0.0.1 port={port} user=postgres dbname={name}");
    let mut somebody = postgres::Client::connect(&somebody, NoTls).unwrap();
    for _ in 0..3 {
        std::mem::forget(somebody.prepare("select 1").unwrap());
    }
    let environment = [("DB_HOST", "127.0.0.1"), ("DB_PORT", port.as_str()), ("DB_POOLER", "True")];
    let load = |text: &str, name: &str| {
        // Intervals are values that the server is asked about.
        let file = landing.file(name, text);
        dfa_with(&landing.database, &environment, &["load", "-t", "src_c", "-f", &file]).assert_success();
    };
    load("id,v,d\n1,1 day,2021-01-01\n", "a.csv");
    load("id,v,d\n2,2 days,\"Jan 2, 2021\"\n", "b.csv");
    load("{\"id\": 3, \"v\": \"3 days\"}\n{\"id\": 4}\n", "c.ndjson");
    std::thread::scope(|scope| {
        for number in 5..=10 {
            let load = &load;
            let name = format!("{number}.csv");
            scope.spawn(move || load(&format!("id,v\n{number},{number} hours\n"), &name));
        }
    });
    assert_eq!(landing.values("select count(distinct v)::text || count(*) from ai.src_c"), ["910"]);
    let refused = landing.file("bad.csv", "id,v\n11,1 day\n12,never\n");
    dfa_with(&landing.database, &environment, &["load", "-t", "src_c", "-f", &refused])
        .assert_failure(1, &["line 3: column v: 'never' is refused: invalid input syntax for type interval"]);
}
