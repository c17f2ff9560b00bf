//! A statement given as a map of steps: CTEs, the statement that they belong to, further statements.

use super::split::{is_data_changing, split};
use super::StatementError;
use crate::lexer::{is_significant, lexemes, Kind};

/// The step that is the data-changing statement itself.
const MAIN: &str = "with_row_table";

/// What the steps of a map say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assembled {
    /// In the order in which they run.
    pub statements: Vec<String>,
    /// What was read in a way that its writer may not have meant.
    pub warnings: Vec<String>,
}

/// Puts `(key, SQL)` steps together. `with_<alias>` is a CTE of the statement that follows; `with_row_table` is the
/// data-changing statement of the CTEs before it; any other key is a statement of its own.
pub fn assemble<'a>(steps: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Assembled, StatementError> {
    let mut assembled = Assembled::default();
    let mut ctes: Vec<(String, String, String)> = Vec::new();
    for (key, sql) in steps {
        let step = key.to_owned();
        let mut statements = split(sql)?;
        if statements.is_empty() {
            return Err(StatementError::EmptyStep { step });
        }
        let name = underscored(key, &mut assembled.warnings);
        match name.strip_prefix("with_").filter(|_| name != MAIN) {
            Some("") => return Err(StatementError::NamelessCte { step }),
            Some(_) if statements.len() > 1 => {
                return Err(StatementError::CteOfMany { step, count: statements.len() })
            }
            Some(alias) => ctes.push((step, alias.to_owned(), statements.remove(0))),
            None => {
                statements[0] = with(&mut ctes, &statements[0])?;
                assembled.statements.append(&mut statements);
            }
        }
    }
    if let Some((step, _, last)) = ctes.pop() {
        if !is_data_changing(&last) {
            return Err(StatementError::CteOfNothing { step });
        }
        assembled.warnings.push(format!("step '{step}' comes last and changes data: read as {MAIN}"));
        assembled.statements.push(with(&mut ctes, &last)?);
    }
    Ok(assembled)
}

/// `with x` and `WITH_x` are read as `with_x`.
fn underscored(key: &str, warnings: &mut Vec<String>) -> String {
    let key = key.trim();
    let joined = key.split_whitespace().collect::<Vec<_>>().join("_");
    let alias = match joined.split_at_checked("with_".len()) {
        Some((with, alias)) if with.eq_ignore_ascii_case("with_") => alias,
        _ => return key.to_owned(),
    };
    let name = if joined.eq_ignore_ascii_case(MAIN) { MAIN.to_owned() } else { format!("with_{alias}") };
    if name != key {
        warnings.push(format!("step '{key}' is read as '{name}'"));
    }
    name
}

/// The statement with the CTEs before it; its own WITH, if it has one, comes after them.
fn with(ctes: &mut Vec<(String, String, String)>, statement: &str) -> Result<String, StatementError> {
    if ctes.is_empty() {
        return Ok(statement.to_owned());
    }
    // A line comment at the end of a CTE must not swallow its bracket.
    let list: Vec<String> =
        ctes.drain(..).map(|(_, alias, sql)| format!("{} as (\n{sql}\n)", name_in_sql(&alias))).collect();
    let list = list.join(",\n");
    let found = lexemes(statement)?;
    let mut words = found.iter().filter(|lexeme| is_significant(lexeme));
    let is = |lexeme: Option<&crate::lexer::Lexeme>, word: &str| {
        lexeme.is_some_and(|lexeme| statement[lexeme.range.clone()].eq_ignore_ascii_case(word))
    };
    let first = words.next();
    if !is(first, "with") {
        return Ok(format!("with {list}\n{statement}"));
    }
    let second = words.next();
    let (recursive, from) = if is(second, "recursive") { ("recursive ", second) } else { ("", first) };
    let rest = from.map_or(statement, |lexeme| &statement[lexeme.range.end..]);
    Ok(format!("with {recursive}{list},{rest}"))
}

/// An alias as the step's writer uses it in SQL: bare where it can be.
fn name_in_sql(alias: &str) -> String {
    let is_bare = matches!(lexemes(alias).as_deref(), Ok([only]) if only.kind == Kind::Word)
        && !alias.starts_with(|c: char| c.is_ascii_digit());
    if is_bare {
        alias.to_owned()
    } else {
        format!("\"{}\"", alias.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn statements(steps: &[(&str, &str)]) -> Vec<String> {
        let flat = |sql: String| sql.split_whitespace().collect::<Vec<_>>().join(" ");
        assemble(steps.iter().copied()).unwrap().statements.into_iter().map(flat).collect()
    }

    #[test]
    fn ctes_belong_to_the_statement_that_follows() {
        assert_eq!(
            statements(&[("with_a", "select 1;"), ("with_row_table", "insert into t select * from a;")]),
            ["with a as ( select 1 ) insert into t select * from a"]
        );
    }

    #[test]
    fn a_data_changing_cte_may_stand_in_the_middle() {
        let steps = [
            ("clean", "delete from t where x = 1"),
            ("with_gone", "delete from t returning *"),
            ("with_kept", "select * from gone"),
            ("with_row_table", "insert into h select * from kept"),
            ("after", "select count(*) as row_number from h"),
        ];
        assert_eq!(statements(&steps), [
            "delete from t where x = 1",
            "with gone as ( delete from t returning * ), kept as ( select * from gone ) insert into h select * from kept",
            "select count(*) as row_number from h",
        ]);
    }

    #[test]
    fn a_statement_with_its_own_ctes_keeps_them() {
        assert_eq!(
            statements(&[
                ("with_a", "select 1"),
                ("main", "with recursive b as (select 2) insert into t select 1")
            ]),
            ["with recursive a as ( select 1 ), b as (select 2) insert into t select 1"]
        );
    }

    #[test]
    fn a_blank_after_with_is_an_underscore_and_says_so() {
        let assembled = assemble([("with a", "select 1"), ("x", "select * from a")].into_iter()).unwrap();
        assert_eq!(assembled.warnings.len(), 1);
        assert!(assembled.statements[0].starts_with("with a as"));
    }

    #[test]
    fn with_may_be_written_large_and_says_so() {
        let steps = [("WITH_A", "select 1"), ("With_Row_Table", "insert into t select * from a")];
        let assembled = assemble(steps.into_iter()).unwrap();
        assert_eq!(
            assembled.warnings,
            ["step 'WITH_A' is read as 'with_A'", "step 'With_Row_Table' is read as 'with_row_table'",]
        );
        assert!(assembled.statements[0].starts_with("with A as"));
        assert_eq!(assembled.statements.len(), 1);
    }

    #[test]
    fn a_cte_of_nothing_is_an_error_unless_it_changes_data() {
        assert!(matches!(
            assemble([("with_a", "select 1")].into_iter()),
            Err(StatementError::CteOfNothing { .. })
        ));
        let assembled = assemble([("with_a", "delete from t")].into_iter()).unwrap();
        assert_eq!((assembled.statements.len(), assembled.warnings.len()), (1, 1));
    }

    #[test]
    fn a_comment_at_the_end_of_a_cte_stays_in_it() {
        let text = assemble([("with_a", "select 1 -- one"), ("m", "select 2")].into_iter()).unwrap();
        assert_eq!(text.statements, ["with a as (\nselect 1 -- one\n)\nselect 2"]);
    }

    proptest! {
        #[test]
        fn steps_without_ctes_are_their_statements(steps in proptest::collection::vec("select [a-z]{1,5}", 1..5)) {
            let assembled = assemble(steps.iter().map(|sql| ("s", sql.as_str()))).unwrap();
            prop_assert_eq!(assembled.statements, steps);
        }
    }
}
