//! What a catalog says, once read: plain values with every alias resolved.
//!
//! Templates keep their `{placeholders}`; [`crate::placeholder`] fills them in.

use crate::diagnostic::{self, Diagnostic};
use crate::length::Length;
use crate::select::Selector;
use jiff::civil::Date;

/// The kinds of definition that a catalog folder can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Function,
    Table,
    View,
    Query,
    Pipeline,
}

impl Kind {
    /// The word for this kind in SQL, messages and the `catalog` table.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Function => "function",
            Kind::Table => "table",
            Kind::View => "view",
            Kind::Query => "query",
            Kind::Pipeline => "pipeline",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Kind::Function, Kind::Table, Kind::View, Kind::Query, Kind::Pipeline]
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| format!("'{word}' is no kind of definition"))
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One definition of a catalog file.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    pub name: String,
    /// The greatest version of a name is the current one; 1990-01-01 when a file gives none.
    pub version: Date,
    pub description: Option<String>,
    /// Line of the definition's name in its file, from 1; 0 when it was read from storage.
    pub line: usize,
    /// The definition as written, as JSON in the order of the file: what storage keeps.
    pub json: String,
    pub body: Body,
}

impl Definition {
    pub fn kind(&self) -> Kind {
        match &self.body {
            Body::Table(_) => Kind::Table,
            Body::Function(_) => Kind::Function,
            Body::View(_) => Kind::View,
            Body::Query(_) => Kind::Query,
            Body::Pipeline(_) => Kind::Pipeline,
        }
    }

    /// What is found of it at a place in it, as far as that is known; the source is for the caller to say.
    pub fn finding(
        &self,
        severity: diagnostic::Severity,
        place: Place,
        key: &str,
        message: String,
        hint: Option<String>,
    ) -> Diagnostic {
        let (line, column) = match (place.line, self.line) {
            (0, 0) => (0, 0),
            (0, line) => (line, 1),
            (line, _) => (line, place.column),
        };
        Diagnostic {
            severity,
            source: String::new(),
            line,
            column,
            definition: Some(self.name.clone()),
            key: Some(key.to_owned()),
            message,
            hint,
        }
    }
}

/// What a definition defines.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Table(Table),
    Function(Routine),
    View(Routine),
    Query(Routine),
    Pipeline(Pipeline),
}

/// A table with the processes that fill it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    /// A logical key that is not enforced: landed data has doubles.
    pub primary_key_dummy: Vec<String>,
    pub foreign_keys: Vec<ForeignKey>,
    pub indexes: Vec<Index>,
    pub partition: Option<Partition>,
    /// In the order in which they run: by priority, then as written.
    pub processes: Vec<Process>,
    pub initial: Option<Initial>,
    pub tests: Vec<Audit>,
    pub retention: Option<Retention>,
    pub run: RunSettings,
    pub tags: Vec<String>,
    pub owner: Option<String>,
    /// Tables that this one reads where lineage cannot see it.
    pub depends_on: Vec<String>,
    /// Days of late data to take again.
    pub lookback: Option<u32>,
    /// Seconds.
    pub timeout: Option<u32>,
    pub retries: Option<u32>,
}

/// A column; its type as Postgres writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    pub place: Place,
    pub name: String,
    /// For example `varchar( 32 )` or `serial`, without constraints.
    pub datatype: String,
    pub nullable: bool,
    pub unique: bool,
    /// SQL of the default.
    pub default: Option<String>,
    /// SQL inside the brackets of `check (…)`.
    pub check: Option<String>,
    /// Becomes its comment.
    pub description: Option<String>,
    /// SQL of the value that Postgres computes.
    pub generated: Option<String>,
    pub identity: Option<Identity>,
}

/// A column that Postgres numbers: `generated … as identity (…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// A row may give no number of its own.
    pub always: bool,
    /// Of the sequence, as SQL in the brackets; may be empty.
    pub options: String,
}

/// An index beside those of keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    pub place: Place,
    /// `None`: as Postgres names it.
    pub name: Option<String>,
    pub columns: Vec<IndexColumn>,
    pub unique: bool,
    /// SQL of the condition that its rows meet.
    pub condition: Option<String>,
    /// For example `gin`.
    pub method: Option<String>,
    /// Columns that it holds beside its key.
    pub include: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexColumn {
    pub name: String,
    /// For example `desc nulls last`, or a class of operators.
    pub order: String,
}

impl Column {
    /// `smallserial`, `serial`, `bigserial` and their numbered names: filled from a sequence.
    pub fn is_serial(&self) -> bool {
        matches!(
            self.datatype.trim().to_ascii_lowercase().as_str(),
            "smallserial" | "serial" | "bigserial" | "serial2" | "serial4" | "serial8"
        )
    }

    /// It counts by a sequence of its own.
    pub fn has_sequence(&self) -> bool {
        self.is_serial() || self.identity.is_some()
    }

    /// A row need not give it.
    pub fn fills_itself(&self) -> bool {
        self.default.is_some() || self.has_sequence() || self.generated.is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    pub column: String,
    pub ref_table: String,
    /// `None`: the primary key of the table.
    pub ref_column: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionBy {
    Range,
    List,
    Hash,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    pub by: PartitionBy,
    pub columns: Vec<String>,
}

/// One step that fills a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    pub name: String,
    pub priority: f64,
    pub action: Action,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Sql(Script),
    /// `load` selects the input, `function` transforms it, `save` gets it as `{function_value}`.
    DataFrame {
        function: String,
        /// Parameters that the process gives itself, as texts; they go before those of the parameter table.
        arguments: Vec<(String, String)>,
        load: Script,
        save: Script,
    },
}

impl Process {
    /// It takes whole intervals: `{interval_start}` or `{interval_end}` says which rows.
    pub fn takes_intervals(&self) -> bool {
        let mut scripts = self.scripts();
        scripts.any(|script| script.uses("interval_start") || script.uses("interval_end"))
    }

    /// Which rows it takes depends on no date of the run.
    pub fn takes_everything(&self) -> bool {
        self.scripts().all(|script| !script.uses("run_date") && !script.uses("data_date"))
    }

    pub fn scripts(&self) -> impl Iterator<Item = &Script> {
        match &self.action {
            Action::Sql(script) => [Some(script), None],
            Action::DataFrame { load, save, .. } => [Some(load), Some(save)],
        }
        .into_iter()
        .flatten()
    }
}

impl Script {
    fn uses(&self, parameter: &str) -> bool {
        let placeholder = format!("{{{parameter}}}");
        self.statements.iter().any(|statement| statement.contains(&placeholder))
    }
}

/// Where something stands in its file, from 1; 0 when it was read from storage. Two places are always equal: where a
/// thing stands is not what it says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

/// Statements in the order in which they run, each whole, without its `;`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    pub place: Place,
    /// The placeholders that the statements may use, beside the three that are always there.
    pub parameters: Vec<String>,
    pub statements: Vec<String>,
}

/// The first rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Initial {
    Statement(Script),
    /// Each row as SQL value text without or with its brackets, for [`Table::value_columns`].
    Values {
        place: Place,
        parameters: Vec<String>,
        rows: Vec<String>,
    },
    /// Paths below the set's `data/`.
    Files(Vec<String>),
}

impl Table {
    /// The columns that rows of `initial` give: those that do not fill themselves.
    pub fn value_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !column.fills_itself())
    }

    /// The processes of these names, in the order in which they run.
    pub fn chosen<'t>(&'t self, names: &'t [String]) -> impl Iterator<Item = &'t Process> {
        self.processes.iter().filter(|process| names.contains(&process.name))
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A check on the data that is made in the transaction that writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub place: Place,
    pub name: String,
    pub severity: Severity,
    pub check: AuditCheck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Severity {
    #[default]
    Error,
    Warn,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warn => "warn",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditCheck {
    Unique(Vec<String>),
    NotNull(Vec<String>),
    /// Values as text; null passes.
    AcceptedValues {
        column: String,
        values: Vec<String>,
    },
    Relationships {
        column: String,
        ref_table: String,
        ref_column: String,
    },
    /// A condition that must hold for each row.
    Expression(String),
    /// A SELECT that must return no row; may hold placeholders.
    Select(Script),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retention {
    pub place: Place,
    pub column: Option<String>,
    pub months: u32,
    pub backup: Option<Backup>,
}

/// What a retention copies before rows go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backup {
    /// The whole table; the copy is replaced each time.
    Table,
    /// The rows that go; the archive grows.
    Rows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RunType {
    #[default]
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl RunType {
    pub fn as_str(self) -> &'static str {
        match self {
            RunType::Daily => "daily",
            RunType::Weekly => "weekly",
            RunType::Monthly => "monthly",
            RunType::Yearly => "yearly",
        }
    }
}

/// Key `run` of a table: how its watermark is made at setup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunSettings {
    pub run_type: Option<RunType>,
    pub quota: Option<u32>,
    /// master, transaction, report or adjustment.
    pub table_type: Option<String>,
    /// Wait, before reading, for transactions that write a source; on unless switched off.
    pub wait_for_writers: Option<bool>,
}

/// A function, view or named query: SQL that is created or run as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routine {
    pub script: Script,
    /// `mview:` names and files: a view that is stored.
    pub materialized: bool,
}

/// An ordered set of nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    pub id: String,
    pub priority: f64,
    /// As written; in the order in which they run, unless `order` says otherwise.
    pub nodes: Vec<PipelineNode>,
    /// Instead of nodes: tables in the order of what reads what.
    pub select: Vec<Selector>,
    pub order: Order,
    pub schedules: Vec<crate::schedule::Schedule>,
    pub trigger: Option<crate::trigger::Trigger>,
    pub alerts: Vec<String>,
    pub catch_up: CatchUp,
    pub overlap: Overlap,
    pub timezone: Option<String>,
    /// How long after its slot a run must have ended.
    pub deadline: Option<Length>,
    /// The run date of a slot is its day less this; whole days.
    pub lag: Option<Length>,
    pub tags: Vec<String>,
    pub owner: Option<String>,
}

/// In which order nodes run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Written,
    /// Each after what it reads.
    Lineage,
}

/// Which of the slots that were missed in an outage run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CatchUp {
    None,
    #[default]
    Last,
    All,
}

/// What becomes of a slot that comes while its pipeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overlap {
    Skip,
    #[default]
    Queue,
    Parallel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineNode {
    pub place: Place,
    pub table: String,
    pub choose: crate::choose::Choose,
}

impl PipelineNode {
    /// With all processes of the table.
    pub fn whole(table: String) -> PipelineNode {
        PipelineNode { place: Place::default(), table, choose: crate::choose::Choose::all() }
    }
}
