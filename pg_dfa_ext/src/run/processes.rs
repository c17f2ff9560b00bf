//! The processes of a node: their statements, and the rows that they touch.

use super::outcome::ProcessResult;
use super::touched::Touched;
use crate::error::{DfaError, Result};
use crate::spi::{self, Effect};
use crate::statement::{Lineage, Rendered};
use std::time::Instant;

/// What the processes of a node did.
pub struct Done {
    pub results: Vec<ProcessResult>,
    /// Any row was changed.
    pub changed: bool,
}

/// Processes under way.
pub struct Processes {
    touched: Touched,
    at_first: i64,
    done: Done,
}

/// # Errors
/// A DataFrame process among them, where nobody is there to run it.
pub fn refuse_frames(table: &str, rendered: &[Rendered]) -> Result<()> {
    let frame = rendered.iter().find_map(|process| Some((process, process.frame.as_ref()?)));
    match frame {
        None => Ok(()),
        Some((process, frame)) => Err(DfaError::DataFrame {
            table: table.to_owned(),
            process: process.process.clone(),
            function: frame.function.clone(),
        }),
    }
}

/// Runs all of them, none of which is a DataFrame process.
pub fn run_all(table: &str, oid: pgrx::pg_sys::Oid, rendered: &[Rendered]) -> Result<Done> {
    let mut processes = Processes::of(oid)?;
    for process in rendered {
        processes.run(table, &process.process, &process.statements, Instant::now())?;
    }
    Ok(processes.end())
}

impl Processes {
    /// Of a node that fills this table.
    pub fn of(oid: pgrx::pg_sys::Oid) -> Result<Processes> {
        let touched = Touched::of(oid)?;
        let at_first = touched.rows();
        Ok(Processes { touched, at_first, done: Done { results: Vec::new(), changed: false } })
    }

    /// Runs the statements of a process that began at `started`.
    pub fn run(
        &mut self,
        table: &str,
        process: &str,
        statements: &[(String, Lineage)],
        started: Instant,
    ) -> Result<()> {
        let mut rows = 0;
        for (statement, _) in statements {
            let before = self.touched.rows();
            rows = match execute(table, process, statement)? {
                Effect::Selected { row_number: Some(count), .. } => count,
                Effect::Changed(count) if count > 0 => i64::try_from(count).unwrap_or(i64::MAX),
                // What it changed by a function, a trigger or a CTE; a plain query leaves the number as it is.
                outcome => match self.touched.rows() - before {
                    count if count > 0 => count,
                    _ if matches!(outcome, Effect::Changed(_)) => 0,
                    _ => rows,
                },
            };
            self.done.changed |= rows != 0;
        }
        let process = process.to_owned();
        self.done.results.push(ProcessResult { process, rows: Some(rows), duration: started.elapsed() });
        Ok(())
    }

    pub fn end(mut self) -> Done {
        // What cannot be counted may have been changed.
        self.done.changed |= self.touched.is_elsewhere || self.touched.rows() != self.at_first;
        self.done
    }
}

/// Runs one statement; Postgres' error comes back with the statement and its process.
pub fn execute(table: &str, process: &str, statement: &str) -> Result<Effect> {
    crate::error::capture(|| spi::execute(statement))
        .map_err(|error| taken_twice(error.in_statement(table, process, statement)))
}

/// A doubled key is most often that of a row that an earlier run of the same day put there.
fn taken_twice(mut error: DfaError) -> DfaError {
    if let DfaError::Statement { cause, .. } = &mut error {
        if cause.sqlstate == "23505" && cause.hint.is_none() {
            cause.hint = Some(
                "If an earlier run of these days put the row there: let the statement delete its days before it inserts \
                 (from {interval_start} to {interval_end}), or say ON CONFLICT … DO UPDATE."
                    .to_owned(),
            );
        }
    }
    error
}
