//! The failure vocabulary of the extension: what can go wrong, with its values, and the one place
//! where each failure gets its SQLSTATE, DETAIL and HINT.
//!
//! Our own SQLSTATEs share class `DF`:
//! `DF001` invalid catalog · `DF002` unknown name · `DF003` run_date before the watermark ·
//! `DF004` placeholder · `DF005` an audit found rows · `DF006` the node was not run ·
//! `DF010` a backup that does not match · `DF011` rows of an ingest were refused · `DF012` a key used twice ·
//! `DF013` a migration that would lose data · `DF014` work that was to start while everything is paused ·
//! `DF015` work that is no longer what a preview showed.

mod capture;
mod raise;
mod report;

pub use capture::{capture, Captured};
pub use raise::raise;
pub use report::{Report, BUSY};

use dfa_catalog::diagnostic::Diagnostic;
use dfa_catalog::placeholder::PlaceholderError;
use serde_json::{json, Value};

pub type Result<T> = std::result::Result<T, DfaError>;

/// The value of an argument that must not be null.
pub fn given<T>(argument: &'static str, value: Option<T>) -> Result<T> {
    value.ok_or(DfaError::NullArgument { argument })
}

/// The elements of an argument, none of which may be null.
pub fn given_each<T>(argument: &'static str, values: Option<Vec<Option<T>>>) -> Result<Option<Vec<T>>> {
    values.map(|values| values.into_iter().map(|value| given(argument, value)).collect()).transpose()
}

/// Everything that a caller of the extension can be told.
#[derive(Debug)]
pub enum DfaError {
    /// A catalog that cannot be stored; nothing of it was.
    InvalidCatalog { diagnostics: Vec<Diagnostic> },
    /// No catalog, parameter or task has this name.
    UnknownName { what: &'static str, name: String, suggestion: Option<String> },
    /// A short name that several definitions share.
    AmbiguousName { name: String, candidates: Vec<String> },
    /// An argument outside what the function takes.
    InvalidArgument { argument: &'static str, value: String, allowed: String },
    /// An argument that has no meaning when it is null.
    NullArgument { argument: &'static str },
    /// A common run for a date that the watermark has passed.
    RunDateBeforeWatermark { table: String, run_date: String, watermark: String },
    /// The table of a catalog does not exist in the database.
    MissingTable { schema: String, table: String },
    /// A session that names another data schema than that of the database.
    OtherSchema { schema: String, asked: String },
    /// The watermark row of a table is gone.
    MissingWatermark { table: String },
    /// Somebody changed a watermark while a run was under way: data_date and run_date before, and now.
    WatermarkMoved { table: String, before: (String, String), now: (String, String) },
    /// A watermark that its owner switched off.
    Inactive { table: String },
    /// Another session runs the table, or holds up a lock that the run needs.
    Busy { table: String, holder: String, waited: String },
    /// A source of a node is being written, and was so for too long.
    Written { node: String, source: String, holder: String, waited: String },
    /// A placeholder that cannot be filled in.
    Placeholder { table: String, process: String, source: PlaceholderError },
    /// A listed placeholder that nothing defines.
    UndefinedPlaceholder { table: String, process: String, name: String },
    /// A definition that was refused when its catalog was loaded with strict => false.
    Refused { what: &'static str, name: String, source: String, finding: String },
    /// A definition in force, as an older version took it, that breaks a rule of this one.
    Unsound { what: &'static str, name: String, finding: String },
    /// A definition that others name, and that so cannot be retired.
    StillNamed { kind: &'static str, name: String, diagnostics: Vec<Diagnostic> },
    /// An audit with severity error found rows; up to 20 of them are kept.
    AuditFailed { table: String, audit: String, found: u64, rows: Box<Value> },
    /// A DataFrame process, which this server cannot run by itself.
    DataFrame { table: String, process: String, function: String },
    /// What a front service could not do for a process.
    Function { process: Option<String>, cause: Box<Captured> },
    /// A call that belongs to a DataFrame step, made without one.
    NoFrame { call: &'static str },
    /// A save that takes other columns than the function gives.
    FrameColumns { table: String, process: String, given: usize, taken: usize },
    /// A step of a role that the session is no member of.
    AnothersStep { role: String },
    /// A step that took longer than its catalog or statement_timeout allows.
    TimeLimit { table: String, seconds: f64 },
    /// A step at which server processes died again and again.
    Crashing { table: String, crashes: i32 },
    /// A task that is not in a state for what is asked.
    WrongState { process_id: String, state: &'static str, hint: &'static str },
    /// A name, or everything, that the key of the request is not for.
    NotOfKey { key: String, name: Option<String>, patterns: String },
    /// Work that was to start while everything is paused; the sentence says by whom, until when and why.
    Paused { sentence: String },
    /// Work that is no longer what a preview showed; the lines are what it is now.
    OtherThanPreview { lines: Vec<String>, token: String },
    /// A background task where no worker may run.
    NoWorkers,
    /// A background task in the name of a role as which no worker can connect.
    NoLogin { role: String },
    /// A run in a transaction whose snapshot was taken before the run could wait for writers.
    FixedSnapshot { level: String },
    /// A machine of the cluster that cannot be asked who writes its tables.
    NodeSilent { node: i32, cause: String },
    /// What Citus cannot do with a distributed table.
    Distributed { table: String, what: &'static str },
    /// A call that writes, in a transaction that may not.
    ReadOnly,
    /// A file that `initial` names and that nobody stored.
    MissingFile { table: String, path: String },
    /// A schema or table that other objects need.
    StillNeeded { what: String, objects: String },
    /// A table that was dropped to be created again, and could not be: neither was done.
    NotCreatedAgain { table: String, sqlstate: Option<String>, cause: String },
    /// A backup that does not hold what was deleted; the table was rolled back.
    BackupMismatch { table: String, backup: String, counts: String },
    /// Rows of an ingest that cannot be taken, when all or nothing is asked for; the lines are the first of them.
    RowsRefused { table: String, refused: usize, lines: Vec<String> },
    /// An idempotency key, or the number of a chunk, that came before with something else.
    KeyReused { what: &'static str, key: String },
    /// A task that does not take what the caller wants of it.
    TaskState { process_id: String, state: String, wanted: &'static str },
    /// Changes of tables that lose data, asked for without saying so.
    Destructive { changes: Vec<String> },
    /// Objects that no catalog describes, in the way of a change.
    InTheWay { change: String, objects: Vec<String> },
    /// Processes and queries of catalogs that use a column which is to be dropped.
    StillUsed { change: String, users: Vec<String> },
    /// Rows that do not fit what their table is to become, or would become others.
    Misfit { table: String, change: String, value: String, can_be_allowed: bool },
    /// An error raised by Postgres, as it was.
    Postgres(Box<Captured>),
    /// A statement of a process that Postgres refused, with the statement.
    Statement { table: String, process: String, statement: String, cause: Box<Captured> },
}

impl DfaError {
    /// A failure inside the extension that Postgres did not raise.
    pub fn internal(message: impl Into<String>) -> Self {
        DfaError::Postgres(Box::new(Captured::internal(message.into())))
    }

    /// An error of Postgres becomes that of a statement of a catalog; any other stays as it is.
    pub fn in_statement(self, table: &str, process: &str, statement: &str) -> Self {
        match self {
            DfaError::Postgres(cause) => DfaError::Statement {
                table: table.to_owned(),
                process: process.to_owned(),
                statement: statement.to_owned(),
                cause,
            },
            error => error,
        }
    }

    /// That a statement of ours may not write is told of the call, which is all that its caller knows.
    pub fn of_the_call(self) -> Self {
        match self {
            DfaError::Postgres(cause) if cause.sqlstate == "25006" => DfaError::ReadOnly,
            error => error,
        }
    }

    /// Cancel, shutdown and their kin (class 57): the caller wants an end, not a record.
    pub fn is_interrupt(&self) -> bool {
        !matches!(self, DfaError::TimeLimit { .. }) && self.report().sqlstate.starts_with("57")
    }

    /// The statement of a catalog that failed, and the line of it at which Postgres points.
    pub fn statement(&self) -> Option<(&str, Option<i32>)> {
        let DfaError::Statement { statement, cause, .. } = self else { return None };
        let line = cause.position.map(|position| {
            let before =
                statement.chars().take(position.saturating_sub(1)).filter(|letter| *letter == '\n').count();
            i32::try_from(before + 1).unwrap_or(i32::MAX)
        });
        Some((statement, line))
    }

    /// The process of a node that failed, where it is one's.
    pub fn process(&self) -> Option<&str> {
        match self {
            DfaError::Statement { process, .. }
            | DfaError::Placeholder { process, .. }
            | DfaError::UndefinedPlaceholder { process, .. }
            | DfaError::FrameColumns { process, .. }
            | DfaError::DataFrame { process, .. } => Some(process),
            DfaError::Function { process, .. } => process.as_deref(),
            _ => None,
        }
    }

    /// The failure as it is kept in `task_step.error`.
    pub fn to_json(&self) -> Value {
        let report = self.report();
        let mut record = json!({
            "sqlstate": report.sqlstate,
            "message": report.message,
            "detail": report.detail,
            "hint": report.hint,
            "context": report.context,
        });
        match self {
            DfaError::Statement { process, statement, cause, .. } => {
                record["process"] = json!(process);
                record["statement"] = json!(statement);
                record["position"] = json!(cause.position);
                record["line"] = json!(self.statement().and_then(|it| it.1));
                record["constraint"] = json!(cause.constraint);
                record["column"] = json!(cause.column);
            }
            DfaError::Function { process, .. } => record["process"] = json!(process),
            DfaError::AuditFailed { audit, rows, .. } => {
                record["audit"] = json!(audit);
                record["rows"] = (**rows).clone();
            }
            _ => {}
        }
        record
    }
}

impl std::fmt::Display for DfaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.report().message)
    }
}

impl std::error::Error for DfaError {}

impl From<pgrx::spi::Error> for DfaError {
    fn from(error: pgrx::spi::Error) -> Self {
        DfaError::internal(error.to_string())
    }
}

/// "s" unless there is one of it.
pub fn plural(count: u64) -> &'static str {
    if count == 1 {
        ""
    } else {
        "s"
    }
}
