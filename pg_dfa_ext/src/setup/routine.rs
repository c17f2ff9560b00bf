//! Creates functions and views of the catalog.

use super::object::ObjectDone;
use super::schema;
use super::table::relation_kind;
use crate::catalog::Stored;
use crate::citus;
use crate::data_schema;
use crate::error::{capture, Result};
use crate::spi::{self, qualified};
use crate::statement::render_script;
use crate::statement::{of_statement, Created, Lineage, Relation, RunValues, Values};
use dfa_catalog::model::{Body, Kind, Routine};

/// Creates a function or a view. One that is there is replaced, if its definition can be.
pub fn create(stored: &Stored) -> Result<ObjectDone> {
    schema::ensure()?;
    let (Body::Function(routine) | Body::View(routine)) = &stored.definition.body else {
        return Ok(ObjectDone::new("exists"));
    };
    let mut action = "created";
    for statement in statements(stored, routine)? {
        let lineage = of_statement(&statement)
            .map_err(|error| error.in_statement(stored.name(), "create", &statement))?;
        let (existed, statement) = prepare(stored, routine, &lineage, statement)?;
        if existed {
            action = "replaced";
        }
        if let Some(statement) = statement {
            // Citus warns of each view over a plain table that workers do not get it.
            capture(|| citus::quietly(|| spi::execute(&statement)))
                .map_err(|error| error.in_statement(stored.name(), "create", &statement))?;
            grant(stored, &lineage)?;
        } else {
            action = "exists";
        }
    }
    Ok(ObjectDone::new(action))
}

/// The statements that make a function or view of the catalog where there is none, each with the relation or function
/// that it creates.
pub fn definition(stored: &Stored) -> Result<Vec<(Option<Relation>, String)>> {
    let (Body::Function(routine) | Body::View(routine)) = &stored.definition.body else {
        return Ok(Vec::new());
    };
    let schema = data_schema::name()?;
    let whole = |statement: String| {
        let lineage = of_statement(&statement)?;
        Ok(match lineage.creates {
            Some(Created::Query) if stored.definition.kind() == Kind::View => {
                let place = Relation { schema: Some(schema.clone()), name: stored.name().to_owned() };
                let kind = if routine.materialized { "materialized view" } else { "view" };
                let name = qualified(&schema, stored.name());
                (Some(place), format!("create {kind} {name} as {statement}"))
            }
            Some(Created::View(place) | Created::MaterializedView(place) | Created::Function(place)) => {
                (Some(place), statement)
            }
            _ => (None, statement),
        })
    };
    statements(stored, routine)?.into_iter().map(whole).collect()
}

/// Creates those of these functions and views of the catalog that are not there yet.
pub fn create_missing(routines: &[Stored]) -> Result<()> {
    if routines.is_empty() {
        return Ok(());
    }
    let names = |kind: Kind| -> Vec<String> {
        let of_kind = routines.iter().filter(|stored| stored.definition.kind() == kind);
        of_kind.map(|stored| stored.name().to_owned()).collect()
    };
    let missing = spi::query(
        include_str!("sql/missing_routines.sql"),
        &[names(Kind::View).into(), names(Kind::Function).into(), data_schema::name()?.into()],
        |row| Ok((row.get::<String>("kind")?, row.get::<String>("name")?)),
    )?;
    for (kind, name) in missing {
        let is_meant = |stored: &&Stored| stored.definition.kind().as_str() == kind && stored.name() == name;
        routines.iter().filter(is_meant).try_for_each(|stored| create(stored).map(|_| ()))?;
    }
    Ok(())
}

fn statements(stored: &Stored, routine: &Routine) -> Result<Vec<String>> {
    let today = crate::clock::day()?;
    let run = RunValues { run_id: "0", run_date: &today, run_mode: "common", data_date: &today };
    render_script(stored.name(), "create", &routine.script, &Values::load()?.of_run(&run))
}

/// Whether the object is there, and the statement that brings it to its definition; `None`: nothing to do.
fn prepare(
    stored: &Stored,
    routine: &Routine,
    lineage: &Lineage,
    statement: String,
) -> Result<(bool, Option<String>)> {
    let schema = data_schema::name()?;
    match &lineage.creates {
        // A bare SELECT is the query of a view.
        Some(Created::Query) if stored.definition.kind() == Kind::View => {
            let name = qualified(&schema, stored.name());
            let existed = relation_kind(&schema, stored.name())?.is_some();
            Ok(match (routine.materialized, existed) {
                (false, _) => (existed, Some(format!("create or replace view {name} as {statement}"))),
                (true, false) => (false, Some(format!("create materialized view {name} as {statement}"))),
                (true, true) => (true, rebuild(stored, &format!("materialized view {name}"), statement)?),
            })
        }
        Some(Created::View(view)) => {
            let schema = view.schema.clone().unwrap_or(schema);
            let existed = relation_kind(&schema, &view.name)?.is_some();
            let replaces = statement.to_ascii_lowercase().contains("or replace");
            if existed && !replaces {
                return Ok((
                    true,
                    rebuild(stored, &format!("view {}", qualified(&schema, &view.name)), statement)?,
                ));
            }
            Ok((existed, Some(statement)))
        }
        Some(Created::MaterializedView(view)) => {
            let schema = view.schema.clone().unwrap_or(schema);
            if relation_kind(&schema, &view.name)?.is_none() {
                return Ok((false, Some(statement)));
            }
            let name = format!("materialized view {}", qualified(&schema, &view.name));
            Ok((true, rebuild(stored, &name, statement)?))
        }
        _ => Ok((false, Some(statement))),
    }
}

/// An object that cannot be replaced in place is made anew when its definition was loaded after it was made.
fn rebuild(stored: &Stored, object: &str, statement: String) -> Result<Option<String>> {
    let up_to_date = spi::value::<bool>(
        "select set_up_at is not null from dfa.catalog where id = $1",
        &[stored.id.into()],
    )?;
    if up_to_date == Some(true) {
        return Ok(None);
    }
    spi::own(&format!("drop {object}"))?;
    Ok(Some(statement))
}

fn grant(stored: &Stored, lineage: &Lineage) -> Result<()> {
    let schema = data_schema::name()?;
    let view = match &lineage.creates {
        Some(Created::View(view) | Created::MaterializedView(view)) => {
            qualified(view.schema.as_deref().unwrap_or(&schema), &view.name)
        }
        Some(Created::Query) if stored.definition.kind() == Kind::View => qualified(&schema, stored.name()),
        _ => return Ok(()),
    };
    spi::own(&format!("grant select on {view} to dfa_reader, dfa_operator, dfa_admin")).map(|_| ())
}
