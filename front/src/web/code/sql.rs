//! The parts of SQL, by the scanner of PostgreSQL itself.

use super::marks::Mark;
use pg_query::protobuf::{KeywordKind, Token};

/// The parts of a statement, from `start` on; none of what cannot be scanned, such as a quote that does not end.
pub fn marks(text: &str, start: usize) -> Vec<Mark> {
    let Ok(scanned) = pg_query::scan(text) else { return Vec::new() };
    let mut found = Vec::new();
    for token in scanned.tokens {
        let range =
            usize::try_from(token.start).unwrap_or_default()..usize::try_from(token.end).unwrap_or_default();
        let keyword = KeywordKind::try_from(token.keyword_kind).unwrap_or(KeywordKind::NoKeyword);
        let class = match Token::try_from(token.token) {
            Ok(Token::SqlComment | Token::CComment) => "c",
            Ok(
                Token::Sconst
                | Token::Usconst
                | Token::Bconst
                | Token::Xconst
                | Token::Iconst
                | Token::Fconst,
            ) => "s",
            _ if stands_out(keyword, text.get(range.clone()).unwrap_or_default()) => "k",
            _ => continue,
        };
        if text.get(range.clone()).is_some() {
            found.push(Mark { range: range.start + start..range.end + start, class });
        }
    }
    found
}

/// Words of the grammar. Many of those that are not reserved are names of columns, too: `day`, `value`.
fn stands_out(keyword: KeywordKind, word: &str) -> bool {
    const VERBS: &str = "insert update delete merge set by over partition copy call do truncate alter drop replace returns language refresh matched nothing \
                         view function procedure declare begin commit if cascade trigger schema sequence recursive materialized filter rows range nulls within temporary conflict";
    match keyword {
        KeywordKind::NoKeyword => false,
        KeywordKind::UnreservedKeyword => VERBS.split(' ').any(|verb| verb.eq_ignore_ascii_case(word)),
        _ => true,
    }
}

/// Whether a text looks like a statement.
pub fn is_statement(text: &str) -> bool {
    const VERBS: &str =
        "insert select update delete create with merge truncate call do values alter drop copy";
    let text = text.trim_start();
    let word = text.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    word.len() < text.trim_end().len() && VERBS.split(' ').any(|verb| verb.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_texts_and_comments_are_told_apart_beside_placeholders() {
        let text = "select 'é', 1.5 from {ai_schema_name}.t -- why\n/* b */ where \"select\" = $$x$$";
        let told: Vec<(&str, &str)> =
            marks(text, 0).into_iter().map(|mark| (mark.class, &text[mark.range])).collect();
        assert_eq!(
            told,
            [
                ("k", "select"),
                ("s", "'é'"),
                ("s", "1.5"),
                ("k", "from"),
                ("c", "-- why"),
                ("c", "/* b */"),
                ("k", "where"),
                ("s", "$$x$$"),
            ]
        );
        assert!(marks("select 'x", 0).is_empty());
    }

    #[test]
    fn a_statement_begins_with_a_verb() {
        assert!(is_statement(" Insert into t") && is_statement("with x as (select 1) select 2"));
        assert!(
            !is_statement("selection") && !is_statement("date") && !is_statement("do") && !is_statement("")
        );
    }
}
