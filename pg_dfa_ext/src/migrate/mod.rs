//! Tables follow their catalog: `dfa.plan` says what differs, `dfa.migrate` makes it so.

mod apply;
mod change;
mod columns;
mod comments;
mod compare;
mod computed;
mod constraints;
mod dependants;
mod distribution;
mod head;
mod indexes;
mod keys;
mod repartition;
mod routines;
mod scope;
mod serial;
mod shadow;
mod types;
mod users;

use crate::entry::entry;
use crate::error::given;
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.plan is
'What differs between tables and their catalogs, with the DDL that would change it, the lock that it takes, whether it rewrites the table, and what it can lose: none, values (a cast that is checked before) or data. Changes nothing. name: a table or pipeline (default: all).';
grant execute on function dfa.plan to dfa_reader;
"#,
    name = "about_plan",
    requires = [plan]
);

#[pg_extern]
#[allow(clippy::type_complexity)]
fn plan(
    name: default!(Option<&str>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(change, String),
        name!(object, Option<String>),
        name!(ddl, String),
        name!(lock_level, String),
        name!(rewrites, bool),
        name!(loss, String),
    ),
> {
    let plan = entry(|| compare::all(&scope::find(name)?));
    for message in plan.left_out {
        pgrx::warning!("{message}");
    }
    TableIterator::new(plan.changes.into_iter().map(|it| {
        let ddl = it.ddl();
        (
            it.table,
            it.what.as_str().to_owned(),
            it.object,
            ddl,
            it.lock.to_owned(),
            it.rewrites,
            it.loss.word().to_owned(),
        )
    }))
}

extension_sql!(
    r#"
comment on function dfa.migrate is
'Changes tables to what their catalogs say, all in this transaction; see dfa.plan. Changes that lose data need allow_destructive. A cast that a row does not fit is refused with its value before anything changes.';
grant execute on function dfa.migrate to dfa_admin;
"#,
    name = "about_migrate",
    requires = [migrate]
);

#[pg_extern]
#[allow(clippy::type_complexity)]
fn migrate(
    name: default!(Option<&str>, "NULL"),
    allow_destructive: default!(Option<bool>, "false"),
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(change, String),
        name!(object, Option<String>),
        name!(ddl, String),
        name!(status, i32),
        name!(message, String),
    ),
> {
    let work = || apply::run(name, given("allow_destructive", allow_destructive)?);
    TableIterator::new(entry(work).into_iter().map(|(it, message)| {
        (it.table, it.what.as_str().to_owned(), it.object, it.statements.join(";\n"), 0, message)
    }))
}
