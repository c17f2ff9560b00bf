//! `docs/functions.md` says of each function what the database says: comment, parameters, defaults, columns, and for whom it is.

use dfa_tests::Session;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/functions.md");
/// Functions that only our own programs, views and triggers call.
const PLUMBING: &[&str] = &[
    "after_quiet",
    "answer_request",
    "begin_run",
    "call_workers",
    "claim_next_step",
    "claim_request",
    "finish_run",
    "is_active",
    "is_at_front",
    "is_own_code",
    "key_covers",
    "name_fits",
    "new_process_id",
    "note_incidents",
    "person",
    "release_request",
    "run_step",
    "session_role",
    "subject_of_note",
    "unit_length",
    "unit_name",
    "use_key",
    "way",
];
/// How the comments of those begin that the service calls.
const FOR_THE_SERVICE: [&str; 2] = ["> For front services:", "> For the service:"];

/// The lines that a section of the document must have, in this order.
const FACTS: &str = include_str!("functions.sql");

/// The sections by the names of their functions.
fn sections(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut sections = BTreeMap::<&str, Vec<&str>>::new();
    let mut current = None;
    for line in text.lines() {
        match line.strip_prefix("### dfa.") {
            Some(name) => current = Some(name),
            None if line.starts_with('#') => current = None,
            None => {}
        }
        if let Some(name) = current {
            sections.entry(name).or_default().push(line);
        }
    }
    sections
}

/// A line of a section without what people wrote: the last cell of a row of a table.
fn fact(line: &str) -> String {
    match line.strip_suffix(" |").and_then(|row| row.rsplit_once(" | ")) {
        Some((facts, meaning)) if line.starts_with("| `") => {
            assert!(!meaning.trim_matches(['?', ' ', '|']).is_empty(), "nothing is said of: {line}");
            format!("{facts} |")
        }
        _ => line.to_owned(),
    }
}

#[test]
fn the_document_of_functions_says_what_the_database_says() {
    let text = std::fs::read_to_string(DOCUMENT).unwrap();
    let mut sections = sections(&text);
    let mut session = Session::fresh();
    let mut wrong = String::new();
    for row in session.client.query(FACTS, &[]).unwrap() {
        let (name, facts): (String, Vec<String>) = (row.get("name"), row.get("facts"));
        let is_plumbing = FOR_THE_SERVICE.iter().any(|begin| facts[0].starts_with(begin))
            || PLUMBING.contains(&name.as_str());
        match sections.remove(name.as_str()) {
            None if is_plumbing => {}
            None => {
                let _ = writeln!(wrong, "dfa.{name} has no section:\n{}\n", facts.join("\n"));
            }
            Some(lines) => {
                let said: Vec<String> = lines.iter().map(|line| fact(line)).collect();
                let said = said.iter().filter(|line| line.starts_with("| `") || line.starts_with("> "));
                let facts = facts.iter();
                if !said.eq(facts.clone()) {
                    let facts: Vec<&str> = facts.map(String::as_str).collect();
                    let _ = writeln!(wrong, "dfa.{name} is\n{}\n", facts.join("\n"));
                }
            }
        }
    }
    for name in sections.keys() {
        let _ = writeln!(wrong, "there is no function dfa.{name}");
    }
    assert!(wrong.is_empty(), "docs/functions.md says otherwise\n{wrong}");
}

/// For whom a function is, its section says in a line of its own.
#[test]
fn the_document_of_functions_says_for_whom_each_is() {
    let text = std::fs::read_to_string(DOCUMENT).unwrap();
    let mut session = Session::fresh();
    for (name, lines) in sections(&text) {
        let role = session.value(&format!(
            "select rolname from pg_roles, pg_proc \
             where pronamespace = 'dfa'::regnamespace and proname = '{name}' \
             and rolname in ('dfa_reader', 'dfa_operator', 'dfa_admin') \
             and has_function_privilege(pg_roles.oid, pg_proc.oid, 'execute') \
             order by array_position(array['dfa_reader', 'dfa_operator', 'dfa_admin'], rolname::text) limit 1"
        ));
        let says = lines.iter().any(|line| line.starts_with(&format!("For `{role}`.")));
        assert!(says, "dfa.{name} is for {role}");
    }
}
