//! JSON: an object is a row, and its keys are columns; a key that it leaves out is a column that it leaves to its default.

use super::batch::{Batch, Place, Producer, Reject};
use super::columns::{by_name, Columns, Fault};
use super::options::Options;
use super::table::Table;
use super::text_rows;
use crate::failure::Result;
use crate::read::json::Documents;
use dfa_catalog::json::{self, Fields};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::sync::Arc;

pub struct Objects {
    documents: Documents<BufReader<Box<dyn Read + Send>>>,
    shapes: Shapes,
    null: Option<String>,
}

/// The columns of rows with the same keys in the same order; most rows are like the one before.
struct Shapes {
    table: Table,
    known: HashMap<Vec<String>, Found>,
    last: Option<(Vec<String>, Found)>,
}

/// Columns, or why a row with such keys is refused; without a reason, for want of keys.
type Found = std::result::Result<Arc<Columns>, Option<Fault>>;

impl Shapes {
    fn of(&mut self, fields: &Fields<'_>) -> Found {
        let same = |names: &[String]| {
            names.len() == fields.len() && names.iter().zip(fields).all(|(known, (name, _))| known == name)
        };
        if let Some((_, found)) = self.last.as_ref().filter(|(names, _)| same(names)) {
            return found.clone();
        }
        const KEPT: usize = 1000;
        let names: Vec<String> = fields.iter().map(|(name, _)| name.to_string()).collect();
        let found = match self.known.get(&names) {
            Some(found) => found.clone(),
            None => {
                let found = self.find(&names);
                if self.known.len() == KEPT {
                    self.known.clear();
                }
                self.known.insert(names.clone(), found.clone());
                found
            }
        };
        self.last = Some((names, found.clone()));
        found
    }

    fn find(&self, names: &[String]) -> Found {
        if names.is_empty() {
            return Err(None);
        }
        by_name(&self.table, names.iter().map(String::as_str)).map(Arc::new).map_err(Some)
    }
}

impl Objects {
    pub fn open(source: Box<dyn Read + Send>, table: &Table, options: &Options) -> Self {
        Objects {
            documents: Documents::new(BufReader::with_capacity(1 << 18, source)),
            shapes: Shapes { table: table.clone(), known: HashMap::new(), last: None },
            null: options.null.clone(),
        }
    }
}

impl Producer for Objects {
    fn is_binary(&self) -> bool {
        false
    }

    fn next(&mut self) -> Result<Batch> {
        let mut batch = Batch::default();
        while !batch.is_full() {
            let Some(document) = self.documents.next()? else { break };
            let place = Place::Line(document.line);
            match json::fields(document.text) {
                Ok(fields) => push(&mut batch, &mut self.shapes, place, &fields, self.null.as_deref()),
                Err(reason) => batch.refuse(Reject::new(place, None, None, reason)),
            }
        }
        Ok(batch)
    }
}

fn push(batch: &mut Batch, shapes: &mut Shapes, place: Place, fields: &Fields<'_>, null: Option<&str>) {
    let columns = match shapes.of(fields) {
        Ok(columns) => columns,
        Err(fault) => {
            let of_row = fault.as_ref().map(Fault::of_row);
            let (column, reason) = of_row.unwrap_or((None, "the object is empty".to_owned()));
            return batch.refuse(Reject::new(place, column, None, reason));
        }
    };
    let mut values: Vec<Option<Cow<'_, str>>> = Vec::with_capacity(fields.len());
    for (column, (_, raw)) in columns.filled.iter().zip(fields) {
        match column.form.text_or_null(raw) {
            Ok(value) => values.push(value.filter(|text| null != Some(text.as_ref()))),
            Err(reason) => {
                return batch.refuse(Reject::new(place, Some(&column.name), Some(raw.get()), reason));
            }
        }
    }
    text_rows::push(batch, &columns, place, values.iter().map(Option::as_deref));
}
