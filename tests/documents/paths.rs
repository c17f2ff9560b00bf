//! Every path and link in the documents leads to a file or folder.

use std::path::{Path, PathBuf};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// A code span that begins so names a path of this repository.
const FOLDERS: [&str; 13] = [
    "catalog/",
    "dataframe/",
    "forecast/",
    "front/",
    "pg_dfa_ext/",
    "sql/",
    "scripts/",
    "tests/",
    "docs/",
    "docker/",
    "deploy/",
    ".ci/",
    ".github/",
];
/// A name with such an end stands beside the path before it: `src/run/node.rs`, `step.rs`.
const ENDS: [&str; 3] = [".rs", ".sql", ".sh"];
/// Folders of a reader's own, in examples.
const OF_THE_READER: [&str; 5] =
    ["catalog/mine", "catalog/shop", "catalog/mart", "catalog/old", "catalog/<set>"];

/// The documents: those of the repository's folder, and all below `docs/`.
pub fn documents() -> Vec<PathBuf> {
    let mut below = Vec::new();
    files(&Path::new(REPOSITORY).join("docs"), &mut below);
    let above = std::fs::read_dir(REPOSITORY).unwrap().map(|file| file.unwrap().path());
    let all = above.chain(below.into_iter().map(PathBuf::from));
    all.filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

/// The lines outside of fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// What stands between single backticks.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Where the links of a line lead, without those to other sites and to headings.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter_map(|target| {
        let path = target.split('#').next().unwrap_or_default();
        (!path.is_empty() && !path.contains("://")).then_some(path)
    })
}

/// The code spans of a line that name paths, each from the repository's folder.
fn paths(line: &str) -> Vec<String> {
    let mut beside = None;
    let mut found = Vec::new();
    for span in code_spans(line) {
        let whole = FOLDERS.iter().any(|folder| span.starts_with(folder));
        if span.contains([' ', '*', '…', '{']) || OF_THE_READER.iter().any(|own| span.starts_with(own)) {
            continue;
        }
        let path = match &beside {
            _ if whole => span.to_owned(),
            Some(folder) if !span.contains('/') && ENDS.iter().any(|end| span.ends_with(end)) => {
                format!("{folder}/{span}")
            }
            _ => continue,
        };
        if path.ends_with(".rs") || path.ends_with(".sql") {
            beside = path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        } else if path.ends_with('/') {
            beside = Some(path.trim_end_matches('/').to_owned());
        }
        found.push(path);
    }
    found
}

/// The code spans of a line that name the end of a path, `run/node.rs`, without one before it that says where.
fn ends_of_paths(line: &str) -> Vec<String> {
    let spans = code_spans(line).filter(|span| {
        span.contains('/')
            && !span.contains([' ', '*', '…', '{', '<', ':'])
            && !span.starts_with(['/', '.', '$', '~'])
            && ENDS.iter().any(|end| span.ends_with(end))
            && !FOLDERS.iter().any(|folder| span.starts_with(folder))
    });
    spans.map(str::to_owned).collect()
}

fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path.to_string_lossy().into_owned()),
        }
    }
}

#[test]
fn every_end_of_a_path_in_the_map_is_that_of_a_file() {
    let mut known = Vec::new();
    for folder in ["catalog", "front", "pg_dfa_ext", "tests"] {
        files(&Path::new(REPOSITORY).join(folder), &mut known);
    }
    let mut missing = Vec::new();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(Path::new(REPOSITORY).join(document)).unwrap();
        let named = prose(&text).flat_map(ends_of_paths);
        missing.extend(named.filter(|end| !known.iter().any(|file| file.ends_with(&format!("/{end}")))));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_path_and_link_in_the_documents_leads_somewhere() {
    let documents = documents();
    assert!(documents.len() > 5, "{documents:?}");
    let mut missing = Vec::new();
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        let folder = document.parent().unwrap();
        for line in prose(&text) {
            let named = paths(line).into_iter().map(|path| Path::new(REPOSITORY).join(path));
            let linked = links(line).map(|path| folder.join(path));
            missing.extend(
                named.chain(linked).filter(|path| !path.exists()).map(|path| (document.clone(), path)),
            );
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The anchor that a heading has on the sites where documents are read: small letters, blanks as dashes, no marks.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn every_link_to_a_heading_leads_to_one() {
    let mut missing = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for line in prose(&text) {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            for (path, wanted) in targets.filter_map(|target| target.split_once('#')) {
                if path.contains("://") {
                    continue;
                }
                let other = match path {
                    "" => document.clone(),
                    path => document.parent().unwrap().join(path),
                };
                let Ok(text) = std::fs::read_to_string(&other) else { continue };
                if !prose(&text).any(|line| line.starts_with('#') && anchor(line) == wanted) {
                    missing.push((document.clone(), format!("{path}#{wanted}")));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_line_of_paths_is_read_as_people_read_it() {
    let line =
        "`pg_dfa_ext/src/setup/plan.rs`, `order.rs`; `catalog/mine`, `dfa load`, `sql/` and [a](b.md#c)";
    assert_eq!(paths(line), ["pg_dfa_ext/src/setup/plan.rs", "pg_dfa_ext/src/setup/order.rs", "sql/"]);
    assert_eq!(links(line).collect::<Vec<_>>(), ["b.md"]);
}
