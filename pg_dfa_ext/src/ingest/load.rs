//! A payload into a table: read, written by set, and row by row only where the set fails.

use super::collect::{Collected, Collector, Group, Keys};
use super::payload;
use super::refusal::{self, Refusal};
use super::request::{Action, Request};
use super::rows::Rows;
use super::target::Target;
use super::value::{is_of_values, Care};
use super::write::{self, Expect, Written};
use crate::error::{plural, DfaError, Result};
use crate::subtransaction::subtransaction;
use serde_json::value::RawValue;

/// When all or nothing is asked for, so many reasons are enough.
const ENOUGH: usize = 20;

/// What a payload did to its table.
#[derive(Debug, Default)]
pub struct Loaded {
    pub written: Written,
    pub refusals: Vec<Refusal>,
    /// Further sentences for the caller.
    pub notes: Vec<String>,
}

/// Takes the rows of a payload into the table.
///
/// # Errors
/// A payload that is no rows; refused rows, unless the request skips them. Then nothing has changed.
pub fn load(request: &Request, payload: &str) -> Result<Loaded> {
    let mut target = Target::find(&request.stored)?;
    if request.action != Action::Insert {
        target.require_key(request.action_word())?;
    }
    let keys = match request.action {
        Action::Insert => Keys::LeftToTheIndex,
        Action::Update | Action::Delete => Keys::Remembered,
    };
    let mut tried = subtransaction(|| attempt(request, &mut target, payload, Care::Fast, keys));
    if keys == Keys::LeftToTheIndex && needs_keys(&tried) {
        let mut target = Target::find(&request.stored)?;
        tried = subtransaction(|| attempt(request, &mut target, payload, Care::Fast, Keys::Remembered));
    }
    let loaded = match tried {
        Err(error) if is_of_values(&error) && !error.is_interrupt() => {
            // A value that Postgres refused ended the set; now it is found.
            let mut target = Target::find(&request.stored)?;
            subtransaction(|| attempt(request, &mut target, payload, Care::Careful, Keys::Remembered))?
        }
        outcome => outcome?,
    };
    let loaded = loaded.unwrap_or_default();
    if !request.skip && !loaded.refusals.is_empty() {
        return Err(refusal::error(request.stored.name(), &loaded.refusals));
    }
    Ok(loaded)
}

/// The rows of a payload have a key twice, or may have.
fn needs_keys(tried: &Result<Option<Loaded>>) -> bool {
    match tried {
        Ok(loaded) => loaded.is_none(),
        Err(error) => ["23505", "21000"].contains(&error.report().sqlstate.as_str()),
    }
}

/// `None`: the keys of these rows must be remembered; nothing was written.
fn attempt(
    request: &Request,
    target: &mut Target,
    payload: &str,
    care: Care,
    keys: Keys,
) -> Result<Option<Loaded>> {
    let mut collector = Collector::new(target, request.action, care, keys);
    payload::read(payload, request.merge, &mut collector)?;
    let Collected { groups, refusals, sent, needs_keys } = collector.finish();
    if needs_keys {
        return Ok(None);
    }
    let loaded = Loaded { refusals, ..Loaded::default() };
    let mut writer = Writer { request, target, care, sent, loaded, refused_by_database: 0 };
    if !request.skip && !writer.loaded.refusals.is_empty() {
        return Ok(Some(writer.loaded));
    }
    let mut taken = 0;
    for group in &groups {
        taken += group.rows.count - group.replaced.len() as u64;
        writer.group(group)?;
    }
    let replaced: u64 = groups.iter().map(|group| group.replaced.len() as u64).sum();
    Ok(Some(writer.finish(taken, replaced)))
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
            for number in write::without_match(self.target, group, &group.rows)? {
                self.refuse(number, None, "no row of the table has this key".to_owned());
            }
        }
        self.rows(group, &group.rows)
    }

    /// Writes the rows together; after an error of the values each half by itself, down to the rows at fault.
    fn rows(&mut self, group: &Group, rows: &Rows) -> Result<()> {
        let write = |expect| write::write(self.request, self.target, group, rows, expect);
        if self.care == Care::Fast {
            // A key that another session puts in meanwhile ends this try, too, and the careful one upserts.
            let expect = match self.request.action {
                Action::Insert => write::expect(self.target, group, rows)?,
                _ => Expect::Any,
            };
            self.loaded.written.add(write(expect)?);
            return Ok(());
        }
        match subtransaction(|| write(Expect::Any)) {
            Ok(written) => {
                self.loaded.written.add(written);
                Ok(())
            }
            Err(error) if error.is_interrupt() || !is_of_values(&error) => Err(error),
            Err(error) if rows.count <= 1 => {
                for number in rows.positions()? {
                    let (column, reason) = fault(&error);
                    self.refuse(number, column, reason);
                }
                Ok(())
            }
            Err(_) => {
                if !self.request.skip && self.loaded.refusals.len() >= ENOUGH {
                    return Ok(());
                }
                let (first, second) = rows.halves();
                self.rows(group, &first)?;
                self.rows(group, &second)
            }
        }
    }

    fn refuse(&mut self, number: i64, column: Option<String>, reason: String) {
        let sent = usize::try_from(number).ok().and_then(|number| self.sent.get(number));
        let Some((position, object)) = sent else { return };
        let row = object.get().to_owned();
        self.refused_by_database += 1;
        self.loaded.refusals.push(Refusal { position: *position, column, reason, row });
    }

    /// `given`: the rows that were to be written, without those that a later one `replaced`.
    fn finish(self, given: u64, replaced: u64) -> Loaded {
        let mut loaded = self.loaded;
        loaded.refusals.sort_by_key(|refusal| refusal.position);
        if replaced > 0 {
            let (s, was) = (plural(replaced), if replaced == 1 { "was" } else { "were" });
            loaded
                .notes
                .push(format!("Warning: {replaced} row{s} {was} replaced by a later row of the same key"));
        }
        let older = given.saturating_sub(loaded.written.rows + self.refused_by_database);
        if older > 0 && self.request.action != Action::Delete {
            let (s, was) = (plural(older), if older == 1 { "was" } else { "were" });
            loaded.notes.push(format!(
                "Warning: {older} row{s} {was} left out, since the table has a newer update_date"
            ));
        }
        loaded
    }
}

fn fault(error: &DfaError) -> (Option<String>, String) {
    let report = error.report();
    let column = match error {
        DfaError::Postgres(captured) => captured.column.clone(),
        _ => None,
    };
    let reason = match report.detail {
        Some(detail) => format!("{} ({detail})", report.message),
        None => report.message,
    };
    (column, reason)
}
