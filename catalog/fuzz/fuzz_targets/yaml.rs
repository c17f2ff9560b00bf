//! Any bytes are read or refused: no panic, and what is taken reads from storage as from its file.
#![no_main]

use dfa_catalog::model::Definition;
use dfa_catalog::set::{check, Extent};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    // The reader catches a panic of its YAML parser; the runtime's hook would end the process before that. A panic
    // that nobody catches still ends it.
    init: {
        let _ = std::panic::take_hook();
    },
    |data: &[u8]| {
        let Ok(text) = std::str::from_utf8(data) else { return };
        let parsed = dfa_catalog::parse(text, "catalog_fuzz.yaml");
        for found in &parsed.diagnostics {
            assert!(found.line >= 1, "{found}");
        }
        let _ = check(parsed.definitions.iter(), Extent::Whole);
        for definition in parsed.definitions {
            match dfa_catalog::from_json(definition.kind(), &definition.name, &definition.json) {
                Ok(stored) => assert_eq!(Definition { line: definition.line, ..stored }, definition),
                Err(found) => panic!("{found:?}"),
            }
        }
    }
);
