//! The files of a project and what they say of models.

use super::super::Left;
use crate::failure::{Failure, Result};
use dfa_catalog::tree::{from_yaml, Node, SyntaxError, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub struct Project {
    pub name: String,
    pub models: Vec<ModelFile>,
    pub seeds: Vec<Seed>,
    /// By source and table: where it is.
    pub sources: BTreeMap<(String, String), String>,
    /// What the files of properties say, by model.
    pub properties: BTreeMap<String, Properties>,
    pub vars: BTreeMap<String, String>,
}

pub struct ModelFile {
    pub name: String,
    /// Within the project.
    pub file: String,
    pub text: String,
    /// By the project's settings for its folder.
    pub materialized: Option<String>,
}

pub struct Seed {
    pub name: String,
    pub path: PathBuf,
}

#[derive(Default)]
pub struct Properties {
    pub description: String,
    pub materialized: Option<String>,
    /// File, line, column of the model (none: of the model itself) and the test as it is written.
    pub tests: Vec<(String, usize, Option<String>, Node)>,
}

fn said(error: &SyntaxError) -> String {
    format!("line {}: {}", error.line, error.message)
}

pub fn scalar(node: Option<&Node>) -> Option<&str> {
    match &node?.value {
        Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

pub fn list(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

impl Project {
    pub fn read(dir: &Path, left: &mut Vec<Left>) -> Result<Project> {
        let file = dir.join("dbt_project.yml");
        let text = std::fs::read_to_string(&file).map_err(|error| {
            Failure::usage(format!("'{}' is no dbt project: {}: {error}", dir.display(), file.display()))
        })?;
        let wrong = |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", file.display()));
        let nodes = from_yaml(&text).map_err(|error| wrong(&said(&error)))?;
        let root = nodes.first().ok_or_else(|| wrong(&"it is empty"))?;
        let name = scalar(root.get("name")).ok_or_else(|| wrong(&"`name` is missing"))?.to_owned();
        let folders = |keys: [&str; 2], default: &str| -> Vec<String> {
            let given = keys.iter().find_map(|key| root.get(key));
            let names: Vec<String> =
                list(given).iter().filter_map(|item| scalar(Some(item))).map(str::to_owned).collect();
            if names.is_empty() {
                vec![default.to_owned()]
            } else {
                names
            }
        };
        let mut project = Project {
            name,
            models: Vec::new(),
            seeds: Vec::new(),
            sources: BTreeMap::new(),
            properties: BTreeMap::new(),
            vars: BTreeMap::new(),
        };
        if let Some(Value::Map(entries)) = root.get("vars").map(|node| &node.value) {
            for (key, node) in entries {
                if let Some(text) = scalar(Some(node)) {
                    project.vars.insert(key.text.clone(), text.to_owned());
                }
            }
        }
        for key in ["on-run-start", "on-run-end"] {
            if let Some(node) = root.get(key).filter(|node| !node.is_null()) {
                left.push(Left::new(
                    format!("dbt_project.yml:{}", node.line),
                    format!("`{key}`: a pipeline has no such hook"),
                ));
            }
        }
        for folder in folders(["model-paths", "source-paths"], "models") {
            for (path, within) in files(&dir.join(&folder), &folder)? {
                match path.extension().and_then(|ending| ending.to_str()) {
                    Some("sql") => {
                        let text = read(&path)?;
                        let materialized = of_folder(root, &project.name, &within, &folder);
                        project.models.push(ModelFile {
                            name: stem(&path),
                            file: within,
                            text,
                            materialized,
                        });
                    }
                    Some("yml" | "yaml") => project.read_properties(&path, &within, left)?,
                    Some("py") => left.push(Left::new(&within, "it is a model in Python")),
                    _ => {}
                }
            }
        }
        for folder in folders(["seed-paths", "data-paths"], "seeds") {
            for (path, within) in files(&dir.join(&folder), &folder)? {
                match path.extension().and_then(|ending| ending.to_str()) {
                    Some("csv") => project.seeds.push(Seed { name: stem(&path), path }),
                    Some("yml" | "yaml") => project.read_properties(&path, &within, left)?,
                    _ => {}
                }
            }
        }
        for (keys, default, why) in [
            (
                ["macro-paths", "macro-paths"],
                "macros",
                "a macro: models that call it are listed by themselves",
            ),
            (
                ["snapshot-paths", "snapshot-paths"],
                "snapshots",
                "a snapshot: keep what was by a table of your own",
            ),
            (
                ["test-paths", "test-paths"],
                "tests",
                "a test of its own: write it as `tests: [select …]` of the table that it is about",
            ),
        ] {
            for folder in folders(keys, default) {
                for (path, within) in files(&dir.join(&folder), &folder)? {
                    if path.extension().is_some_and(|ending| ending == "sql") {
                        left.push(Left::new(within, why));
                    }
                }
            }
        }
        Ok(project)
    }

    /// Descriptions, tests and sources.
    fn read_properties(&mut self, path: &Path, file: &str, left: &mut Vec<Left>) -> Result<()> {
        let nodes = match from_yaml(&read(path)?) {
            Ok(nodes) => nodes,
            Err(error) => {
                left.push(Left::new(file, said(&error)));
                return Ok(());
            }
        };
        let Some(root) = nodes.first() else { return Ok(()) };
        for source in list(root.get("sources")) {
            let Some(name) = scalar(source.get("name")) else { continue };
            let schema = scalar(source.get("schema")).unwrap_or(name);
            for table in list(source.get("tables")) {
                let Some(called) = scalar(table.get("name")) else { continue };
                let identifier = scalar(table.get("identifier")).unwrap_or(called);
                let place = format!("{}.{}", crate::db::ident(schema), crate::db::ident(identifier));
                self.sources.insert((name.to_owned(), called.to_owned()), place);
            }
        }
        for model in list(root.get("models")).iter().chain(list(root.get("seeds"))) {
            let Some(name) = scalar(model.get("name")) else { continue };
            let known = self.properties.entry(name.to_owned()).or_default();
            if let Some(description) = scalar(model.get("description")) {
                known.description = description.trim().to_owned();
            }
            let config = model.get("config").and_then(|config| config.get("materialized"));
            known.materialized = scalar(config).map(str::to_owned);
            let tests = |node: &Node| -> Vec<Node> {
                ["tests", "data_tests"].iter().flat_map(|key| list(node.get(key)).to_vec()).collect()
            };
            let mut found: Vec<(String, usize, Option<String>, Node)> = Vec::new();
            found.extend(tests(model).into_iter().map(|test| (file.to_owned(), test.line, None, test)));
            for column in list(model.get("columns")) {
                let called = scalar(column.get("name")).map(str::to_owned);
                found.extend(
                    tests(column).into_iter().map(|test| (file.to_owned(), test.line, called.clone(), test)),
                );
            }
            known.tests.extend(found);
        }
        Ok(())
    }
}

/// What the project says of the folder of a model: the nearest word counts.
fn of_folder(root: &Node, project: &str, file: &str, folder: &str) -> Option<String> {
    let word = |node: &Node| {
        scalar(node.get("+materialized")).or_else(|| scalar(node.get("materialized"))).map(str::to_owned)
    };
    let mut at = root.get("models")?;
    let mut found = word(at);
    let below = file.strip_prefix(folder).unwrap_or(file);
    let mut parts: Vec<&str> = below.split('/').filter(|part| !part.is_empty()).collect();
    let last = parts.pop().map(|file| file.trim_end_matches(".sql"));
    for part in std::iter::once(project).chain(parts).chain(last) {
        let Some(next) = at.get(part) else { break };
        found = word(next).or(found);
        at = next;
    }
    found
}

/// Files below a folder, in order, with their paths within the project; none where the folder is not there.
fn files(dir: &Path, within: &str) -> Result<Vec<(PathBuf, String)>> {
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.map_err(|error| Failure::work(error.to_string()))?;
        if entry.file_type().is_file() {
            let below = entry.path().strip_prefix(dir).unwrap_or(entry.path()).display().to_string();
            found.push((entry.path().to_owned(), format!("{within}/{below}")));
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Failure::work(format!("{}: {error}", path.display())))
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
