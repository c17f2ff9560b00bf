//! The folder that another team wrote: nothing is found in it but what it writes unclearly.

use crate::reading::sql;
use dfa_catalog::model::{Action, Body, Definition, Kind};
use dfa_catalog::set::{check, Extent};
use dfa_catalog::{from_json, parse};
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/foreign");

/// The YAML files below a folder, in the order of their paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The definitions of a folder, and the findings with file names alone.
fn read(folder: &Path) -> (Vec<Definition>, Vec<String>) {
    let mut definitions = Vec::new();
    let mut findings = Vec::new();
    for path in files(folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = parse(&text, &path.file_name().unwrap().to_string_lossy());
        definitions.extend(parsed.definitions);
        findings.extend(parsed.diagnostics.iter().map(ToString::to_string));
    }
    (definitions, findings)
}

fn hotels() -> Vec<Definition> {
    read(Path::new(FOLDER)).0
}

fn named<'d>(all: &'d [Definition], name: &str) -> &'d Definition {
    all.iter().find(|definition| definition.name == name).unwrap_or_else(|| panic!("{name} is not there"))
}

#[test]
fn it_loads_with_one_warning() {
    let (definitions, findings) = read(Path::new(FOLDER));
    assert_eq!(findings, [
        "catalog_ai_stay.yaml:22:13: warning: ai_stay: process.common_stay.stms: step 'with latest' is read as 'with_latest'"
    ]);
    let count = |kind| definitions.iter().filter(|definition| definition.kind() == kind).count();
    let kinds = [Kind::Table, Kind::Function, Kind::View, Kind::Query, Kind::Pipeline];
    assert_eq!(kinds.map(count), [12, 2, 3, 3, 4]);
    assert_eq!(check(definitions.iter(), Extent::Whole), []);
}

#[test]
fn its_files_still_have_the_ends_that_they_test() {
    let text = |path: &str| std::fs::read_to_string(Path::new(FOLDER).join(path)).unwrap();
    assert!(text("pipeline/pipeline_hotel.yaml").contains("\r\n"));
    assert!(text("catalog/catalog_ai_report.yaml").contains("\r\n"));
    assert!(!text("catalog/catalog_ai_stay.yaml").ends_with('\n'));
    assert!(!text("adhoc/query_hotel.yaml").ends_with('\n'));
}

#[test]
fn each_definition_reads_from_storage_as_from_its_file() {
    for definition in hotels() {
        let stored = from_json(definition.kind(), &definition.name, &definition.json).unwrap();
        assert_eq!(Definition { line: definition.line, ..stored }, definition);
    }
}

#[test]
fn kinds_of_names_without_one_come_from_the_files() {
    let all = hotels();
    for (name, kind) in [
        ("fn_nights", Kind::Function),
        ("fn_stars", Kind::Function),
        ("vw_outlook", Kind::View),
        ("hotel_stays", Kind::Query),
        ("rename_guest", Kind::Query),
        ("hotel_stay", Kind::Pipeline),
    ] {
        assert_eq!(named(&all, name).kind(), kind, "{name}");
    }
    let Body::View(rank) = &named(&all, "vw_guest_rank").body else { panic!("no view") };
    assert!(rank.materialized);
}

#[test]
fn processes_keep_their_order_their_ctes_and_their_statements() {
    let all = hotels();
    let Body::Table(stay) = &named(&all, "ai_stay").body else { panic!("no table") };
    let names: Vec<&str> = stay.processes.iter().map(|process| process.name.as_str()).collect();
    assert_eq!(names, ["mockup_data_stay", "common_stay"]);
    let [statement] = sql(&stay.processes[1]).statements.as_slice() else {
        panic!("one statement was expected")
    };
    let places =
        ["with latest as (", "removed as (", "logged as (", "insert into {ai_schema_name}.ai_stay\n"];
    let places = places.map(|part| statement.replace("ai_stay (", "ai_stay\n(").find(part));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {statement}");

    let Body::Table(month) = &named(&all, "ai_hotel_month").body else { panic!("no table") };
    assert_eq!(sql(&month.processes[0]).statements.len(), 3);
    let group = &sql(&month.processes[1]).statements;
    assert_eq!(group.len(), 2);
    assert!(
        group[1].starts_with("-- what is quiet is a list of months; a blank line ends this comment\nupdate")
    );

    let Body::Table(outlook) = &named(&all, "ai_hotel_outlook").body else { panic!("no table") };
    assert!(
        matches!(&outlook.processes[1].action, Action::DataFrame { function, .. } if function == "app.vendor.forecast.run_tbl_forecast")
    );
}

#[test]
fn the_shipped_catalogs_have_no_finding() {
    let (definitions, findings) = read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/retail")));
    assert_eq!(findings, [""; 0]);
    assert_eq!(check(definitions.iter(), Extent::Whole), []);
    for definition in definitions {
        let stored = from_json(definition.kind(), &definition.name, &definition.json).unwrap();
        assert_eq!(Definition { line: definition.line, ..stored }, definition);
    }
}
