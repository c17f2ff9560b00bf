//! The catalogs of a project.

use super::super::{yaml, Imported};
use super::probe::of_seed;
use super::project::Project;
use super::tests::Audits;
use super::{Kind, Model};
use crate::db::ident;
use std::fmt::Write;

pub fn catalogs(project: &Project, models: &[Model], audits: &Audits) -> Imported {
    let mut made = Imported::default();
    let mut seeds = String::new();
    for seed in &project.seeds {
        let columns = of_seed(seed).unwrap_or_default();
        let _ = writeln!(
            seeds,
            "src_{}:\n  description: {}\n  create:\n    features:",
            seed.name,
            yaml::text(&format!("Seed {} of dbt", seed.name))
        );
        for (name, kind) in &columns {
            let _ = writeln!(seeds, "      {}: {kind}", yaml::text(name));
        }
        let file = seed.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let _ = writeln!(seeds, "  initial: {{file: {}}}\n", yaml::text(&file));
        made.copies.push((seed.path.clone(), format!("data/{file}")));
        made.definitions += 1;
    }
    let (mut tables, mut views) = (String::new(), String::new());
    for model in models {
        match model.kind {
            Kind::View => write_view(&mut views, model),
            Kind::Table | Kind::Incremental => write_table(&mut tables, model, audits),
        }
        made.definitions += 1;
    }
    for (path, text) in [
        ("catalog/catalog_seeds.yaml", seeds),
        ("catalog/catalog_models.yaml", tables),
        ("view/view_models.yaml", views),
    ] {
        if !text.is_empty() {
            made.files.push((path.to_owned(), text));
        }
    }
    let nodes: Vec<String> = models
        .iter()
        .filter(|model| model.kind != Kind::View)
        .map(|model| format!("ai_{}", model.name))
        .collect();
    if !nodes.is_empty() {
        let name: String = project
            .name
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
            .collect();
        let text = format!(
            "pipeline:{name}:\n  id: {name}\n  description: {}\n  nodes: [{}]\n",
            yaml::text(&format!(
                "The models of dbt project {}, in the order in which they read each other",
                project.name
            )),
            nodes.join(", ")
        );
        made.files.push(("pipeline/pipeline_models.yaml".to_owned(), text));
        made.definitions += 1;
    }
    made
}

fn write_view(text: &mut String, model: &Model) {
    let sql = format!("create or replace view {{ai_schema_name}}.{} as\n{}", model.name, model.sql);
    let _ = writeln!(text, "view:{}:", model.name);
    if !model.description.is_empty() {
        let _ = writeln!(text, "  description: {}", yaml::text(&model.description));
    }
    let _ = writeln!(text, "  create:\n    statement: {}\n", yaml::block(&sql, 6));
}

fn write_table(text: &mut String, model: &Model, audits: &Audits) {
    let table = format!("ai_{}", model.name);
    let _ = writeln!(text, "{table}:");
    if !model.description.is_empty() {
        let _ = writeln!(text, "  description: {}", yaml::text(&model.description));
    }
    text.push_str("  create:\n    features:\n");
    for (name, kind) in &model.columns {
        let needed = if model.unique_key.contains(name) { " not null" } else { "" };
        let _ = writeln!(text, "      {}: {}", yaml::text(name), yaml::text(&format!("{kind}{needed}")));
    }
    if !model.unique_key.is_empty() {
        let key: Vec<String> = model.unique_key.iter().map(|column| yaml::text(column)).collect();
        let _ = writeln!(text, "    primary_key: [{}]", key.join(", "));
    }
    let _ = writeln!(
        text,
        "  update:\n    build:\n      statement: {}",
        yaml::block(&statement(model, &table), 8)
    );
    if let Some(lines) = audits.get(&model.name) {
        text.push_str("  tests:\n");
        lines.iter().for_each(|line| {
            let _ = writeln!(text, "    {line}");
        });
    }
    text.push('\n');
}

/// What builds a model: all rows anew, or those that came.
fn statement(model: &Model, table: &str) -> String {
    let columns: Vec<String> = model.columns.iter().map(|(name, _)| ident(name)).collect();
    let columns = columns.join(", ");
    let insert = format!("insert into {{ai_schema_name}}.{table} ({columns})");
    let Some(more) = &model.more else {
        return format!("delete from {{ai_schema_name}}.{table};\n{insert}\n{}", model.sql);
    };
    // The first run of dbt is one of all rows.
    let mut text = format!(
        "{insert}\nselect * from (\n{}\n) as all_rows\nwhere not exists (select from {{ai_schema_name}}.{table})\nunion all\n\
         select * from (\n{more}\n) as new_rows\nwhere exists (select from {{ai_schema_name}}.{table})",
        model.sql
    );
    if !model.unique_key.is_empty() {
        let key: Vec<String> = model.unique_key.iter().map(|column| ident(column)).collect();
        let set: Vec<String> = model
            .columns
            .iter()
            .filter(|(name, _)| !model.unique_key.contains(name))
            .map(|(name, _)| format!("{0} = excluded.{0}", ident(name)))
            .collect();
        let action = if set.is_empty() {
            "do nothing".to_owned()
        } else {
            format!("do update set {}", set.join(", "))
        };
        text.push_str(&format!("\non conflict ({}) {action}", key.join(", ")));
    }
    text
}
