//! A folder of the extension, or of the front, uses what stands below it and never what stands above: the floors of
//! ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const EXTENSION: House =
    House { sources: "/../pg_dfa_ext/src", chapter: "## Floors of the extension", files: 100 };
const FRONT: House = House { sources: "/../front/src", chapter: "## Floors of the front", files: 100 };
const MAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ARCHITECTURE.md");

/// A crate whose folders stand on floors.
struct House {
    sources: &'static str,
    /// Of the map.
    chapter: &'static str,
    /// At least so many are read.
    files: usize,
}

impl House {
    fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(self.sources.trim_start_matches('/'))
    }

    /// What the map says of it.
    fn chapter(&self) -> String {
        let map = std::fs::read_to_string(MAP).unwrap();
        map.split(self.chapter).nth(1).unwrap().split("\n## ").next().unwrap().to_owned()
    }

    /// The folders and files of each floor, the highest first, as the map has them.
    fn floors(&self) -> Vec<Vec<String>> {
        let chapter = self.chapter();
        let block = chapter.split("```").nth(1).unwrap();
        let rooms = |line: &str| -> Vec<String> {
            let room = |word: &str| word.strip_suffix('/').or(word.strip_suffix(".rs")).map(str::to_owned);
            line.split_whitespace().filter_map(room).collect()
        };
        block.lines().map(rooms).filter(|floor| !floor.is_empty()).collect()
    }

    /// Whether the map gives a reason for an arrow back up: `a/` → `b/`.
    fn allows(&self, from: &str, to: &str) -> bool {
        self.chapter().contains(&format!("`{from}/` → `{to}/`"))
    }
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
fn room(sources: &Path, file: &Path) -> String {
    let top = file.strip_prefix(sources).unwrap().components().next().unwrap();
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
fn imports(house: &House) -> BTreeMap<(String, String), PathBuf> {
    let sources = house.folder();
    let mut files = Vec::new();
    rust_files(&sources, &mut files);
    assert!(files.len() > house.files, "{}", files.len());
    let mut imports = BTreeMap::new();
    for file in files.into_iter().filter(|file| !file.ends_with("lib.rs") && !file.ends_with("main.rs")) {
        let from = room(&sources, &file);
        for to in used(&std::fs::read_to_string(&file).unwrap()) {
            if to != from {
                imports.insert((from.clone(), to), file.clone());
            }
        }
    }
    imports
}

fn assert_that_arrows_go_down(house: &House) {
    let floors = house.floors();
    let height = |room: &str| {
        floors
            .iter()
            .position(|floor| floor.iter().any(|it| it == room))
            .map(|from_top| floors.len() - from_top)
    };
    let wrong: Vec<_> = imports(house)
        .into_iter()
        .filter(|((from, to), _)| match (height(from), height(to)) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(above), Some(below)) => below >= above && !house.allows(from, to),
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_folder_of_the_extension_uses_what_stands_above_or_beside_it() {
    assert!(EXTENSION.floors().len() > 5, "{:?}", EXTENSION.floors());
    assert_that_arrows_go_down(&EXTENSION);
}

#[test]
fn no_folder_of_the_front_uses_what_stands_above_or_beside_it() {
    assert!(FRONT.floors().len() > 5, "{:?}", FRONT.floors());
    assert_that_arrows_go_down(&FRONT);
}

#[test]
fn nothing_on_the_ground_uses_itself_by_a_detour() {
    for house in [EXTENSION, FRONT] {
        let on_a_floor: BTreeSet<String> = house.floors().into_iter().flatten().collect();
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in imports(&house).into_keys() {
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
        let circles: Vec<&String> =
            uses.keys().filter(|room| reached(room).contains(room.as_str())).collect();
        assert!(circles.is_empty(), "{circles:?}");
    }
}

#[test]
fn the_map_names_every_folder() {
    for house in [EXTENSION, FRONT] {
        let map = house.chapter();
        let mut files = Vec::new();
        rust_files(&house.folder(), &mut files);
        let rooms: BTreeSet<String> = files
            .iter()
            .map(|file| room(&house.folder(), file))
            .filter(|it| it != "lib" && it != "main")
            .collect();
        let missing: Vec<&String> = rooms
            .iter()
            .filter(|room| !map.contains(&format!("{room}/")) && !map.contains(&format!("{room}.rs")))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
