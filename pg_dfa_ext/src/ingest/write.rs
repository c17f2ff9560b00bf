//! The statements that move typed rows into the table.
//!
//! Rows with a key are written in its order, so that two sessions that write the same keys at once queue.

use super::group::Group;
use super::request::{Action, Request};
use super::rows::Rows;
use super::target::Target;
use super::value::Care;
use crate::error::Result;
use crate::operator;
use crate::spi::{self, ident};
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys;

/// What a statement did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    pub rows: u64,
    /// The first and the last day that the rows are dated with, in days since 2000-01-01.
    pub days: Option<(i32, i32)>,
}

impl Written {
    pub fn add(&mut self, other: Written) {
        self.rows += other.rows;
        self.days = match (self.days, other.days) {
            (Some((first, last)), Some((other_first, other_last))) => {
                Some((first.min(other_first), last.max(other_last)))
            }
            (one, other) => one.or(other),
        };
    }
}

/// What the table may hold of the rows to be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// None of their keys, as far as one could see: a plain INSERT is twice as fast as an upsert.
    New,
    /// Anything.
    Any,
}

/// So many rows are worth a look at all partitions.
const MANY: u64 = 10_000;

/// Whether the table has a key of the rows already.
///
/// Of a partitioned table only many rows are worth the question: it locks all partitions, an INSERT those that it writes.
pub fn expect(target: &Target, group: &Group, rows: &Rows) -> Result<Expect> {
    if target.is_partitioned && rows.count < MANY {
        return Ok(Expect::Any);
    }
    if !target.key_is_enforced || group.key.is_empty() {
        return Ok(Expect::Any);
    }
    if spi::own_rows(&format!("select 'a row' from {} limit 1", target.relation), 1)?.is_empty() {
        return Ok(Expect::New);
    }
    let statement = format!(
        "select 'known' from dfa_rows, {} as known where {} limit 1",
        target.relation,
        same_key(target, group)?
    );
    Ok(if rows.query(&statement, &[])?.is_empty() { Expect::New } else { Expect::Any })
}

/// Writes the rows of a group by one statement.
pub fn write(
    request: &Request,
    target: &Target,
    group: &Group,
    rows: &Rows,
    expect: Expect,
) -> Result<Written> {
    let mut statement = match request.action {
        Action::Insert => insert(target, group, expect),
        Action::Update => update(target, group)?,
        Action::Delete => delete(target, group)?,
    };
    let args: [DatumWithOid<'_>; 2] = [request.update_date.as_str().into(), group.replaced.clone().into()];
    if is_plain(request, target, group, expect) {
        return Ok(Written { rows: rows.execute(&statement, &args)?, days: days(target, group) });
    }
    statement = match &target.dated {
        Some(dated) => format!(
            "with written as ({statement} returning ({dated})::pg_catalog.date as day),
                  finite as (select day operator(pg_catalog.-) pg_catalog.date '2000-01-01' as day from written
                             where pg_catalog.isfinite(day))
             select (select pg_catalog.count(*)::pg_catalog.text from written),
                    pg_catalog.min(day)::pg_catalog.text, pg_catalog.max(day)::pg_catalog.text from finite"
        ),
        None => format!(
            "with written as ({statement} returning 1)
             select pg_catalog.count(*)::pg_catalog.text, null, null from written"
        ),
    };
    let mut values =
        rows.query(&statement, &args)?.into_iter().next().unwrap_or_default().into_iter().flatten();
    let rows = values.next().and_then(|count| count.parse().ok()).unwrap_or(0);
    let mut day = || values.next().and_then(|day| day.parse().ok());
    Ok(Written { rows, days: day().zip(day()) })
}

/// The rows go in as they were read, all of them or none: so their days are known without RETURNING.
fn is_plain(request: &Request, target: &Target, group: &Group, expect: Expect) -> bool {
    let is_dated =
        target.dated.is_none() || target.dated_column.is_some_and(|index| group.columns.contains(&index));
    request.action == Action::Insert
        && (expect == Expect::New || !target.key_is_enforced)
        && group.replaced.is_empty()
        && !target.has_row_triggers
        && is_dated
}

/// The first and the last day of the rows of a group.
fn days(target: &Target, group: &Group) -> Option<(i32, i32)> {
    let (index, (first, last)) = target.dated_column.zip(group.days)?;
    const MICROSECONDS: i64 = 86_400_000_000;
    let day = |value: i64| match target.columns[index].base_type {
        pg_sys::DATEOID => i32::try_from(value).ok(),
        _ => i32::try_from(value.div_euclid(MICROSECONDS)).ok(),
    };
    day(first).zip(day(last))
}

/// Locks the rows of the table that an update or a deletion is for, in the order of their keys.
pub fn lock(request: &Request, target: &Target, group: &Group, rows: &Rows) -> Result<()> {
    // Citus locks no rows of several machines; it ends one of two who wait for each other, which is tried again.
    if target.key_order.is_none() || target.is_elsewhere {
        return Ok(());
    }
    let strength = if request.action == Action::Delete { "update" } else { "no key update" };
    let key: Vec<String> =
        target.key.iter().map(|&index| format!("known.{}", target.quoted(index))).collect();
    let statement = format!(
        "select from dfa_rows, {} as known where {} and {} and $1::pg_catalog.text is not null
         order by {} for {strength} of known",
        target.relation,
        same_key(target, group)?,
        kept(group),
        key.join(", ")
    );
    let args: [DatumWithOid<'_>; 2] = ["".into(), group.replaced.clone().into()];
    rows.execute(&statement, &args).map(|_| ())
}

/// The numbers of the rows whose key no row of the table has.
pub fn without_match(target: &Target, group: &Group, rows: &Rows) -> Result<Vec<i64>> {
    let (kept, table, same) = (kept(group), &target.relation, same_key(target, group)?);
    let statement = match target.is_elsewhere {
        false => format!(
            "select position::pg_catalog.text from dfa_rows where {kept} and not exists (select from {table} as known where {same})"
        ),
        // What joins goes to the machines; what is missing is found here.
        true => format!(
            "with matched as materialized (select position from dfa_rows, {table} as known where {same})
             select position::pg_catalog.text from dfa_rows where {kept} and position not in (select position from matched)"
        ),
    };
    // $1 is not used here, and must have a type all the same.
    let args: [DatumWithOid<'_>; 2] = ["".into(), group.replaced.clone().into()];
    let found = rows.query(&format!("{statement} and $1::pg_catalog.text is not null"), &args)?;
    Ok(found.into_iter().flatten().flatten().filter_map(|text| text.parse().ok()).collect())
}

/// The rows that give way to no other. Seldom one does, and then few.
fn kept(group: &Group) -> &'static str {
    if group.replaced.is_empty() {
        "$2::pg_catalog.int8[] is not null"
    } else {
        "not (position operator(pg_catalog.=) any($2::pg_catalog.int8[]))"
    }
}

fn insert(target: &Target, group: &Group, expect: Expect) -> String {
    let mut columns = target.list(&group.columns);
    let mut values = group_values(group);
    let dates_itself = target.update_date.filter(|index| !group.columns.contains(index));
    if let Some(index) = dates_itself {
        if !columns.is_empty() {
            columns.push_str(", ");
            values.push_str(", ");
        }
        columns.push_str(&target.quoted(index));
        values.push_str(&now(target, index));
    }
    let has_key = target.key_is_enforced && !group.key.is_empty();
    let conflict = if has_key && expect == Expect::Any {
        on_conflict(target, group, dates_itself)
    } else {
        String::new()
    };
    let in_order = if has_key && !group.is_sorted && target.key_order.is_some() {
        let key: Vec<String> = group.key.iter().map(|place| format!("c{place}")).collect();
        format!(" order by {}", key.join(", "))
    } else {
        String::new()
    };
    format!(
        "insert into {} as known ({columns}) select {values} from dfa_rows
         where {} and $1::pg_catalog.text is not null{in_order}{conflict}",
        target.relation,
        kept(group)
    )
}

/// The columns given replace those of the row that is there, unless that one is newer.
fn on_conflict(target: &Target, group: &Group, dates_itself: Option<usize>) -> String {
    let changed =
        group.columns.iter().copied().chain(dates_itself).filter(|index| !target.key.contains(index));
    let sets: Vec<String> =
        changed.map(|index| target.quoted(index)).map(|name| format!("{name} = excluded.{name}")).collect();
    let key = target.list(&target.key);
    if sets.is_empty() {
        return format!(" on conflict ({key}) do nothing");
    }
    let newer = target.update_date.map_or(String::new(), |index| {
        let name = target.quoted(index);
        format!(" where (known.{name} operator(pg_catalog.<=) excluded.{name}) is not false")
    });
    format!(" on conflict ({key}) do update set {}{newer}", sets.join(", "))
}

fn update(target: &Target, group: &Group) -> Result<String> {
    let mut sets: Vec<String> = Vec::new();
    for (number, &index) in group.columns.iter().enumerate() {
        if !target.key.contains(&index) {
            sets.push(format!("{} = dfa_rows.c{number}", target.quoted(index)));
        }
    }
    let newer = match target.update_date {
        None => String::new(),
        Some(index) => {
            let given = match group.columns.iter().position(|&column| column == index) {
                Some(number) => format!("dfa_rows.c{number}"),
                None => {
                    let now = now(target, index);
                    sets.push(format!("{} = {now}", target.quoted(index)));
                    now
                }
            };
            format!(" and (known.{} operator(pg_catalog.<=) {given}) is not false", target.quoted(index))
        }
    };
    Ok(format!(
        "update {} as known set {} from dfa_rows where {} and {}{newer} and $1::pg_catalog.text is not null",
        target.relation,
        sets.join(", "),
        same_key(target, group)?,
        kept(group)
    ))
}

fn delete(target: &Target, group: &Group) -> Result<String> {
    Ok(format!(
        "delete from {} as known using dfa_rows where {} and {} and $1::pg_catalog.text is not null",
        target.relation,
        same_key(target, group)?,
        kept(group)
    ))
}

fn same_key(target: &Target, group: &Group) -> Result<String> {
    let mut equal = Vec::with_capacity(target.key.len());
    for (index, place) in target.key.iter().zip(&group.key) {
        let column = &target.columns[*index];
        let known = ident(&column.name);
        equal.push(if group.null_key.contains(index) {
            format!("known.{known} is null")
        } else {
            format!("known.{known} {} dfa_rows.c{place}", operator::equality(column.type_oid)?)
        });
    }
    Ok(equal.join(" and "))
}

fn group_values(group: &Group) -> String {
    (0..group.columns.len()).map(|number| format!("c{number}")).collect::<Vec<_>>().join(", ")
}

/// The update date of the call, which is $1, as the column has it.
fn now(target: &Target, index: usize) -> String {
    let zone = crate::settings::timezone()
        .map_or("pg_catalog.current_setting('TimeZone')".to_owned(), |zone| spi::literal(&zone));
    let local = format!("($1::pg_catalog.text::pg_catalog.timestamptz at time zone {zone})");
    match target.columns[index].base_type {
        pg_sys::TIMESTAMPTZOID => "$1::pg_catalog.text::pg_catalog.timestamptz".to_owned(),
        pg_sys::TIMESTAMPOID => local,
        pg_sys::DATEOID => format!("{local}::pg_catalog.date"),
        _ => format!("pg_catalog.to_char({local}, 'YYYY-MM-DD HH24:MI:SS')"),
    }
}

/// [`now`] as a value of the column that says how old a row is, if the table has one.
pub fn now_value(request: &Request, target: &mut Target) -> Result<Option<pg_sys::Datum>> {
    let Some(index) = target.update_date else { return Ok(None) };
    let statement = now(target, index).replace("$1", &spi::literal(&request.update_date));
    let text = spi::own_rows(&format!("select ({statement})::pg_catalog.text"), 1)?;
    let Some(text) = text.into_iter().flatten().flatten().next() else { return Ok(None) };
    Ok(target.columns[index].reader.by_input_function(Some(&text), Care::Fast)?.ok().flatten())
}
