//! What a call of `dfa.setup` covers, in the order in which it is done.

use super::flags::Options;
use super::object::{attempt, ObjectDone, SetupRow};
use super::order::{by_dependency, CONTROL_VIEWS};
use super::table::was_set_up;
use super::{drop, initial, routine, schema, table};
use crate::catalog::{self, Stored};
use crate::data_schema;
use crate::error::{plural, DfaError, Result};
use crate::subtransaction::undone;
use crate::task::{About, Action, Module, EVERYTHING};
use crate::{citus, names, spi};
use dfa_catalog::model::{Definition, Kind, Table};
use dfa_catalog::name;

/// The control table that loading catalogs writes to.
const TRACKING: &str = "ctr_task_schedule";

/// The definitions that a setup is about.
struct Scope {
    functions: Vec<Stored>,
    tables: Vec<Stored>,
    views: Vec<Stored>,
    whole: bool,
}

/// Does it, as a task. `task`: the background task that this is a step of; else it is one of its own.
pub fn run(
    name: Option<&str>,
    kind: Option<&str>,
    options: &Options,
    task: Option<&str>,
) -> Result<Vec<SetupRow>> {
    let action = match task {
        Some(task) => Action::of(task, false),
        None => Action::begin(&About {
            module: Module::Setup,
            kind: "table",
            name: name.unwrap_or(EVERYTHING),
            run_date: options.run_date.as_deref(),
            objects: 0,
            parameters: None,
        })?,
    };
    let rows = citus::in_order(|| set_up(name, kind, options, &action))?;
    let failures: Vec<&str> =
        rows.iter().filter(|row| row.status != 0).map(|row| row.message.as_str()).collect();
    let message = match failures.is_empty() {
        true => success(name.unwrap_or(EVERYTHING), &rows),
        false => failures.join("\n"),
    };
    action.end(!failures.is_empty(), &message, rows.len(), rows.len() - failures.len())?;
    Ok(rows)
}

/// Of several objects, how many of each action.
fn success(name: &str, rows: &[SetupRow]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for row in rows {
        match counts.iter_mut().find(|(action, _)| *action == row.action) {
            Some((_, count)) => *count += 1,
            None => counts.push((row.action, 1)),
        }
    }
    let words = |action| if action == "exists" { "already there" } else { action };
    let counts: Vec<String> =
        counts.iter().map(|(action, count)| format!("{count} {}", words(action))).collect();
    match counts.is_empty() {
        true => format!("Success: Setup '{name}'"),
        false => format!("Success: Setup '{name}': {}", counts.join(", ")),
    }
}

/// What [`run`] would give, and nothing of it stays.
pub fn preview(name: Option<&str>, kind: Option<&str>, options: &Options) -> Result<Vec<SetupRow>> {
    undone(|| run(name, kind, options, None))
}

fn set_up(
    name: Option<&str>,
    kind: Option<&str>,
    options: &Options,
    action: &Action,
) -> Result<Vec<SetupRow>> {
    if options.drop_schema {
        if let Some(one) = name.or(kind) {
            return Err(DfaError::InvalidArgument {
                argument: "drop_schema",
                value: format!("Y, with '{one}'"),
                allowed: "It drops everything: leave name and kind out, or drop one by drop_table => 'Y'."
                    .to_owned(),
            });
        }
        let schema = data_schema::name()?;
        let gone = drop::schema(options.cascade)?;
        let mut rows = vec![attempt("schema", &schema, || Ok(ObjectDone::new("dropped")))?];
        for object in gone {
            let note = object.rows.map(|rows| drop::went(rows, &[]));
            let done = ObjectDone { note, ..ObjectDone::new("dropped") };
            rows.push(attempt(object.kind, &object.name, || Ok(done))?);
        }
        return Ok(rows);
    }
    let scope = Scope::find(name, kind)?;
    if options.drop_table {
        return drop_tables(&scope, options);
    }
    schema::ensure()?;
    let dropped = drop_before(&scope, options)?;
    let mut rows = create_all(&scope, options, action)?;
    for row in &mut rows {
        let gone = dropped.iter().find(|(name, _)| row.kind == "table" && *name == row.name);
        let was_dropped = gone.is_some();
        if was_dropped && row.status != 0 {
            // Its rows would be gone for nothing.
            return Err(DfaError::NotCreatedAgain {
                table: row.name.clone(),
                sqlstate: row.sqlstate.clone(),
                cause: row.message.clone(),
            });
        }
        if was_dropped {
            row.action = "recreated";
            if let Some((_, rows)) = gone.filter(|(_, rows)| *rows > 0) {
                let s = plural(rows.unsigned_abs());
                row.message.push_str(&format!(" (the {rows} row{s} that it had are gone)"));
            }
        }
    }
    mark_set_up(&rows)?;
    Ok(rows)
}

impl Scope {
    fn find(name: Option<&str>, kind: Option<&str>) -> Result<Scope> {
        let kind: Option<Kind> = kind
            .map(|text| {
                text.trim().to_ascii_lowercase().parse().map_err(|_| DfaError::InvalidArgument {
                    argument: "kind",
                    value: text.to_owned(),
                    allowed: "function, table, view or pipeline.".to_owned(),
                })
            })
            .transpose()?;
        let takes = |wanted: Kind| kind.is_none() || kind == Some(wanted);
        match name {
            None => {
                let all = |wanted: Kind| {
                    if takes(wanted) {
                        catalog::current(&[wanted], None)
                    } else {
                        Ok(Vec::new())
                    }
                };
                Ok(Scope {
                    functions: all(Kind::Function)?,
                    tables: by_dependency(all(Kind::Table)?),
                    views: all(Kind::View)?,
                    whole: kind.is_none(),
                })
            }
            Some(name) => Scope::of_name(name, kind),
        }
    }

    fn of_name(name: &str, kind: Option<Kind>) -> Result<Scope> {
        let kinds = match kind {
            Some(kind) => vec![kind],
            None => vec![Kind::Table, Kind::Pipeline, Kind::View, Kind::Function],
        };
        let (kind, name) = names::resolve(name, &kinds, "table, pipeline, view or function")?;
        let one = catalog::called(kind, &name)?;
        let mut scope = Scope { functions: Vec::new(), tables: Vec::new(), views: Vec::new(), whole: false };
        match kind {
            Kind::Function => scope.functions.push(one),
            Kind::View => scope.views.push(one),
            Kind::Table | Kind::Pipeline | Kind::Query => {
                scope.tables = by_dependency(catalog::nodes::tables(&one)?);
            }
        }
        Ok(scope)
    }
}

fn create_all(scope: &Scope, options: &Options, action: &Action) -> Result<Vec<SetupRow>> {
    let mut rows = routines("function", &scope.functions)?;
    for stored in &scope.tables {
        rows.push(attempt("table", stored.name(), || set_up_table(stored, options, action))?);
    }
    // A function in SQL is checked against the tables that it reads: those that came too early get a second chance.
    retry_failed(&mut rows, &scope.functions)?;
    rows.extend(routines("view", &scope.views)?);
    Ok(rows)
}

/// Creates functions or views, again and again while some that failed can be created after others.
fn routines(kind: &'static str, definitions: &[Stored]) -> Result<Vec<SetupRow>> {
    let mut rows = Vec::with_capacity(definitions.len());
    for stored in definitions {
        rows.push(attempt(kind, stored.name(), || routine::create(stored))?);
    }
    retry_failed(&mut rows, definitions)?;
    Ok(rows)
}

fn retry_failed(rows: &mut [SetupRow], definitions: &[Stored]) -> Result<()> {
    loop {
        let mut progress = false;
        for row in rows.iter_mut().filter(|row| is_for_lack(row)) {
            let Some(stored) = definitions.iter().find(|stored| stored.name() == row.name) else { continue };
            let again = attempt(row.kind, stored.name(), || routine::create(stored))?;
            progress |= again.status == 0;
            *row = again;
        }
        if !progress {
            return Ok(());
        }
    }
}

/// Failed for want of a table (42P01), function (42883), column (42703), type (42704), schema (3F000), or of a
/// parameter (DF004) that comes with the first rows of the parameter table.
fn is_for_lack(row: &SetupRow) -> bool {
    matches!(row.sqlstate.as_deref(), Some("42P01" | "42883" | "42703" | "42704" | "3F000" | "DF004"))
}

fn set_up_table(stored: &Stored, options: &Options, action: &Action) -> Result<ObjectDone> {
    let Some(definition) = stored.table() else { return Ok(ObjectDone::new("exists")) };
    let run_date = options.run_date.as_deref();
    let is_view = CONTROL_VIEWS.contains(&stored.name());
    let mut done = if is_view { ObjectDone::new("exists") } else { table::create_table(stored, run_date)? };
    if wants_initial(stored, options, done.action == "created")? {
        done.rows = match stored.name() {
            TRACKING => tracking_rows(stored, definition, run_date, action)?,
            _ => initial::run(stored, definition, run_date, action)?,
        };
    } else if options.initial_data.takes(stored.name()) && definition.initial.is_some() {
        done.note = Some("it has rows, so its first rows were not put in".to_owned());
    }
    Ok(done)
}

/// The first rows of a set's own tracking table. They find it without the rows that loading catalogs wrote, which come back
/// where the set has none of its own.
fn tracking_rows(
    stored: &Stored,
    definition: &Table,
    run_date: Option<&str>,
    action: &Action,
) -> Result<Option<i64>> {
    spi::run(include_str!("sql/forget_untouched.sql"), &[])?;
    let rows = initial::run(stored, definition, run_date, action)?;
    let pipelines = catalog::current(&[Kind::Pipeline], None)?;
    let definitions: Vec<&Definition> = pipelines.iter().map(|stored| stored.definition.as_ref()).collect();
    catalog::register_pipelines(&definitions)?;
    Ok(rows)
}

/// First rows go into a table that is new or empty; those of control tables at their first setup, asked for or not.
fn wants_initial(stored: &Stored, options: &Options, created: bool) -> Result<bool> {
    if name::prefix(stored.name()) == "ctr" && !was_set_up(stored.name())? {
        return Ok(true);
    }
    if !options.initial_data.takes(stored.name()) {
        return Ok(false);
    }
    Ok(created || initial::is_empty(&data_schema::name()?, stored.name())?)
}

/// The tables that went, with their rows. Children go before their parents; with everything, views go first and come back at the end.
fn drop_before(scope: &Scope, options: &Options) -> Result<Vec<(String, i64)>> {
    let chosen: Vec<&Stored> =
        scope.tables.iter().filter(|stored| options.drop_before_create.takes(stored.name())).collect();
    if scope.whole && !chosen.is_empty() {
        drop::views()?;
    }
    let mut dropped = Vec::new();
    for stored in chosen.into_iter().rev() {
        let done = drop::table(stored, options.cascade, false)?;
        if done.action == "dropped" {
            dropped.push((stored.name().to_owned(), done.gone));
        }
    }
    Ok(dropped)
}

fn drop_tables(scope: &Scope, options: &Options) -> Result<Vec<SetupRow>> {
    let mut rows = Vec::new();
    for stored in scope.tables.iter().rev() {
        rows.push(attempt("table", stored.name(), || drop::table(stored, options.cascade, true))?);
    }
    Ok(rows)
}

/// Marks the definitions that are set up now.
fn mark_set_up(rows: &[SetupRow]) -> Result<()> {
    let done = || rows.iter().filter(|row| row.status == 0);
    let kinds: Vec<String> = done().map(|row| row.kind.to_owned()).collect();
    let names: Vec<String> = done().map(|row| row.name.clone()).collect();
    spi::run(include_str!("sql/mark_set_up.sql"), &[kinds.into(), names.into()])
}
