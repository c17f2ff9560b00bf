//! Runs in the background: workers, cancel and resume, backfills, the scheduler, and what survives a crash.

mod audit;
mod backfill;
mod cancel;
mod clean;
mod crash;
mod exact;
mod failure;
mod limits;
mod pause;
mod privileges;
mod roles_gone;
mod schedule;
mod submit;
mod triggers;
mod upkeep;
mod waiting;
mod why;

use dfa_tests::Session;

/// Submits a run; gives its process_id.
fn submit(session: &mut Session, name: &str, run_date: &str) -> String {
    session.value(&format!("select dfa.submit('data', '{name}', '{{{run_date}}}')"))
}

/// Waits for a task's end; gives its status.
fn ended(session: &mut Session, process_id: &str) -> String {
    session.value(&format!("select dfa.wait('{process_id}', '60 s')"))
}

/// `node|run_date|state` of each step of a task, in order.
fn steps(session: &mut Session, process_id: &str) -> Vec<String> {
    session.rows(&format!(
        "select node, run_date, state from dfa.task_step where process_id = '{process_id}' order by step_order"
    ))
}
