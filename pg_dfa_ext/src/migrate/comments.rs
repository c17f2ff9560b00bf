//! Descriptions of tables and columns, which are their comments.

use super::change::{Change, Phase, What};
use super::scope::Subject;
use super::shadow::Pairs;
use crate::error::Result;
use crate::{setup, spi};
use pgrx::pg_sys;

pub fn compare(subjects: &[Subject], pairs: &Pairs, schema: &str) -> Result<Vec<Change>> {
    let (mut relations, mut columns, mut texts) = (Vec::<pg_sys::Oid>::new(), Vec::new(), Vec::new());
    let mut changes = Vec::new();
    for (name, oid) in pairs.names.iter().zip(&pairs.actual) {
        let Some(stored) = subjects.iter().map(|it| &it.stored).find(|it| it.name() == name) else {
            continue;
        };
        let Some(table) = stored.table() else { continue };
        for comment in setup::comments(stored, table, schema) {
            let object = comment.column.as_deref().unwrap_or(name);
            let mut change =
                Change::new(name, What::Comment, Phase::AddConstraint, comment.statement.clone()).of(object);
            change.lock = "SHARE UPDATE EXCLUSIVE";
            changes.push(Some(change));
            relations.push(*oid);
            columns.push(comment.column);
            texts.push(comment.text);
        }
    }
    let different = spi::query(
        include_str!("sql/compare_comments.sql"),
        &[relations.into(), columns.into(), texts.into()],
        |row| Ok(row.get::<Option<i32>>("number")?.and_then(|number| usize::try_from(number - 1).ok())),
    )?;
    Ok(different
        .into_iter()
        .flatten()
        .filter_map(|number| changes.get_mut(number).and_then(Option::take))
        .collect())
}
