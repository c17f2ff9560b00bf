//! Which columns seeds and models have: PostgreSQL says it, of views that a transaction makes and undoes.

use super::super::Left;
use super::project::{Project, Seed};
use super::render::PROBE;
use super::Model;
use crate::catalog_set::read_data_file;
use crate::db::path::{OF_ROLE_LOCAL, PINNED_LOCAL};
use crate::db::{ident, Ask, Client, Columns};
use crate::failure::Result;
use serde_json::Value;

/// Fills in the columns; a model that PostgreSQL refuses, and what reads it, is left.
pub async fn columns(
    client: &Client,
    project: &Project,
    models: &mut Vec<Model>,
    left: &mut Vec<Left>,
) -> Result<()> {
    client.begin().await?;
    let outcome = probe(client, project, models, left).await;
    client.rollback().await?;
    outcome
}

async fn probe(
    client: &Client,
    project: &Project,
    models: &mut Vec<Model>,
    left: &mut Vec<Left>,
) -> Result<()> {
    client.batch_execute(&format!("create schema {PROBE}")).await?;
    for seed in &project.seeds {
        let columns: Vec<String> =
            of_seed(seed)?.into_iter().map(|(name, kind)| format!("{} {kind}", ident(&name))).collect();
        let name = ident(&seed.name);
        client.batch_execute(&format!("create table {PROBE}.{name} ({})", columns.join(", "))).await?;
    }
    let mut sound = Vec::with_capacity(models.len());
    for mut model in std::mem::take(models) {
        // Its SQL finds what that of its author finds.
        client.batch_execute(&format!("savepoint model; {OF_ROLE_LOCAL}")).await?;
        let name = ident(&model.name);
        match client.batch_execute(&format!("create view {PROBE}.{name} as\n{}", model.probe)).await {
            Ok(()) => {
                client.batch_execute(PINNED_LOCAL).await?;
                for row in client.ask(include_str!("columns.sql"), &[&PROBE, &model.name]).await? {
                    model.columns.push((row.value("name")?, row.value("type")?));
                }
                sound.push(model);
            }
            Err(error) => {
                client.batch_execute("rollback to savepoint model").await?;
                let why = crate::failure::Failure::from(error).message;
                let why = why.replace(&format!("{PROBE}."), "");
                left.push(Left::new(&model.file, format!("PostgreSQL refuses its SQL: {why}")));
            }
        }
    }
    *models = sound;
    Ok(())
}

/// The columns of a seed with the types that dbt gives them.
pub fn of_seed(seed: &Seed) -> Result<Vec<(String, &'static str)>> {
    let rows: Vec<serde_json::Map<String, Value>> =
        serde_json::from_str(&read_data_file(&seed.path, Vec::new())?).unwrap_or_default();
    let names: Vec<String> = match rows.first() {
        Some(row) => row.keys().cloned().collect(),
        None => {
            let text = std::fs::read_to_string(&seed.path)?;
            let head = text.lines().next().unwrap_or_default();
            head.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect()
        }
    };
    let kind = |name: &String| {
        let values: Vec<&str> =
            rows.iter().filter_map(|row| row.get(name)?.as_str()).filter(|value| !value.is_empty()).collect();
        let all = |is: fn(&str) -> bool| !values.is_empty() && values.iter().all(|value| is(value));
        match () {
            () if all(|value| value.parse::<i32>().is_ok()) => "integer",
            () if all(|value| value.parse::<i64>().is_ok()) => "bigint",
            () if all(|value| value.parse::<f64>().is_ok_and(f64::is_finite)) => "double precision",
            () if all(|value| ["true", "false"].contains(&value.to_ascii_lowercase().as_str())) => "boolean",
            () if all(|value| value.len() == 10 && value.parse::<jiff::civil::Date>().is_ok()) => "date",
            () if all(|value| value.parse::<jiff::civil::DateTime>().is_ok()) => "timestamp",
            () => "text",
        }
    };
    Ok(names.iter().map(|name| (name.clone(), kind(name))).collect())
}
