//! Columns that Postgres computes: one that becomes another is dropped and added, and so is one whose source gets another
//! type. Nothing is lost, since what it held can be computed again.

use super::change::{Change, Loss, Phase, What};
use super::columns::Difference;
use super::scope::Subject;
use crate::error::Result;
use crate::setup;
use crate::spi::{ident, qualified};
use dfa_catalog::lexer;
use dfa_catalog::model::{Column, Index};

/// Columns of catalogs that Postgres computes from ones that get another type: they go before it and come again after it.
pub fn around(differences: &[Difference], subjects: &[Subject], schema: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    for subject in subjects {
        let (name, Some(table)) = (subject.stored.name(), subject.stored.table()) else { continue };
        let of_table = || differences.iter().filter(|difference| difference.table == name);
        for column in &table.columns {
            let Some(expression) = &column.generated else { continue };
            let is_new = of_table()
                .any(|other| other.column == column.name && (other.is_missing || other.was_generated != "s"));
            let source = of_table().any(|other| {
                other.old_type != other.new_type
                    && !other.is_missing
                    && !other.is_extra
                    && mentions(expression, &other.column)
            });
            if source && !is_new {
                changes.extend(again(name, &qualified(schema, name), column));
            }
        }
    }
    changes
}

/// Whether an expression has this column in it.
fn mentions(expression: &str, column: &str) -> bool {
    lexer::lexemes(expression).unwrap_or_default().into_iter().any(|lexeme| {
        let text = &expression[lexeme.range.clone()];
        match lexeme.kind {
            lexer::Kind::Word => text.to_lowercase() == column,
            lexer::Kind::Identifier => text.trim_matches('"').replace("\"\"", "\"") == column,
            _ => false,
        }
    })
}

/// A computed column is dropped and added; its keys and checks come back as differences of their own would.
pub fn again(name: &str, table: &str, column: &Column) -> [Change; 2] {
    let drop = format!("alter table {table} drop column {}", ident(&column.name));
    let drop = Change::new(name, What::DropGeneratedColumn, Phase::DropComputed, drop).of(&column.name);
    let add = format!("alter table {table} add column {}", setup::column(column));
    let mut add = Change::new(name, What::AddGeneratedColumn, Phase::ComputedColumn, add).of(&column.name);
    add.rewrites = true;
    [drop, add]
}

/// A computed column that is added again brings its unique constraint with it.
pub fn drop_doubles(changes: &mut Vec<Change>) {
    let again: Vec<(String, String)> = changes
        .iter()
        .filter(|change| change.what == What::AddGeneratedColumn && change.ddl().contains(" unique"))
        .filter_map(|change| {
            Some((change.table.clone(), format!("UNIQUE ({})", ident(change.object.as_ref()?))))
        })
        .collect();
    changes.retain(|change| {
        change.what != What::AddUnique
            || !again.iter().any(|(table, key)| *table == change.table && change.object.as_ref() == Some(key))
    });
}

/// The indexes of the catalog on these columns go with them, and come again.
pub fn indexes_again(subjects: &[Subject], changes: &mut Vec<Change>, schema: &str) -> Result<()> {
    let mut additions = Vec::new();
    for change in changes.iter().filter(|change| change.what == What::AddGeneratedColumn) {
        let Some(column) = &change.object else { continue };
        let subject = subjects.iter().find(|subject| subject.stored.name() == change.table);
        let Some(table) = subject.and_then(|subject| subject.stored.table()) else { continue };
        let has = |index: &&Index| {
            index.columns.iter().any(|key| key.name == *column) || index.include.contains(column)
        };
        for index in table.indexes.iter().filter(has) {
            let statements = setup::index(schema, &change.table, index)?;
            let is_planned = |known: &Change| known.what == What::AddIndex && known.statements == statements;
            if changes.iter().chain(&additions).any(is_planned) {
                continue;
            }
            let mut addition =
                Change::new(&change.table, What::AddIndex, Phase::AddConstraint, String::new()).of(column);
            addition.statements = statements;
            addition.lock = "SHARE";
            if index.unique {
                addition = addition.losing(Loss::Values);
            }
            additions.push(addition);
        }
    }
    changes.extend(additions);
    Ok(())
}
