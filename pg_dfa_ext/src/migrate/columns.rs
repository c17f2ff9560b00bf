//! Columns: added, dropped, of another type, default or nullability.

use super::change::{Change, Check, Loss, Phase, What};
use super::computed;
use super::scope::Subject;
use super::serial;
use super::shadow::Pairs;
use super::types::Cast;
use crate::error::Result;
use crate::setup;
use crate::spi::{self, ident, qualified};
use dfa_catalog::lexer;
use dfa_catalog::model::Column;

/// So many values that would be changed are named.
const MAX_NAMED: u32 = 5;

/// A column that differs, as `pg_dfa_ext/src/migrate/sql/compare_tables.sql` gives it.
#[derive(Clone)]
pub struct Difference {
    pub table: String,
    pub column: String,
    pub is_missing: bool,
    pub is_extra: bool,
    pub old_type: Option<String>,
    pub new_type: Option<String>,
    was_not_null: bool,
    is_not_null: bool,
    old_default: Option<String>,
    new_default: Option<String>,
    lossless: bool,
    in_place: bool,
    /// `s`: computed; `a`, `d`: an identity; else empty.
    pub was_generated: String,
    is_generated: String,
}

pub fn compare(subjects: &[Subject], pairs: &Pairs, schema: &str) -> Result<Vec<Change>> {
    let differences = spi::query(
        include_str!("sql/compare_tables.sql"),
        &[pairs.names.clone().into(), pairs.actual.clone().into(), pairs.shadows.clone().into()],
        |row| {
            Ok(Difference {
                table: row.get::<String>("table_name")?,
                column: row.get::<String>("column_name")?,
                is_missing: row.get::<bool>("is_missing")?,
                is_extra: row.get::<bool>("is_extra")?,
                old_type: row.get::<Option<String>>("old_type")?,
                new_type: row.get::<Option<String>>("new_type")?,
                was_not_null: row.get::<bool>("was_not_null")?,
                is_not_null: row.get::<bool>("is_not_null")?,
                old_default: row.get::<Option<String>>("old_default")?,
                new_default: row.get::<Option<String>>("new_default")?,
                lossless: row.get::<bool>("lossless")?,
                in_place: row.get::<bool>("in_place")?,
                was_generated: row.get::<String>("was_generated")?,
                is_generated: row.get::<String>("is_generated")?,
            })
        },
    )?;
    let mut changes = computed::around(&differences, subjects, schema);
    for difference in &differences {
        let subject = subjects.iter().find(|subject| subject.stored.name() == difference.table);
        let column =
            subject.and_then(|it| it.stored.table()).and_then(|table| table.column(&difference.column));
        difference.changes(&qualified(schema, &difference.table), column, &mut changes)?;
    }
    Ok(changes)
}

impl Difference {
    fn changes(&self, table: &str, column: Option<&Column>, changes: &mut Vec<Change>) -> Result<()> {
        let name = ident(&self.column);
        let change =
            |what, statement| Change::new(&self.table, what, Phase::Column, statement).of(&self.column);
        if self.is_extra {
            let statement = format!("alter table {table} drop column {name}");
            let mut drop = change(What::DropColumn, statement).losing(Loss::Data);
            if self.was_generated == "s" {
                // Before the columns that it is computed from.
                drop.phase = Phase::DropComputed;
            }
            changes.push(drop);
            return Ok(());
        }
        let Some(column) = column else { return Ok(()) };
        if self.is_missing {
            changes.push(self.addition(table, column)?);
            return Ok(());
        }
        if self.is_generated == "s" || self.was_generated == "s" {
            return self.computed(table, column, changes);
        }
        self.identity(table, column, changes)?;
        if self.old_type != self.new_type {
            changes.push(self.retype(table, column)?);
        } else if self.old_default != self.new_default && !column.has_sequence() {
            let what = match &column.default {
                Some(default) => format!("set default {default}"),
                None => "drop default".to_owned(),
            };
            changes.push(change(What::Default, format!("alter table {table} alter column {name} {what}")));
        }
        self.sequence(table, column, changes)?;
        if self.is_not_null && !self.was_not_null && column.identity.is_none() {
            let nulls = format!("select '{{null}}' from {table} where {name} is null limit 1");
            let statement = format!("alter table {table} alter column {name} set not null");
            changes.push(change(What::SetNotNull, statement).checked_by(Check::Rows(nulls)));
        } else if self.was_not_null && !self.is_not_null {
            changes.push(change(
                What::DropNotNull,
                format!("alter table {table} alter column {name} drop not null"),
            ));
        }
        Ok(())
    }

    /// A computed column that is another one, or none any more. What it held can be computed again.
    fn computed(&self, table: &str, column: &Column, changes: &mut Vec<Change>) -> Result<()> {
        let name = ident(&self.column);
        if self.is_generated == "s" {
            if changes.iter().any(|change| change.what == What::DropGeneratedColumn && self.is_of(change)) {
                return Ok(());
            }
            let [mut drop, add] = computed::again(&self.table, table, column);
            if self.was_generated != "s" {
                drop.loss = Loss::Data;
            }
            changes.extend([drop, add]);
            return Ok(());
        }
        // It keeps its values, and becomes a column like others.
        let statement = format!("alter table {table} alter column {name} drop expression");
        changes.push(
            Change::new(&self.table, What::DropExpression, Phase::DropComputed, statement).of(&self.column),
        );
        let plain = Difference { was_generated: String::new(), old_default: None, ..self.clone() };
        plain.changes(table, Some(column), changes)
    }

    fn is_of(&self, change: &Change) -> bool {
        change.table == self.table && change.object.as_deref() == Some(&self.column)
    }

    /// A column gets numbers by Postgres, or no more, or in another way.
    fn identity(&self, table: &str, column: &Column, changes: &mut Vec<Change>) -> Result<()> {
        if self.was_generated == self.is_generated {
            return Ok(());
        }
        let name = ident(&self.column);
        let alter = format!("alter table {table} alter column {name}");
        let statements = match (self.was_generated.is_empty(), &column.identity) {
            (_, None) => vec![format!("{alter} drop identity")],
            (false, Some(identity)) => {
                vec![format!(
                    "{alter} set generated {}",
                    if identity.always { "always" } else { "by default" }
                )]
            }
            (true, Some(identity)) => {
                let mut statements = Vec::new();
                if !self.was_not_null {
                    statements.push(format!("{alter} set not null"));
                }
                if self.old_default.is_some() {
                    statements.push(format!("{alter} drop default"));
                }
                if serial::counts(self.old_default.as_deref()) {
                    statements.extend(serial::end(table, &self.column)?);
                }
                statements.push(format!("{alter} add {}", setup::generated_as(identity)));
                statements.push(format!(
                    "select setval(pg_get_serial_sequence({}, {}), coalesce(max({name}), 0) + 1, false) from {table}",
                    spi::literal(table),
                    spi::literal(&self.column)
                ));
                statements.extend(serial::grant(table, column));
                statements
            }
        };
        let mut change =
            Change::new(&self.table, What::Identity, Phase::Column, String::new()).of(&self.column);
        change.statements = statements;
        if column.identity.is_some() && !self.was_not_null {
            let nulls = format!("select '{{null}}' from {table} where {name} is null limit 1");
            change = change.checked_by(Check::Rows(nulls));
        }
        changes.push(change);
        Ok(())
    }

    /// A serial column counts by a sequence of its own: it comes, goes and grows with the type.
    fn sequence(&self, table: &str, column: &Column, changes: &mut Vec<Change>) -> Result<()> {
        if column.identity.is_some() {
            return Ok(());
        }
        let had_one = serial::counts(self.old_default.as_deref());
        let statements = match (had_one, column.is_serial()) {
            (false, true) => serial::begin(table, &self.table, column, self.new_type.as_deref())?,
            // A default of the catalog may count by a sequence of its own.
            (true, false) if !self.new_default.as_deref().is_some_and(|new| serial::counts(Some(new))) => {
                serial::end(table, &self.column)?
            }
            (true, true) if self.old_type != self.new_type => {
                serial::retype(table, &self.column, self.new_type.as_deref())?
            }
            _ => return Ok(()),
        };
        if !statements.is_empty() {
            let mut change =
                Change::new(&self.table, What::Sequence, Phase::Column, String::new()).of(&self.column);
            change.statements = statements;
            changes.push(change);
        }
        Ok(())
    }

    fn addition(&self, table: &str, column: &Column) -> Result<Change> {
        // Keys and checks are added by themselves: they are differences, too.
        let bare = Column {
            unique: false,
            check: None,
            nullable: column.nullable && !self.is_not_null,
            description: None,
            ..column.clone()
        };
        let statement = format!("alter table {table} add column {}", setup::column(&bare));
        let mut change = Change::new(&self.table, What::AddColumn, Phase::Column, statement).of(&self.column);
        change.statements.extend(serial::grant(table, column));
        change.rewrites =
            column.has_sequence() || column.generated.is_some() || is_volatile(column.default.as_deref())?;
        if self.is_not_null && !column.fills_itself() {
            let rows = format!("select 'a row that would have no value' from {table} limit 1");
            change = change.checked_by(Check::Rows(rows));
        }
        Ok(change)
    }

    fn retype(&self, table: &str, column: &Column) -> Result<Change> {
        let name = ident(&self.column);
        // A serial type is an integer with a sequence.
        let wanted = self.new_type.as_deref().unwrap_or(&column.datatype);
        let cast = Cast::between(self.old_type.as_deref().unwrap_or("text"), wanted)?;
        let mut parts = Vec::new();
        // Of a column that became an identity it has gone already.
        let has_default = self.old_default.is_some() && column.identity.is_none();
        if has_default && !(column.is_serial() && serial::counts(self.old_default.as_deref())) {
            parts.push(format!("alter column {name} drop default"));
        }
        parts.push(format!("alter column {name} type {wanted} using {}", cast.of(&name)));
        if let Some(default) = &column.default {
            parts.push(format!("alter column {name} set default {default}"));
        }
        let statement = format!("alter table {table} {}", parts.join(", "));
        let mut change =
            Change::new(&self.table, What::RetypeColumn, Phase::Column, statement).of(&self.column);
        change.rewrites = !self.in_place;
        change.cast = Some(cast.of(&name));
        if self.lossless {
            return Ok(change);
        }
        let fits = format!("select count({}) from {table}", cast.of(&name));
        let loses = cast.loses(&name).map(|loses| {
            format!("select distinct {name}::text from {table} where {loses} limit {MAX_NAMED}")
        });
        Ok(change.checked_by(Check::Cast { fits, loses }))
    }
}

/// A default that differs from row to row makes Postgres write each of them.
fn is_volatile(default: Option<&str>) -> Result<bool> {
    let Some(default) = default else { return Ok(false) };
    let words: Vec<String> = lexer::lexemes(default)
        .unwrap_or_default()
        .into_iter()
        .filter(|lexeme| lexeme.kind == lexer::Kind::Word)
        .map(|lexeme| default[lexeme.range].to_lowercase())
        .collect();
    let found = spi::value::<bool>(
        "select exists (select from pg_proc where provolatile = 'v' and proname = any($1))",
        &[words.into()],
    )?;
    Ok(found.unwrap_or_default())
}
