//! What a front service calls, in this order: a claim, committed; then one transaction that holds the step, begins it,
//! and after a savepoint runs its node, a result for each DataFrame process; and its end.

use super::identity::Submitter;
use super::{end, node, result, step};
use crate::entry::entry;
use crate::error::{given, given_each};
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.claim_dataframe_step is
'For front services: takes the next DataFrame step of a role that this session is a member of, to be committed at once.';
grant execute on function dfa.claim_dataframe_step to dfa_operator;
"#,
    name = "about_claim_dataframe_step",
    requires = [claim_dataframe_step]
);

/// Takes the next DataFrame step of a role that this session is a member of.
#[pg_extern]
#[allow(clippy::type_complexity)]
fn claim_dataframe_step() -> TableIterator<
    'static,
    (
        name!(step, i64),
        name!(process_id, String),
        name!(claimed_at, TimestampWithTimeZone),
        name!(node, String),
        name!(seconds, Option<f64>),
    ),
> {
    TableIterator::new(entry(step::claim))
}

extension_sql!(
    r#"
comment on function dfa.hold_dataframe_step is
'For front services: begins the transaction of a claimed step; false if the claim is no longer good.';
grant execute on function dfa.hold_dataframe_step to dfa_operator;
"#,
    name = "about_hold_dataframe_step",
    requires = [hold_dataframe_step]
);

/// Holds a claimed step for this transaction; false if it is not this claim's any more.
#[pg_extern]
fn hold_dataframe_step(step: i64, claimed_at: TimestampWithTimeZone) -> bool {
    entry(|| step::hold(step, claimed_at))
}

extension_sql!(
    r#"
comment on function dfa.dataframe_search_path is
'For front services: the search_path with which sessions of the role that submitted a step begin, for the code of its node.';
grant execute on function dfa.dataframe_search_path to dfa_operator;
"#,
    name = "about_dataframe_search_path",
    requires = [dataframe_search_path]
);

/// The search path with which a session of the submitter begins, a worker's for example.
#[pg_extern]
fn dataframe_search_path(step: i64) -> String {
    entry(|| Submitter::of(step)?.search_path())
}

/// The rows of `begin_dataframe_step` and `finish_dataframe_step`: the process that waits for its function, if one does.
type Processes = TableIterator<
    'static,
    (
        name!(process, String),
        name!(function, String),
        name!(arguments, String),
        name!(copy, String),
        name!(columns, Vec<String>),
        name!(types, Vec<pg_sys::Oid>),
        name!(memory, i64),
    ),
>;

extension_sql!(
    r#"
comment on function dfa.begin_dataframe_step is
'For front services: runs the node of a held step up to its first DataFrame process, and returns that. No row: the node has ended.';
grant execute on function dfa.begin_dataframe_step to dfa_operator;
"#,
    name = "about_begin_dataframe_step",
    requires = [begin_dataframe_step]
);

/// Runs the node of a held step up to its first DataFrame process, whose input is then to be read by `copy`. No row: the
/// node has come to its end.
#[pg_extern]
fn begin_dataframe_step(
    step: i64,
) -> TableIterator<
    'static,
    (
        name!(process, String),
        name!(function, String),
        name!(arguments, String),
        name!(copy, String),
        name!(columns, Vec<String>),
        name!(types, Vec<pg_sys::Oid>),
        name!(memory, i64),
    ),
> {
    rows(entry(|| node::begin(step)))
}

fn rows(waiting: Option<node::Waiting>) -> Processes {
    TableIterator::new(waiting.map(node::Waiting::into_row))
}

extension_sql!(
    r#"
comment on function dfa.open_dataframe_result is
'For front services: makes the table for the result of the process under way, with columns for these types; returns the COPY that fills it.';
grant execute on function dfa.open_dataframe_result to dfa_operator;
"#,
    name = "about_open_dataframe_result",
    requires = [open_dataframe_result]
);

/// Makes the table that takes the result of the process under way, whose columns have these types; returns the COPY that
/// fills it.
#[pg_extern]
fn open_dataframe_result(types: Option<Vec<Option<String>>>) -> String {
    let open = || {
        let types = given_each("a type of types", Some(given("types", types)?))?;
        result::open(&types.unwrap_or_default())
    };
    entry(open)
}

extension_sql!(
    r#"
comment on function dfa.finish_dataframe_step is
'For front services: runs save of the process under way (unless there are no rows) and goes on as begin_dataframe_step does.';
grant execute on function dfa.finish_dataframe_step to dfa_operator;
"#,
    name = "about_finish_dataframe_step",
    requires = [finish_dataframe_step]
);

/// Runs `save` of the process under way, unless its function gave no rows, and goes on with the node as
/// `begin_dataframe_step` does.
#[pg_extern]
fn finish_dataframe_step(
    step: i64,
    has_rows: bool,
) -> TableIterator<
    'static,
    (
        name!(process, String),
        name!(function, String),
        name!(arguments, String),
        name!(copy, String),
        name!(columns, Vec<String>),
        name!(types, Vec<pg_sys::Oid>),
        name!(memory, i64),
    ),
> {
    rows(entry(|| node::finish(step, has_rows)))
}

extension_sql!(
    r#"
comment on function dfa.fail_dataframe_step is
'For front services: writes down why a held step failed (process; report as JSON with sqlstate, message, detail, hint), after a rollback to the savepoint before its node. Without a report: it was cancelled.';
grant execute on function dfa.fail_dataframe_step to dfa_operator;
"#,
    name = "about_fail_dataframe_step",
    requires = [fail_dataframe_step]
);

/// Writes down why a held step failed, after its node was rolled back; without a report it was cancelled.
#[pg_extern]
fn fail_dataframe_step(step: Option<i64>, process: Option<&str>, report: Option<&str>) {
    entry(|| end::fail(given("step", step)?, process, report));
}

extension_sql!(
    r#"
comment on function dfa.dataframe_step_goes_on is
'For front services: whether the task of the step is open and not cancelled.';
grant execute on function dfa.dataframe_step_goes_on to dfa_operator;
"#,
    name = "about_dataframe_step_goes_on",
    requires = [dataframe_step_goes_on]
);

/// Whether the task of a step still wants it.
#[pg_extern]
fn dataframe_step_goes_on(step: i64) -> bool {
    entry(|| end::goes_on(step))
}

extension_sql!(
    r#"
comment on function dfa.end_dataframe_step is
'For front services: after the commit of a step, what follows from it.';
grant execute on function dfa.end_dataframe_step to dfa_operator;
"#,
    name = "about_end_dataframe_step",
    requires = [end_dataframe_step]
);

/// What follows from the end of a step, once that is committed.
#[pg_extern]
fn end_dataframe_step(step: i64) {
    entry(|| end::follow_up(step));
}
