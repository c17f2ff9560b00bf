//! Shadows: temporary tables as the catalogs say, so that Postgres itself brings types, defaults and checks into the
//! form that the system catalogs have. They are gone when the comparison is done.

use super::scope::Subject;
use crate::error::{capture, Result};
use crate::relation;
use crate::setup;
use crate::spi::{self, qualified};
use pgrx::pg_sys;

/// Existing tables with their shadows, in arrays as the comparing statements take them.
#[derive(Default)]
pub struct Pairs {
    pub names: Vec<String>,
    pub actual: Vec<pg_sys::Oid>,
    pub shadows: Vec<pg_sys::Oid>,
    pub partition_keys: Vec<Option<String>>,
    /// Of the shadows: table, index, its number in the catalog.
    pub indexes: Vec<(String, pg_sys::Oid, usize)>,
}

/// Makes a shadow of each existing table. Call it in a subtransaction that is undone.
pub fn make(subjects: &[Subject]) -> Result<Pairs> {
    let mut pairs = Pairs::default();
    for (number, subject) in subjects.iter().enumerate() {
        let (Some(existing), Some(table)) = (&subject.existing, subject.stored.table()) else { continue };
        let name = format!("dfa_shadow_{number}");
        let mut wanted = table.clone();
        // A temporary table cannot refer to a permanent one: foreign keys are compared by name.
        wanted.foreign_keys.clear();
        let ddl = setup::create_statement("pg_temp", &name, &wanted)?;
        capture(|| spi::execute(&ddl))
            .map_err(|error| error.in_statement(subject.stored.name(), "create", &ddl))?;
        let Some(oid) = relation::oid(Some("pg_temp"), &name) else { continue };
        for (place, index) in table.indexes.iter().enumerate() {
            let index_name = format!("{name}_index_{place}");
            let ddl = setup::index_statement(&qualified("pg_temp", &name), Some(&index_name), index);
            capture(|| spi::execute(&ddl))
                .map_err(|error| error.in_statement(subject.stored.name(), "create", &ddl))?;
            if let Some(oid) = relation::oid(Some("pg_temp"), &index_name) {
                pairs.indexes.push((subject.stored.name().to_owned(), oid, place));
            }
        }
        pairs.names.push(subject.stored.name().to_owned());
        pairs.actual.push(existing.oid);
        pairs.shadows.push(oid);
    }
    let keys = spi::values::<Option<String>>("select pg_get_partkeydef(oid) from unnest($1) with ordinality as shadow (oid, number) order by number", &[pairs.shadows.clone().into()])?;
    pairs.partition_keys = keys;
    Ok(pairs)
}
