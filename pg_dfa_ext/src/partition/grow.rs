//! Partitions for days to come, and for rows that are in the default partition.

use super::name;
use super::state::{Rest, State, Way};
use crate::error::{capture, Result};
use crate::owner::as_owner;
use crate::run::{relation_oid, with_lock_timeout_of};
use crate::settings;
use crate::spi::{self, literal, qualified, Outcome};
use crate::subtransaction::subtransaction;
use jiff::civil::Date;
use jiff::ToSpan;
use pgrx::pg_sys;

/// How long to wait for the default partition, in milliseconds: its rows can stay there for another time.
const PATIENCE: i32 = 100;
/// So many months at once, the nearest first: a row of the year 9999 shall not make partitions for ever.
const MOST_MONTHS: usize = 600;
/// A column of more values is no list.
const MOST_VALUES: usize = 100;
/// Months that are made ahead, when the first of them is missing.
const AHEAD: i32 = 12;

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    pub partitions: usize,
    /// Rows that moved out of the default partition.
    pub rows: u64,
    /// Somebody else uses the default partition, so that nothing was made.
    pub busy: bool,
}

/// A partition to be made.
struct New {
    name: String,
    /// What follows FOR VALUES.
    bounds: String,
}

/// A table, as those who call know it.
#[derive(Clone, Copy)]
pub struct Place<'t> {
    pub schema: &'t str,
    pub name: &'t str,
    pub oid: pg_sys::Oid,
}

/// The first days of the months from one day to another, the last fifty years of them.
pub fn months(from: &str, until: &str) -> Vec<String> {
    let (Ok(from), Ok(until)) = (from.parse::<Date>(), until.parse::<Date>()) else { return Vec::new() };
    let mut month = until.first_of_month();
    let mut found = Vec::new();
    while month >= from.first_of_month() && found.len() < MOST_MONTHS {
        found.push(month.to_string());
        let Ok(before) = month.checked_sub(1.month()) else { break };
        month = before;
    }
    found
}

/// [`make`] for the rows that are there and, when the month after `day` is missing, for the year that it begins.
pub fn ahead(place: Place<'_>, day: &str) -> Result<Made> {
    let Some(state) = State::read(place.oid)? else { return Ok(Made::default()) };
    let first = day.parse::<Date>().ok().and_then(|day| day.first_of_month().checked_add(1.month()).ok());
    let last = first.and_then(|first| first.checked_add((AHEAD - 1).months()).ok());
    let (Some(first), Some(last)) = (first, last) else { return make(place, &[]) };
    let (first, last) = (first.to_string(), last.to_string());
    let is_missing = !missing_months(place, &state, std::slice::from_ref(&first))?.is_empty();
    make_in(place, &state, &if is_missing { months(&first, &last) } else { Vec::new() })
}

/// [`make`] for the rows that a table of the catalog has in its default partition.
pub fn for_rows(name: &str) -> Result<Made> {
    let schema = settings::ai_schema()?;
    match relation_oid(Some(&schema), name) {
        Some(oid) => make(Place { schema: &schema, name, oid }, &[]),
        None => Ok(Made::default()),
    }
}

/// Makes the partitions of a table that the days `wanted` and the rows of its default partition need; those rows move.
///
/// In the caller's transaction. Nothing is made while another session uses the default partition: a row is as well
/// found there, and the next call comes.
pub fn make(place: Place<'_>, wanted: &[String]) -> Result<Made> {
    match State::read(place.oid)? {
        Some(state) => make_in(place, &state, wanted),
        None => Ok(Made::default()),
    }
}

fn make_in(place: Place<'_>, state: &State, wanted: &[String]) -> Result<Made> {
    let has_rows = state.rest.as_ref().is_some_and(|rest| rest.may_have_rows);
    if !has_rows && missing_months(place, state, wanted)?.is_empty() {
        return Ok(Made::default());
    }
    let work = || with_lock_timeout_of(PATIENCE, || as_owner(place.oid, "INSERT", || grow(place, wanted)));
    match subtransaction(work) {
        // A lock that is not to be had; a table that the statement around us reads.
        Err(error) if ["55P03", "55006"].contains(&error.report().sqlstate.as_str()) => {
            Ok(Made { busy: true, ..Made::default() })
        }
        outcome => outcome,
    }
}

fn missing_months(place: Place<'_>, state: &State, days: &[String]) -> Result<Vec<New>> {
    if days.is_empty() || !matches!(state.way, Way::Months) {
        return Ok(Vec::new());
    }
    spi::query(
        include_str!("../../../sql/missing_months.sql"),
        &[place.oid.into(), days.to_vec().into(), state.zone.clone().into()],
        |row| {
            let suffix = format!("p{}", row.get::<String>(1)?.unwrap_or_default());
            Ok(New {
                name: name::free(place.schema, place.name, &suffix)?,
                bounds: row.get::<String>(2)?.unwrap_or_default(),
            })
        },
    )
}

/// As the owner of the table, who keeps others from the default partition meanwhile.
fn grow(place: Place<'_>, wanted: &[String]) -> Result<Made> {
    let parent = qualified(place.schema, place.name);
    spi::own(&format!("lock table only {parent} in share update exclusive mode"))?;
    // What was read before the lock may be made by somebody else by now.
    let Some(state) = State::read(place.oid)? else { return Ok(Made::default()) };
    if let Some(rest) = &state.rest {
        spi::own(&format!("lock table only {} in access exclusive mode", rest.relation))?;
    }
    let filled = state.rest.as_ref().filter(|rest| rest.may_have_rows);
    let needed = match filled {
        Some(rest) => needed(&state, rest)?,
        None => Vec::new(),
    };
    if state.is_referred && !needed.is_empty() {
        // Rows that others refer to cannot leave their table, not even for a moment.
        return Ok(Made::default());
    }
    let new = match state.way {
        Way::Months => {
            let days: Vec<String> = wanted.iter().chain(&needed).cloned().collect();
            missing_months(place, &state, &days)?
        }
        Way::Values => needed.iter().map(|value| of_value(place, value)).collect::<Result<_>>()?,
        Way::Fixed => Vec::new(),
    };
    if new.is_empty() {
        return Ok(Made::default());
    }
    let rows = match filled.filter(|_| !needed.is_empty()) {
        Some(rest) => move_rows(place, &state, rest, &new)?,
        None => {
            new.iter().try_for_each(|part| attach(&parent, &create_alike(place, &parent, part)?, part))?;
            0
        }
    };
    Ok(Made { partitions: new.len(), rows, busy: false })
}

fn of_value(place: Place<'_>, value: &str) -> Result<New> {
    Ok(New {
        name: name::free(place.schema, place.name, &name::of_value(value)?)?,
        bounds: format!("in ({})", literal(value)),
    })
}

/// The months or values of the rows in the default partition.
fn needed(state: &State, rest: &Rest) -> Result<Vec<String>> {
    let State { column, .. } = state;
    let statement = match state.way {
        Way::Months => {
            let zone =
                state.zone.as_ref().map_or(String::new(), |zone| format!(" at time zone {}", literal(zone)));
            format!(
                "select to_char(month, 'YYYY-MM-DD')
                 from (select distinct date_trunc('month', ({column}{zone})::timestamp) as month
                       from only {relation} where isfinite({column})) as needed
                 where month >= timestamp '0001-01-01'
                 order by abs(extract(epoch from month - localtimestamp)) limit {MOST_MONTHS}",
                relation = rest.relation
            )
        }
        Way::Values => format!(
            "select distinct {column}::text from only {} where {column} is not null order by 1 limit {}",
            rest.relation,
            MOST_VALUES.saturating_sub(state.partitions)
        ),
        Way::Fixed => return Ok(Vec::new()),
    };
    Ok(spi::own_rows(&statement, 0)?.into_iter().flatten().flatten().collect())
}

/// Sorts the rows of the default partition into the new ones, on a stage beside the table: each row is read once, no
/// trigger of the table fires, and indexes are built when a partition is full.
fn move_rows(place: Place<'_>, state: &State, rest: &Rest, new: &[New]) -> Result<u64> {
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
    let copy = |from: &str, to: &str| -> Result<u64> {
        Ok(match spi::own(&format!("insert into {to} ({columns}) select {columns} from {from}"))? {
            Outcome::Changed(rows) => rows,
            _ => 0,
        })
    };
    let all = copy(&format!("only {}", rest.relation), &stage)?;
    spi::own(&format!("truncate only {}", rest.relation))?;
    let left = copy(&others, &rest.relation)?;
    for (part, relation) in new.iter().zip(&relations) {
        spi::own(&format!("alter table {stage} detach partition {relation}"))?;
        attach(&parent, relation, part)?;
    }
    spi::own(&format!("drop table {stage}"))?;
    Ok(all - left)
}

/// What LIKE copies: indexes and keys come when the partition is attached.
const LIKE: &str = "including defaults including constraints including generated including storage";

fn create_alike(place: Place<'_>, parent: &str, part: &New) -> Result<String> {
    let relation = qualified(place.schema, &part.name);
    spi::own(&format!("create table {relation} (like {parent} {LIKE})"))?;
    Ok(relation)
}

fn attach(parent: &str, relation: &str, part: &New) -> Result<()> {
    let statement = format!("alter table {parent} attach partition {relation} for values {}", part.bounds);
    capture(|| spi::own(&statement)).map(|_| ())
}

/// The columns that an INSERT may give.
fn written_columns(oid: pg_sys::Oid) -> Result<String> {
    let names = spi::query(
        "select quote_ident(attname) from pg_attribute
         where attrelid = $1 and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
        &[oid.into()],
        |row| Ok(row.get::<String>(1)?.unwrap_or_default()),
    )?;
    Ok(names.join(", "))
}
