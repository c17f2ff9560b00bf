//! The tracking of pipelines and sources, rows of `dfa.task_schedule`, which people write, too.

use super::Task;
use crate::error::Result;
use crate::lock::rows_in_time;
use crate::spi;

/// The pipeline is being run by this task.
pub fn start(pipeline: &str, process_id: &str) -> Result<()> {
    write(|| spi::run(include_str!("sql/track_start.sql"), &[pipeline.into(), process_id.into()]))
}

/// The run of the pipeline has ended; `alerts` count as updated with it if it succeeded.
pub fn end(task: &Task, success: bool, alerts: Vec<String>) -> Result<()> {
    let args = [task.name.as_str().into(), success.into(), alerts.into(), task.process_id.as_str().into()];
    write(|| spi::run(include_str!("sql/track_end.sql"), &args))
}

/// The pipeline was due, and could not be started.
pub fn not_started(pipeline: &str) -> Result<()> {
    let args = [pipeline.into(), false.into(), Vec::<String>::new().into(), None::<String>.into()];
    write(|| spi::run(include_str!("sql/track_end.sql"), &args))
}

/// Does what writes rows of it.
pub fn write<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    rows_in_time("task_schedule", work)
}
