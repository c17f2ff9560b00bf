//! The rows of a payload, typed, grouped by the columns that they give.

use super::payload::{Fields, Sink};
use super::refusal::Refusal;
use super::request::Action;
use super::rows::Rows;
use super::target::Target;
use super::value::Care;
use crate::error::Result;
use dfa_catalog::name;
use pgrx::pg_sys;
use pgrx::PgMemoryContexts;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Rows that give the same columns.
pub struct Group {
    /// In the order of `c0`, `c1`, ….
    pub columns: Vec<usize>,
    pub rows: Rows,
    /// Rows whose key a later one has, too, by their place in the group.
    pub replaced: Vec<i64>,
    /// The first and the last value of the column that dates the rows, as Postgres keeps it.
    pub days: Option<(i64, i64)>,
}

/// Whether the keys of the rows are kept in mind, so that a later row replaces an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    Remembered,
    /// The index of the key will notice: for rows that all give the same columns.
    LeftToTheIndex,
}

/// What is left when everything is read.
pub struct Collected<'p> {
    pub groups: Vec<Group>,
    pub refusals: Vec<Refusal>,
    /// Position and object of each row, by the number that it has in `dfa_rows`.
    pub sent: Vec<(i64, &'p RawValue)>,
    /// These rows need their keys remembered; nothing is collected.
    pub needs_keys: bool,
}

/// How rows with the same names in the same order are read: most rows are like the one before.
struct Shape {
    names: Vec<String>,
    group: usize,
    /// For each column of the group, the field that gives it.
    places: Vec<usize>,
}

pub struct Collector<'t, 'p> {
    target: &'t mut Target,
    action: Action,
    care: Care,
    keys_are: Keys,
    needs_keys: bool,
    groups: Vec<Group>,
    shape: Option<Shape>,
    /// Where the last row with a key is: its group and number.
    keys: HashMap<Vec<u8>, (usize, i64)>,
    refusals: Vec<Refusal>,
    /// Position and object of each row, by the number that it has in `dfa_rows`.
    sent: Vec<(i64, &'p RawValue)>,
    memory: PgMemoryContexts,
    values: Vec<pg_sys::Datum>,
    nulls: Vec<bool>,
}

/// The column at fault, if it is one, and the reason.
type Fault = (Option<String>, String);

impl<'t, 'p> Collector<'t, 'p> {
    pub fn new(target: &'t mut Target, action: Action, care: Care, keys: Keys) -> Self {
        Collector {
            target,
            action,
            care,
            keys_are: keys,
            needs_keys: false,
            groups: Vec::new(),
            shape: None,
            keys: HashMap::new(),
            refusals: Vec::new(),
            sent: Vec::new(),
            memory: PgMemoryContexts::new("dfa ingest row"),
            values: Vec::new(),
            nulls: Vec::new(),
        }
    }

    pub fn finish(self) -> Collected<'p> {
        Collected {
            groups: self.groups,
            refusals: self.refusals,
            sent: self.sent,
            needs_keys: self.needs_keys,
        }
    }

    /// The group of rows that give these fields; a fault where one is unknown or missing.
    fn shape(&mut self, fields: &Fields<'_>) -> std::result::Result<Shape, Fault> {
        let columns = self.columns(fields)?;
        let place = |&index: &usize| {
            fields.iter().position(|(name, _)| *name == self.target.columns[index].name.as_str())
        };
        let places = columns.iter().filter_map(place).collect();
        let group = match self.groups.iter().position(|group| group.columns == columns) {
            Some(group) => group,
            None => {
                let described: Vec<_> = columns.iter().map(|&index| &self.target.columns[index]).collect();
                let rows = Rows::new(described.into_iter());
                if self.keys_are == Keys::LeftToTheIndex {
                    // Rows of one key that give different columns, and rows of a key alone, no index tells of.
                    let is_key_alone = columns.iter().all(|index| self.target.key.contains(index));
                    self.needs_keys |= !self.groups.is_empty() || is_key_alone;
                }
                self.groups.push(Group { columns, rows, replaced: Vec::new(), days: None });
                self.groups.len() - 1
            }
        };
        Ok(Shape { names: fields.iter().map(|(name, _)| name.to_string()).collect(), group, places })
    }

    /// The columns that a row gives, in the order of the table; of a deletion the key alone.
    fn columns(&self, fields: &Fields<'_>) -> std::result::Result<Vec<usize>, Fault> {
        let target = &*self.target;
        let mut given = Vec::with_capacity(fields.len());
        for (name, _) in fields {
            let Some(&index) = target.by_name.get(name.as_ref()) else {
                let near = name::suggest(name, target.columns.iter().map(|column| column.name.as_str()));
                let hint = near.map_or(String::new(), |near| format!("; did you mean '{near}'?"));
                return Err((Some(name.to_string()), format!("the table has no column '{name}'{hint}")));
            };
            if target.columns[index].is_generated {
                return Err((
                    Some(name.to_string()),
                    "the database makes the value of this column".to_owned(),
                ));
            }
            given.push(index);
        }
        if given.is_empty() {
            return Err((None, "the object is empty".to_owned()));
        }
        let lacks = |index: &usize| !given.contains(index);
        let missing = match self.action {
            Action::Insert => (0..target.columns.len()).filter(|&index| target.is_needed(index)).find(lacks),
            Action::Update | Action::Delete => target.key.iter().copied().find(lacks),
        };
        if let Some(index) = missing {
            return Err((Some(target.columns[index].name.clone()), "is missing".to_owned()));
        }
        if self.action == Action::Update && given.len() == target.key.len() {
            return Err((None, "no column to change is given beside the key".to_owned()));
        }
        if self.action == Action::Delete {
            given.clone_from(&target.key);
        }
        given.sort_unstable();
        Ok(given)
    }

    /// Reads the values of a row into `self.values`, in the row's own memory.
    fn read_values(&mut self, fields: &Fields<'_>, shape: &Shape) -> Result<std::result::Result<(), Fault>> {
        let number = i64::try_from(self.sent.len()).unwrap_or(i64::MAX);
        self.values.clear();
        self.nulls.clear();
        self.values.push(pg_sys::Datum::from(number));
        self.nulls.push(false);
        for (&index, &place) in self.groups[shape.group].columns.iter().zip(&shape.places) {
            let column = &mut self.target.columns[index];
            let value = match column.reader.read(fields[place].1, self.care)? {
                Ok(value) => value,
                Err(reason) => return Ok(Err((Some(column.name.clone()), reason))),
            };
            if value.is_none() && (column.not_null || self.target.key.contains(&index)) {
                let column = self.target.columns[index].name.clone();
                return Ok(Err((Some(column), "null, where the column takes none".to_owned())));
            }
            self.nulls.push(value.is_none());
            self.values.push(value.unwrap_or(pg_sys::Datum::from(0_usize)));
        }
        Ok(Ok(()))
    }

    /// Remembers the key of the row in `self.values`, and strikes out the earlier row that has it, too.
    fn remember_key(&mut self, group: usize) {
        let in_play = self.target.key_is_enforced || self.action != Action::Insert;
        if self.keys_are == Keys::LeftToTheIndex || self.target.key.is_empty() || !in_play {
            return;
        }
        let columns = &self.groups[group].columns;
        let mut bytes = Vec::with_capacity(16 * self.target.key.len());
        for index in &self.target.key {
            // A key with a default that is left out is a new one.
            let Some(place) = columns.iter().position(|column| column == index) else { return };
            key_bytes(self.target.columns[*index].type_oid, self.values[place + 1], &mut bytes);
        }
        let number = i64::try_from(self.sent.len()).unwrap_or(i64::MAX);
        if let Some((group, earlier)) = self.keys.insert(bytes, (group, number)) {
            self.groups[group].replaced.push(earlier);
        }
    }

    /// Widens the days of the group by the row in `self.values`.
    fn note_day(&mut self, group: usize) {
        let Some(index) = self.target.dated_column else { return };
        let group = &mut self.groups[group];
        let Some(place) = group.columns.iter().position(|&column| column == index) else { return };
        if self.nulls[place + 1] {
            return;
        }
        let value = self.values[place + 1].value().cast_signed();
        let value = match self.target.columns[index].type_oid {
            pg_sys::DATEOID => value as i32 as i64,
            _ => value as i64,
        };
        group.days =
            Some(group.days.map_or((value, value), |(first, last)| (first.min(value), last.max(value))));
    }

    /// One row into its group, or into the refusals.
    fn take(&mut self, fields: &Fields<'_>) -> Result<std::result::Result<(), Fault>> {
        let same = |shape: &Shape| {
            shape.names.len() == fields.len()
                && shape.names.iter().zip(fields).all(|(known, (name, _))| known == name)
        };
        let shape = match self.shape.take().filter(same) {
            Some(shape) => shape,
            None => match self.shape(fields) {
                Ok(shape) => shape,
                Err(fault) => return Ok(Err(fault)),
            },
        };
        // A new group lives longer than a row, so that the row's memory begins here.
        let memory = RowMemory::enter(&self.memory);
        let outcome = self.read_values(fields, &shape)?;
        if outcome.is_ok() {
            self.remember_key(shape.group);
            self.note_day(shape.group);
            self.groups[shape.group].rows.push(&mut self.values, &mut self.nulls);
        }
        drop(memory);
        self.shape = Some(shape);
        Ok(outcome)
    }
}

/// The memory of one row: what is kept of it is copied, the rest is freed when this is dropped.
struct RowMemory {
    own: pg_sys::MemoryContext,
    before: pg_sys::MemoryContext,
}

impl RowMemory {
    fn enter(memory: &PgMemoryContexts) -> Self {
        let own = memory.value();
        // SAFETY: the context lives as long as the collector.
        RowMemory { own, before: unsafe { pg_sys::MemoryContextSwitchTo(own) } }
    }
}

impl Drop for RowMemory {
    fn drop(&mut self) {
        // SAFETY: also when an error of Postgres passes through as a panic.
        unsafe {
            pg_sys::MemoryContextSwitchTo(self.before);
            pg_sys::MemoryContextReset(self.own);
        }
    }
}

impl<'p> Sink<'p> for Collector<'_, 'p> {
    fn row(&mut self, position: i64, object: &'p RawValue, fields: &Fields<'p>) -> Result<()> {
        if self.needs_keys {
            return Ok(());
        }
        match self.take(fields)? {
            Ok(()) => self.sent.push((position, object)),
            Err((column, reason)) => {
                self.refusals.push(Refusal { position, column, reason, row: object.get().to_owned() });
            }
        }
        Ok(())
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
    }
}

/// The bytes of a value of a key; equal values have equal ones.
fn key_bytes(type_oid: pg_sys::Oid, datum: pg_sys::Datum, bytes: &mut Vec<u8>) {
    let (mut length, mut by_value) = (0_i16, false);
    // SAFETY: a datum of this type, made by its own input function.
    unsafe {
        pg_sys::get_typlenbyval(type_oid, &raw mut length, &raw mut by_value);
        if by_value {
            bytes.extend_from_slice(&datum.value().to_le_bytes());
            return;
        }
        let datum = if type_oid == pg_sys::NUMERICOID {
            // 1.0 and 1.00 are one key.
            pgrx::direct_function_call_as_datum(pg_sys::numeric_trim_scale, &[Some(datum)]).unwrap_or(datum)
        } else {
            datum
        };
        let start = datum.cast_mut_ptr::<u8>();
        let length = match length {
            -1 => pgrx::varlena::varsize_any(start.cast()),
            -2 => std::ffi::CStr::from_ptr(start.cast()).to_bytes().len(),
            fixed => usize::try_from(fixed).unwrap_or_default(),
        };
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(std::slice::from_raw_parts(start, length));
    }
}
