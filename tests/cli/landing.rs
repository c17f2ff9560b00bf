//! The ground of tests of `dfa load`: a table of any columns, and files for it.

use dfa_tests::{dfa, Answer, Cluster, Database};
use tempfile::TempDir;

pub struct Landing {
    pub database: Database,
    pub folder: TempDir,
}

impl Landing {
    /// A database with the table `src_c` of these features, as YAML has them.
    pub fn of(name: &str, features: &str) -> Landing {
        Landing::with(name, &format!("src_c: {{create: {{features: {{{features}}}}}}}"))
    }

    /// A database with the tables of a catalog.
    pub fn with(name: &str, catalog: &str) -> Landing {
        let database = Cluster::shared().database(name);
        let mut client = database.connect();
        client.query("select * from dfa.load_catalog($1)", &[&catalog]).unwrap();
        client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
        Landing { database, folder: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Loads a file with this content into `src_c`.
    pub fn load(&self, name: &str, bytes: impl AsRef<[u8]>, more: &[&str]) -> Answer {
        let file = self.file(name, bytes);
        dfa(&self.database, &[&["load", "-t", "src_c", "-f", &file], more].concat())
    }

    /// The first column of what a query gives, NULL as `null`.
    pub fn values(&self, sql: &str) -> Vec<String> {
        let rows = self.database.connect().query(sql, &[]).unwrap();
        rows.iter().map(|row| row.get::<_, Option<String>>(0).unwrap_or("null".to_owned())).collect()
    }

    /// Each row of `src_c` as text, in order.
    pub fn rows(&self) -> Vec<String> {
        self.values("select c::text from ai.src_c as c order by 1")
    }
}
