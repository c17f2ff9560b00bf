//! A database with a small catalog, and the service before it.

use dfa_tests::{Cluster, Database, Service, KEY};
use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `both` runs ai_a, then ai_b, which divides by zero where id is 2.
pub const CATALOG: &str = r"
src_in: {create: {features: {id: bigint not null}}}
ai_a:
  create: {features: {id: bigint primary key, seen: date}}
  update: {fill: {parameter: [run_date], statement: 'insert into {ai_schema_name}.ai_a select id, date ''{run_date}'' from {ai_schema_name}.src_in on conflict do nothing'}}
  run: {quota: 1}
ai_b:
  create: {features: {id: bigint primary key, half: numeric}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_b select id, 1 / (id - 2) from {ai_schema_name}.ai_a on conflict do nothing'}}
ai_slow:
  create: {features: {id: bigint primary key}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_slow select id from {ai_schema_name}.src_in where pg_sleep(600)::text is not null'}}
pipeline:both: {id: both, nodes: [ai_a, ai_b]}
pipeline:slow: {id: slow, nodes: [ai_a, ai_slow]}
";

static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// A database that one test has for itself, with rows 1 and 3 landed and watermarks at 2021-01-01.
pub fn database() -> Database {
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let database = Cluster::shared().database(&format!("http_{number}"));
    fill(&database);
    database
}

pub fn fill(database: &Database) {
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&CATALOG]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    client.batch_execute("insert into ai.src_in values (1), (3)").unwrap();
}

/// [`database`] and the service before it.
pub fn service() -> (Database, Service) {
    let database = database();
    let service = Service::start(&database);
    (database, service)
}

/// Sends a request by hand and gives the open connection: for callers who hang up, and for answers without end.
pub fn send(service: &Service, head: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    let request = format!(
        "{head}\r\nHost: 127.0.0.1\r\nAPIKEY: {KEY}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // Whoever waits in vain fails instead.
    stream.set_read_timeout(Some(dfa_tests::DEADLINE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// Whether a node of this database sleeps in its statement.
pub fn sleeps(database: &Database) -> bool {
    const SLEEPS: &str = "select exists (select from pg_stat_activity
        where wait_event = 'PgSleep' and datname = current_database())";
    value(database, SLEEPS) == "t"
}

/// The one value of a statement, as text.
pub fn value(database: &Database, sql: &str) -> String {
    let rows = database.connect().simple_query(sql).unwrap();
    rows.iter()
        .find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("").to_owned()),
            _ => None,
        })
        .unwrap_or_default()
}
