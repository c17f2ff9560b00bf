//! `dfa.setup`: from catalogs to schema, functions, tables, watermarks, first rows and views.

mod drop;
mod flags;
mod initial;
mod object;
mod order;
mod plan;
mod routine;
mod schema;
mod table;

pub use order::{by_dependency, CONTROL_VIEWS};
pub use routine::{create_missing, definition};
pub use table::{column, create_statement, create_table, foreign_key};

use crate::error::{entry, given, Result};
use crate::run::date_text;
use flags::{Flags, Options};
use object::SetupRow;
use pgrx::prelude::*;

#[pg_extern]
#[allow(clippy::too_many_arguments)]
fn setup(
    name: default!(Option<&str>, "NULL"),
    kind: default!(Option<&str>, "NULL"),
    run_date: default!(Option<Date>, "NULL"),
    initial_data: default!(Option<&str>, "'N'"),
    drop_before_create: default!(Option<&str>, "'N'"),
    drop_table: default!(Option<&str>, "'N'"),
    drop_schema: default!(Option<&str>, "'N'"),
    cascade: default!(Option<&str>, "'N'"),
) -> TableIterator<
    'static,
    (
        name!(kind, String),
        name!(name, String),
        name!(action, String),
        name!(rows, i64),
        name!(status, i32),
        name!(message, String),
        name!(duration, Interval),
    ),
> {
    let work = || -> Result<Vec<SetupRow>> {
        let options = Options {
            run_date: run_date.map(date_text).transpose()?,
            initial_data: Flags::parse("initial_data", given("initial_data", initial_data)?)?,
            drop_before_create: Flags::parse(
                "drop_before_create",
                given("drop_before_create", drop_before_create)?,
            )?,
            drop_table: flags::yes_no("drop_table", given("drop_table", drop_table)?)?,
            drop_schema: flags::yes_no("drop_schema", given("drop_schema", drop_schema)?)?,
            cascade: flags::yes_no("cascade", given("cascade", cascade)?)?,
        };
        plan::run(name, kind, &options)
    };
    TableIterator::new(entry(work).into_iter().map(SetupRow::into_tuple))
}
