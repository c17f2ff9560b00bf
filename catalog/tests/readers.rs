//! Each reader of a text that people write takes any text, or refuses it; none of them panics.

use dfa_catalog::choose::Choose;
use dfa_catalog::dataframe::{elements, with_rows};
use dfa_catalog::length::Length;
use dfa_catalog::schedule::Schedule;
use dfa_catalog::select::Selector;
use dfa_catalog::statement::{assemble, is_data_changing, words};
use dfa_catalog::tree::{from_yaml, spans, to_json, to_yaml};
use dfa_catalog::trigger::{id_fault, Trigger};
use dfa_catalog::{datatype, json, lexer, name, parse, placeholder, set, undated};
use proptest::prelude::*;
use proptest::sample::select;

/// What means something to one of them, and what is easily cut in the wrong place.
const WORDS: [&str; 92] = [
    "select",
    "distinct",
    "on",
    "all",
    "from",
    "where",
    "as",
    "insert",
    "into",
    "values",
    "union",
    "create",
    "view",
    "function",
    "do",
    "$$",
    "$a$",
    "$",
    "{function_value}",
    "{a}",
    "{{",
    "}}",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ".",
    "::",
    ":",
    "*",
    "'",
    "''",
    "E'\\'",
    "\"",
    "\"a\"",
    "--",
    "\n",
    "/*",
    "*/",
    "a",
    "é",
    "\u{1F600}",
    "ß",
    "\0",
    "1",
    "1.5e",
    "-",
    "numeric( 24, 8 )",
    "varchar",
    "not null",
    "unique",
    "default",
    "check (",
    "primary key",
    "timestamp with time zone",
    "serial",
    "null",
    "end",
    "case",
    "everyday_at_05_30",
    "every_day_at_",
    "every_month_at_31th_00_10",
    "every_quarter_at_1st_",
    "every_monday_at_5_0",
    "_at_",
    "* * * * *",
    "0 0 30 2 *",
    "*/7",
    "sun#1",
    "5 days",
    "90s",
    "P1D",
    "tag:",
    "+",
    "!",
    "sql:",
    "py:",
    "& b",
    "| (",
    "a & b",
    "-> ",
    "\\ud800",
    "\\u0000",
    "{\"a\":1}",
    "[1,[2]]",
    "true",
    "0x",
    "\u{2028}",
];

fn any_words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => select(&WORDS[..]).prop_map(str::to_owned), 1 => any::<String>()];
    (proptest::collection::vec(piece, 0..14), select(&["", " "][..]))
        .prop_map(|(all, between)| all.join(between))
}

/// A DataFrame process of these texts, and what else a set may say of them.
fn set_of(load: &str, save: &str, argument: &str, datatype: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let (load, save, argument, datatype) = (quoted(load), quoted(save), quoted(argument), quoted(datatype));
    format!(
        "src_a: {{create: {{features: {{id: int, d: {datatype}}}}}}}
ai_x:
  create: {{features: {{id: int}}}}
  retention: {{column: {argument}, months: 1}}
  depends_on: [{argument}]
  update:
    p: {{function: abc_class, parameter: {{a: {argument}, {argument}: 1}}, load: {{statement: {load}}}, save: {{statement: {save}}}}}
    q: {{statement: {{with_a: {load}, with_row_table: {save}}}}}
view:v: {{create: {{statement: {load}}}}}
p: {{nodes: [ai_x, src_a], trigger: {argument}, schedule: {argument}, lag: {argument}}}
"
    )
}

proptest! {
    #[test]
    fn a_reader_of_a_text_takes_any(text in any_words()) {
        let _ = datatype::parse(&text);
        if let Ok(schedule) = Schedule::parse(&text) {
            let moment = "2024-03-31T00:30:00+01:00[Europe/Berlin]".parse::<jiff::Zoned>().unwrap();
            let _ = (schedule.customary(), schedule.next_after(&moment), schedule.previous_at_or_before(&moment));
        }
        let _ = (Trigger::parse(&text), id_fault(&text), Selector::parse(&text), Choose::parse(&[&text]));
        let _ = Length::parse(&text).map(|length| length.is_whole_days());
        let _ = (name::prefix(&text), name::shortname(&text), name::strip_type(&text), name::fault(&text), name::label_fault(&text));
        let _ = (name::suggest(&text, ["a", "é"].into_iter()), name::place_in_any_case(&text, ["a", "É"].into_iter()));
        let _ = (elements(&text), words(&text).count(), is_data_changing(&text), lexer::lexemes(&text).is_ok());
        let _ = assemble([("with_a", text.as_str()), ("with b", "select 1"), ("with_row_table", text.as_str())].into_iter());
        let _ = placeholder::render(&text, |_| Some("x".into()));
        let _ = (json::fields(&text).is_ok(), json::unquote(&text).is_ok(), json::whole(&text));
        for span in spans(&text) {
            prop_assert!(text.get(span.range.clone()).is_some(), "{:?}", span.range);
        }
        for document in from_yaml(&text).unwrap_or_default() {
            to_yaml(&to_json(&document));
        }
    }

    #[test]
    fn rows_are_put_into_any_statement(text in any_words()) {
        let changed = with_rows(&text);
        if !text.contains("{function_value}") {
            prop_assert_eq!(changed, text);
        }
    }

    #[test]
    fn what_a_set_says_may_be_any_text(load in any_words(), save in any_words(), argument in any_words(), datatype in any_words()) {
        let parsed = parse(&set_of(&load, &save, &argument, &datatype), "a.yaml");
        set::check(parsed.definitions.iter(), set::Extent::Whole);
        set::order(parsed.definitions.iter());
        undated::find(parsed.definitions.iter());
    }
}
