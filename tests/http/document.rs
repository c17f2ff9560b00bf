//! What `/openapi.json` promises, and whether the service keeps it, as schemathesis sees it.

use crate::rows;
use dfa_tests::{Service, KEY};
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn the_service_keeps_what_its_document_promises() {
    let (database, _) = rows::platform();
    let service = Service::start(&database);
    let found = Command::new(format!("{FOLDER}/scripts/schemathesis.sh")).output().unwrap();
    let program = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    assert!(!program.is_empty(), "schemathesis is missing: {}", String::from_utf8_lossy(&found.stderr));
    let mut words = program.split_whitespace();
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args(["--config-file", &format!("{FOLDER}/tests/http/schemathesis.toml"), "run"]);
    command.arg(service.url("/openapi.json")).args(["--checks", "all", "-H", &format!("APIKEY: {KEY}")]);
    command.arg("--no-color").current_dir(std::env::temp_dir());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{command:?}\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    // That it looked at all but the events.
    let paths = service.get("/openapi.json").json()["paths"].clone();
    let operations: usize = paths.as_object().unwrap().values().map(|it| it.as_object().unwrap().len()).sum();
    assert!(
        text.contains(&format!("{} selected / {operations} total", operations - 1)),
        "{operations}: {text}"
    );
}
