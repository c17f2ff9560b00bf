//! `docs/cases.md` has every case, and every test that it names is there.

use std::collections::BTreeSet;
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Where the tests of a suite lie.
const SUITES: [(&str, &str); 10] = [
    ("engine", "tests/engine"),
    ("background", "tests/background"),
    ("cli", "tests/cli"),
    ("http", "tests/http"),
    ("web", "tests/web"),
    ("retail", "tests/retail"),
    ("documents", "tests/documents"),
    ("dataframe", "tests/dataframe"),
    ("format", "catalog/tests"),
    ("dfa_catalog", "catalog/src"),
];

/// The reports, with the letter before the numbers of their cases, and the last of them.
const REPORTS: [(&str, char, u32); 7] = [
    ("field", 'F', 27),
    ("field", 'R', 13),
    ("days", 'A', 7),
    ("days", 'C', 4),
    ("days", 'D', 25),
    ("engine", 'F', 15),
    ("service", 'F', 23),
];
/// Those beside the numbers, and one number that was never given.
const MORE: [&str; 6] = ["days A0", "days A0b", "days A0c", "days B", "days C1b", "days D2b"];
const NEVER: &str = "service F6";

fn text() -> String {
    std::fs::read_to_string(Path::new(REPOSITORY).join("docs/cases.md")).unwrap()
}

/// The full names of the tests below a folder: `suite::module::test`.
fn tests_below(folder: &Path, module: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            tests_below(&path, &format!("{module}::{stem}"), found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let module = match stem.as_str() {
                "main" | "lib" | "mod" => module.to_owned(),
                _ => format!("{module}::{stem}"),
            };
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim_start);
            while lines.any(|line| line.starts_with("#[test]")) {
                let name = lines.find_map(|line| line.strip_prefix("fn ")?.split_once('(')).unwrap().0;
                found.insert(format!("{module}::{name}"));
            }
        }
    }
}

/// The names in a line: of one that begins with `…` the suite is that of the name before it.
fn names(line: &str) -> Vec<String> {
    let mut suite = String::new();
    let spans = line.split('`').skip(1).step_by(2).filter(|span| span.contains("::"));
    spans
        .map(|span| {
            if let Some((first, _)) = span.split_once("::").filter(|(first, _)| *first != "…") {
                first.clone_into(&mut suite);
                return span.to_owned();
            }
            format!("{suite}::{span}")
        })
        .collect()
}

/// Whether a name means a test: `suite::module::*`, `suite::module::beginning_…`, `suite::…::name`.
fn is_there(name: &str, tests: &BTreeSet<String>) -> bool {
    let open = name.strip_suffix('*').or_else(|| name.strip_suffix('…'));
    let fits = |test: &str, part: &str| if open.is_some() { test.starts_with(part) } else { test == part };
    match open.unwrap_or(name).split_once("::…::") {
        None => tests.iter().any(|test| fits(test, open.unwrap_or(name))),
        Some((suite, part)) => tests.iter().any(|test| {
            let (_, last) = test.rsplit_once("::").unwrap_or_default();
            test.starts_with(&format!("{suite}::")) && fits(last, part)
        }),
    }
}

#[test]
fn every_test_that_is_named_is_there() {
    let mut tests = BTreeSet::new();
    for (suite, folder) in SUITES {
        tests_below(&Path::new(REPOSITORY).join(folder), suite, &mut tests);
    }
    let text = text();
    let missing: Vec<String> = text.lines().flat_map(names).filter(|name| !is_there(name, &tests)).collect();
    assert!(missing.is_empty(), "docs/cases.md names tests that are not there: {missing:#?}");
    assert!(text.lines().flat_map(names).count() > 50);
}

/// The cases in the first column of a row: `field F1, F15; service F9 to F12`.
fn cases(line: &str) -> Vec<String> {
    let Some(column) = line.strip_prefix("| ").and_then(|rest| rest.split(" |").next()) else {
        return Vec::new();
    };
    let mut report = "";
    let mut found: Vec<String> = Vec::new();
    let mut is_range = false;
    for word in column.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
        if ["field", "days", "engine", "service"].contains(&word) {
            report = word;
        } else if word == "to" {
            is_range = true;
        } else if is_range {
            let number = |case: &str| case.trim_start_matches(char::is_alphabetic).parse::<u32>().unwrap();
            let first = number(found.last().unwrap().split(' ').nth(1).unwrap());
            found.extend((first + 1..=number(word)).map(|next| format!("{report} {}{next}", &word[..1])));
            is_range = false;
        } else {
            found.push(format!("{report} {word}"));
        }
    }
    found
}

#[test]
fn every_case_has_its_row() {
    let text = text();
    let there: BTreeSet<String> = text.lines().flat_map(cases).collect();
    let numbered = REPORTS.iter().flat_map(|(report, letter, last)| {
        (1..=*last).map(move |number| format!("{report} {letter}{number}"))
    });
    let wanted = numbered.chain(MORE.map(str::to_owned)).filter(|case| case != NEVER);
    let missing: Vec<String> = wanted.filter(|case| !there.contains(case)).collect();
    assert!(missing.is_empty(), "docs/cases.md has no row of {missing:?}");
}
