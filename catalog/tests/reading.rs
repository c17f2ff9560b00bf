//! How the tests read a catalog, and what they expect of it.

use dfa_catalog::model::{Action, Body, Definition, Pipeline, Process, Routine, Script, Table};
use dfa_catalog::parse;

/// The label of a catalog that tests give as text.
pub const SOURCE: &str = "test.yaml";

/// The definitions of a catalog in which nothing is found.
pub fn definitions(yaml: &str) -> Vec<Definition> {
    definitions_of(yaml, SOURCE)
}

/// As [`definitions`], of a file of this name.
pub fn definitions_of(yaml: &str, source: &str) -> Vec<Definition> {
    let parsed = parse(yaml, source);
    let found: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{found:#?}\nin:\n{yaml}");
    parsed.definitions
}

/// The one definition of a catalog in which nothing is found.
pub fn definition(yaml: &str) -> Definition {
    let mut all = definitions(yaml);
    assert_eq!(all.len(), 1, "one definition was expected in:\n{yaml}");
    all.remove(0)
}

/// The one table of a catalog.
pub fn table(yaml: &str) -> Table {
    match definition(yaml).body {
        Body::Table(table) => table,
        other => panic!("a table was expected, and this is {other:?}"),
    }
}

/// The one pipeline of a catalog.
pub fn pipeline(yaml: &str) -> Pipeline {
    match definition(yaml).body {
        Body::Pipeline(pipeline) => pipeline,
        other => panic!("a pipeline was expected, and this is {other:?}"),
    }
}

/// The one function, view or query of a catalog.
pub fn routine(yaml: &str) -> Routine {
    match definition(yaml).body {
        Body::Function(routine) | Body::View(routine) | Body::Query(routine) => routine,
        other => panic!("a function, view or query was expected, and this is {other:?}"),
    }
}

/// A table `src_t` with columns a, b and c and these further lines from line 3 on.
pub fn with_table(lines: &str) -> String {
    format!("src_t:\n  create: {{features: {{a: int, b: int, c: text}}}}\n{}", indented(lines, 2))
}

/// A table `src_t` with columns a, b and c, whose `create` has these further lines from line 4 on.
pub fn created(lines: &str) -> String {
    format!("src_t:\n  create:\n    features: {{a: int, b: int, c: text}}\n{}", indented(lines, 4))
}

/// Lines with so many more blanks before each.
pub fn indented(lines: &str, blanks: usize) -> String {
    lines.lines().map(|line| format!("{:blanks$}{line}\n", "")).collect()
}

/// The script of a process that is SQL.
pub fn sql(process: &Process) -> &Script {
    match &process.action {
        Action::Sql(script) => script,
        other => panic!("process {} is no SQL: {other:?}", process.name),
    }
}

/// All that is found in a catalog, each as `line:column: severity: definition: key: message (hint)`.
pub fn findings(yaml: &str) -> Vec<String> {
    findings_of(yaml, SOURCE)
}

/// As [`findings`], of a file of this name; its name is left out.
pub fn findings_of(yaml: &str, source: &str) -> Vec<String> {
    let short = |found: String| {
        found.strip_prefix(&format!("{source}:")).map(str::to_owned).unwrap_or_else(|| panic!("{found}"))
    };
    parse(yaml, source).diagnostics.iter().map(|found| short(found.to_string())).collect()
}

/// A catalog of which exactly this is found.
#[track_caller]
pub fn finds(yaml: &str, expected: &[&str]) {
    assert_eq!(findings(yaml), expected, "in:\n{yaml}");
}

/// Words of a statement, one blank between them: where lines break is not its meaning.
pub fn flat(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
