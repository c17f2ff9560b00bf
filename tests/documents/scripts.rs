//! The scripts behind `make demo` say what they do: nothing that takes minutes is silent.

use std::fs;
use std::path::Path;

/// What `make demo` runs that compiles.
const COMPILING: [&str; 2] = ["install.sh", "prerequisites.sh"];

#[test]
fn nothing_is_compiled_in_silence() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts");
    let mut seen = 0;
    for script in COMPILING {
        let text = fs::read_to_string(folder.join(script)).expect(script);
        let mut is_told = false;
        for line in text.lines() {
            // A new function or block has its own words.
            if line.contains("() {") {
                is_told = false;
            }
            is_told |= line.trim_start().starts_with("say ") || line.contains("while_telling ");
            let compiles =
                ["cargo build ", "cargo install ", "cargo pgrx install "].iter().any(|it| line.contains(it));
            if !compiles || line.contains("fail \"") || line.trim_start().starts_with('#') {
                continue;
            }
            seen += 1;
            assert!(is_told, "{script} does not say what it begins: {line}");
            for silent in ["--quiet", " -q", "/dev/null"] {
                assert!(!line.contains(silent), "{script} is silent: {line}");
            }
        }
    }
    assert!(seen >= 3, "the scripts compile elsewhere by now: {seen}");
}
