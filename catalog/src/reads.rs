//! Which tables of a set the statements of a table name, as far as that can be seen without a database: good enough for a
//! warning. Postgres' own parser decides when they are loaded.

use crate::lexer::{lexemes, Kind};
use crate::model::{AuditCheck, Body, Definition, Table};
use std::collections::{BTreeMap, BTreeSet};

/// What there is to read in a set, by name.
pub struct Readable<'d> {
    pub tables: BTreeMap<&'d str, (&'d Definition, &'d Table)>,
    /// Views and functions.
    routines: BTreeMap<&'d str, &'d Definition>,
}

impl<'d> Readable<'d> {
    pub fn of(definitions: impl Iterator<Item = &'d Definition>) -> Self {
        let mut readable = Readable { tables: BTreeMap::new(), routines: BTreeMap::new() };
        for definition in definitions {
            let name = definition.name.as_str();
            match &definition.body {
                Body::Table(table) => drop(readable.tables.insert(name, (definition, table))),
                Body::View(_) | Body::Function(_) => drop(readable.routines.insert(name, definition)),
                Body::Query(_) | Body::Pipeline(_) => {}
            }
        }
        readable
    }

    /// The tables that must be filled before this one: those that its statements name other than to write them, there or in the
    /// views and functions that they name (whose bodies are no strings), and those that its keys, tests and `depends_on` refer to.
    pub fn sources(&self, table: &Table) -> BTreeSet<String> {
        let is_known = |name: &str| self.tables.contains_key(name) || self.routines.contains_key(name);
        let mut found = referred(table);
        for script in table.processes.iter().flat_map(|process| process.scripts()) {
            script.statements.iter().for_each(|statement| named(statement, &is_known, &mut found));
        }
        let mut followed: BTreeSet<String> = BTreeSet::new();
        while let Some(next) = found.iter().find(|name| self.routines.contains_key(name.as_str())).cloned() {
            found.remove(&next);
            let mut inside = BTreeSet::new();
            for (_, script) in self.routines[next.as_str()].scripts() {
                script.statements.iter().for_each(|statement| named(statement, &is_known, &mut inside));
            }
            followed.insert(next);
            found.extend(inside.into_iter().filter(|name| !followed.contains(name)));
        }
        found
    }
}

/// What its keys, tests and `depends_on` refer to.
pub fn referred(table: &Table) -> BTreeSet<String> {
    let tests = table.tests.iter().filter_map(|audit| match &audit.check {
        AuditCheck::Relationships { ref_table, .. } => Some(ref_table),
        _ => None,
    });
    let keys = table.foreign_keys.iter().map(|key| &key.ref_table);
    tests.chain(keys).chain(&table.depends_on).cloned().collect()
}

fn named(statement: &str, is_table: &impl Fn(&str) -> bool, found: &mut BTreeSet<String>) {
    let Ok(all) = lexemes(statement) else { return };
    let words: Vec<(Kind, &str)> = all
        .iter()
        .filter(|lexeme| !matches!(lexeme.kind, Kind::Space | Kind::LineComment | Kind::BlockComment))
        .map(|lexeme| (lexeme.kind, &statement[lexeme.range.clone()]))
        .collect();
    for (place, (kind, text)) in words.iter().enumerate() {
        let name = match kind {
            Kind::Word => text.to_ascii_lowercase(),
            Kind::Identifier => text.trim_matches('"').to_owned(),
            _ => continue,
        };
        if is_table(&name) && !is_written(&words[..place]) {
            found.insert(name);
        }
    }
}

/// What comes before a name says that it is written: `insert into {schema}.`, `update`, `delete from`, `merge into`.
fn is_written(before: &[(Kind, &str)]) -> bool {
    let qualifies =
        |(kind, text): &&(Kind, &str)| *kind == Kind::Other && matches!(*text, "." | "{" | "}" | "}.");
    let mut rest = before;
    while let Some(last) = rest.last().filter(qualifies) {
        rest = &rest[..rest.len() - 1];
        // The schema between the braces, or before the dot.
        if matches!(last.1, "." | "}.") || rest.last().is_some_and(|(_, text)| *text == "}") {
            while rest.last().is_some_and(|(_, text)| matches!(*text, "}" | "{")) {
                rest = &rest[..rest.len() - 1];
            }
            rest = &rest[..rest.len().saturating_sub(1)];
        }
    }
    let word = |back: usize| {
        rest.len().checked_sub(back).map_or(String::new(), |place| rest[place].1.to_ascii_lowercase())
    };
    match word(1).as_str() {
        "into" | "update" | "truncate" => true,
        "only" | "table" => matches!(word(2).as_str(), "update" | "truncate"),
        "from" => word(2) == "delete",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(statement: &str) -> Vec<String> {
        let mut found = BTreeSet::new();
        named(statement, &|name| matches!(name, "ai_a" | "ai_b" | "src_c"), &mut found);
        found.into_iter().collect()
    }

    #[test]
    fn what_is_read_is_found_and_what_is_written_is_not() {
        assert_eq!(names("insert into {ai_schema_name}.ai_b select * from {ai_schema_name}.ai_a"), ["ai_a"]);
        assert_eq!(
            names("insert into ai.ai_b select 1 from ai.ai_a join src_c using (x)"),
            ["ai_a", "src_c"]
        );
        assert_eq!(names("delete from {ai_schema_name}.ai_a where d < (select max(d) from ai_b)"), ["ai_b"]);
        assert_eq!(names("update only ai_a set x = \"src_c\".x from \"src_c\""), ["src_c"]);
        assert_eq!(
            names("merge into {database_name}.{ai_schema_name}.ai_a as t using ai_b on true"),
            ["ai_b"]
        );
        assert!(names("select 'ai_a' -- ai_b").is_empty());
    }

    #[test]
    fn what_is_read_by_way_of_views_and_functions_is_found() {
        let parsed = crate::parse(
            "ai_a: {create: {features: {n: int}}, update: {p: {statement: 'insert into ai.ai_a values (1)'}}}
src_c: {create: {features: {n: int}}}
view:v_a: {create: {statement: 'create view ai.v_a as select * from ai.v_b'}}
view:v_b: {create: {statement: 'create view ai.v_b as select * from ai.ai_a, ai.v_a'}}
func:f_c: {create: {statement: 'create function ai.f_c() returns bigint return (select count(*) from ai.src_c)'}}
ai_x: {create: {features: {n: int}}, update: {p: {statement: 'insert into ai.ai_x select ai.f_c() from ai.v_a'}}}",
            "a.yaml",
        );
        let readable = Readable::of(parsed.definitions.iter());
        let found = readable.sources(readable.tables["ai_x"].1);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["ai_a", "src_c"]);
    }
}
