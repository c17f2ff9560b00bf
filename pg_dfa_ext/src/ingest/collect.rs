//! The rows of a payload, typed, grouped by the columns that they give.

use super::doubles::{Doubles, Told};
use super::group::Group;
use super::payload::Sink;
use super::refusal::Refusal;
use super::request::Action;
use super::target::Target;
use super::value::Care;
use crate::error::Result;
use dfa_catalog::json::Fields;
use dfa_catalog::name;
use pgrx::pg_sys;
use pgrx::PgMemoryContexts;
use serde_json::value::RawValue;

/// What is left when everything is read.
pub struct Collected<'p> {
    pub groups: Vec<Group>,
    pub refusals: Vec<Refusal>,
    /// Position and object of each row, by the number that it has in `dfa_rows`.
    pub sent: Vec<(i64, &'p RawValue)>,
    /// The doubles among these rows must be looked for; nothing is collected.
    pub needs_keys: bool,
    /// Rows left out since one of the same key came with them that is newer.
    pub outdated: u64,
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
    /// `None`: the index of the key will notice doubles, where all rows give the same columns.
    doubles: Option<Doubles>,
    needs_keys: bool,
    outdated: u64,
    groups: Vec<Group>,
    shape: Option<Shape>,
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
    pub fn new(target: &'t mut Target, action: Action, care: Care, doubles: Option<Doubles>) -> Self {
        Collector {
            target,
            action,
            care,
            doubles,
            needs_keys: false,
            outdated: 0,
            groups: Vec::new(),
            shape: None,
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
            outdated: self.outdated,
        }
    }

    /// The group of rows that give these fields; a fault where one is unknown or missing.
    fn shape(&mut self, fields: &Fields<'_>) -> std::result::Result<Shape, Fault> {
        let (columns, places): (Vec<usize>, Vec<usize>) = self.columns(fields)?.into_iter().unzip();
        let group = self.group(&columns, &[]);
        Ok(Shape { names: fields.iter().map(|(name, _)| name.to_string()).collect(), group, places })
    }

    /// The group of these columns, of whose key columns these are null.
    fn group(&mut self, columns: &[usize], nulls: &[usize]) -> usize {
        if let Some(known) = self.groups.iter().position(|it| it.columns == columns && it.null_key == nulls) {
            return known;
        }
        if self.doubles.is_none() {
            // Rows of one key that give different columns, and rows of a key alone, no index tells of.
            let is_key_alone = columns.iter().all(|index| self.target.key.contains(index));
            self.needs_keys |= !self.groups.is_empty() || is_key_alone;
        }
        self.groups.push(Group::new(self.target, columns, nulls));
        self.groups.len() - 1
    }

    /// The columns that a row gives, in the order of the table, each with the place of its field; of a deletion the key alone.
    fn columns(&self, fields: &Fields<'_>) -> std::result::Result<Vec<(usize, usize)>, Fault> {
        let target = &*self.target;
        let mut given: Vec<(usize, usize)> = Vec::with_capacity(fields.len());
        for (place, (name, _)) in fields.iter().enumerate() {
            let Some(index) = target.called(name) else {
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
            if given.iter().any(|(known, _)| *known == index) {
                return Err((None, format!("column '{}' is given twice", target.columns[index].name)));
            }
            given.push((index, place));
        }
        if given.is_empty() {
            return Err((None, "the object is empty".to_owned()));
        }
        let lacks = |index: &usize| given.iter().all(|(column, _)| column != index);
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
            given.retain(|(column, _)| target.key.contains(column));
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
            let needs_value =
                column.not_null || self.target.key_is_enforced && self.target.key.contains(&index);
            if value.is_none() && needs_value {
                let column = self.target.columns[index].name.clone();
                return Ok(Err((Some(column), "null, where the column takes none".to_owned())));
            }
            self.nulls.push(value.is_none());
            self.values.push(value.unwrap_or(pg_sys::Datum::from(0_usize)));
        }
        Ok(Ok(()))
    }

    /// The columns of the key that are null in the row in `self.values`, where rows are found by their key.
    fn null_keys(&self, group: usize) -> Vec<usize> {
        if self.action == Action::Insert || self.target.key_is_enforced || !self.nulls.contains(&true) {
            return Vec::new();
        }
        let given = self.groups[group].columns.iter().zip(&self.nulls[1..]);
        given
            .filter(|(index, is_null)| **is_null && self.target.key.contains(index))
            .map(|(&index, _)| index)
            .collect()
    }

    /// Remembers the key of the row in `self.values`; of two rows with one key, one is struck out.
    fn look_for_double(&mut self, group: usize) {
        let Some(doubles) = &mut self.doubles else { return };
        let number = i64::try_from(self.sent.len()).unwrap_or(i64::MAX);
        match doubles.note(&self.groups[group], group, number, &self.values, &self.nulls) {
            Told::Single => {}
            Told::Replaces { group, number } => self.groups[group].replaced.push(number),
            Told::Outdated => {
                self.outdated += 1;
                self.groups[group].replaced.push(number);
            }
        }
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
            let nulls = self.null_keys(shape.group);
            let group = match nulls.is_empty() {
                true => shape.group,
                false => memory.outside(|| self.group(&self.groups[shape.group].columns.clone(), &nulls)),
            };
            memory.outside(|| self.look_for_double(group));
            self.groups[group].push(self.target, &mut self.values, &mut self.nulls);
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

    /// Does something that lives longer than the row.
    fn outside<T>(&self, work: impl FnOnce() -> T) -> T {
        // SAFETY: the context that was current before; after an error `drop` sets it as well.
        unsafe { pg_sys::MemoryContextSwitchTo(self.before) };
        let done = work();
        unsafe { pg_sys::MemoryContextSwitchTo(self.own) };
        done
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
