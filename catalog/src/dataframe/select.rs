//! The columns that a statement names, as far as its text tells: what only a server knows is left to it.

use crate::lexer::{is_significant, lexemes, Kind};

const PLACEHOLDER: [&str; 3] = ["{", "function_value", "}"];
/// Words after which a select list has ended.
const ENDS: [&str; 14] = [
    "from",
    "where",
    "group",
    "having",
    "window",
    "union",
    "intersect",
    "except",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "into",
];
/// Words that stand between operands, or are a value themselves: what follows, or they, name nothing.
const NO_NAMES: [&str; 18] = [
    "and", "or", "not", "like", "ilike", "in", "is", "between", "similar", "to", "collate", "null", "true",
    "false", "isnull", "notnull", "end", "zone",
];

struct Token<'t> {
    text: &'t str,
    kind: Kind,
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    fn is_any(&self, words: &[&str]) -> bool {
        self.kind == Kind::Word && words.iter().any(|word| self.is(word))
    }

    /// The name that it may be.
    fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Identifier => Some(self.text.trim_matches('"').replace("\"\"", "\"")),
            Kind::Word if !self.text.starts_with(|it: char| it.is_ascii_digit()) => {
                Some(self.text.to_lowercase())
            }
            _ => None,
        }
    }

    fn depth(&self) -> isize {
        match self.text {
            "(" | "[" => 1,
            ")" | "]" => -1,
            _ => 0,
        }
    }
}

fn tokens(statement: &str) -> Vec<Token<'_>> {
    let pieces = lexemes(statement).unwrap_or_default();
    let significant = pieces.into_iter().filter(is_significant);
    significant.map(|it| Token { text: &statement[it.range], kind: it.kind }).collect()
}

/// The columns that a query gives, in order, each with its name if that is plain; `None` if they cannot be counted.
pub fn selected(query: &str) -> Option<Vec<Option<String>>> {
    let tokens = tokens(query);
    let list = select_list(&tokens)?;
    split(list).into_iter().map(column).collect()
}

/// What stands between the first SELECT outside of brackets and the end of its list.
fn select_list<'t>(tokens: &'t [Token<'t>]) -> Option<&'t [Token<'t>]> {
    let mut depth = 0;
    let mut start = None;
    for (place, token) in tokens.iter().enumerate() {
        depth += token.depth();
        if depth != 0 || token.kind != Kind::Word && token.kind != Kind::Semicolon {
            continue;
        }
        match start {
            None if token.is("select") => start = Some(place + 1),
            // `a is distinct from b`
            Some(from) if token.is("from") && place > from && tokens[place - 1].is("distinct") => {}
            Some(from) if token.kind == Kind::Semicolon || token.is_any(&ENDS) => {
                return Some(without_distinct(&tokens[from..place]));
            }
            _ => {}
        }
    }
    start.map(|from| without_distinct(&tokens[from..]))
}

fn without_distinct<'t>(list: &'t [Token<'t>]) -> &'t [Token<'t>] {
    match list {
        [first, rest @ ..] if first.is("all") => rest,
        [first, on, rest @ ..] if first.is("distinct") && on.is("on") => &rest[bracketed(rest)..],
        [first, rest @ ..] if first.is("distinct") => rest,
        list => list,
    }
}

/// What stands in the round bracket that a list begins with; `None` if it begins with none, or that is never closed.
fn inside<'t>(tokens: &'t [Token<'t>]) -> Option<&'t [Token<'t>]> {
    match &tokens[..bracketed(tokens)] {
        [open, inside @ .., close] if open.text == "(" && close.text == ")" => Some(inside),
        _ => None,
    }
}

/// The length of the bracket that a list begins with, both its ends included; all of a list in which it is never closed.
fn bracketed(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate() {
        depth += token.depth();
        if depth == 0 {
            return place + 1;
        }
    }
    tokens.len()
}

/// The elements of a list, by its commas outside of brackets.
fn split<'t>(list: &'t [Token<'t>]) -> Vec<&'t [Token<'t>]> {
    let mut depth = 0;
    list.split(|token| {
        depth += token.depth();
        depth == 0 && token.text == ","
    })
    .collect()
}

/// The name of one column, if its text tells; outer `None`: it may be several.
#[allow(clippy::option_option)]
fn column(element: &[Token<'_>]) -> Option<Option<String>> {
    match element {
        [] => None,
        [.., star] if star.text == "*" && (element.len() == 1 || element[element.len() - 2].text == ".") => {
            None
        }
        // A parameter may hold a whole list.
        [open, _, close] if open.text == "{" && close.text == "}" => None,
        [.., before, last] if before.is("as") => Some(last.name()),
        [only] => Some(only.name().filter(|_| !only.is_any(&NO_NAMES))),
        [.., before, last] if before.text == "." => Some(last.name()),
        // A cast is named by what is cast.
        [name, a, b, ..] if a.text == ":" && b.text == ":" => Some(name.name()),
        [name, cast, ..] if cast.text == "::" => Some(name.name()),
        [.., before, last] => {
            let follows_a_value = matches!(before.kind, Kind::Word | Kind::Identifier | Kind::Text)
                || [")", "]", "}"].contains(&before.text);
            let is_named = follows_a_value && !before.is_any(&NO_NAMES) || before.is("end");
            Some(last.name().filter(|_| is_named && !last.is_any(&NO_NAMES)))
        }
    }
}

/// How many columns a `save` names for the rows: in `insert into t (a, b) {function_value}` it must be all of them, in
/// `from ({function_value}) as f (a, b)` the first ones.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    All(usize),
    First(usize),
}

/// What a statement of `save` takes; `None` if that is not plain.
pub fn taken(statement: &str) -> Option<Taken> {
    let tokens = tokens(statement);
    let at = tokens
        .windows(3)
        .position(|it| it.iter().zip(PLACEHOLDER).all(|(token, word)| token.text == word))?;
    let (before, after) = (&tokens[..at], &tokens[at + 3..]);
    if let [close, rest @ ..] = after {
        let rest = rest.strip_prefix_if(|it| it.is("as"));
        if let (")", [_alias, names @ ..]) = (close.text, rest) {
            if let Some(names) = inside(names) {
                return Some(Taken::First(split(names).len()));
            }
        }
    }
    let before = match before {
        [rest @ .., values] if values.is("values") => rest,
        all => all,
    };
    let opens = opening(before)?;
    let is_insert = before[..opens].iter().rev().take(8).any(|it| it.is("into"));
    is_insert.then(|| Taken::All(split(&before[opens + 1..before.len() - 1]).len()))
}

/// Where the bracket opens that a list ends with.
fn opening(tokens: &[Token<'_>]) -> Option<usize> {
    tokens.last().filter(|it| it.text == ")")?;
    let mut depth = 0;
    tokens.iter().rposition(|token| {
        depth -= token.depth();
        depth == 0
    })
}

trait StripIf {
    fn strip_prefix_if(&self, is: impl Fn(&Token<'_>) -> bool) -> &Self;
}

impl StripIf for [Token<'_>] {
    fn strip_prefix_if(&self, is: impl Fn(&Token<'_>) -> bool) -> &Self {
        match self {
            [first, rest @ ..] if is(first) => rest,
            all => all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Option<Vec<String>> {
        Some(selected(query)?.into_iter().map(|name| name.unwrap_or_else(|| "?".to_owned())).collect())
    }

    #[test]
    fn a_select_list_tells_its_names() {
        for (query, expected) in [
            ("select id, ds, y from t", "id ds y"),
            (
                "select a.id, \"Ds\" as ds, sum(y) over (partition by x, z) total, y::numeric(1, 2) from t",
                "id ds total y",
            ),
            ("with x as (select 1 as no) select store || ' ' || item as id, 5 y from x", "id y"),
            ("select distinct on (a, b) id, extract(year from ds) as ds where true", "id ds"),
            ("select a is distinct from b as same, case when a then 1 end y from t", "same y"),
            ("select coalesce(a, b), a + b, 1, null, a and b", "? ? ? ? ?"),
            ("select '{run_date}'::date as ds, {schema}.fn(a, b) as y", "ds y"),
            ("select (select id from t), y;", "? y"),
        ] {
            assert_eq!(names(query).map(|it| it.join(" ")), Some(expected.to_owned()), "{query}");
        }
        for query in
            ["select * from t", "select t.*, 1 as id", "select {columns} from t", "table t", "values (1)"]
        {
            assert_eq!(names(query), None, "{query}");
        }
        assert_eq!(names("select a * b as y").unwrap(), ["y"]);
    }

    #[test]
    fn a_save_tells_how_many_columns_it_takes() {
        for (save, expected) in [
            ("insert into t (a, b) values {function_value}", Some(Taken::All(2))),
            ("insert into {s}.t as x (a) {function_value}", Some(Taken::All(1))),
            ("insert into t select a from ({function_value}) as f (a, b, c)", Some(Taken::First(3))),
            ("insert into t select a from ({function_value}) f(a)", Some(Taken::First(1))),
            ("insert into t {function_value}", None),
            ("insert into t values {function_value} on conflict (a) do nothing", None),
            ("select f(a) from ({function_value}) as f", None),
            ("insert into t select a from ({function_value}) as f (", None),
            ("insert into t select a from ({function_value}) as f (a, b", None),
            ("insert into t select a from ({function_value}) as", None),
            ("insert into t select a from ({function_value}", None),
            ("a) {function_value}", None),
            ("select count(*) from t", None),
        ] {
            assert_eq!(taken(save), expected, "{save}");
        }
    }
}
