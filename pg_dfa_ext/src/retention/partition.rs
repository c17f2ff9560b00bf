//! Partitions of dates that lie before the cut go as a whole: no row is read.

use super::backup::{changed, columns, Backup};
use super::report::Outcome;
use super::table::Target;
use crate::error::Result;
use crate::owner::{as_owner, is_mine};
use crate::run::relation_oid;
use crate::spi::{self, ident, qualified};
use pgrx::pg_sys;

/// What went with partitions. The statistics say how many rows it was about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Removed {
    pub partitions: usize,
    pub rows: u64,
    pub about: bool,
    /// Rows that go may be left, for a DELETE.
    pub rest: bool,
}

impl Outcome {
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
    rows: u64,
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

fn old(target: &Target<'_>) -> Result<Old> {
    let Some(column) = target.cut.column.as_ref().filter(|_| target.cut.key.is_none()) else {
        return Ok(Old { parts: Vec::new(), rest: true });
    };
    let found = spi::query(
        include_str!("../../../sql/old_partitions.sql"),
        &[target.oid.into(), column.as_str().into(), target.cut.day.as_str().into()],
        |row| {
            let text =
                |column| Ok::<_, crate::error::DfaError>(row.get::<String>(column)?.unwrap_or_default());
            let Some(oid) = row.get::<pg_sys::Oid>(5)? else { return Ok(None) };
            let part = Part {
                schema: text(1)?,
                name: text(2)?,
                bounds: text(3)?,
                rows: row.get::<i64>(4)?.unwrap_or_default().unsigned_abs(),
                oid,
            };
            Ok(Some((part, row.get::<bool>(6)?.unwrap_or_default())))
        },
    )?;
    let is_otherwise = found.is_empty();
    let (whole, some): (Vec<_>, Vec<_>) = found.into_iter().flatten().partition(|(_, whole)| *whole);
    Ok(Old {
        parts: whole.into_iter().map(|(part, _)| part).collect(),
        rest: is_otherwise || !some.is_empty(),
    })
}

/// Drops the partitions before the cut. Their rows are counted where a backup has to match them; else nobody reads them.
pub fn drop_old(target: &Target<'_>, counted: bool) -> Result<Removed> {
    let Old { parts, rest } = old(target)?;
    if parts.is_empty() {
        return Ok(Removed { rest, ..Removed::default() });
    }
    let relations: Vec<String> = parts.iter().map(Part::relation).collect();
    let is_referred = is_referred(target)?;
    let mut rows = parts.iter().map(|part| part.rows).sum();
    as_owner(target.oid, "DELETE", || {
        if counted {
            rows = relations.iter().map(|part| count(part)).sum::<Result<u64>>()?;
        }
        if is_referred {
            // Says which rows are still needed; a DROP would only say that the table is.
            for part in &relations {
                spi::own(&format!("alter table {} detach partition {part}", target.relation))?;
            }
        }
        spi::own(&format!("drop table {}", relations.join(", ")))
    })?;
    Ok(Removed { partitions: parts.len(), rows, about: !counted, rest })
}

/// Moves the partitions before the cut into the archive: as they are where it has the same partitions, else by rows.
pub fn move_old(target: &Target<'_>, backup: &Backup) -> Result<Removed> {
    let Old { parts, rest } = old(target)?;
    let alike = is_partitioned(backup.oid)? && is_mine(backup.oid)?;
    let mut removed = Removed { rest, ..Removed::default() };
    for part in &parts {
        let detach = format!("alter table {} detach partition {}", target.relation, part.relation());
        spi::own(&detach)?;
        if alike && relation_oid(Some(&backup.schema), &part.name).is_none() {
            drop_references(part)?;
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
    let names = spi::query(
        "select conname::text from pg_constraint where conrelid = $1 and contype = 'f'",
        &[part.oid.into()],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )?;
    names.iter().try_for_each(|name| {
        spi::own(&format!("alter table {} drop constraint {}", part.relation(), ident(name))).map(|_| ())
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

fn is_referred(target: &Target<'_>) -> Result<bool> {
    let found = spi::query_one(
        "select exists (select from pg_constraint where confrelid = $1 and contype = 'f')",
        &[target.oid.into()],
        |row| Ok(row.get::<bool>(1)?.unwrap_or_default()),
    )?;
    Ok(found.unwrap_or_default())
}
