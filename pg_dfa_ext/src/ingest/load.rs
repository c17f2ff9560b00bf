//! A payload into a table: read, written by set, and row by row only where the set fails.

use super::collect::{Collected, Collector};
use super::doubles::Doubles;
use super::group::Group;
use super::note;
use super::payload;
use super::refusal::{self, Refusal};
use super::request::{Action, Request};
use super::rows::Rows;
use super::target::Target;
use super::value::{may_be_of_a_row, reason, Care};
use super::write::{self, Expect, Written};
use crate::error::{DfaError, Result};
use crate::pinned::as_caller;
use crate::spi;
use crate::subtransaction::{subtransaction, undone};
use serde_json::value::RawValue;

/// When all or nothing is asked for, so many reasons are enough.
const MAX_REPORTED_ERRORS: usize = 20;

/// What a payload did to its table.
#[derive(Debug, Default)]
pub struct Loaded {
    pub written: Written,
    /// The objects of the payload.
    pub objects: i64,
    pub refusals: Vec<Refusal>,
    /// Further sentences for the caller.
    pub notes: Vec<String>,
}

/// Takes the rows of a payload into the table; `before` objects of its stream came already.
///
/// # Errors
/// A payload that is no rows; refused rows, unless the request skips them. Then nothing has changed.
pub fn load(request: &Request, payload: &str, before: i64) -> Result<Loaded> {
    // Types, checks and triggers of the table find what its caller's path leads to.
    let loaded = as_caller(|| by_set_or_row(request, payload, before))?;
    if !request.skip && !loaded.refusals.is_empty() {
        return Err(refusal::error(request.stored.name(), &loaded.refusals));
    }
    Ok(loaded)
}

/// Whether rows of one key are looked for among those that come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// The index of the key will notice: for rows that all give the same columns.
    LeftToTheIndex,
    Here,
}

fn by_set_or_row(request: &Request, payload: &str, before: i64) -> Result<Loaded> {
    let attempt = |care, look| {
        let mut target = Target::find(&request.stored)?;
        if request.action != Action::Insert {
            target.require_key(request.action_word())?;
        }
        subtransaction(|| try_once(request, &mut target, payload, before, care, look))
    };
    let mut tried = attempt(Care::Fast, Look::LeftToTheIndex);
    if needs_keys(&tried) {
        tried = attempt(Care::Fast, Look::Here);
    }
    let loaded = match tried {
        // A value or row that Postgres refused ended the set; now it is found.
        Err(error) if may_be_of_a_row(&error) => attempt(Care::Careful, Look::Here)?,
        outcome => outcome?,
    };
    Ok(loaded.unwrap_or_default())
}

/// The rows of a payload have a key twice, or may have.
fn needs_keys(tried: &Result<Option<Loaded>>) -> bool {
    match tried {
        Ok(loaded) => loaded.is_none(),
        Err(error) => ["23505", "21000"].contains(&error.report().sqlstate.as_str()),
    }
}

/// `None`: rows of one key must be looked for; nothing was written.
fn try_once(
    request: &Request,
    target: &mut Target,
    payload: &str,
    before: i64,
    care: Care,
    look: Look,
) -> Result<Option<Loaded>> {
    let in_play = !target.key.is_empty() && (target.key_is_enforced || request.action != Action::Insert);
    let doubles = if in_play && request.action == Action::Insert && look == Look::LeftToTheIndex {
        None
    } else {
        let now = if in_play { write::now_value(request, target)? } else { None };
        Some(Doubles::new(target, in_play, now))
    };
    let mut collector = Collector::new(target, request.action, care, doubles);
    let objects = payload::read(payload, request.merge, before, &mut collector)?;
    let Collected { groups, refusals, sent, needs_keys, outdated } = collector.finish();
    if needs_keys {
        return Ok(None);
    }
    let loaded = Loaded { refusals, objects, ..Loaded::default() };
    let mut writer = Writer { request, target, care, sent, loaded, refused_by_database: 0 };
    if !request.skip && !writer.loaded.refusals.is_empty() {
        return Ok(Some(writer.loaded));
    }
    let mut taken = 0;
    for group in &groups {
        taken += group.rows.count - group.replaced.len() as u64;
        writer.group(group)?;
    }
    let replaced = groups.iter().map(|group| group.replaced.len() as u64).sum::<u64>() - outdated;
    let Writer { mut loaded, refused_by_database, .. } = writer;
    loaded.refusals.sort_by_key(|refusal| refusal.position);
    let left_out = taken.saturating_sub(loaded.written.rows + refused_by_database);
    loaded.notes.extend(note::doubles(replaced, outdated));
    loaded.notes.extend(note::left_out(request, target, left_out)?);
    if request.action == Action::Insert {
        loaded.notes.extend(note::sequences(target, &groups)?);
    }
    Ok(Some(loaded))
}

struct Writer<'w, 'p> {
    request: &'w Request,
    target: &'w Target,
    care: Care,
    sent: Vec<(i64, &'p RawValue)>,
    loaded: Loaded,
    refused_by_database: u64,
}

impl Writer<'_, '_> {
    fn group(&mut self, group: &Group) -> Result<()> {
        if self.request.action != Action::Insert {
            if self.can_lock()? {
                write::lock(self.request, self.target, group, &group.rows)?;
            }
            for number in write::without_match(self.target, group, &group.rows)? {
                self.refuse(number, None, "no row of the table has this key".to_owned());
            }
        }
        let mut proved = false;
        self.rows(group, &group.rows, &mut proved)
    }

    /// To lock a row takes the right to update, which one who deletes need not have.
    fn can_lock(&self) -> Result<bool> {
        let can =
            spi::value::<bool>("select has_table_privilege($1::oid, 'UPDATE')", &[self.target.oid.into()])?;
        Ok(can.unwrap_or_default())
    }

    /// Writes the rows together; after an error of theirs each half by itself, down to the rows at fault.
    fn rows(&mut self, group: &Group, rows: &Rows, proved: &mut bool) -> Result<()> {
        let write = |rows: &Rows, expect| write::write(self.request, self.target, group, rows, expect);
        if self.care == Care::Fast {
            // A key that another session puts in meanwhile ends this try, too, and the careful one upserts.
            let expect = match self.request.action {
                Action::Insert => write::expect(self.target, group, rows)?,
                _ => Expect::Any,
            };
            self.loaded.written.add(write(rows, expect)?);
            return Ok(());
        }
        match subtransaction(|| write(rows, Expect::Any)) {
            Ok(written) => {
                self.loaded.written.add(written);
                return Ok(());
            }
            Err(error) if !may_be_of_a_row(&error) => return Err(error),
            Err(error) => {
                if !*proved {
                    // What fails without any row is no fault of a row: a missing right, a broken trigger.
                    undone(|| write(&rows.empty(), Expect::Any))?;
                    *proved = true;
                }
                if rows.count <= 1 {
                    let column = self.column_at_fault(&error)?;
                    for number in rows.positions()? {
                        self.refuse(number, column.clone(), reason(&error));
                    }
                    return Ok(());
                }
            }
        }
        if !self.request.skip && self.loaded.refusals.len() >= MAX_REPORTED_ERRORS {
            return Ok(());
        }
        let (first, second) = rows.halves();
        self.rows(group, &first, proved)?;
        self.rows(group, &second, proved)
    }

    /// The column that Postgres names, or the one that the violated constraint is about.
    fn column_at_fault(&self, error: &DfaError) -> Result<Option<String>> {
        let DfaError::Postgres(captured) = error else { return Ok(None) };
        if captured.column.is_some() || captured.constraint.is_none() {
            return Ok(captured.column.clone());
        }
        spi::value::<String>("select attname::text from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
             where conrelid = $1 and conname = $2 and cardinality(conkey) = 1", &[self.target.oid.into(), captured.constraint.as_deref().into()])
    }

    fn refuse(&mut self, number: i64, column: Option<String>, reason: String) {
        let sent = usize::try_from(number).ok().and_then(|number| self.sent.get(number));
        let Some((position, object)) = sent else { return };
        let row = object.get().to_owned();
        self.refused_by_database += 1;
        self.loaded.refusals.push(Refusal { position: *position, column, reason, row });
    }
}
