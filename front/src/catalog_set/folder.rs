//! The files of a set, in the order in which they are loaded.

use crate::failure::{Failure, Result};
use dfa_catalog::model::{Body, Initial, Kind};
use dfa_catalog::Parsed;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// A folder, read.
pub struct Set {
    pub files: Vec<CatalogFile>,
    /// A folder is all that a team has; one file is not.
    pub whole: bool,
    /// Where `initial: {file: …}` is looked up; a set that came by REST has no such place.
    pub data: Option<PathBuf>,
}

/// One YAML file.
pub struct CatalogFile {
    /// As it is shown in messages.
    pub source: String,
    pub text: String,
    pub parsed: Parsed,
}

/// Reads a folder in the layout of catalogs, a folder of such files, or one file.
///
/// # Errors
/// A path that cannot be read, text that is not UTF-8, a folder without catalogs.
pub fn read_set(path: &Path) -> Result<Set> {
    let mut paths = Vec::new();
    let walk = WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || (entry.file_type().is_dir() && name == "data"))
    });
    for entry in walk {
        let entry = entry.map_err(|error| Failure::work(error.to_string()))?;
        let is_yaml =
            entry.path().extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if entry.file_type().is_file() && is_yaml {
            paths.push(entry.into_path());
        }
    }
    if paths.is_empty() {
        return Err(Failure::work(format!("'{}' holds no catalogs (*.yaml)", path.display())));
    }
    let mut files = paths.iter().map(|path| read_file(path)).collect::<Result<Vec<_>>>()?;
    // Tables before the pipelines that name them; within a kind as the folder has it.
    files.sort_by_key(CatalogFile::rank);
    Ok(Set { files, whole: path.is_dir(), data: Some(data_folder(path)) })
}

impl Set {
    /// Of texts, each with the name that messages call it.
    pub fn of(texts: impl Iterator<Item = (String, String)>, whole: bool) -> Set {
        let mut files: Vec<CatalogFile> = texts
            .map(|(source, text)| CatalogFile { parsed: dfa_catalog::parse(&text, &source), source, text })
            .collect();
        files.sort_by_key(CatalogFile::rank);
        Set { files, whole, data: None }
    }
}

fn read_file(path: &Path) -> Result<CatalogFile> {
    let source = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Failure::work(format!("{source}: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        Failure::work(format!("{source}:{line}: the file is not UTF-8"))
    })?;
    let parsed = dfa_catalog::parse(&text, &source);
    Ok(CatalogFile { source, text, parsed })
}

/// `data/` of the set: beside the folders of its catalogs.
fn data_folder(path: &Path) -> PathBuf {
    let base = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let beside = base.join("data");
    match base.parent() {
        Some(parent) if !beside.is_dir() => parent.join("data"),
        _ => beside,
    }
}

impl CatalogFile {
    fn rank(&self) -> u8 {
        let rank = |kind| match kind {
            Kind::Function => 0,
            Kind::Table => 1,
            Kind::View => 2,
            Kind::Query => 3,
            Kind::Pipeline => 4,
        };
        self.parsed.definitions.iter().map(|definition| rank(definition.kind())).max().unwrap_or(1)
    }

    /// The columns of a table whose values are JSON.
    pub fn json_columns(&self, table: &str) -> Vec<String> {
        let tables = self.parsed.definitions.iter().filter(|definition| definition.name == table);
        let columns = tables.filter_map(|definition| match &definition.body {
            Body::Table(table) => Some(&table.columns),
            _ => None,
        });
        let is_json = |datatype: &str| {
            let datatype = datatype.trim().to_ascii_lowercase();
            datatype == "json" || datatype == "jsonb"
        };
        columns
            .flatten()
            .filter(|column| is_json(&column.datatype))
            .map(|column| column.name.clone())
            .collect()
    }

    /// The data files that its tables name, each with the table's name.
    pub fn data_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parsed.definitions.iter().flat_map(|definition| {
            let paths = match &definition.body {
                Body::Table(table) => match &table.initial {
                    Some(Initial::Files(paths)) => paths.as_slice(),
                    _ => &[],
                },
                _ => &[],
            };
            paths.iter().map(|path| (definition.name.as_str(), path.as_str()))
        })
    }
}
