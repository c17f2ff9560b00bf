//! Where `{function_value}` stands in a `save`.

use crate::lexer::{is_significant, lexemes};

const PLACEHOLDER: &str = "{function_value}";

/// The template with a row source in the place of the result's VALUES list: `values {function_value}`, as sets have it that
/// fill in the rows as text, becomes `{function_value}`, since `table …` or a whole `values …` may stand there.
pub fn with_rows(template: &str) -> String {
    let Ok(pieces) = lexemes(template) else { return template.to_owned() };
    let mut text = String::with_capacity(template.len());
    let mut kept = 0;
    for (place, piece) in pieces.iter().enumerate() {
        if !template[piece.range.start..].starts_with(PLACEHOLDER) {
            continue;
        }

        let before = pieces[..place].iter().rev().find(|it| is_significant(it));
        let Some(word) = before.filter(|it| template[it.range.clone()].eq_ignore_ascii_case("values")) else {
            continue;
        };
        text.push_str(&template[kept..word.range.start]);
        kept = piece.range.start;
    }
    text.push_str(&template[kept..]);
    text
}

#[cfg(test)]
mod tests {
    use super::with_rows;

    #[test]
    fn the_word_values_before_the_rows_goes() {
        assert_eq!(
            with_rows("insert into t values {function_value} on conflict do nothing"),
            "insert into t {function_value} on conflict do nothing"
        );
        assert_eq!(
            with_rows("from (VALUES\n  {function_value}) as f (a)"),
            "from ({function_value}) as f (a)"
        );
        assert_eq!(with_rows("values -- rows\n {function_value}"), "{function_value}");
    }

    #[test]
    fn everything_else_stays() {
        for template in [
            "from ({function_value}) as f",
            "select 'values {function_value}'",
            "values (1)",
            "x.values_ {function_value}",
        ] {
            assert_eq!(with_rows(template), template);
        }
    }
}
