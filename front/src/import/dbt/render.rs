//! The SQL of models, by minijinja, with what dbt gives to its templates. What it does not know is an error with its line.

use super::super::{yaml, Left};
use super::project::{ModelFile, Project};
use super::{Kind, Model};
use minijinja::value::{Kwargs, Rest, Value};
use minijinja::{context, Environment, Error, ErrorKind, UndefinedBehavior};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The schema that the probe makes.
pub const PROBE: &str = "import_probe_of_dfa";
/// Stands for the data schema until braces of the SQL itself have been told from placeholders.
const SCHEMA: &str = "\u{1}ai_schema\u{1}";

/// What a model says of itself while it is rendered.
#[derive(Debug, Clone, Default)]
struct Said {
    config: BTreeMap<String, Value>,
    reads: Vec<String>,
}

/// How names become those of relations.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Catalog,
    Probe,
}

/// All models whose SQL can be had.
pub fn all(project: &Project, left: &mut Vec<Left>) -> Vec<Model> {
    let kinds: BTreeMap<String, Option<Kind>> =
        project.models.iter().map(|file| (file.name.clone(), kind(project, file).ok())).collect();
    let mut models = Vec::new();
    for file in &project.models {
        match one(project, file, &kinds) {
            Ok((model, more)) => {
                left.extend(more);
                models.extend(model);
            }
            Err(why) => left.push(why),
        }
    }
    models
}

/// What becomes of a model; an error where nothing does.
fn kind(project: &Project, file: &ModelFile) -> Result<Kind, Left> {
    let (_, said) = render(project, file, Target::Probe, false, &BTreeMap::new())?;
    let config = said.config.get("materialized").and_then(Value::as_str).map(str::to_owned);
    let of_file = project.properties.get(&file.name).and_then(|known| known.materialized.clone());
    match config.or(of_file).or_else(|| file.materialized.clone()).as_deref() {
        None | Some("view" | "ephemeral") => Ok(Kind::View),
        Some("table") => Ok(Kind::Table),
        Some("incremental") => Ok(Kind::Incremental),
        Some(other) => Err(Left::new(&file.file, format!("materialized '{other}' has no match"))),
    }
}

fn one(
    project: &Project,
    file: &ModelFile,
    kinds: &BTreeMap<String, Option<Kind>>,
) -> Result<(Option<Model>, Vec<Left>), Left> {
    let kind = kind(project, file)?;
    let (probe, said) = render(project, file, Target::Probe, false, kinds)?;
    if said.config.get("enabled").is_some_and(|value| !value.is_true()) {
        return Ok((None, vec![Left::new(&file.file, "it is not enabled")]));
    }
    let mut left = Vec::new();
    for key in
        ["pre_hook", "post_hook", "partition_by", "indexes", "grants", "alias", "schema", "on_schema_change"]
    {
        if said.config.contains_key(key) {
            left.push(Left::new(&file.file, format!("`{key}` of its config")));
        }
    }
    let ephemeral = said.config.get("materialized").and_then(Value::as_str) == Some("ephemeral");
    if ephemeral {
        left.push(Left::new(&file.file, "it is ephemeral, and a view here: its rows are the same"));
    }
    let sql = catalog_text(&render(project, file, Target::Catalog, false, kinds)?.0);
    let more = match kind {
        Kind::Incremental => Some(catalog_text(&render(project, file, Target::Catalog, true, kinds)?.0)),
        _ => None,
    };
    let unique_key = match said.config.get("unique_key") {
        None => Vec::new(),
        Some(one) => match one.as_str() {
            Some(column) => vec![column.to_owned()],
            None => one
                .try_iter()
                .map(|items| items.filter_map(|item| item.as_str().map(str::to_owned)).collect())
                .unwrap_or_default(),
        },
    };
    let properties = project.properties.get(&file.name);
    let model = Model {
        name: file.name.clone(),
        file: file.file.clone(),
        description: properties.map(|known| known.description.clone()).unwrap_or_default(),
        kind,
        unique_key,
        sql,
        more,
        probe: probe.trim().trim_end_matches(';').to_owned(),
        reads: said.reads,
        columns: Vec::new(),
    };
    Ok((Some(model), left))
}

/// As a statement of a catalog.
fn catalog_text(sql: &str) -> String {
    let lines: Vec<&str> = sql.trim().trim_end_matches(';').lines().map(str::trim_end).collect();
    yaml::literal(&lines.join("\n")).replace(SCHEMA, "{ai_schema_name}")
}

/// The name that a model or seed has here.
pub fn named(project: &Project, name: &str, kinds: &BTreeMap<String, Option<Kind>>) -> Option<String> {
    if project.seeds.iter().any(|seed| seed.name == name) {
        return Some(format!("src_{name}"));
    }
    match kinds.get(name)? {
        Some(Kind::View) => Some(name.to_owned()),
        Some(Kind::Table | Kind::Incremental) | None => Some(format!("ai_{name}")),
    }
}

fn render(
    project: &Project,
    file: &ModelFile,
    target: Target,
    incremental: bool,
    kinds: &BTreeMap<String, Option<Kind>>,
) -> Result<(String, Said), Left> {
    let said = Arc::new(Mutex::new(Said::default()));
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let names: BTreeMap<String, String> = project
        .models
        .iter()
        .map(|model| model.name.clone())
        .chain(project.seeds.iter().map(|seed| seed.name.clone()))
        .filter_map(|name| {
            let here = match target {
                Target::Probe => format!("{PROBE}.{}", crate::db::ident(&name)),
                // Of kinds that are not known yet nothing is kept.
                Target::Catalog => format!("{SCHEMA}.{}", named(project, &name, kinds)?),
            };
            Some((name, here))
        })
        .collect();
    let this = names.get(&file.name).cloned().unwrap_or_default();
    let keep = Arc::clone(&said);
    environment.add_function("ref", move |parts: Rest<String>| -> Result<Value, Error> {
        // The first of two is a project.
        let name = parts.last().cloned().unwrap_or_default();
        let here = names.get(&name).cloned().ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidOperation,
                format!("ref('{name}') is no model or seed of this project"),
            )
        })?;
        lock(&keep).reads.push(name);
        Ok(Value::from_safe_string(here))
    });
    let sources = project.sources.clone();
    environment.add_function("source", move |name: String, table: String| -> Result<Value, Error> {
        let place = sources.get(&(name.clone(), table.clone())).cloned().ok_or_else(|| {
            Error::new(ErrorKind::InvalidOperation, format!("source('{name}', '{table}') is not described"))
        })?;
        Ok(Value::from_safe_string(place))
    });
    let keep = Arc::clone(&said);
    environment.add_function("config", move |_: Rest<Value>, given: Kwargs| -> Result<Value, Error> {
        for key in given.args() {
            let value: Value = given.get(key)?;
            lock(&keep).config.insert(key.to_owned(), value);
        }
        given.assert_all_used()?;
        Ok(Value::from(""))
    });
    let vars = project.vars.clone();
    environment.add_function("var", move |name: String, default: Option<Value>| -> Result<Value, Error> {
        match (vars.get(&name), default) {
            (Some(value), _) => Ok(Value::from(value.clone())),
            (None, Some(default)) => Ok(default),
            (None, None) => Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("var('{name}') is not set in dbt_project.yml"),
            )),
        }
    });
    environment.add_function("is_incremental", move || incremental);
    environment.add_global("this", Value::from_safe_string(this));
    environment.add_global("execute", Value::from(false));
    environment.add_global("target", context! { name => "dfa", type => "postgres", schema => PROBE });
    let rendered = environment.render_named_str("model.sql", &file.text, context! {});
    match rendered {
        Ok(sql) => {
            let said = lock(&said).clone();
            Ok((sql, said))
        }
        Err(error) => {
            let place =
                error.line().map_or_else(|| file.file.clone(), |line| format!("{}:{line}", file.file));
            let why = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            Err(Left::new(place, format!("Jinja that is more than SQL: {why}")))
        }
    }
}

fn lock(said: &Mutex<Said>) -> std::sync::MutexGuard<'_, Said> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}
