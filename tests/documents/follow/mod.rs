//! Documents are followed to the letter: files are written, statements and commands run in their order, and what the document
//! shows of their output is what they print.
//!
//! - A block below a line that ends with `` `path`: `` is that file. `sql` goes to psql and `sh` to a shell; a block of `text` or
//!   `json` right behind is what it prints, both outputs together. In a `console`, what stands behind `$` is a command (`>`
//!   goes on with it) and the rest is what it prints. Variables and the folder last until the end of the document.
//! - `dfa run` alone in a block of `sh` starts the service at a free port, which stands for `127.0.0.1:5000`.
//! - Ids, seconds and days of the years 2025 to 2090, those of the clock, are passed over; `…` stands for what is left out.
//! - `<!-- not run: reason -->` above a block says why nobody runs it, `<!-- fails -->` that its last command fails, and
//!   `<!-- goes on from docs/tutorial.md -->` that the reader has followed that one before.
//!
//! `UPDATE_DOCS=1 cargo test --release -p dfa_tests --test documents` writes what is printed now into the documents.

mod markdown;
mod reader;
mod steady;

use dfa_tests::Cluster;
pub use markdown::{blocks, Kind};
use reader::{document, Reader};
use std::sync::{Mutex, OnceLock};

/// What others go on from: followed once.
struct Base {
    reader: Reader,
    differences: Vec<String>,
    text: String,
}

/// Follows a document that begins with nothing but a server: it makes a database of its own.
fn from_the_beginning(name: &str) -> (Reader, reader::Followed) {
    let mut reader = Reader::new("postgres");
    let followed = reader.follow(&std::fs::read_to_string(document(name)).unwrap());
    (reader, followed)
}

fn base(name: &str) -> &'static Base {
    // One that others go on from; when it fails, each of them says so.
    static BASE: OnceLock<Base> = OnceLock::new();
    assert_eq!(name, TUTORIAL, "documents go on from the tutorial");
    BASE.get_or_init(|| {
        let (mut reader, followed) = from_the_beginning(name);
        reader.stop();
        leave(&reader.database());
        Base { reader, differences: followed.differences, text: followed.text }
    })
}

/// Waits until nobody is in a database, workers neither.
fn leave(database: &str) {
    let mut session = Cluster::shared().existing_database("postgres").connect();
    let others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    while !session.query(others, &[&database]).unwrap().is_empty() {}
}

/// A reader who has followed `name` before, with a copy of the database that this made.
fn after(name: &str, database: &str) -> Reader {
    static ONE_COPY: Mutex<()> = Mutex::new(());
    let base = base(name);
    let _one = ONE_COPY.lock();
    let mut session = Cluster::shared().existing_database("postgres").connect();
    let copy = format!("create database \"{database}\" template \"{}\"", base.reader.database());
    session.batch_execute(&copy).unwrap();
    Reader::after(&base.reader, database)
}

/// Follows a document and fails where it shows something else, or writes what is so.
fn follow(name: &str) {
    let text = std::fs::read_to_string(document(name)).unwrap();
    let database = name.trim_end_matches(".md").replace('/', "_").to_lowercase();
    let (now, differences) = if name == TUTORIAL {
        let base = base(name);
        (base.text.clone(), base.differences.clone())
    } else {
        let followed = match markdown::goes_on_from(&text) {
            Some(other) => after(other, &database).follow(&text),
            None => from_the_beginning(name).1,
        };
        (followed.text, followed.differences)
    };
    if !differences.is_empty() && std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(document(name), now).unwrap();
        return;
    }
    assert!(
        differences.is_empty(),
        "{name} shows what is not so; UPDATE_DOCS=1 writes it anew\n{}",
        differences.join("\n")
    );
}

const TUTORIAL: &str = "docs/tutorial.md";

/// A test for each document that is followed.
macro_rules! documents {
    ($($test:ident: $name:literal),* $(,)?) => {
        /// All of them.
        const FOLLOWED: &[&str] = &[$($name),*];
        $(
            #[test]
            fn $test() {
                follow($name);
            }
        )*
    };
}

documents! {
    readme: "README.md",
    tutorial: "docs/tutorial.md",
    commands: "docs/commands.md",
    functions: "docs/functions.md",
    notify: "docs/notify.md",
    parameters: "docs/parameters.md",
    troubleshooting: "docs/troubleshooting.md",
    how_to_alert_on_failure: "docs/how-to/alert-on-failure.md",
    how_to_backfill: "docs/how-to/backfill.md",
    how_to_deploy_a_change: "docs/how-to/deploy-a-change.md",
    how_to_dev_copy: "docs/how-to/dev-copy.md",
    how_to_dimension_with_history: "docs/how-to/dimension-with-history.md",
    how_to_late_data: "docs/how-to/late-data.md",
    how_to_pause_and_maintenance: "docs/how-to/pause-and-maintenance.md",
    how_to_remove_a_pipeline: "docs/how-to/remove-a-pipeline.md",
    how_to_seed_files: "docs/how-to/seed-files.md",
    how_to_weekly_report: "docs/how-to/weekly-report.md",
    operations_backup: "docs/operations/backup.md",
    operations_install: "docs/operations/install.md",
    operations_logs: "docs/operations/logs.md",
    operations_monitoring: "docs/operations/monitoring.md",
    operations_secrets: "docs/operations/secrets.md",
    operations_time_zones: "docs/operations/time-zones.md",
    operations_uninstall: "docs/operations/uninstall.md",
    operations_upgrade: "docs/operations/upgrade.md",
    migration_airflow: "docs/migration/airflow.md",
    migration_dbt: "docs/migration/dbt.md",
    migration_yaml_application: "docs/migration/yaml-application.md",
}

/// The documents whose commands another test makes.
const MADE_ELSEWHERE: [&str; 1] = ["docs/api.md"];

#[test]
fn every_command_in_the_documents_is_run_or_says_why_not() {
    let mut forgotten = Vec::new();
    for path in crate::paths::documents() {
        let name = path.strip_prefix(document("")).unwrap().to_string_lossy().into_owned();
        if MADE_ELSEWHERE.contains(&name.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for block in blocks(&lines) {
            let is_run = block.kind != Kind::Text && FOLLOWED.contains(&name.as_str());
            let language = lines[block.body.start - 1].trim_start_matches('`');
            let is_command = matches!(language, "sql" | "sh" | "console" | "bash" | "shell");
            if is_command && !is_run && block.not_run.is_none() {
                forgotten.push(format!("{name}:{}", block.body.start));
            }
        }
        // Within a list a block would be passed over.
        let indented = lines.iter().filter(|line| line.starts_with(' ') && line.trim().starts_with("```s"));
        forgotten.extend(indented.map(|line| format!("{name}: indented: {line}")));
    }
    assert!(forgotten.is_empty(), "{forgotten:#?}");
}
