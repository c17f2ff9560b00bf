//! Every setting, metric, key of a catalog, command and error of ours is in the documents.

use dfa_tests::{binary, Session};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// How variables of the environment begin that the front reads.
const VARIABLES: [&str; 6] = ["\"DFA_", "\"DB_", "\"SSH_", "\"APP_", "\"AI_", "\"MAIN_"];

/// Other names that begin with `dfa_`: roles, the channel of NOTIFY, cookies, a name within an import, beginnings.
const NO_METRICS: [&str; 9] =
    ["", "reader", "operator", "admin", "event", "theme", "zone", "import_probe", "x"];

fn document(name: &str) -> String {
    std::fs::read_to_string(Path::new(REPOSITORY).join("docs").join(name)).unwrap()
}

fn sources(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_variable_of_the_environment_is_documented() {
    let mut text = String::new();
    sources(&Path::new(REPOSITORY).join("front/src"), &mut text);
    let documents = document("cli.md") + &document("notify.md");
    let mut missing = Vec::new();
    for begin in VARIABLES {
        for rest in text.split(begin).skip(1) {
            let name = rest.split('"').next().unwrap_or_default();
            let name = format!("{}{name}", &begin[1..]);
            let is_name = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            if is_name && !documents.contains(&format!("`{name}`")) {
                missing.push(name);
            }
        }
    }
    assert!(missing.is_empty(), "neither docs/cli.md nor docs/notify.md has {missing:?}");
}

#[test]
fn every_metric_is_documented() {
    let mut text = String::new();
    sources(&Path::new(REPOSITORY).join("front/src"), &mut text);
    let table = document("operations/monitoring.md");
    let names = text.split("\"dfa_").skip(1).filter_map(|rest| rest.split('"').next());
    let mut missing: Vec<&str> = names
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        .filter(|name| !NO_METRICS.contains(name) && !table.contains(&format!("\n| `dfa_{name}` |")))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    assert!(missing.is_empty(), "docs/operations/monitoring.md lacks {missing:?}");
}

#[test]
fn every_setting_of_the_extension_is_documented() {
    let text = document("sql.md");
    let mut session = Session::fresh();
    session.run("select dfa.today()");
    let settings = session.rows("select name from pg_settings where name like 'dfa.%' and short_desc <> ''");
    assert!(settings.len() > 10, "{settings:?}");
    let missing: Vec<&String> = settings.iter().filter(|name| !text.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/sql.md lacks {missing:?}");
}

#[test]
fn every_error_of_ours_has_its_chapter() {
    let report = Path::new(REPOSITORY).join("pg_dfa_ext/src/error/report.rs");
    let text = std::fs::read_to_string(report).unwrap();
    let (table, chapters) = (document("sql.md"), document("troubleshooting.md"));
    let mut codes: Vec<&str> = text.split("\"DF0").skip(1).filter_map(|rest| rest.get(..2)).collect();
    codes.sort_unstable();
    codes.dedup();
    assert!(codes.len() > 10, "{codes:?}");
    for code in codes {
        assert!(table.contains(&format!("\n| `DF0{code}` |")), "docs/sql.md lacks DF0{code}");
        assert!(chapters.contains(&format!("\n### DF0{code}: ")), "docs/troubleshooting.md lacks DF0{code}");
    }
}

/// The keys are those of the lists `KEYS` and their like, which readers of catalogs go by.
#[test]
fn every_key_of_a_catalog_is_documented() {
    let mut text = String::new();
    sources(&Path::new(REPOSITORY).join("catalog/src/read"), &mut text);
    let document = document("catalog.md");
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words: BTreeSet<&str> = document.split(|letter| !is_part(letter)).collect();
    let lists = text.split(": Known = &[").skip(1).filter_map(|rest| rest.split("];").next());
    let keys: BTreeSet<&str> = lists.flat_map(|list| list.split('"').skip(1).step_by(2)).collect();
    assert!(keys.len() > 80, "{keys:?}");
    let missing: Vec<&&str> = keys.difference(&words).collect();
    assert!(missing.is_empty(), "docs/catalog.md lacks {missing:?}");
}

/// The commands below some words, as their help lists them.
fn commands_below(words: &[String]) -> Vec<String> {
    let output = Command::new(binary()).args(words).arg("--help").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let list = text.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    // What stands further to the right goes on with the line before.
    let lines = list.into_iter().flat_map(str::lines).filter_map(|line| line.strip_prefix("  "));
    let names = lines.filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_has_its_chapter() {
    let text = document("commands.md");
    let mut open = vec![Vec::new()];
    while let Some(words) = open.pop() {
        let below = commands_below(&words);
        if below.is_empty() {
            let chapter = format!("\n## dfa {}\n", words.join(" "));
            assert!(text.contains(&chapter), "docs/commands.md lacks:{chapter}");
        }
        open.extend(below.into_iter().map(|name| [words.clone(), vec![name]].concat()));
    }
}
