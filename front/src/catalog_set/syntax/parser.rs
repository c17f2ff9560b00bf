//! PostgreSQL's parser, as the oldest server reads that we work with.

use dfa_catalog::lexer::{lexemes, Kind};
use pg_query::protobuf::ParseResult;
use std::thread;

/// Words that the library reserves, in some places, and PostgreSQL 15 does not: names there.
const NEWER_WORDS: [&str; 13] = [
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "merge_action",
    "system_user",
];

/// Why PostgreSQL would not read a text; `None` where it would, or where that cannot be said.
pub fn fault(sql: &str) -> Option<String> {
    let reason = reason(sql)?;
    let older = with_names(sql)?;
    match older == sql {
        true => Some(reason),
        false => self::reason(&older).map(|_| reason),
    }
}

/// The tree of a text; `None` where it is wrong, too long, or nested deeper than the library passes on.
pub fn tree(sql: &str) -> Option<ParseResult> {
    parsed(sql).or_else(|| parsed(&with_names(sql)?))
}

/// The library walks what it read by recursion: even if each letter is a level, they fit into this stack.
fn parsed(sql: &str) -> Option<ParseResult> {
    const LONGEST: usize = 100_000;
    const STACK: usize = 256 << 20;
    if sql.len() > LONGEST {
        return None;
    }
    thread::scope(|scope| {
        let parse = || pg_query::parse(sql).ok().map(|parsed| parsed.protobuf);
        thread::Builder::new().stack_size(STACK).spawn_scoped(scope, parse).ok()?.join().ok()?
    })
}

/// Splitting parses, and makes no tree of what it read.
fn reason(sql: &str) -> Option<String> {
    match pg_query::split_with_parser(sql) {
        Err(pg_query::Error::Split(reason)) if !reason.contains("stack depth") => Some(reason),
        _ => None,
    }
}

/// The text with the newer words quoted, so that they are names; `None` if it cannot be cut into words.
fn with_names(sql: &str) -> Option<String> {
    let mut quoted = String::with_capacity(sql.len());
    for lexeme in lexemes(sql).ok()? {
        let text = &sql[lexeme.range];
        let word = text.to_ascii_lowercase();
        match lexeme.kind {
            Kind::Word if NEWER_WORDS.contains(&word.as_str()) => quoted.push_str(&format!("\"{word}\"")),
            _ => quoted.push_str(text),
        }
    }
    Some(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_sql_is_said_in_the_words_of_postgres() {
        assert_eq!(fault("insert ino t values (1)").unwrap(), "syntax error at or near \"ino\"");
        assert_eq!(fault("select 1 from"), Some("syntax error at end of input".to_owned()));
        assert_eq!(fault("select 1 from t"), None);
    }

    #[test]
    fn names_that_only_newer_versions_reserve_are_names() {
        for sql in [
            "create table t (system_user text)",
            "insert into t (id, system_user) values (1, 'x')",
            "create function json_value(a jsonb, b text) returns text language sql as 'select 1'",
            "create function json_scalar() returns json language sql as $$ select '1'::json $$",
            "select merge_action from t",
            "select x.json from t as x where json is null and json '1' is not null",
        ] {
            assert_eq!(fault(sql), None, "{sql}");
            assert!(tree(sql).is_some(), "{sql}");
        }
        assert!(fault("insert ino t (system_user) values (1)").is_some());
    }

    #[test]
    fn a_text_without_end_is_not_judged_and_breaks_nothing() {
        for sql in [
            format!("select 1{}", " + 1".repeat(24_000)),
            format!("select {}1", "- ".repeat(49_000)),
            format!("select {}1{}", "f(".repeat(3_000), ")".repeat(3_000)),
            format!("select {}1{}", "(".repeat(200_000), ")".repeat(200_000)),
            format!("select 1{}", " + 1".repeat(200_000)),
            format!("select {}1", "- ".repeat(200_000)),
            format!("select 1 where true{}", " and true".repeat(200_000)),
            format!("select {}1{}", "f(".repeat(50_000), ")".repeat(50_000)),
        ] {
            fault(&sql);
            tree(&sql);
        }
    }
}
