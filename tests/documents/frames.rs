//! `docs/dataframe.md` has every DataFrame function, with its parameters and the names that it has elsewhere.

use dfa_catalog::dataframe::{named, names};
use std::path::Path;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn every_function_has_a_section_that_names_its_parameters() {
    let text = std::fs::read_to_string(Path::new(REPOSITORY).join("docs/dataframe.md")).unwrap();
    let mut missing = Vec::new();
    for function in names().filter_map(named) {
        if !text.contains(&format!("\n### {}\n", function.name)) {
            missing.push(format!("a section '### {}'", function.name));
        }
        let parameters = function.parameters.iter().map(|parameter| parameter.name);
        for name in parameters.chain(function.aliases.iter().copied()) {
            if !text.contains(&format!("`{name}`")) {
                missing.push(format!("'{name}' of function '{}'", function.name));
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "docs/dataframe.md has not: {missing:#?}");
}
