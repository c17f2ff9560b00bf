//! Where one statement ends and the next begins.

use super::StatementError;
use crate::lexeme::{is_significant, lexemes, Kind};

/// The statements of a text, without their `;`. Pieces that are blank or comments only are no statements.
pub fn split(sql: &str) -> Result<Vec<String>, StatementError> {
    let mut statements = Vec::new();
    let mut start = 0;
    let mut is_statement = false;
    for lexeme in lexemes(sql)? {
        if lexeme.kind == Kind::Semicolon {
            if is_statement {
                statements.push(sql[start..lexeme.range.start].trim().to_owned());
            }
            start = lexeme.range.end;
            is_statement = false;
        } else {
            is_statement |= is_significant(&lexeme);
        }
    }
    if is_statement {
        statements.push(sql[start..].trim().to_owned());
    }
    Ok(statements)
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
