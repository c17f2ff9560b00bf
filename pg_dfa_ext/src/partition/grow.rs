//! Partitions for days to come, and for rows that are in the default partition.

use super::elsewhere;
use super::name;
use super::shift;
use super::state::{Rest, State, Way};
use crate::citus;
use crate::data_schema;
use crate::error::Result;
use crate::lock::with_timeout_of;
use crate::owner::as_owner;
use crate::relation;
use crate::spi::{self, literal, qualified};
use crate::subtransaction::subtransaction;
use jiff::civil::Date;
use jiff::ToSpan;
use pgrx::pg_sys;

/// How long to wait for the default partition, in milliseconds: its rows can stay there for another time.
const PATIENCE: i32 = 100;
/// So many months at once, the nearest first: a row of the year 9999 shall not make partitions for ever.
const MAX_MONTHS: usize = 600;
/// A column of more values is no list.
const MAX_VALUES: usize = 100;
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
    /// The server has not the locks for all: the others are made by the next call.
    pub more: bool,
}

/// A partition to be made.
pub struct New {
    pub name: String,
    /// What follows FOR VALUES.
    pub bounds: String,
    /// The first day of its month; of a value nothing.
    pub month: Option<String>,
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
    while month >= from.first_of_month() && found.len() < MAX_MONTHS {
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
    let schema = data_schema::name()?;
    match relation::oid(Some(&schema), name) {
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
    let mut at_once = state.at_once;
    loop {
        let work = || citus::in_order(|| as_owner(place.oid, "INSERT", || grow(place, wanted, at_once)));
        match subtransaction(|| with_timeout_of(PATIENCE, work)) {
            // A lock that is not to be had; a table that the statement around us reads.
            Err(error) if ["55P03", "55006"].contains(&error.report().sqlstate.as_str()) => {
                return Ok(Made { busy: true, ..Made::default() })
            }
            // The transaction has been at work on several machines at once.
            Err(error) if state.is_elsewhere && citus::is_parallel(&error) => {
                return Ok(Made { busy: true, ..Made::default() })
            }
            // Others hold what locks there are: fewer partitions then, and rows stay where they are without any.
            Err(error) if error.report().sqlstate == "53200" && at_once > 1 => at_once = at_once.div_ceil(4),
            Err(error) if error.report().sqlstate == "53200" => {
                return Ok(Made { more: true, ..Made::default() })
            }
            outcome => return outcome,
        }
    }
}

fn missing_months(place: Place<'_>, state: &State, days: &[String]) -> Result<Vec<New>> {
    if days.is_empty() || !matches!(state.way, Way::Months) {
        return Ok(Vec::new());
    }
    spi::query(
        include_str!("sql/missing_months.sql"),
        &[place.oid.into(), days.to_vec().into(), state.zone.clone().into()],
        |row| {
            let suffix = format!("p{}", row.get::<String>("month")?);
            Ok(New {
                name: name::free(place.schema, place.name, &suffix)?,
                bounds: row.get::<String>("bounds")?,
                month: row.get::<Option<String>>("first_day")?,
            })
        },
    )
}

/// As the owner of the table, who keeps others from the default partition meanwhile.
fn grow(place: Place<'_>, wanted: &[String], at_once: usize) -> Result<Made> {
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
    // Rows that others refer to cannot leave their table, not even for a moment: their months have no partition.
    let (needed, barred) = if state.is_referred { (Vec::new(), needed) } else { (needed, Vec::new()) };
    let mut new = match state.way {
        Way::Months => {
            let days: Vec<String> =
                wanted.iter().chain(&needed).filter(|day| !barred.contains(day)).cloned().collect();
            missing_months(place, &state, &days)?
        }
        Way::Values => of_values(place, &needed)?,
        Way::Fixed => Vec::new(),
    };
    let more = new.len() > at_once;
    new.truncate(at_once);
    if new.is_empty() {
        return Ok(Made::default());
    }
    let rows = match filled.filter(|_| !needed.is_empty()) {
        Some(rest) if state.is_elsewhere => elsewhere::rows(place, &state, rest, &new)?,
        Some(rest) => shift::rows(place, &state, rest, &new)?,
        None => {
            shift::add(place, &new)?;
            0
        }
    };
    Ok(Made { partitions: new.len(), rows, busy: false, more })
}

fn of_values(place: Place<'_>, values: &[String]) -> Result<Vec<New>> {
    let mut new: Vec<New> = Vec::with_capacity(values.len());
    for value in values {
        let mut name = name::free(place.schema, place.name, &name::of_value(value)?)?;
        if new.iter().any(|other| other.name == name) {
            name = name::free(place.schema, place.name, &name::of_odd_value(value)?)?;
        }
        new.push(New { name, bounds: format!("in ({})", literal(value)), month: None });
    }
    Ok(new)
}

/// The months or values of the rows in the default partition.
fn needed(state: &State, rest: &Rest) -> Result<Vec<String>> {
    // Citus has no ONLY; a default partition that it holds has no children.
    let only = if state.is_elsewhere { "" } else { "only " };
    let statement = match state.way {
        Way::Months => format!(
            "select to_char(month, 'YYYY-MM-DD')
             from (select distinct {month} as month from {only}{relation}) as needed
             where month >= timestamp '0001-01-01'
             order by abs(extract(epoch from month - localtimestamp)) limit {MAX_MONTHS}",
            month = shift::month(state),
            relation = rest.relation
        ),
        // One for all that are equal by the type's own measure: 1.0 and 1.00, and one of citext in any case.
        Way::Values => format!(
            "select min(({column})::text) from {only}{relation} where {column} is not null group by {column}
             order by 1 limit {most}",
            column = state.column,
            relation = rest.relation,
            most = MAX_VALUES.saturating_sub(state.partitions)
        ),
        Way::Fixed => return Ok(Vec::new()),
    };
    Ok(spi::own_rows(&statement, 0)?.into_iter().flatten().flatten().collect())
}
