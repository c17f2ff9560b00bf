//! The head of a CREATE statement of a view or function: what stands around its name and its body. Postgres itself reads
//! the statement; this only lets the same text make a shadow beside the object.

use dfa_catalog::lexer::{is_significant, lexemes, Kind, Lexeme};
use std::ops::Range;

/// `create … <name> … as <body> …`
pub struct Head {
    name: Range<usize>,
    /// Names of columns in brackets, of a view.
    columns: Range<usize>,
    /// Of a view, without what follows the query.
    body: Range<usize>,
    /// As CREATE and DROP have it.
    pub kind: &'static str,
}

struct Cursor<'t> {
    text: &'t str,
    tokens: Vec<Lexeme>,
    at: usize,
}

/// The head of CREATE VIEW and CREATE MATERIALIZED VIEW; `None`: it is written in a way that is rare.
pub fn of_view(statement: &str) -> Option<Head> {
    let mut cursor = Cursor::of_create(statement)?;
    cursor.skip(&["temp", "temporary", "local", "global"]);
    let kind = if cursor.take("materialized").is_some() { "materialized view" } else { "view" };
    cursor.take("view")?;
    cursor.skip(&["if", "not", "exists"]);
    let name = cursor.name()?;
    let columns = cursor.brackets();
    while !cursor.is("as") {
        match cursor.tokens.get(cursor.at)?.kind {
            Kind::Open => drop(cursor.brackets()),
            _ => cursor.at += 1,
        }
    }
    cursor.at += 1;
    let begin = cursor.tokens.get(cursor.at)?.range.start;
    Some(Head { name, columns, body: begin..cursor.end_of_query()?, kind })
}

/// The head of CREATE FUNCTION and CREATE PROCEDURE.
pub fn of_function(statement: &str) -> Option<Head> {
    let mut cursor = Cursor::of_create(statement)?;
    let kind = if cursor.take("function").is_some() { "function" } else { "procedure" };
    if kind == "procedure" {
        cursor.take(kind)?;
    }
    let name = cursor.name()?;
    Some(Head { columns: name.end..name.end, body: name.end..statement.len(), name, kind })
}

impl Head {
    /// A temporary view of the same query and columns.
    pub fn shadow_view(&self, statement: &str, name: &str) -> String {
        let columns = statement.get(self.columns.clone()).unwrap_or_default();
        let body = statement.get(self.body.clone()).unwrap_or_default();
        format!("create temporary view {name}{columns} as {body}")
    }

    /// The same statement with another beginning, as `create or replace view`, and another name, or its own.
    pub fn with(&self, statement: &str, beginning: &str, name: Option<&str>) -> String {
        let own = statement.get(self.name.clone()).unwrap_or_default();
        let rest = statement.get(self.name.end..).unwrap_or_default();
        format!("{beginning} {}{rest}", name.unwrap_or(own))
    }
}

impl<'t> Cursor<'t> {
    /// Behind `create [or replace]`.
    fn of_create(text: &'t str) -> Option<Cursor<'t>> {
        let tokens = lexemes(text).ok()?.into_iter().filter(is_significant).collect();
        let mut cursor = Cursor { text, tokens, at: 0 };
        cursor.take("create")?;
        cursor.skip(&["or", "replace"]);
        Some(cursor)
    }

    fn text_at(&self, at: usize) -> Option<&'t str> {
        self.text.get(self.tokens.get(at)?.range.clone())
    }

    fn is(&self, word: &str) -> bool {
        self.text_at(self.at).is_some_and(|text| text.eq_ignore_ascii_case(word))
    }

    fn take(&mut self, word: &str) -> Option<()> {
        self.is(word).then(|| self.at += 1)
    }

    fn skip(&mut self, words: &[&str]) {
        while words.iter().any(|word| self.is(word)) {
            self.at += 1;
        }
    }

    /// `a`, `a.b`.
    fn name(&mut self) -> Option<Range<usize>> {
        let start = self.tokens.get(self.at)?.range.start;
        let mut end = self.tokens.get(self.at)?.range.end;
        self.at += 1;
        while self.is(".") {
            end = self.tokens.get(self.at + 1)?.range.end;
            self.at += 2;
        }
        Some(start..end)
    }

    /// A pair of brackets that begins here; else nothing, here.
    fn brackets(&mut self) -> Range<usize> {
        let here = self.tokens.get(self.at).map_or(self.text.len(), |token| token.range.start);
        let mut depth = 0;
        let from = self.at;
        while let Some(token) = self.tokens.get(self.at) {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                _ if depth == 0 => break,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return here..token.range.end;
            }
        }
        self.at = from;
        here..here
    }

    /// Where the query ends that begins here: before `with [no] data` and `with [cascaded|local] check option`.
    fn end_of_query(&self) -> Option<usize> {
        let words: Vec<String> = (self.at..self.tokens.len())
            .rev()
            .take(4)
            .filter_map(|at| self.text_at(at))
            .map(str::to_lowercase)
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let behind = match words.as_slice() {
            ["data", "with", ..] => 2,
            ["data", "no", "with", ..] | ["option", "check", "with", ..] => 3,
            ["option", "check", _, "with"] => 4,
            _ => 0,
        };
        let last = self.tokens.len().checked_sub(behind + 1)?;
        Some(self.tokens.get(last)?.range.end)
    }
}

/// Whether a query takes all columns of something: `select *`, `t.*`.
pub fn takes_all_columns(statement: &str) -> bool {
    let tokens: Vec<Lexeme> =
        lexemes(statement).unwrap_or_default().into_iter().filter(is_significant).collect();
    let text = |at: usize| statement.get(tokens[at].range.clone()).unwrap_or_default();
    (1..tokens.len()).any(|at| {
        text(at) == "*"
            && (matches!(text(at - 1), "." | ",")
                || ["select", "distinct", "all"].iter().any(|word| text(at - 1).eq_ignore_ascii_case(word)))
    })
}
