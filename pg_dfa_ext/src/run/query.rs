//! `dfa.run_query`: a named query of the catalog.

use crate::catalog::Stored;
use crate::entry::entry;
use crate::error::{capture, given, DfaError, Result};
use crate::json::{JsonAnswer, JsonText};
use crate::leftover::{isolated, swept};
use crate::spi::{self, Effect};
use crate::statement::of_statement;
use crate::statement::{RunValues, Values};
use crate::{catalog, clock, names};
use dfa_catalog::model::{Body, Kind, Routine};
use dfa_catalog::placeholder::{self, Value};
use jiff::civil::Date;
use pgrx::prelude::*;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

extension_sql!(
    r#"
comment on function dfa.run_query is
'Runs a named query of the catalog. params: an object with its parameters. A SELECT gives at most limit rows as a list of objects, numbers with all their digits; a change gives its row count.';
grant execute on function dfa.run_query to dfa_reader;
"#,
    name = "about_run_query",
    requires = [run_query]
);

#[pg_extern]
fn run_query(
    name: Option<&str>,
    params: default!(Option<JsonText<'_>>, "'{}'"),
    limit: default!(Option<i32>, "1000"),
) -> JsonAnswer {
    entry(|| run(given("name", name)?, given("params", params)?, given("limit", limit)?).map(JsonAnswer))
}

/// The answer as JSON text: Postgres wrote it, and numbers keep all their digits.
fn run(name: &str, params: JsonText<'_>, limit: i32) -> Result<String> {
    if limit < 1 {
        return Err(DfaError::InvalidArgument {
            argument: "limit",
            value: limit.to_string(),
            allowed: "Ask for at least one row.".to_owned(),
        });
    }
    let (kind, name) = names::resolve(name, &[Kind::Query], "query")?;
    let stored = catalog::called(kind, &name)?;
    let Body::Query(query) = &stored.definition.body else { return Ok("null".to_owned()) };
    let given = given_values(&stored, query, params)?;
    let statements = fill_in(&stored, query, &given)?;
    swept(|| {
        isolated(|| {
            let mut answer = "null".to_owned();
            for statement in &statements {
                answer = answer_of(&stored, statement, limit)?;
            }
            Ok(answer)
        })
    })
}

/// The caller's values, each checked for its name and type.
fn given_values(stored: &Stored, query: &Routine, params: JsonText<'_>) -> Result<BTreeMap<String, String>> {
    let invalid =
        |value: String, allowed: String| DfaError::InvalidArgument { argument: "params", value, allowed };
    let whole: &RawValue = params.read("params")?;
    if !whole.get().starts_with('{') {
        let value = whole.get().chars().take(60).collect();
        return Err(invalid(value, "Give an object of parameter names and values.".to_owned()));
    }
    let object: BTreeMap<String, &RawValue> = params.read("params")?;
    let listed = &query.script.parameters;
    let mut given = BTreeMap::new();
    for (name, value) in object {
        if !listed.contains(&name) {
            let listed = listed.join(", ");
            return Err(invalid(name, format!("Query '{}' takes: {listed}.", stored.name())));
        }
        let raw = value.get();
        let text = match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw)
                .map_err(|error| invalid(raw.to_owned(), format!("'{name}' cannot be read: {error}.")))?,
            Some(b'{' | b'[' | b'n') | None => {
                return Err(invalid(raw.to_owned(), format!("'{name}' takes a text or a number.")))
            }
            Some(_) => raw.to_owned(),
        };
        check_type(&name, &text)?;
        given.insert(name, text);
    }
    Ok(given)
}

fn check_type(name: &str, text: &str) -> Result<()> {
    let wrong = |allowed: &str| {
        Err(DfaError::InvalidArgument {
            argument: "params",
            value: format!("{name}: {text}"),
            allowed: allowed.to_owned(),
        })
    };
    if matches!(name, "run_date" | "data_date") && text.parse::<Date>().is_err() {
        return wrong("A date is written YYYY-MM-DD.");
    }
    let kind = spi::value::<String>(
        "select parameter_type::text from dfa.data_parameter where parameter_name = $1",
        &[name.into()],
    )?;
    if kind.as_deref() == Some("int") && text.trim().parse::<i64>().is_err() {
        return wrong("The parameter is of type int: give a whole number.");
    }
    Ok(())
}

/// A caller's value stands inside quotes or is a number: it is never SQL.
fn fill_in(stored: &Stored, query: &Routine, given: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let run_date = match given.get("run_date") {
        Some(date) => date.clone(),
        None => clock::day()?,
    };
    let data_date = given.get("data_date").cloned().unwrap_or_else(|| run_date.clone());
    let values = Values::load()?.of_run(&RunValues {
        run_id: "0",
        run_date: &run_date,
        run_mode: "common",
        data_date: &data_date,
    });
    let value = |name: &str| match given.get(name) {
        Some(text) => Some(Value::Caller(text.clone())),
        None => values.get(name).map(|text| Value::Trusted(text.into_owned())),
    };
    query
        .script
        .statements
        .iter()
        .map(|template| {
            placeholder::render_values(template, value).map_err(|source| DfaError::Placeholder {
                table: stored.name().to_owned(),
                process: "query".to_owned(),
                source,
            })
        })
        .collect()
}

fn answer_of(stored: &Stored, statement: &str, limit: i32) -> Result<String> {
    let with_statement = |error: DfaError| error.in_statement(stored.name(), "query", statement);
    let lineage = of_statement(statement).map_err(with_statement)?;
    if lineage.creates.is_none() {
        return match capture(|| spi::execute(statement)).map_err(with_statement)? {
            Effect::Changed(rows) => Ok(rows.to_string()),
            Effect::Selected { rows, row_number } => Ok(row_number.unwrap_or(rows.cast_signed()).to_string()),
            Effect::Utility => Ok("0".to_owned()),
        };
    }
    let rows = format!(
        "select pg_catalog.concat('[', pg_catalog.string_agg(pg_catalog.row_to_json(answer)::pg_catalog.text, ','), ']')
         from (select * from ({statement}) as answer limit {limit}) as answer"
    );
    let answer = capture(|| spi::select_text(&rows, 1)).map_err(with_statement)?;
    let text = answer.into_iter().next().and_then(|row| row.into_iter().next()).flatten();
    Ok(text.unwrap_or_else(|| "[]".to_owned()))
}
