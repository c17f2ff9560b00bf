//! Tables whose rows land, are taken by date, and have no date that anybody was told of: rows that land there late make no
//! day stale of those who took them.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lexer::{lexemes, Kind};
use crate::model::{Column, Definition, Place, Table};
use crate::name::system_type;
use crate::reads::Readable;
use std::collections::BTreeMap;

/// Such a table, the column that may date its rows, and who takes them.
#[derive(Debug)]
pub struct Undated<'d> {
    pub definition: &'d Definition,
    pub column: &'d str,
    pub readers: Vec<&'d str>,
}

/// As far as that can be seen without a database. A set that writes watermarks by statements of its own says there what
/// dates the rows; a table that is read beside one that is dated is taken for a list of names.
pub fn find<'d>(definitions: impl Iterator<Item = &'d Definition>) -> Vec<Undated<'d>> {
    let readable = Readable::of(definitions);
    let tables = &readable.tables;
    if tables.contains_key("ctr_data_pipeline") {
        return Vec::new();
    }
    let mut found: BTreeMap<&str, Undated<'d>> = BTreeMap::new();
    for (reader, table) in tables.values().filter(|(_, table)| takes_by_date(table)) {
        let sources = readable.sources(table);
        let landed = sources.iter().filter(|name| system_type(name) == "external");
        let landed: Vec<_> = landed.filter_map(|name| tables.get(name.as_str())).collect();
        if landed.iter().any(|(_, source)| is_dated(source)) {
            continue;
        }
        for (definition, source) in landed {
            let Some(column) = source.columns.iter().find(|column| may_date(column)) else { continue };
            let undated = Undated { definition, column: &column.name, readers: Vec::new() };
            found.entry(&definition.name).or_insert(undated).readers.push(&reader.name);
        }
    }
    found.into_values().collect()
}

impl Undated<'_> {
    pub fn finding(&self) -> Diagnostic {
        let message = format!(
            "{} by date, and nothing says what dates its rows: of those that land late no day becomes stale",
            match self.readers.as_slice() {
                [one] => format!("'{one}' takes its rows"),
                more => format!("'{}' take its rows", more.join("', '")),
            }
        );
        let hint = format!("retention: {{column: {}, months: 0}} says so and keeps all rows", self.column);
        self.definition.finding(Severity::Warning, Place::default(), "retention", message, Some(hint))
    }
}

fn takes_by_date(table: &Table) -> bool {
    table.processes.iter().any(|process| process.takes_intervals() || !process.takes_everything())
}

fn is_dated(table: &Table) -> bool {
    table.retention.as_ref().is_some_and(|retention| retention.column.is_some())
}

/// A column of a type that is a date.
fn may_date(column: &Column) -> bool {
    let Ok(all) = lexemes(&column.datatype) else { return false };
    let first = all.iter().find(|lexeme| lexeme.kind == Kind::Word);
    first.is_some_and(|word| {
        let name = column.datatype[word.range.clone()].to_ascii_lowercase();
        matches!(name.as_str(), "date" | "timestamp" | "timestamptz")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let parsed = crate::parse(text, "a.yaml");
        assert_eq!(parsed.errors().count(), 0, "{:?}", parsed.diagnostics);
        find(parsed.definitions.iter()).iter().map(|undated| undated.finding().to_string()).collect()
    }

    const LANDED: &str = "src_a: {create: {features: {id: int, sold_at: 'timestamp(3) with time zone'}}}\n";

    fn reader(name: &str, parameter: &str, from: &str) -> String {
        format!(
            "{name}: {{create: {{features: {{d: date}}}}, update: {{p: {{parameter: [{parameter}], statement: \
             \"insert into {{ai_schema_name}}.{name} select now() from {{ai_schema_name}}.{from} where d < '{{{parameter}}}'\"}}}}}}\n"
        )
    }

    #[test]
    fn a_landed_table_that_is_taken_by_date_is_named_with_the_column_and_its_readers() {
        let set = [LANDED, &reader("ai_x", "interval_end", "src_a"), &reader("ai_y", "data_date", "src_a")];
        let found = found(&set.concat());
        assert_eq!(found.len(), 1, "{found:?}");
        for part in ["src_a", "'ai_x', 'ai_y'", "retention: {column: sold_at, months: 0}"] {
            assert!(found[0].contains(part), "{found:?}");
        }
    }

    #[test]
    fn by_way_of_a_view_as_well() {
        let view = "view:v_a: {create: {statement: 'create view {ai_schema_name}.v_a as select * from {ai_schema_name}.src_a'}}\n";
        assert_eq!(found(&[LANDED, view, &reader("ai_x", "run_date", "v_a")].concat()).len(), 1);
    }

    #[test]
    fn nobody_is_told_where_dates_say_nothing_or_are_known() {
        let whole = "ai_x: {create: {features: {d: date}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_x select now() from {ai_schema_name}.src_a'}}}\n";
        let dated = LANDED.replace("}}}", "}}, retention: {column: sold_at, months: 0}}");
        let dateless = LANDED.replace("timestamp(3) with time zone", "numeric( 10, 2 )");
        let control = "ctr_data_pipeline: {create: {features: {table_name: text}}}\n";
        let by_date = reader("ai_x", "interval_end", "src_a");
        for set in [
            [LANDED, whole].concat(),
            [&dated, by_date.as_str()].concat(),
            [&dateless, by_date.as_str()].concat(),
            [LANDED, control, &by_date].concat(),
            [LANDED, &reader("ai_x", "interval_end", "ai_z"), &reader("ai_z", "run_date", "ai_x")].concat(),
        ] {
            assert_eq!(found(&set), [] as [&str; 0], "{set}");
        }
    }
}
