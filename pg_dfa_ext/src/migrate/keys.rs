//! Foreign keys over a column that gets another type, or to a key that is dropped: they go before it and come again after
//! it, since Postgres would compare the new type of the one side with the old type of the other.

use super::change::{Change, Loss, Phase, What, SHARE_ROW_EXCLUSIVE};
use super::scope::Subject;
use crate::error::Result;
use crate::spi;
use pgrx::pg_sys;

struct Key {
    table: String,
    name: String,
    oid: pg_sys::Oid,
    drop: String,
    addition: String,
    called: String,
    /// The caller may drop it and make it again.
    is_mine: bool,
    is_of_catalog: bool,
}

/// The changes to be made around `changes`.
pub fn around(subjects: &[Subject], changes: &mut [Change], schema: &str) -> Result<Vec<Change>> {
    let is = |what: What, key: &Key, changes: &[Change]| {
        changes.iter().any(|change| {
            change.what == what && change.table == key.table && change.object.as_deref() == Some(&key.name)
        })
    };
    let mut known: Vec<pg_sys::Oid> = Vec::new();
    let mut found = Vec::new();
    for at in 0..changes.len() {
        let is_column = changes[at].what == What::RetypeColumn;
        if !is_column && !matches!(changes[at].what, What::DropPrimaryKey | What::DropUnique) {
            continue;
        }
        let subject = subjects.iter().find(|subject| subject.stored.name() == changes[at].table);
        let Some(existing) = subject.and_then(|subject| subject.existing.as_ref()) else { continue };
        for key in of(existing.oid, changes[at].object.as_deref(), is_column, schema)? {
            // A repartition takes the keys of its table with it.
            let moves =
                changes.iter().any(|change| change.what == What::Repartition && change.table == key.table);
            if known.contains(&key.oid) || moves || is(What::DropForeignKey, &key, changes) {
                continue;
            }
            if !key.is_mine || (!is_column && !key.is_of_catalog) {
                if !is_column {
                    changes[at].in_the_way.push(key.called);
                }
                continue;
            }
            known.push(key.oid);
            let drop =
                Change::new(&key.table, What::DropForeignKey, Phase::DropForeignKey, key.drop).of(&key.name);
            let mut addition =
                Change::new(&key.table, What::AddForeignKey, Phase::AddForeignKey, key.addition)
                    .of(&key.name);
            addition.lock = SHARE_ROW_EXCLUSIVE;
            addition.loss = Loss::Values;
            found.extend([drop, addition]);
        }
    }
    Ok(found)
}

fn of(oid: pg_sys::Oid, object: Option<&str>, is_column: bool, schema: &str) -> Result<Vec<Key>> {
    let (column, constraint) = if is_column { (object, None) } else { (None, object) };
    spi::query(
        include_str!("sql/keys_of_column.sql"),
        &[oid.into(), column.into(), constraint.into(), schema.into()],
        |row| {
            Ok(Key {
                table: row.get::<String>("table_name")?,
                name: row.get::<String>("key_name")?,
                oid: row.get::<pg_sys::Oid>("oid")?,
                drop: row.get::<String>("removal")?,
                addition: row.get::<String>("addition")?,
                called: row.get::<String>("called")?,
                is_mine: row.get::<bool>("is_mine")?,
                is_of_catalog: row.get::<bool>("is_of_catalog")?,
            })
        },
    )
}
