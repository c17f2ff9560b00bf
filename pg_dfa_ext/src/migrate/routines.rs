//! Views and functions of catalogs beside those of the database: what is missing, and what is another one.
//!
//! Postgres itself makes a shadow of each from the same text, among the temporary objects, and prints both.

use super::change::{Change, What};
use super::dependants::Dependant;
use super::head;
use crate::catalog::Stored;
use crate::error::{capture, DfaError, Result};
use crate::relation;
use crate::setup;
use crate::spi::{self, qualified};
use crate::statement::{of_statement, Relation};
use crate::subtransaction::subtransaction;
use dfa_catalog::model::{Body, Kind};
use pgrx::pg_sys;

/// How a view or function comes to its catalog.
pub enum Difference {
    /// It is not there.
    Missing(Stored, Vec<String>),
    /// In place, by these statements.
    Other(Stored, pg_sys::Oid, Vec<String>),
    /// It goes, with what depends on it, and comes again.
    Anew(Dependant),
}

/// How an object that is there compares.
enum State {
    Same,
    InPlace(pg_sys::Oid, String),
    Anew(Dependant),
    Missing,
}

/// Compares all of them. Call it in a subtransaction that is undone. `tables`: what else is to change; `left_out`: gets what is
/// to be said of those that cannot be made.
pub fn compare(
    routines: &[Stored],
    tables: &[Change],
    schema: &str,
    left_out: &mut Vec<String>,
) -> Result<Vec<Difference>> {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for stored in routines {
        let definition = match capture(|| setup::definition(stored)) {
            Ok(definition) => definition,
            Err(error) => {
                left_out.push(cannot_be_made(stored, error)?);
                continue;
            }
        };
        if definition.iter().all(|(place, _)| place.is_none()) {
            continue;
        }
        if is_missing(stored, &definition, schema)? {
            missing.push((stored.clone(), definition));
        } else {
            found.push((stored, definition));
        }
    }
    let mut differences = make_missing(missing, tables, schema, left_out)?;
    for (number, (stored, definition)) in found.iter().enumerate() {
        differences.extend(of_existing(stored, definition, number, tables, schema)?);
    }
    Ok(differences)
}

type Definition = Vec<(Option<Relation>, String)>;

fn is_missing(stored: &Stored, definition: &Definition, schema: &str) -> Result<bool> {
    for place in definition.iter().filter_map(|(place, _)| place.as_ref()) {
        let schema = place.schema.as_deref().unwrap_or(schema);
        let is_there = match stored.definition.kind() {
            Kind::View => relation::oid(Some(schema), &place.name).is_some(),
            _ => spi::value::<bool>(
                "select exists (select from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
                                where nspname = $1 and proname = $2)",
                &[schema.into(), place.name.as_str().into()],
            )?
            .unwrap_or_default(),
        };
        if is_there {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes those that are not there, in any order in which they can be made. What cannot be made is told to the caller and
/// left out, unless it may be for a table that is yet to come or to change, or for want of the right to try.
fn make_missing(
    mut left: Vec<(Stored, Definition)>,
    tables: &[Change],
    schema: &str,
    left_out: &mut Vec<String>,
) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    loop {
        let mut failed = Vec::new();
        let before = left.len();
        for (stored, definition) in left {
            let outcome = subtransaction(|| {
                definition.iter().try_for_each(|(_, statement)| spi::execute(statement).map(|_| ()))
            });
            match outcome {
                Ok(()) => differences.push(creation(stored, definition, schema)),
                Err(error) if error.is_interrupt() => return Err(error),
                Err(error) => failed.push((stored, definition, error)),
            }
        }
        if failed.is_empty() {
            return Ok(differences);
        }
        if failed.len() == before {
            for (stored, definition, error) in failed {
                let may_come = is_for_lack(&error) && !tables.is_empty();
                if may_come || error.report().sqlstate == "42501" {
                    differences.push(creation(stored, definition, schema));
                } else {
                    left_out.push(cannot_be_made(&stored, error)?);
                }
            }
            return Ok(differences);
        }
        left = failed.into_iter().map(|(stored, definition, _)| (stored, definition)).collect();
    }
}

/// For want of a table, function, column, type or schema: something else may have to come first.
pub fn is_for_lack(error: &DfaError) -> bool {
    matches!(error.report().sqlstate.as_str(), "42P01" | "42883" | "42703" | "42704" | "3F000")
}

fn cannot_be_made(stored: &Stored, error: DfaError) -> Result<String> {
    if error.is_interrupt() {
        return Err(error);
    }
    let kind = stored.definition.kind();
    Ok(format!("{kind} '{}' cannot be made and is left out: {}", stored.name(), error.report().message))
}

fn creation(stored: Stored, definition: Definition, schema: &str) -> Difference {
    let mut statements = Vec::new();
    for (place, statement) in definition {
        statements.push(statement);
        if let (Some(place), Kind::View) = (place, stored.definition.kind()) {
            let view = qualified(place.schema.as_deref().unwrap_or(schema), &place.name);
            statements.push(format!("grant select on {view} to dfa_reader, dfa_operator, dfa_admin"));
        }
    }
    Difference::Missing(stored, statements)
}

fn of_existing(
    stored: &Stored,
    definition: &Definition,
    number: usize,
    tables: &[Change],
    schema: &str,
) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    let mut in_place: Option<(pg_sys::Oid, Vec<String>)> = None;
    let mut is_new = false;
    for (place, statement) in definition {
        let Some(place) = place else { continue };
        match state(stored, place, statement, number, tables, schema)? {
            State::Same => {}
            State::Missing => is_new = true,
            State::Anew(dependant) => differences.push(Difference::Anew(dependant)),
            State::InPlace(oid, statement) => {
                in_place.get_or_insert_with(|| (oid, Vec::new())).1.push(statement);
            }
        }
    }
    if is_new && differences.is_empty() && in_place.is_none() {
        differences.push(creation(stored.clone(), definition.clone(), schema));
    }
    if let (Some((oid, statements)), true) = (in_place, differences.is_empty()) {
        differences.push(Difference::Other(stored.clone(), oid, statements));
    }
    Ok(differences)
}

fn state(
    stored: &Stored,
    place: &Relation,
    statement: &str,
    number: usize,
    tables: &[Change],
    schema: &str,
) -> Result<State> {
    let schema = place.schema.as_deref().unwrap_or(schema);
    let outcome = subtransaction(|| match stored.definition.kind() {
        Kind::View => view(schema, &place.name, statement, number),
        _ => function(schema, &place.name, statement, number),
    });
    match outcome {
        Ok(State::Same) if is_over(statement, tables)? => anew(stored, schema, &place.name),
        // Its text is another one each day: what was made of it stays.
        Ok(State::InPlace(..) | State::Anew(_)) if names_the_run(stored) && is_made(stored)? => {
            Ok(State::Same)
        }
        Ok(state) => Ok(state),
        Err(error) if error.is_interrupt() => Err(error),
        // It cannot be tried: then what was loaded after it was made is another one.
        Err(_) => match is_made(stored)? {
            true => Ok(State::Same),
            false => anew(stored, schema, &place.name),
        },
    }
}

/// A view of all columns of a table whose columns change is another one after it.
fn is_over(statement: &str, tables: &[Change]) -> Result<bool> {
    if tables.is_empty() || !head::takes_all_columns(statement) {
        return Ok(false);
    }
    let lineage = of_statement(statement)?;
    let touches = |change: &Change| {
        matches!(change.what, What::AddColumn | What::DropColumn | What::RetypeColumn | What::Repartition)
            && lineage.sources.iter().any(|source| source.name == change.table)
    };
    Ok(tables.iter().any(touches))
}

/// Whether its text holds a date of the run.
fn names_the_run(stored: &Stored) -> bool {
    let (Body::Function(routine) | Body::View(routine)) = &stored.definition.body else { return false };
    let of_run = ["run_date", "data_date", "update_date", "run_id"];
    routine.script.parameters.iter().any(|name| of_run.contains(&name.as_str()))
}

fn is_made(stored: &Stored) -> Result<bool> {
    let found = spi::value::<bool>(
        "select set_up_at is not null from dfa.catalog where id = $1",
        &[stored.id.into()],
    )?;
    Ok(found.unwrap_or_default())
}

fn anew(stored: &Stored, schema: &str, name: &str) -> Result<State> {
    Ok(match Dependant::existing(stored.definition.kind(), schema, name)? {
        Some(dependant) => State::Anew(dependant),
        None => State::Missing,
    })
}

fn view(schema: &str, name: &str, statement: &str, number: usize) -> Result<State> {
    let Some(oid) = relation::oid(Some(schema), name) else { return Ok(State::Missing) };
    let head = head::of_view(statement).ok_or_else(unreadable)?;
    let shadow = format!("dfa_shadow_view_{number}");
    spi::execute(&head.shadow_view(statement, &shadow))?;
    let (mut is_same, is_replaceable, printed) = compared(oid, &shadow)?;
    if !is_same {
        // Postgres prints some expressions in another way when they were made from what it had printed, as a dump is.
        let again = format!("{shadow}_printed");
        spi::execute(&format!("create temporary view {again} as {printed}"))?;
        is_same = compared(oid, &again)?.0;
    }
    let is_materialized = head.kind == "materialized view";
    // SAFETY: a look-up in the system cache.
    let is_of_kind = (unsafe { pg_sys::get_rel_relkind(oid) } as u8 == b'm') == is_materialized;
    Ok(match (is_same && is_of_kind, is_replaceable && is_of_kind) {
        (true, _) => State::Same,
        (_, true) => State::InPlace(oid, head.with(statement, "create or replace view", None)),
        _ => Dependant::existing(Kind::View, schema, name)?.map_or(State::Missing, State::Anew),
    })
}

/// Whether a view is as its shadow, whether it can become so in place, and what Postgres prints of the shadow.
fn compared(oid: pg_sys::Oid, shadow: &str) -> Result<(bool, bool, String)> {
    let shadow = relation::oid(Some("pg_temp"), shadow).ok_or_else(unreadable)?;
    let found = spi::query_one(include_str!("sql/compare_view.sql"), &[oid.into(), shadow.into()], |row| {
        Ok((row.get::<bool>("is_same")?, row.get::<bool>("keeps_columns")?, row.get::<String>("query")?))
    })?;
    Ok(found.unwrap_or_default())
}

fn function(schema: &str, name: &str, statement: &str, number: usize) -> Result<State> {
    let head = head::of_function(statement).ok_or_else(unreadable)?;
    let kind = head.kind;
    let shadow = format!("dfa_shadow_routine_{number}");
    // Its body may be about what is yet to come.
    spi::execute("set local check_function_bodies = off")?;
    spi::execute(&head.with(statement, &format!("create {kind}"), Some(&format!("pg_temp.{shadow}"))))?;
    let shadow = spi::value::<Option<pg_sys::Oid>>(
        "select pg_proc.oid from pg_proc where proname = $1 and pronamespace = pg_my_temp_schema()",
        &[shadow.as_str().into()],
    )?
    .flatten()
    .ok_or_else(unreadable)?;
    let found = spi::query_one(
        include_str!("sql/compare_function.sql"),
        &[schema.into(), name.into(), shadow.into()],
        |row| {
            Ok((
                row.get::<pg_sys::Oid>("oid")?,
                row.get::<bool>("is_same")?,
                row.get::<bool>("fits_in_place")?,
                row.get::<String>("kind")?,
            ))
        },
    )?;
    Ok(match found {
        None => State::Missing,
        Some((_, true, _, _)) => State::Same,
        Some((oid, _, true, _)) => {
            State::InPlace(oid, head.with(statement, &format!("create or replace {kind}"), None))
        }
        Some((oid, _, _, old_kind)) => State::Anew(Dependant::of_function(old_kind, schema, name, oid)),
    })
}

fn unreadable() -> DfaError {
    DfaError::internal("the head of the statement is written in a way that is not known")
}
