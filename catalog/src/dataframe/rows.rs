//! Where `{function_value}` stands in a `save`.

use crate::lexer::{is_significant, lexemes, Kind, Lexeme};

const PLACEHOLDER: &str = "{function_value}";

/// The template with a row source in the place of the result's VALUES list: sets have templates into which rows were
/// filled as text, and `table …` takes their place. `values {function_value}` becomes `{function_value}`, and a comma between
/// it and other rows becomes UNION ALL; so in the body of a DO, too.
pub fn with_rows(template: &str) -> String {
    let Ok(pieces) = lexemes(template) else { return template.to_owned() };
    let significant: Vec<&Lexeme> = pieces.iter().filter(|it| is_significant(it)).collect();
    let text_of = |place: usize| significant.get(place).map_or("", |it| &template[it.range.clone()]);
    // Ranges of the template, in order, and what stands there instead.
    let mut changes: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (place, piece) in significant.iter().enumerate() {
        if piece.kind == Kind::Dollar {
            let quoted = &template[piece.range.clone()];
            let tag = quoted[1..].find('$').map_or(0, |end| end + 2);
            if let Some(body) = quoted.get(tag..quoted.len() - tag) {
                changes.push((piece.range.start + tag..piece.range.end - tag, with_rows(body)));
            }
        }
        if !template[piece.range.start..].starts_with(PLACEHOLDER) {
            continue;
        }
        let end = piece.range.start + PLACEHOLDER.len();
        match place.checked_sub(1).map(|before| (before, text_of(before))) {
            Some((before, word)) if word.eq_ignore_ascii_case("values") => {
                changes.push((significant[before].range.start..piece.range.start, String::new()));
            }
            Some((before, ",")) if before > 0 && text_of(before - 1) == ")" => {
                changes.push((significant[before].range.clone(), " union all".to_owned()));
            }
            _ => {}
        }
        let after = significant.iter().position(|it| it.range.start >= end).unwrap_or(significant.len());
        if text_of(after) == "," && text_of(after + 1) == "(" {
            changes.push((significant[after].range.clone(), " union all values".to_owned()));
        }
    }
    let mut text = String::with_capacity(template.len());
    let mut kept = 0;
    for (range, instead) in changes {
        text.push_str(&template[kept..range.start]);
        text.push_str(&instead);
        kept = range.end;
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
    fn rows_beside_it_are_joined_to_it() {
        assert_eq!(
            with_rows("insert into t values (0, 'a'), {function_value}, (1, 'b')"),
            "insert into t values (0, 'a') union all {function_value} union all values (1, 'b')"
        );
        assert_eq!(
            with_rows("do $x$ begin insert into t values {function_value}; end $x$"),
            "do $x$ begin insert into t {function_value}; end $x$"
        );
    }

    #[test]
    fn everything_else_stays() {
        for template in [
            "from ({function_value}) as f",
            "select 'values {function_value}'",
            "values (1)",
            "do $$ begin null; end $$",
            "x.values_ {function_value}",
        ] {
            assert_eq!(with_rows(template), template);
        }
    }
}
