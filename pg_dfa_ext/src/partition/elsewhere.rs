//! Rows of a distributed table move out of its default partition: by way of a table here, since Citus takes no
//! table with rows as a partition. Nothing of a catalog fires at them: Citus has no triggers on distributed tables.

use super::grow::{New, Place};
use super::name;
use super::shift::{add, changed, month, written_columns};
use super::state::{Rest, State, Way};
use crate::error::Result;
use crate::spi::{self, literal, qualified};

/// Sorts the rows of the default partition into new ones. Returns the number of those that moved.
pub fn rows(place: Place<'_>, state: &State, rest: &Rest, new: &[New]) -> Result<u64> {
    let parent = qualified(place.schema, place.name);
    let Some(moving) = moving(state, new) else { return Ok(0) };
    let columns = written_columns(rest.oid)?;
    let stage = qualified(place.schema, &name::free(place.schema, place.name, "stage")?);
    spi::own(&format!("create table {stage} (like {parent})"))?;
    spi::own(&format!("lock table {} in share row exclusive mode", rest.relation))?;
    changed(&format!(
        "insert into {stage} ({columns}) select {columns} from {} where {moving}",
        rest.relation
    ))?;
    let gone = changed(&format!("delete from {} where {moving}", rest.relation))?;
    add(place, new)?;
    changed(&format!(
        "insert into {parent} ({columns}) overriding system value select {columns} from {stage}"
    ))?;
    spi::own(&format!("drop table {stage}"))?;
    Ok(gone)
}

/// What is true of the rows that move, as SQL.
fn moving(state: &State, new: &[New]) -> Option<String> {
    match state.way {
        Way::Months => {
            let months: Vec<String> =
                new.iter().filter_map(|part| part.month.as_deref()).map(literal).collect();
            Some(format!("{} = any(array[{}]::timestamp[])", month(state), months.join(", ")))
        }
        Way::Values => {
            let lists = new.iter().map(|part| format!("{} {}", state.column, part.bounds));
            Some(lists.collect::<Vec<_>>().join(" or "))
        }
        Way::Fixed => None,
    }
}
