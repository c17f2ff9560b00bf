//! Rows move out of the default partition, in statements that no trigger sees.

use super::grow::{New, Place};
use super::name;
use super::state::{Rest, State, Way};
use crate::error::{capture, Result};
use crate::spi::{self, literal, qualified, Effect};
use pgrx::pg_sys;

/// What LIKE copies: indexes and keys come when the partition is attached.
const LIKE: &str = "including defaults including constraints including generated including storage";

/// The month of a row's day as SQL; null where there is none, or none that a partition can have.
pub fn month(state: &State) -> String {
    let column = &state.column;
    let zone = state.zone.as_ref().map_or(String::new(), |zone| format!(" at time zone {}", literal(zone)));
    format!(
        "case when {column} >= '0001-01-01' and {column} < '294276-12-01'
              then date_trunc('month', ({column}{zone})::timestamp) end"
    )
}

/// New partitions for which there are no rows yet.
pub fn add(place: Place<'_>, new: &[New]) -> Result<()> {
    let parent = qualified(place.schema, place.name);
    new.iter().try_for_each(|part| {
        let relation = qualified(place.schema, &part.name);
        spi::own(&format!("create table {relation} (like {parent} {LIKE})"))?;
        attach(&parent, &relation, part)
    })
}

/// Sorts the rows of the default partition into the new ones, on a stage beside the table: indexes are built when a
/// partition is full. Rows that have no place in them stay where they are, untouched. Returns the number of those that moved.
pub fn rows(place: Place<'_>, state: &State, rest: &Rest, new: &[New]) -> Result<u64> {
    let parent = qualified(place.schema, place.name);
    let stage = qualified(place.schema, &name::free(place.schema, place.name, "stage")?);
    let others = qualified(place.schema, &name::free(place.schema, place.name, "others")?);
    let relations: Vec<String> = new.iter().map(|part| qualified(place.schema, &part.name)).collect();
    spi::own(&format!("create table {stage} (like {parent} {LIKE}) partition by {}", state.key))?;
    spi::own(&format!("create table {others} partition of {stage} default"))?;
    for (part, relation) in new.iter().zip(&relations) {
        spi::own(&format!("create table {relation} partition of {stage} for values {}", part.bounds))?;
    }
    let columns = written_columns(rest.oid)?;
    let all =
        changed(&format!("insert into {stage} ({columns}) select {columns} from only {}", rest.relation))?;
    let left = spi::own_count(&format!("select count(*) from {others}"))?;
    if left == 0 {
        spi::own(&format!("truncate only {}", rest.relation))?;
    } else {
        let moved = moved(state, new, &relations)?;
        let set_back = spi::values::<String>(include_str!("sql/triggers_set_back.sql"), &[rest.oid.into()])?;
        spi::own(&format!("alter table only {} disable trigger user", rest.relation))?;
        spi::own(&format!("delete from only {} where {moved}", rest.relation))?;
        set_back.iter().try_for_each(|statement| spi::own(statement).map(|_| ()))?;
    }
    for (part, relation) in new.iter().zip(&relations) {
        spi::own(&format!("alter table {stage} detach partition {relation}"))?;
        attach(&parent, relation, part)?;
    }
    spi::own(&format!("drop table {stage}"))?;
    Ok(all - left)
}

/// What is true of the rows that move, as SQL.
fn moved(state: &State, new: &[New], relations: &[String]) -> Result<String> {
    if matches!(state.way, Way::Months) {
        let months: Vec<String> = new.iter().filter_map(|part| part.month.as_deref()).map(literal).collect();
        return Ok(format!("{} = any(array[{}]::timestamp[])", month(state), months.join(", ")));
    }
    let found =
        spi::value::<String>(include_str!("sql/partition_constraints.sql"), &[relations.to_vec().into()])?;
    Ok(found.unwrap_or_default())
}

fn attach(parent: &str, relation: &str, part: &New) -> Result<()> {
    let statement = format!("alter table {parent} attach partition {relation} for values {}", part.bounds);
    capture(|| spi::own(&statement)).map(|_| ())
}

pub fn changed(statement: &str) -> Result<u64> {
    Ok(match spi::own(statement)? {
        Effect::Changed(rows) => rows,
        _ => 0,
    })
}

/// The columns that an INSERT may give.
pub fn written_columns(oid: pg_sys::Oid) -> Result<String> {
    let names = spi::values::<String>(
        "select quote_ident(attname) from pg_attribute
         where attrelid = $1 and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
        &[oid.into()],
    )?;
    Ok(names.join(", "))
}
