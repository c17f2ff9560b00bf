//! A session in a database of its own, with answers as plain text.

use crate::{Cluster, Database};
use postgres::{Client, SimpleQueryMessage};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A look costs the server something, too.
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// A connection to a database that one test has for itself.
pub struct Session {
    pub database: Arc<Database>,
    pub client: Client,
}

/// An error as the server sent it.
#[derive(Debug)]
pub struct Refusal {
    pub sqlstate: String,
    pub message: String,
    pub detail: String,
    pub hint: String,
}

impl Session {
    /// A session in a new database of a cluster of one's own.
    pub fn on(cluster: &Cluster, name: &str) -> Session {
        let database = Arc::new(cluster.database(name));
        let client = database.connect();
        Session { database, client }
    }

    /// A session in a database that is there; none while the server does not take one.
    pub fn reach(cluster: &Cluster, name: &str) -> Option<Session> {
        let database = Arc::new(cluster.existing_database(name));
        let client = database.try_connect().ok()?;
        Some(Session { database, client })
    }

    /// A second session in the same database, of another role.
    pub fn another_as(&self, role: &str) -> Session {
        Session { database: Arc::clone(&self.database), client: self.database.connect_as(role) }
    }

    /// A new database with the extension and nothing loaded.
    pub fn fresh() -> Session {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let database = Arc::new(Cluster::shared().database(&format!("engine_{number}")));
        let client = database.connect();
        Session { database, client }
    }

    /// A new database in which `catalog` is loaded and set up, watermarks at 2021-01-01.
    pub fn with(catalog: &str) -> Session {
        let mut session = Session::fresh();
        session.load(catalog);
        session.set_up();
        session
    }

    /// A second session in the same database.
    pub fn another(&self) -> Session {
        Session { database: Arc::clone(&self.database), client: self.database.connect() }
    }

    /// The rows of the last statement, columns separated by `|`, null empty.
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        self.ask(sql).unwrap_or_else(|refusal| panic!("{refusal}\nin: {sql}"))
    }

    /// The one value or row of a statement.
    pub fn value(&mut self, sql: &str) -> String {
        let mut rows = self.rows(sql);
        assert_eq!(rows.len(), 1, "one row was expected of: {sql}, got {rows:?}");
        rows.remove(0)
    }

    /// Statements for their effect.
    pub fn run(&mut self, sql: &str) {
        self.rows(sql);
    }

    /// Statements that must fail.
    pub fn refused(&mut self, sql: &str) -> Refusal {
        match self.ask(sql) {
            Err(refusal) => refusal,
            Ok(rows) => panic!("an error was expected of: {sql}\ngot {rows:?}"),
        }
    }

    /// Loads a catalog that is right; its rows are `kind|name|action`.
    pub fn load(&mut self, catalog: &str) -> Vec<String> {
        self.rows(&format!(
            "select kind, name, action from dfa.load_catalog({}, 'test.yaml')",
            quoted(catalog)
        ))
    }

    /// The error of a catalog that is wrong.
    pub fn load_refused(&mut self, catalog: &str) -> Refusal {
        self.refused(&format!("select * from dfa.load_catalog({}, 'test.yaml')", quoted(catalog)))
    }

    /// Sets everything up with first rows at 2021-01-01; every object must succeed.
    pub fn set_up(&mut self) {
        let failed = self.rows(
            "select name, message from dfa.setup(run_date => '2021-01-01', initial_data => 'Y') where status <> 0",
        );
        assert!(failed.is_empty(), "setup failed: {failed:#?}");
    }

    /// Runs a table for a date; `node|process|rows|status` of each row.
    pub fn run_table(&mut self, table: &str, run_date: &str) -> Vec<String> {
        self.rows(&format!(
            "select node, process, rows, status from dfa.run_table({}, {}::date)",
            quoted(table),
            quoted(run_date)
        ))
    }

    /// `data_date|run_date|run_count_now` of a table.
    pub fn watermark(&mut self, table: &str) -> String {
        self.value(&format!(
            "select data_date, run_date, run_count_now from dfa.data_pipeline where table_name = {}",
            quoted(table)
        ))
    }

    /// The server process of this session.
    pub fn pid(&mut self) -> String {
        self.value("select pg_backend_pid()")
    }

    /// Asks again and again until a query gives true; fails after a deadline.
    pub fn until(&mut self, condition: &str) {
        let started = Instant::now();
        while self.value(&format!("select ({condition})")) != "t" {
            assert!(started.elapsed() < crate::DEADLINE, "it never came to: {condition}");
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// Waits until the server process `pid` waits for a lock.
    pub fn until_waiting(&mut self, pid: &str) {
        self.until(&format!(
            "select exists (select from pg_stat_activity where pid = {pid} and wait_event_type = 'Lock')"
        ));
    }

    fn ask(&mut self, sql: &str) -> Result<Vec<String>, Refusal> {
        self.try_rows(sql).map_err(|error| Refusal::of(&error))
    }

    /// The rows of the last statement, or why there are none: the server may have gone.
    pub fn try_rows(&mut self, sql: &str) -> Result<Vec<String>, postgres::Error> {
        let messages = self.client.simple_query(sql)?;
        let mut rows = Vec::new();
        for message in messages {
            match message {
                // Each statement begins with its columns: the rows of the last one count.
                SimpleQueryMessage::RowDescription(_) => rows.clear(),
                SimpleQueryMessage::Row(row) => {
                    let values: Vec<&str> =
                        (0..row.len()).map(|index| row.get(index).unwrap_or("")).collect();
                    rows.push(values.join("|"));
                }
                _ => {}
            }
        }
        Ok(rows)
    }
}

impl Refusal {
    fn of(error: &postgres::Error) -> Refusal {
        let Some(db) = error.as_db_error() else { panic!("no error of the server: {error}") };
        Refusal {
            sqlstate: db.code().code().to_owned(),
            message: db.message().to_owned(),
            detail: db.detail().unwrap_or_default().to_owned(),
            hint: db.hint().unwrap_or_default().to_owned(),
        }
    }

    /// Message, detail and hint hold each of these words.
    pub fn says(&self, words: &[&str]) {
        let all = self.to_string();
        for word in words {
            assert!(all.contains(word), "'{word}' is not in: {all}");
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\nDETAIL: {}\nHINT: {}", self.sqlstate, self.message, self.detail, self.hint)
    }
}

/// A text as an SQL literal.
pub fn quoted(text: &str) -> String {
    if text.contains('\\') {
        return format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"));
    }
    format!("'{}'", text.replace('\'', "''"))
}
