//! How tables lie on the machines of a Citus cluster, beside what their catalogs say. In a database without Citus there is
//! nothing to compare: all tables are plain.

use super::change::{Change, Phase, What};
use super::scope::Subject;
use crate::citus::{self, Lies};
use crate::error::Result;
use crate::relation;
use crate::setup;
use crate::spi::{literal, qualified};
use dfa_catalog::model::Distribution;

/// First what gathers rows, then reference tables, then distributed ones, which may refer to those.
pub fn compare(subjects: &[Subject], changes: &[Change], schema: &str) -> Result<Vec<Change>> {
    if !citus::is_there()? {
        return Ok(Vec::new());
    }
    let mut found: Vec<(u8, Change)> = Vec::new();
    for subject in subjects {
        let (Some(existing), Some(table)) = (&subject.existing, subject.stored.table()) else { continue };
        let name = subject.stored.name();
        // The new table is laid out as setup does it.
        if changes.iter().any(|change| change.table == name && change.what == What::Repartition) {
            continue;
        }
        let wanted = table.distribution.as_deref();
        let actual = citus::distribution(existing.oid)?;
        if is_so(&actual, wanted, schema)? {
            continue;
        }
        let relation = qualified(schema, name);
        let mut statements = Vec::new();
        if actual != Lies::Here {
            statements.push(format!("select pg_catalog.undistribute_table({})", literal(&relation)));
        }
        statements.extend(wanted.map(|wanted| setup::layout(schema, name, wanted)));
        let mut change = Change::new(name, What::Distribution, Phase::Distribution, String::new());
        change.object = Some(word(wanted));
        change.statements = statements;
        change.rewrites = true;
        let rank = match wanted {
            None => 0,
            Some(Distribution::Reference) => 1,
            Some(Distribution::By { colocate_with: None, .. }) => 2,
            Some(Distribution::By { .. }) => 3,
        };
        found.push((rank, change));
    }
    found.sort_by_key(|(rank, _)| *rank);
    Ok(found.into_iter().map(|(_, change)| change).collect())
}

fn is_so(actual: &Lies, wanted: Option<&Distribution>, schema: &str) -> Result<bool> {
    Ok(match (actual, wanted) {
        (Lies::Here, None) | (Lies::Reference, Some(Distribution::Reference)) => true,
        (Lies::By { column, together }, Some(Distribution::By { column: wanted, colocate_with, .. })) => {
            let beside = match colocate_with.as_ref().and_then(|other| relation::oid(Some(schema), other)) {
                Some(other) => match citus::distribution(other)? {
                    Lies::By { together: others, .. } => others == *together,
                    _ => false,
                },
                None => true,
            };
            column == wanted && beside
        }
        _ => false,
    })
}

/// For people.
fn word(wanted: Option<&Distribution>) -> String {
    match wanted {
        None => "none".to_owned(),
        Some(Distribution::Reference) => "reference".to_owned(),
        Some(Distribution::By { column, .. }) => column.clone(),
    }
}
