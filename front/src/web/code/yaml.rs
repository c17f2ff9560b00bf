//! The parts of YAML, and of the SQL in it.

use super::marks::Mark;
use super::sql;
use dfa_catalog::tree::{spans, Part};

pub fn marks(text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    for span in spans(text) {
        let class = match span.part {
            Part::Key => "k",
            Part::Comment => "c",
            Part::Quoted => "s",
            Part::Plain | Part::Block => {
                let value = &text[span.range.clone()];
                // A block begins after its indicator.
                let skipped = match span.part {
                    Part::Block => value.find('\n').unwrap_or(value.len()),
                    _ => 0,
                };
                if sql::is_statement(&value[skipped..]) {
                    found.extend(sql::marks(&value[skipped..], span.range.start + skipped));
                }
                continue;
            }
        };
        found.push(Mark { range: span.range, class });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_sql_and_other_values_are_not() {
        let text = "a: select 1\nb: |\n  insert into t\n  -- é\nc: from here\n";
        let told: Vec<(&str, &str)> =
            marks(text).into_iter().map(|mark| (mark.class, &text[mark.range])).collect();
        assert_eq!(
            told,
            [
                ("k", "a"),
                ("k", "select"),
                ("s", "1"),
                ("k", "b"),
                ("k", "insert"),
                ("k", "into"),
                ("c", "-- é"),
                ("k", "c"),
            ]
        );
    }
}
