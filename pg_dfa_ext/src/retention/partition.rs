//! Partitions of dates that lie before the cut go as a whole: no row is read where Postgres knows how many there are.

use super::backup::{changed, columns, compare, Backup};
use super::report::Trimmed;
use super::table::OldTable;
use crate::error::Result;
use crate::owner::{as_owner, is_mine};
use crate::relation;
use crate::spi::{self, ident, qualified};
use pgrx::pg_sys;

/// What went with partitions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Removed {
    pub partitions: usize,
    pub rows: u64,
    /// The number of rows is that of the statistics.
    pub about: bool,
    /// Rows that go may be left, for a DELETE.
    pub rest: bool,
}

impl Trimmed {
    pub fn add(&mut self, removed: &Removed) {
        self.partitions += removed.partitions;
        self.rows += removed.rows;
        self.about |= removed.about;
    }
}

struct Part {
    schema: String,
    name: String,
    bounds: String,
    /// As fresh statistics have it.
    rows: Option<u64>,
    oid: pg_sys::Oid,
}

impl Part {
    fn relation(&self) -> String {
        qualified(&self.schema, &self.name)
    }
}

/// Where a table has rows that go.
struct Old {
    /// Partitions all of whose rows go.
    parts: Vec<Part>,
    /// Rows that go may lie elsewhere, too.
    rest: bool,
}

fn old(target: &OldTable<'_>) -> Result<Old> {
    let Some(column) = target.cut.column.as_ref().filter(|_| target.cut.key.is_none()) else {
        return Ok(Old { parts: Vec::new(), rest: true });
    };
    let found = spi::query(
        include_str!("sql/old_partitions.sql"),
        &[
            target.oid.into(),
            column.as_str().into(),
            target.cut.day.as_str().into(),
            target.is_elsewhere.into(),
        ],
        |row| {
            let Some(oid) = row.get::<Option<pg_sys::Oid>>("oid")? else { return Ok(None) };
            let part = Part {
                schema: row.get("schema")?,
                name: row.get("name")?,
                bounds: row.get("bound")?,
                rows: row.get::<Option<i64>>("rows")?.map(i64::unsigned_abs),
                oid,
            };
            Ok(Some((part, row.get::<bool>("is_whole")?)))
        },
    )?;
    let is_otherwise = found.is_empty();
    let (whole, some): (Vec<_>, Vec<_>) = found.into_iter().flatten().partition(|(_, whole)| *whole);
    Ok(Old {
        parts: whole.into_iter().map(|(part, _)| part).collect(),
        rest: is_otherwise || !some.is_empty(),
    })
}

/// Drops the partitions before the cut. Their rows are counted where a backup has to match them, and where statistics do
/// not say how many they are; else nobody reads them.
pub fn drop_old(target: &OldTable<'_>, counted: bool) -> Result<Removed> {
    let Old { parts, rest } = old(target)?;
    if parts.is_empty() {
        return Ok(Removed { rest, ..Removed::default() });
    }
    let relations: Vec<String> = parts.iter().map(Part::relation).collect();
    let is_referred = is_referred(target)?;
    let (mut rows, mut about) = (0, false);
    as_owner(target.oid, "DELETE", || {
        for (part, relation) in parts.iter().zip(&relations) {
            match part.rows.filter(|_| !counted) {
                Some(known) => {
                    rows += known;
                    about |= known > 0;
                }
                None => rows += count(relation)?,
            }
        }
        if is_referred {
            // Says which rows are still needed; a DROP would only say that the table is.
            for part in &relations {
                spi::own(&format!("alter table {} detach partition {part}", target.relation))?;
            }
        }
        spi::own(&format!("drop table {}", relations.join(", ")))
    })?;
    Ok(Removed { partitions: parts.len(), rows, about, rest })
}

/// Moves the partitions before the cut into the archive: as they are where it has the same partitions, else by rows.
pub fn move_old(target: &OldTable<'_>, backup: &Backup) -> Result<Removed> {
    let Old { parts, rest } = old(target)?;
    let can_move = is_partitioned(backup.oid)? && is_mine(backup.oid)?;
    let mut removed = Removed { rest, ..Removed::default() };
    for part in &parts {
        let detach = format!("alter table {} detach partition {}", target.relation, part.relation());
        spi::own(&detach)?;
        let is_alike = can_move && compare(part.oid, backup.oid)?.is_empty();
        if is_alike && relation::oid(Some(&backup.schema), &part.name).is_none() {
            drop_references(part)?;
            keep_values(part)?;
            let schema = ident(&backup.schema);
            spi::own(&format!("alter table {} set schema {schema}", part.relation()))?;
            let moved = qualified(&backup.schema, &part.name);
            removed.rows += count(&moved)?;
            let attach =
                format!("alter table {} attach partition {moved} {}", backup.relation(), part.bounds);
            spi::own(&attach)?;
        } else {
            let columns = columns(target.oid)?;
            removed.rows += changed(&format!(
                "insert into {} ({columns}) select {columns} from {}",
                backup.relation(),
                part.relation()
            ))?;
            spi::own(&format!("drop table {}", part.relation()))?;
        }
        removed.partitions += 1;
    }
    Ok(removed)
}

/// An archived row must not hold its parents back.
fn drop_references(part: &Part) -> Result<()> {
    let names = spi::values::<String>(
        "select conname::text from pg_constraint where conrelid = $1 and contype = 'f'",
        &[part.oid.into()],
    )?;
    names.iter().try_for_each(|name| {
        spi::own(&format!("alter table {} drop constraint {}", part.relation(), ident(name))).map(|_| ())
    })
}

/// An archive has the values of generated columns, not what makes them.
fn keep_values(part: &Part) -> Result<()> {
    let columns = spi::values::<String>(
        "select quote_ident(attname) from pg_attribute
         where attrelid = $1 and attgenerated <> '' and not attisdropped order by attnum",
        &[part.oid.into()],
    )?;
    columns.iter().try_for_each(|column| {
        let drop = format!("alter table {} alter column {column} drop expression", part.relation());
        spi::own(&drop).map(|_| ())
    })
}

/// They are copied or attached, which reads them anyway, so that counting them costs little more.
fn count(relation: &str) -> Result<u64> {
    spi::own_count(&format!("select count(*) from {relation}"))
}

fn is_partitioned(oid: pg_sys::Oid) -> Result<bool> {
    // SAFETY: a look-up in the system cache.
    Ok(unsafe { pg_sys::get_rel_relkind(oid) } as u8 == b'p')
}

fn is_referred(target: &OldTable<'_>) -> Result<bool> {
    let found = spi::value::<bool>(
        "select exists (select from pg_constraint where confrelid = $1 and contype = 'f')",
        &[target.oid.into()],
    )?;
    Ok(found.unwrap_or_default())
}
