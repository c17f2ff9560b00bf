//! Where one statement ends and the next begins.

use super::StatementError;
use crate::lexer::{is_significant, lexemes, Kind};

/// The statements of a text, without their `;`. Pieces that are blank or comments only are no statements.
///
/// A `;` within brackets (`create rule … do also (…; …)`) or between `begin atomic` and its `end` belongs to its
/// statement, as psql has it.
pub fn split(sql: &str) -> Result<Vec<String>, StatementError> {
    let mut statements = Vec::new();
    let mut start = 0;
    let mut current = Nesting::default();
    for lexeme in lexemes(sql)? {
        if lexeme.kind == Kind::Semicolon && current.is_closed() {
            if current.is_statement {
                statements.push(sql[start..lexeme.range.start].trim().to_owned());
            }
            start = lexeme.range.end;
            current = Nesting::default();
        } else if is_significant(&lexeme) {
            current.take(lexeme.kind, &sql[lexeme.range]);
        }
    }
    if current.is_statement {
        statements.push(sql[start..].trim().to_owned());
    }
    Ok(statements)
}

/// How deep in brackets and blocks a statement is.
#[derive(Default)]
struct Nesting {
    is_statement: bool,
    brackets: usize,
    /// `begin atomic` and the CASEs in it, each of which has an `end`.
    blocks: usize,
    routine: Routine,
    /// What stood before: a word in lower case, or other text.
    last: String,
}

/// How far the beginning of a statement is that of a function or procedure, which alone has a body to nest.
#[derive(Default, PartialEq, Eq, Clone, Copy)]
enum Routine {
    #[default]
    Unknown,
    Create,
    Or,
    Replace,
    Yes,
    No,
}

impl Nesting {
    fn is_closed(&self) -> bool {
        self.brackets == 0 && self.blocks == 0
    }

    fn take(&mut self, kind: Kind, text: &str) {
        self.is_statement = true;
        let text = text.to_ascii_lowercase();
        match kind {
            Kind::Open => self.brackets += 1,
            Kind::Close => self.brackets = self.brackets.saturating_sub(1),
            Kind::Word if self.brackets == 0 => self.word(&text),
            _ => {}
        }
        self.last = text;
    }

    fn word(&mut self, word: &str) {
        self.routine = match (self.routine, word) {
            (Routine::Unknown, "create") => Routine::Create,
            (Routine::Create, "or") => Routine::Or,
            (Routine::Or, "replace") => Routine::Replace,
            (Routine::Create | Routine::Replace, "function" | "procedure") | (Routine::Yes, _) => {
                Routine::Yes
            }
            _ => Routine::No,
        };
        // `x.end` and `as end` are names.
        if self.routine != Routine::Yes || matches!(self.last.as_str(), "." | "as") {
            return;
        }
        match word {
            "atomic" if self.blocks == 0 && self.last == "begin" => self.blocks = 1,
            "case" if self.blocks > 0 => self.blocks += 1,
            "end" => self.blocks = self.blocks.saturating_sub(1),
            _ => {}
        }
    }
}

/// The unquoted words of a statement, in lower case; none if it cannot be cut into lexemes.
pub fn words(sql: &str) -> impl Iterator<Item = String> + '_ {
    let found = lexemes(sql).unwrap_or_default();
    found
        .into_iter()
        .filter(|lexeme| lexeme.kind == Kind::Word)
        .map(|lexeme| sql[lexeme.range].to_lowercase())
}

/// Whether a statement inserts, updates, deletes or merges, by its first word.
pub fn is_data_changing(sql: &str) -> bool {
    words(sql).next().is_some_and(|word| matches!(word.as_str(), "insert" | "update" | "delete" | "merge"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_a_bare_semicolon_separates() {
        let sql = "insert into a values (';'); -- ; not here\nupdate b set c = $$;$$ where \"d;\" = E'\\';';\n/* ; */ ;";
        let statements = split(sql).unwrap();
        assert_eq!(statements.len(), 2);
        assert_eq!(statements[0], "insert into a values (';')");
        assert!(statements[1].starts_with("-- ; not here\nupdate b"));
    }

    #[test]
    fn the_body_of_begin_atomic_is_one_with_its_function() {
        let function = "create or replace function {s}.f(a int) returns int language sql begin atomic\n\
             -- end; of a comment\n  select case when a > 0 then case a when 1 then 2 end else 3 end as end; select t.end, \"end;\" from t;\n\
             end";
        let procedure = "CREATE PROCEDURE p() BEGIN  /* x */ ATOMIC insert into t values (1); delete from t where b = (case when c then 1 end); END";
        assert_eq!(
            split(&format!("{function}; select 1;\n{procedure};select 2")).unwrap(),
            [function, "select 1", procedure, "select 2"]
        );
    }

    #[test]
    fn begin_alone_is_a_statement_and_end_another() {
        assert_eq!(
            split("begin; select 1; end; begin atomic; end").unwrap(),
            ["begin", "select 1", "end", "begin atomic", "end"]
        );
        assert_eq!(
            split("create function f() returns int return 1; select case when a then b end; select 2")
                .unwrap()
                .len(),
            3
        );
        assert_eq!(
            split("select 1 as function; create table begin (atomic int); select 2").unwrap().len(),
            3
        );
    }

    #[test]
    fn what_a_rule_does_is_one_with_the_rule() {
        let rule = "create rule r as on insert to t do also (insert into a values (new.x); insert into b values (1))";
        assert_eq!(split(&format!("{rule}; select 1")).unwrap(), [rule, "select 1"]);
    }

    #[test]
    fn blanks_and_comments_are_no_statements() {
        assert!(split(" ; ;\n-- nothing\n;/* at all */").unwrap().is_empty());
    }

    fn any_statement() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-z]{1,6}",
            "'[a-z;]{0,4}(''[;a-z]{0,2})?'",
            "\"[a-z;]{1,4}\"",
            "/\\* [a-z;]{0,4} \\*/",
            Just("$x$ ;; $$ $x$".to_owned()),
            Just("{placeholder}".to_owned()),
        ];
        proptest::collection::vec(piece, 1..6).prop_map(|pieces| format!("select {}", pieces.join(" ")))
    }

    proptest! {
        #[test]
        fn joined_statements_split_into_themselves(statements in proptest::collection::vec(any_statement(), 0..5)) {
            let joined = statements.join(";\n");
            prop_assert_eq!(split(&joined).unwrap(), statements);
        }
    }
}
