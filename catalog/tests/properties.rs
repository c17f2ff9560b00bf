//! What holds for any input: nothing panics, nothing is lost, nothing is put in twice.

use dfa_catalog::lexer::{is_significant, lexemes, Kind};
use dfa_catalog::placeholder::{render, render_values, Value};
use dfa_catalog::statement::split;
use dfa_catalog::tree::{from_yaml, to_json};
use dfa_catalog::trigger::Trigger;
use dfa_catalog::{from_json, parse};
use proptest::prelude::*;
use proptest::sample::{select, Index};

/// Catalogs that use every form, to be cut and mixed.
const SEEDS: [&str; 10] = [
    include_str!("../retail/catalog/catalog_ctr_data.yaml"),
    include_str!("../retail/catalog/catalog_imp_sales.yaml"),
    include_str!("../retail/catalog/catalog_ai_forecast.yaml"),
    include_str!("../retail/pipeline/pipeline_retail_period.yaml"),
    include_str!("../retail/adhoc/query_sales.yaml"),
    include_str!("fixtures/foreign/catalog/catalog_src_hotel.yaml"),
    include_str!("fixtures/foreign/catalog/catalog_ai_stay.yaml"),
    include_str!("fixtures/foreign/catalog/catalog_ai_report.yaml"),
    include_str!("fixtures/foreign/pipeline/pipeline_hotel.yaml"),
    include_str!("fixtures/foreign/view/view_hotel.yaml"),
];

/// What turns a catalog into another one, or into none.
const PIECES: [&str; 36] = [
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "  ",
    ":",
    ": ",
    "- ",
    "? ",
    "#",
    "'",
    "\"",
    "\\",
    "|",
    "|+",
    ">-",
    "&a ",
    "*a",
    "<<: *a",
    "[",
    "]",
    "{",
    "}",
    "{{",
    "}}",
    ",",
    ";",
    "!",
    "!<",
    "%",
    "---\n",
    "...\n",
    "$$",
    "\0",
    "é\u{85}\u{2028}",
];

/// How many cases a test tries: enough for a run of all tests; `PROPTEST_CASES` says otherwise, as `make fuzz` does.
fn cases() -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 512;
    }
    config
}

/// A catalog with some pieces taken out, put in or put over others.
fn mutated_catalog() -> impl Strategy<Value = String> {
    let change = (any::<Index>(), 0..40usize, prop_oneof![Just(""), select(&PIECES[..])]);
    (select(&SEEDS[..]), proptest::collection::vec(change, 1..8)).prop_map(|(seed, changes)| {
        let mut characters: Vec<char> = seed.chars().collect();
        for (place, length, piece) in changes {
            let from = place.index(characters.len() + 1);
            let to = (from + length).min(characters.len());
            characters.splice(from..to, piece.chars());
        }
        characters.into_iter().collect()
    })
}

/// What the reader finds of any text stands within it, and what it takes is the same when read from storage.
fn assert_reads_soundly(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text, "catalog_any.yaml");
    // YAML breaks lines at more characters than `\n`.
    let lines =
        2 + text.chars().filter(|c| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')).count();
    for found in &parsed.diagnostics {
        prop_assert!((1..=lines).contains(&found.line), "{}", found);
    }
    for definition in parsed.definitions {
        let stored = from_json(definition.kind(), &definition.name, &definition.json);
        let stored = stored.map_err(|found| TestCaseError::fail(format!("{found:?}")))?;
        prop_assert_eq!(dfa_catalog::model::Definition { line: definition.line, ..stored }, definition);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        assert_reads_soundly(&text)?;
    }

    #[test]
    fn any_mixture_of_pieces_is_read_or_refused(
        pieces in proptest::collection::vec(prop_oneof![select(&PIECES[..]), Just("a"), Just("create"), Just("features")], 0..60)
    ) {
        assert_reads_soundly(&pieces.concat())?;
    }

    #[test]
    fn any_change_of_a_catalog_is_read_or_refused(text in mutated_catalog()) {
        assert_reads_soundly(&text)?;
    }

    #[test]
    fn a_cut_catalog_is_read_or_refused(seed in select(&SEEDS[..]), end in any::<Index>()) {
        let text: String = seed.chars().take(end.index(seed.len())).collect();
        assert_reads_soundly(&text)?;
    }

    #[test]
    fn the_end_of_lines_makes_no_difference(seed in select(&SEEDS[..]), start in any::<Index>(), length in 0..400usize) {
        let lines: Vec<&str> = seed.lines().collect();
        let from = start.index(lines.len());
        let text = lines[from..lines.len().min(from + length)].join("\n");
        let unix = from_yaml(&text);
        prop_assert_eq!(&from_yaml(&text.replace('\n', "\r\n")), &unix);
        prop_assert_eq!(&from_yaml(&format!("\u{feff}{text}")), &unix);
    }

    #[test]
    fn a_tree_is_the_same_when_read_from_its_json(text in mutated_catalog()) {
        for document in from_yaml(&text).unwrap_or_default() {
            let json = to_json(&document).to_string();
            let read = dfa_catalog::tree::from_json(&json);
            let read = read.map_err(|error| TestCaseError::fail(format!("{error} in {json}")))?;
            prop_assert_eq!(to_json(&read).to_string(), json);
        }
    }
}

/// SQL with everything that may hide a `;`.
fn any_sql() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(";".to_owned()),
        "[a-z]{1,6}",
        "[ \n\t]{1,3}",
        "'[a-z;\"$-]{0,4}(''[;a-z]{0,2})?'",
        "E'[a-z;]{0,3}(\\\\')?[;-]{0,2}'",
        "\"[a-z;']{1,4}\"",
        "/\\* [a-z;'\"-]{0,4} \\*/",
        "-- [a-z;'\"]{0,4}(\n|\r|\r\n)",
        "\\$x\\$[a-z;' ]{0,4}\\$x\\$",
        "\\$\\$[a-z;' ]{0,4}\\$\\$",
        "[(),=<>+*{}]",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.join(" "))
}

/// What of a text means something to Postgres, `;` aside.
fn meaning(sql: &str) -> Vec<String> {
    lexemes(sql)
        .unwrap()
        .into_iter()
        .filter(|lexeme| is_significant(lexeme) && lexeme.kind != Kind::Semicolon)
        .map(|lexeme| sql[lexeme.range].to_owned())
        .collect()
}

proptest! {
    #[test]
    fn split_statements_keep_all_that_means_something(sql in any_sql()) {
        let statements = split(&sql).unwrap();
        let kept: Vec<String> = statements.iter().flat_map(|statement| meaning(statement)).collect();
        prop_assert_eq!(kept, meaning(&sql));
        for statement in &statements {
            // Those within brackets belong to their statement.
            let mut depth = 0usize;
            for lexeme in lexemes(statement).unwrap() {
                match lexeme.kind {
                    Kind::Open => depth += 1,
                    Kind::Close => depth = depth.saturating_sub(1),
                    Kind::Semicolon => prop_assert!(depth > 0),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn split_statements_joined_again_split_into_themselves(sql in any_sql()) {
        let statements = split(&sql).unwrap();
        prop_assert_eq!(split(&statements.join("\n;\n")).unwrap(), statements);
    }

    #[test]
    fn values_are_put_in_once_whatever_they_hold(
        parts in proptest::collection::vec(("[a-z ,=]{0,6}", "[ab]", "([a-z]|\\{|\\}|\\{\\{|\\{a\\}|\\{b\\}){0,6}"), 0..8)
    ) {
        // Each placeholder has a name and a value of its own; values hold the names of others.
        let template: String = parts.iter().enumerate().map(|(at, (text, name, _))| format!("{text}{{{name}{at}}}")).collect();
        let expected: String = parts.iter().map(|(text, _, value)| format!("{text}{value}")).collect();
        let value = |name: &str| {
            let (_, _, value) = &parts[name[1..].parse::<usize>().unwrap()];
            Some(value.clone())
        };
        prop_assert_eq!(&render(&template, |name| value(name).map(Into::into)).unwrap(), &expected);
        prop_assert_eq!(render_values(&template, |name| value(name).map(Value::Trusted)).unwrap(), expected);
    }

    #[test]
    fn a_callers_value_adds_no_lexeme_but_its_own(given in any::<String>(), number in any::<i32>()) {
        let template = "select '{text}', E'{text}' from t where a = 1 -{number} and b <{number}";
        let caller = |name: &str| Some(Value::Caller(match name {
            "text" => given.clone(),
            _ => number.to_string(),
        }));
        let kinds = |sql: &str| -> Vec<Kind> {
            lexemes(sql).unwrap().iter().filter(|found| is_significant(found) && found.kind != Kind::Other).map(|found| found.kind).collect()
        };
        let sql = render_values(template, caller).unwrap();
        let plain = "select '', E'' from t where a = 1 - 1 and b < 1";
        prop_assert_eq!(kinds(&sql), kinds(plain));
    }

    #[test]
    fn a_trigger_that_reads_prints_as_one_that_means_the_same(text in "([a-d]|[a-d]| & | \\| |\\(|\\)| ){1,24}") {
        let Ok(trigger) = Trigger::parse(&text) else { return Ok(()) };
        let printed = trigger.to_string();
        let again = Trigger::parse(&printed).unwrap();
        prop_assert_eq!(&again, &trigger);
        for mask in 0..16u8 {
            let is_true = |id: &str| mask & (1 << (id.as_bytes()[0] - b'a').min(3)) != 0;
            prop_assert_eq!(again.holds(is_true), trigger.holds(is_true));
        }
    }

    #[test]
    fn a_trigger_of_a_list_prints_as_an_expression(ids in proptest::collection::vec("[a-z][a-z0-9_.-]{0,8}", 1..6)) {
        let trigger = Trigger::all(ids.clone());
        prop_assert_eq!(trigger.to_string(), ids.join(" & "));
        prop_assert_eq!(Trigger::parse(&trigger.to_string()).unwrap(), trigger);
    }
}
