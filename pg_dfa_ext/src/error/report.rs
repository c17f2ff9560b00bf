//! What a caller is told of each failure: SQLSTATE, message, DETAIL with the values, HINT with what to do next.

use super::{plural, DfaError};
use dfa_catalog::diagnostic::Diagnostic;

/// Lines of a preview in an error; the function lists them all.
const MAX_PREVIEWED: usize = 100;

/// What to do when others have what one waits for.
pub const BUSY: &str = "Try again when that session is done, or raise dfa.lock_timeout.";

/// What the client sees of a failure.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub sqlstate: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    pub context: Option<String>,
}

impl DfaError {
    /// SQLSTATE, message, DETAIL with the values, HINT with the next step.
    pub fn report(&self) -> Report {
        match self {
            DfaError::InvalidCatalog { diagnostics } => invalid_catalog(diagnostics),
            DfaError::UnknownName { what, name, suggestion } => Report::new("DF002", format!("{what} '{name}' is not known"))
                .hint(match suggestion {
                    Some(near) => format!("Did you mean '{near}'?"),
                    None => where_to_look(what).to_owned(),
                }),
            DfaError::AmbiguousName { name, candidates } => {
                Report::new("DF002", format!("the short name '{name}' stands for several definitions"))
                    .detail(candidates.join(", "))
                    .hint("Give the full name.")
            }
            DfaError::InvalidArgument { argument, value, allowed } => {
                Report::new("22023", format!("invalid value for {argument}: '{value}'")).hint(allowed.as_str())
            }
            DfaError::NullArgument { argument } => Report::new("22004", format!("{argument} is null"))
                .hint("Give a value; an argument that is left out has its default."),
            DfaError::RunDateBeforeWatermark { table, run_date, watermark } => Report::new(
                "DF003",
                format!("Please check value of `run_date`, which less than the current control running date: '{watermark}'"),
            )
            .detail(format!("Table '{table}' was asked for run_date '{run_date}'."))
            .hint(format!(
                "run_mode => 'rerun' (auto chooses it) takes {run_date} alone, SELECT dfa.backfill('{table}', '{run_date}', \
                 '{watermark}') all days since; a run of {watermark} or later goes on from data_date."
            )),
            DfaError::WatermarkMoved { table, before, now } => Report::new(
                "40001",
                format!("the watermark of '{table}' was changed while the run was under way"),
            )
            .detail(format!(
                "It said data_date {} and run_date {} when the run began, and says {} and {} now.",
                before.0, before.1, now.0, now.1
            ))
            .hint("Run it again: it takes what the watermark says then. In the background that happens by itself."),
            DfaError::MissingTable { schema, table } => {
                Report::new("42P01", format!("table '{schema}.{table}' does not exist"))
                    .detail("Its catalog is loaded, its table is not there (not set up yet, or dropped).")
                    .hint(format!("SELECT * FROM dfa.setup('{table}'); or run with auto_create => true."))
            }
            DfaError::OtherSchema { schema, asked } => Report::new(
                "55000",
                format!("the data of this database are in schema '{schema}', and dfa.ai_schema (AI_SCHEMA) says '{asked}'"),
            )
            .detail("Watermarks and ledger belong to the tables of that schema. Nothing was changed.")
            .hint(format!(
                "Take a database of its own for each environment; or leave the setting out. \
                 SELECT * FROM dfa.setup(move_schema => true) renames '{schema}' to '{asked}'."
            )),
            DfaError::MissingWatermark { table } => {
                Report::new("DF002", format!("table '{table}' has no watermark in dfa.data_pipeline"))
                    .hint(format!("SELECT * FROM dfa.setup('{table}') makes it."))
            }
            DfaError::Inactive { table } => {
                Report::new("DF006", format!("table '{table}' is switched off (active_flg = 'N')"))
                    .hint(format!("UPDATE dfa.data_pipeline SET active_flg = 'Y' WHERE table_name = '{table}'; switches it on."))
            }
            DfaError::Busy { table, holder, waited } => {
                Report::new("55P03", format!("table '{table}' is being run or written by another session"))
                    .detail(format!("Waited {waited} for {holder}."))
                    .hint(BUSY)
            }
            DfaError::ReadOnly => Report::new("25006", "this call writes, and its transaction is read only").hint(
                "BEGIN READ WRITE, or SET default_transaction_read_only = off, which a role or database may have on; a standby takes no writes.",
            ),
            DfaError::Written { node, source, holder, waited } => {
                Report::new("55P03", format!("table '{source}', which '{node}' reads, is being written by another session"))
                    .detail(format!("Waited {waited} for {holder}."))
                    .hint("Try again when that session is done, raise dfa.lock_timeout, or do not wait: run: {wait_for_writers: false}.")
            }
            DfaError::Placeholder { table, process, source } => {
                Report::new("DF004", source.to_string()).detail(format!("Process '{process}' of '{table}'."))
            }
            DfaError::UndefinedPlaceholder { table, process, name } => {
                Report::new("DF004", format!("placeholder {{{name}}} is not defined"))
                    .detail(format!("Process '{process}' of '{table}' lists it as a parameter."))
                    .hint(format!("Add a row '{name}' to dfa.data_parameter, or correct the catalog."))
            }
            DfaError::Refused { what, name, source, finding } => {
                let first = finding.lines().next().unwrap_or_default();
                Report::new("DF001", format!("{what} '{name}' was refused when its catalog was loaded: {first}"))
                    .detail(finding.as_str())
                    .hint(format!("Correct it in '{source}' and load that again."))
            }
            DfaError::Unsound { what, name, finding } => {
                let first = finding.lines().next().unwrap_or_default();
                Report::new("DF001", format!("what is stored of {what} '{name}' breaks a rule of this version: {first}"))
                    .detail(finding.as_str())
                    .hint("Correct its file and load that again; until then the others go on without it.")
            }
            DfaError::StillNamed { kind, name, diagnostics } => {
                let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
                Report::new("2BP01", format!("{kind} '{name}' is still named by other definitions"))
                    .detail(lines.join("\n"))
                    .hint("Retire those first, or load them without it.")
            }
            DfaError::AuditFailed { table, audit, found, .. } => {
                Report::new("DF005", format!("audit '{audit}' of '{table}' found {found} row{}", plural(*found)))
                    .detail("The node was rolled back; up to 20 of the rows are in dfa.task_step.error -> 'rows'.")
                    .hint("Correct the data or the process; severity: warn reports without stopping.")
            }
            DfaError::DataFrame { table, process, function } => Report::new(
                "0A000",
                format!("process '{process}' of '{table}' is a DataFrame process, which the database cannot run by itself"),
            )
            .detail(format!("It calls the function '{function}'."))
            .hint("SELECT dfa.submit('data', …) or CALL dfa.run(…) hands it to a front service (dfa run) and goes on with what comes back."),
            DfaError::Function { cause, .. } => cause.report(),
            DfaError::NoFrame { call } => Report::new("55000", format!("{call} is called within the transaction of a DataFrame step"))
                .hint("A front service (dfa run) calls it, after dfa.begin_dataframe_step."),
            DfaError::FrameColumns { table, process, given, taken } => Report::new(
                "42601",
                format!("save of process '{process}' of '{table}' takes {taken} column{}, and its function gives {given}", plural(*taken as u64)),
            )
            .hint("Name as many columns in the insert, or select some of them: from ({function_value}) as f (…)."),
            DfaError::AnothersStep { role } => {
                Report::new("42501", format!("the step belongs to role '{role}', of which this session is no member"))
                    .hint(format!("GRANT {role} TO … lets the role of the front service run its DataFrame steps."))
            }
            DfaError::TimeLimit { table, seconds } => {
                Report::new("57014", format!("node '{table}' took longer than {seconds} s"))
                    .detail("Its catalog's timeout, or statement_timeout, ended it; nothing of it stays.")
                    .hint("Raise timeout in its catalog, or make its statements faster (dfa.explain).")
            }
            DfaError::Crashing { table, crashes } => {
                Report::new("58000", format!("{crashes} server processes died while they ran node '{table}'"))
                    .detail("It is not tried again, so that it does not take the server down each time.")
                    .hint("The server's log says how they died; dfa.resume tries the node again.")
            }
            DfaError::WrongState { process_id, state, hint } => {
                Report::new("55000", format!("task '{process_id}' {state}")).hint(*hint)
            }
            DfaError::NoLogin { role } => {
                Report::new("55000", format!("no worker can run as role '{role}', which may not log in"))
                    .detail("The call comes from a function that runs with the rights of that role.")
                    .hint("Let the function belong to a role with LOGIN, or call from a session of one's own.")
            }
            DfaError::NotOfKey { key, name, patterns } => {
                let what = name.as_ref().map_or("everything".to_owned(), |name| format!("'{name}'"));
                Report::new("42501", format!("key '{key}' is not for {what}"))
                    .detail(format!("It is for {}.", patterns.replace(',', ", ")))
                    .hint("Use a key that is for it; an admin makes one (dfa key add).")
            }
            DfaError::Paused { sentence } => Report::new("DF014", format!("nothing starts: everything is {sentence}"))
                .detail("Nothing was changed. What runs goes on to its end.")
                .hint("Try again later; SELECT dfa.unpause('all') ends the pause."),
            DfaError::OtherThanPreview { lines, token } => {
                let more = lines.len().saturating_sub(MAX_PREVIEWED);
                let mut listed = lines.iter().take(MAX_PREVIEWED).cloned().collect::<Vec<_>>().join("\n");
                if more > 0 {
                    listed.push_str(&format!("\n… and {more} more"));
                }
                let detail = if listed.is_empty() { "There is nothing to do any more.".to_owned() } else { listed };
                Report::new("DF015", "what is to run is not what the preview showed").detail(detail).hint(format!(
                    "Nothing was changed. Look again (dfa.preview), and say if_preview => '{token}' if this is what you want."
                ))
            }
            DfaError::NoWorkers => Report::new("55000", "no worker may run: dfa.max_workers is 0")
                .hint("Raise it (ALTER SYSTEM SET dfa.max_workers = 4), or use CALL dfa.run."),
            DfaError::FixedSnapshot { level } => {
                Report::new("25001", format!("a run cannot see late commits in a {level} transaction"))
                    .detail("Its snapshot was taken before the run could wait for the writers of its sources.")
                    .hint("Run in READ COMMITTED, the default.")
            }
            DfaError::NodeSilent { node, cause } => {
                Report::new("08006", format!("node {node} of the cluster does not say who writes there"))
                    .detail(cause.trim())
                    .hint("Rows that commit late might be missed: run again when the node is back (SELECT * FROM pg_dist_node).")
            }
            DfaError::Distributed { table, what } => {
                Report::new("0A000", format!("{what} is not possible for '{table}', whose rows lie on several machines"))
                    .hint("SELECT undistribute_table(…) and a catalog without `distribute_by` make it a plain table.")
            }
            DfaError::MissingFile { table, path } => {
                Report::new("58P01", format!("file '{path}' of the initial rows of '{table}' is not stored"))
                    .hint("`dfa catalog load DIR` stores the files of a set; or call dfa.load_catalog_file(path, content).")
            }
            DfaError::StillNeeded { what, objects } => {
                Report::new("2BP01", format!("{what} is still needed by other objects")).detail(objects.as_str()).hint(
                    "Use \"cascade\" => 'Y', or set parameter permission_force_delete to Y, to drop those as well.",
                )
            }
            DfaError::NotCreatedAgain { table, sqlstate, cause } => Report::new(
                sqlstate.as_deref().unwrap_or("55000"),
                format!("table '{table}' could not be created again after it was dropped"),
            )
            .detail(cause.as_str())
            .hint("Nothing was changed: the table is there with its rows."),
            DfaError::BackupMismatch { table, backup, counts } => {
                Report::new("DF010", format!("the rows of '{table}' and of its backup '{backup}' do not match"))
                    .detail(format!("Rows {counts}. Nothing was deleted."))
                    .hint("A trigger or rule on one of the two tables changes or leaves out rows; take it away.")
            }
            DfaError::RowsRefused { table, refused, lines } => {
                let first = lines.first().map_or(String::new(), |line| format!(": {line}"));
                Report::new("DF011", format!("{refused} row{} for '{table}' refused{first}", plural(*refused as u64)))
                    .detail(lines.join("\n"))
                    .hint("Nothing was changed. Correct the rows, or use on_error => 'skip' to take the good ones.")
            }
            DfaError::KeyReused { what, key } => {
                Report::new("DF012", format!("{what} '{key}' was used before for something else"))
                    .hint("Use a new one for each request, and the same one only to send the same request again.")
            }
            DfaError::TaskState { process_id, state, wanted } => {
                Report::new("55000", format!("task '{process_id}' {state}"))
                    .hint(format!("{wanted}: see dfa.task_process."))
            }
            DfaError::Destructive { changes } => {
                let s = plural(changes.len() as u64);
                Report::new("DF013", format!("{} change{s} would lose data, and that was not allowed", changes.len()))
                    .detail(changes.join("\n"))
                    .hint("Nothing was changed. dfa.migrate(allow_destructive => true) allows it; dfa.plan() shows all changes.")
            }
            DfaError::InTheWay { change, objects } => {
                let s = plural(objects.len() as u64);
                Report::new("2BP01", format!("{} other object{s} depend{} on what is to change: {change}", objects.len(), if s.is_empty() { "s" } else { "" }))
                    .detail(objects.join("\n"))
                    .hint("Nothing was changed. No catalog says how to make them again: drop them (or set them back) and create them anew after the migration, or put them into a catalog.")
            }
            DfaError::StillUsed { change, users } => {
                Report::new("2BP01", format!("what is to be dropped is still used: {change}"))
                    .detail(users.join("\n"))
                    .hint("Nothing was changed. Load catalogs in which these do without it, in the same deployment or before; or retire them.")
            }
            DfaError::Misfit { table, change, value, can_be_allowed } => {
                Report::new("DF013", format!("rows of '{table}' do not fit: {change}"))
                    .detail(format!("Found: {value}"))
                    .hint(match can_be_allowed {
                        false => "Nothing was changed. Correct these rows, or the catalog.",
                        true => "Nothing was changed. These values would become others: correct them or the catalog, or take what comes out of the cast by dfa.migrate(allow_destructive => true).",
                    })
            }
            DfaError::Postgres(captured) => captured.report(),
            DfaError::Statement { table, process, cause, .. } => {
                let mut report = cause.report();
                let place = format!("process '{process}' of '{table}'");
                report.context = Some(match report.context {
                    Some(context) => format!("{context}\n{place}"),
                    None => place,
                });
                report
            }
        }
    }
}

impl Report {
    pub fn new(sqlstate: &str, message: impl Into<String>) -> Self {
        Report { sqlstate: sqlstate.to_owned(), message: message.into(), ..Report::default() }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What lists the names of a kind.
fn where_to_look(what: &str) -> &'static str {
    match what {
        "task" | "ingest" => {
            "SELECT process_id, process_name_put, status FROM dfa.task_process ORDER BY created_at DESC LIMIT 10; lists the latest."
        }
        "source" => "SELECT pipeline_id, pipeline_type FROM dfa.task_schedule; lists pipelines and sources.",
        "backup of table" => "SELECT * FROM dfa.table_backup; lists what run_retention kept, and for whom.",
        _ => "SELECT kind, name FROM dfa.catalog WHERE current lists what is loaded.",
    }
}

fn invalid_catalog(diagnostics: &[Diagnostic]) -> Report {
    let first = diagnostics.first().map(ToString::to_string).unwrap_or_default();
    let message = match diagnostics.len() {
        0 | 1 => format!("invalid catalog: {first}"),
        n => format!("invalid catalog: {n} errors, the first: {first}"),
    };
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    Report::new("DF001", message)
        .detail(lines.join("\n"))
        .hint("Nothing was stored. dfa.validate_catalog(document) lists the findings as rows.")
}
