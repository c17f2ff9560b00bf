//! Templates with something plausible for each placeholder. What its parameter holds only the database knows: a number, a
//! name, nothing at all, a condition, a list, a whole clause.

use super::parser;
use super::table::body_in_sql;
use dfa_catalog::lexer::{lexemes, Kind};
use dfa_catalog::placeholder;
use dfa_catalog::statement::words;
use std::borrow::Cow;

/// What may stand outside of quotes for a parameter of which nothing is known.
const ANYTHING: [&str; 8] = ["1", "x", "", "true", "and true", "=", "(1)", "values (null)"];

/// What a run gives has always this form.
const OF_A_RUN: [(&str, &str); 13] = [
    ("database_name", "db"),
    ("ai_schema_name", "ai"),
    ("main_schema_name", "public"),
    ("run_id", "1"),
    ("run_date", "2000-01-01"),
    ("run_mode", "common"),
    ("data_date", "2000-01-01"),
    ("update_date", "2000-01-01 00:00:00"),
    ("interval_start", "2000-01-01"),
    ("interval_end", "2000-01-02"),
    ("lookback", "0"),
    ("window_start", "3"),
    ("window_end", "1"),
];

/// Why no server would take a statement; `None` if it is right for some values, or wrong in another way for each.
pub fn fault(template: &str) -> Option<String> {
    let mut reasons: Vec<String> = Vec::new();
    let mut before: Option<String> = None;
    for stand_in in ANYTHING {
        let sql = rendered(template, stand_in)?;
        if before.as_ref() == Some(&sql) {
            break;
        }
        reasons.push(parser::fault(&sql).or_else(|| fault_of_body(&sql))?);
        before = Some(sql);
    }
    let first = reasons.first()?;
    reasons.iter().all(|reason| reason == first).then(|| first.clone())
}

/// The body of a function in SQL, which the server parses when it makes the function.
fn fault_of_body(sql: &str) -> Option<String> {
    let makes: Vec<String> = words(sql).take(4).collect();
    if !makes.iter().any(|word| word == "function" || word == "procedure") {
        return None;
    }
    let body = body_in_sql(&parser::tree(sql)?)?;
    parser::fault(&body).map(|reason| format!("{reason}, in the body of the function"))
}

/// The template with what stands for its parameters; `None` where braces are wrong, which is told elsewhere.
pub fn rendered(template: &str, stand_in: &str) -> Option<String> {
    let mut sql = String::with_capacity(template.len());
    // Braces and the names in them are lexemes of their own.
    let mut bare = String::new();
    for lexeme in lexemes(template).ok()? {
        let text = &template[lexeme.range];
        let quoted = match lexeme.kind {
            Kind::Text | Kind::EscapeText => filled(text, "2000-01-01")?,
            Kind::Identifier => filled(text, "x")?,
            Kind::LineComment | Kind::BlockComment => filled(text, "1")?,
            Kind::Dollar => between_dollars(text, stand_in)?,
            _ => {
                bare.push_str(text);
                continue;
            }
        };
        sql.push_str(&filled(&std::mem::take(&mut bare), stand_in)?);
        sql.push_str(&quoted);
    }
    sql.push_str(&filled(&bare, stand_in)?);
    Some(sql)
}

/// A text between `$tag$` is mostly a body in SQL.
fn between_dollars(text: &str, stand_in: &str) -> Option<String> {
    let tag = &text[..=1 + text[1..].find('$')?];
    let inside = text.strip_prefix(tag)?.strip_suffix(tag)?;
    let inside = rendered(inside, stand_in).or_else(|| filled(inside, stand_in))?;
    Some(format!("{tag}{inside}{tag}"))
}

fn filled(text: &str, unknown: &str) -> Option<String> {
    let value = |name: &str| {
        let known = OF_A_RUN.iter().find(|(known, _)| *known == name);
        Some(Cow::Owned(known.map_or(unknown, |(_, value)| *value).to_owned()))
    };
    placeholder::render(text, value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_that_only_the_database_knows_is_no_fault() {
        for template in [
            "select * from {ai_schema_name}.t where {sales_filter}",
            "select * from t where a > 1 {sales_filter} group by b",
            "select {columns} from {any_schema}.{any_table} limit {n}",
            "insert into t {function_value}",
            "insert into t values {function_value}",
            "select * from t where a {operator} 5 and b in {list}",
            "{whole_statement}",
            "{with_a} select 1 from a where x = {y} {rest}",
            "select date_trunc('{unit}', d), '{{\"a\": 1}}'::json from t where d >= '{run_date}'",
            "delete from t where d < date '{data_date}' - interval '{months} month' -- {remark}",
            "create function {ai_schema_name}.f() returns int language sql as $f$ select 1 from t where {filter} $f$",
            "create function f() returns trigger language plpgsql as $$ begin if {flag} then return new; end if; end $$",
            "update t set {assignments} where {filter}",
        ] {
            assert_eq!(fault(template), None, "{template}");
        }
    }

    #[test]
    fn what_is_wrong_whatever_the_values_are_is_a_fault() {
        for (template, reason) in [
            ("insert ino {ai_schema_name}.t select 1", "syntax error at or near \"ino\""),
            ("select * form t where d = '{run_date}'", "syntax error at or near \"form\""),
            ("selct a from t where {sales_filter}", "syntax error at or near \"selct\""),
            ("select 1 from t where d > {update_date}", "syntax error at or near \"00\""),
            ("select 1 from t where d = date '{run_date}' and grop by 1", "syntax error at or near \"by\""),
            (
                "create function f() returns int language sql as $$ selct {n} $$",
                "syntax error at or near \"selct\", in the body of the function",
            ),
        ] {
            assert_eq!(fault(template).as_deref(), Some(reason), "{template}");
        }
    }
}
