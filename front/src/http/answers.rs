//! What requests are answered, for the document. Most answers are written by the database as text, in the files of
//! `api/sql/`; `tests/http/document.rs` holds them to these types, member for member.

use serde_json::Value;
use utoipa::ToSchema;

/// Does it live?
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Health {
    message: String,
    /// up or down.
    database: String,
}

/// Can it work?
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Ready {
    message: String,
    /// Name of the database.
    database: String,
    /// Version of the extension.
    extension: String,
    /// Version of the service.
    version: String,
}

/// A task that was done, or that goes on in the background.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct TaskAnswer {
    message: String,
    process_id: Option<String>,
    /// 0 success, 1 failed, 2 waiting or processing.
    status: Option<i32>,
    /// Seconds.
    process_time: Option<f64>,
}

/// A task that was told to stop.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct CancelAnswer {
    message: String,
    process_id: String,
}

/// What a source started.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct NotifyAnswer {
    message: String,
    started: Vec<Started>,
}

/// A pipeline that was started.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Started {
    pipeline_name: Option<String>,
    process_id: Option<String>,
    reason: Option<String>,
}

/// What became of rows.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct IngestAnswer {
    message: String,
    /// 0 success, 2 kept for a worker.
    status: i32,
    /// Seconds.
    process_time: f64,
    process_id: Option<String>,
    table_name: Option<String>,
    success_rows: Option<i64>,
    failed_rows: Option<i64>,
    /// The first of the refused rows; GET /api/ai/tasks/{id}/rejected has all.
    rejected: Option<Vec<Rejected>>,
}

/// A row that was refused.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Rejected {
    /// Place in what was sent, from 1.
    position: i64,
    column: Option<String>,
    reason: String,
}

/// A refused row as it was kept.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct RejectedRow {
    position: i64,
    table_name: String,
    column: Option<String>,
    reason: String,
    /// The row as it was sent.
    row: Option<Value>,
    rejected_at: String,
}

/// A page of refused rows.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct RejectedRows {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    rejected: Vec<RejectedRow>,
}

/// A task with its steps.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Process {
    message: String,
    process_id: String,
    /// 0 success, 1 failed, 2 waiting or processing.
    status: i32,
    /// SUCCESS, FAILED or PROCESSING.
    ps_status: String,
    /// Seconds.
    process_time: f64,
    /// Finished steps of all steps.
    percent: f64,
    /// The same as a bar of text.
    percent_status: String,
    /// Rows so far.
    logging: i64,
    name: String,
    /// The node under way, and its run date.
    node: Option<String>,
    run_date: Option<String>,
    module: String,
    r#type: String,
    run_mode: String,
    run_dates: Vec<String>,
    /// Role that submitted it.
    by: String,
    created_at: String,
    finished_at: Option<String>,
    steps_finished: i64,
    steps_total: i64,
    /// What `after` takes for the steps that follow; null on the last page.
    next: Option<i64>,
    steps: Vec<Step>,
}

/// A node of a task on a run date.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Step {
    order: i64,
    run_date: String,
    node: String,
    /// WAITING, PROCESSING, SUCCESS, FAILED, SKIPPED, BLOCKED or CANCELLED.
    state: String,
    attempts: i32,
    rows: Option<i64>,
    /// Rows by process.
    process_rows: Option<Value>,
    process_time: Option<f64>,
    started_at: Option<String>,
    finished_at: Option<String>,
    message: Option<String>,
    /// SQLSTATE, message, detail, hint, process, statement and more of a failure.
    error: Option<Value>,
}

/// What reads what.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Dependency {
    message: String,
    /// By process: its targets, each with its sources.
    processes: std::collections::HashMap<String, Vec<Written>>,
}

/// A table that a process writes.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Written {
    target: String,
    sources: Vec<String>,
}

/// A definition.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Catalog {
    message: String,
    /// table, function, view, query or pipeline.
    kind: String,
    name: String,
    shortname: Option<String>,
    version: String,
    source: Option<String>,
    loaded_at: String,
    loaded_by: String,
    set_up_at: Option<String>,
    #[schema(value_type = Object)]
    document: Value,
    versions: Vec<Version>,
}

/// A version of a definition.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Version {
    version: String,
    current: bool,
    source: Option<String>,
    loaded_at: String,
    loaded_by: String,
}

/// A page of pipelines.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Pipelines {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    pipelines: Vec<Pipeline>,
}

/// A pipeline with its tracking.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Pipeline {
    name: String,
    id: String,
    /// PROCESSING, SUCCESS or FAILED.
    tracking: Option<String>,
    update_date: Option<String>,
    active_flg: Option<String>,
    priority: Option<Value>,
    schedule: Option<Value>,
    trigger: Option<Value>,
    last_task: Option<LastTask>,
}

/// The last task of a pipeline.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct LastTask {
    process_id: String,
    status: i32,
    process_time: f64,
    created_at: String,
}

/// A page of tables.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Tables {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    tables: Vec<Table>,
}

/// A table with its watermark; without one it is not set up.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Table {
    name: String,
    shortname: Option<String>,
    version: String,
    system_type: Option<String>,
    table_type: Option<String>,
    data_date: Option<String>,
    run_date: Option<String>,
    run_type: Option<String>,
    update_date: Option<String>,
    run_count_now: Option<i64>,
    run_count_max: Option<i64>,
    rtt_value: Option<f64>,
    rtt_column: Option<String>,
    active_flg: Option<String>,
    set_up_at: Option<String>,
}

/// A page of tasks.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Tasks {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    tasks: Vec<Task>,
}

/// A task without its steps.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Task {
    process_id: String,
    name: String,
    r#type: String,
    module: String,
    run_mode: String,
    run_dates: Vec<String>,
    /// 0 success, 1 failed, 2 waiting or processing.
    status: i32,
    message: Option<String>,
    /// Seconds.
    process_time: f64,
    number_put: i64,
    number_get: i64,
    by: String,
    created_at: String,
    finished_at: Option<String>,
}

/// A page of a table's log.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Logs {
    message: String,
    /// What `after` takes to go on; null on the last page.
    next: Option<String>,
    logs: Vec<Log>,
}

/// What an action did to a table on a run date.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Log {
    id: i64,
    table_name: String,
    data_date: Option<String>,
    run_date: Option<String>,
    update_date: String,
    row_record: Option<i64>,
    process_time: Option<f64>,
    action_type: String,
    status: i32,
    process_id: Option<String>,
    message: Option<String>,
    by: Option<String>,
}
