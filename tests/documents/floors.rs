//! A folder of the extension uses what stands below it and never what stands above: the floors of ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../pg_dfa_ext/src");
const MAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ARCHITECTURE.md");

/// The folders of each floor, the highest first, as the map has them.
fn floors() -> Vec<Vec<String>> {
    let map = std::fs::read_to_string(MAP).unwrap();
    let chapter = map.split("## Floors of the extension").nth(1).unwrap();
    let block = chapter.split("```").nth(1).unwrap();
    let folders = |line: &str| -> Vec<String> {
        line.split_whitespace().filter_map(|word| word.strip_suffix('/')).map(str::to_owned).collect()
    };
    block.lines().map(folders).filter(|floor| !floor.is_empty()).collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The folder, or file without its ending, at the top of the sources that a file belongs to.
fn room(file: &Path) -> String {
    let top = file.strip_prefix(SOURCES).unwrap().components().next().unwrap();
    top.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The rooms that a file uses.
fn used(text: &str) -> BTreeSet<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let name =
        |rest: &str| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().map(str::to_owned);
    let mut rooms = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap_or_default();
                rooms.extend(list.split(',').filter_map(|item| name(item.trim())));
            }
            None => rooms.extend(name(rest)),
        }
    }
    rooms
}

/// What each room uses, with a file that shows it.
fn imports() -> BTreeMap<(String, String), PathBuf> {
    let mut files = Vec::new();
    rust_files(Path::new(SOURCES), &mut files);
    assert!(files.len() > 100, "{}", files.len());
    let mut imports = BTreeMap::new();
    for file in files.into_iter().filter(|file| !file.ends_with("lib.rs")) {
        let from = room(&file);
        for to in used(&std::fs::read_to_string(&file).unwrap()) {
            if to != from {
                imports.insert((from.clone(), to), file.clone());
            }
        }
    }
    imports
}

#[test]
fn no_folder_uses_what_stands_above_or_beside_it() {
    let floors = floors();
    let height = |room: &str| {
        floors
            .iter()
            .position(|floor| floor.iter().any(|it| it == room))
            .map(|from_top| floors.len() - from_top)
    };
    assert!(height("worker") > height("run") && height("run") > height("catalog"), "{floors:?}");
    let wrong: Vec<_> = imports()
        .into_iter()
        .filter(|((from, to), _)| match (height(from), height(to)) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(from), Some(to)) => to >= from,
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_on_the_ground_uses_itself_by_a_detour() {
    let on_a_floor: BTreeSet<String> = floors().into_iter().flatten().collect();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in imports().into_keys() {
        if !on_a_floor.contains(&from) {
            uses.entry(from).or_default().insert(to);
        }
    }
    let reached = |start: &str| {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&String> = uses.get(start).into_iter().flatten().collect();
        while let Some(room) = next.pop() {
            if reached.insert(room.as_str()) {
                next.extend(uses.get(room).into_iter().flatten());
            }
        }
        reached
    };
    let circles: Vec<&String> = uses.keys().filter(|room| reached(room).contains(room.as_str())).collect();
    assert!(circles.is_empty(), "{circles:?}");
}

#[test]
fn the_map_names_every_folder() {
    let map = std::fs::read_to_string(MAP).unwrap();
    let mut files = Vec::new();
    rust_files(Path::new(SOURCES), &mut files);
    let folders: BTreeSet<String> = files.iter().map(|file| room(file)).filter(|it| it != "lib").collect();
    let missing: Vec<&String> = folders
        .iter()
        .filter(|folder| !map.contains(&format!("{folder}/")) && !map.contains(&format!("{folder}.rs")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
