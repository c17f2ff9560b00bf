//! From JSON to objects with their fields, in the order in which they were sent.

use super::refusal::Refusal;
use crate::error::{DfaError, Result};
use dfa_catalog::json::{fields, Fields};
use serde_json::value::RawValue;

/// The key whose rows are multiplied out with the fields around it.
const MERGE: &str = "data_merge";
/// Deeper than anybody means.
const MAX_DEPTH: usize = 100;

/// Takes the rows as they come: position in the payload, or in the stream that it is a part of, from 1, the object as sent, its fields.
pub trait Sink<'p> {
    fn row(&mut self, position: i64, object: &'p RawValue, fields: &Fields<'p>) -> Result<()>;
    fn refuse(&mut self, refusal: Refusal);
}

/// Reads an object or a list of objects, and gives each row to `sink`; `before` objects of the stream came already.
/// Returns the number of its objects.
///
/// # Errors
/// What is neither, and a list without any.
pub fn read<'p>(payload: &'p str, merge: bool, before: i64, sink: &mut impl Sink<'p>) -> Result<i64> {
    let payload = payload.trim();
    if payload.starts_with('{') {
        let object: &RawValue = serde_json::from_str(payload).map_err(malformed)?;
        object_rows(before + 1, object, merge, sink)?;
        return Ok(1);
    }
    if !payload.starts_with('[') {
        return Err(not_rows(payload));
    }
    let objects: Vec<&RawValue> = serde_json::from_str(payload).map_err(malformed)?;
    if objects.is_empty() {
        return Err(not_rows("[]"));
    }
    let count = i64::try_from(objects.len()).unwrap_or(i64::MAX);
    for (position, object) in (before + 1..).zip(objects) {
        object_rows(position, object, merge, sink)?;
    }
    Ok(count)
}

fn not_rows(value: &str) -> DfaError {
    DfaError::InvalidArgument {
        argument: "payload",
        value: value.chars().take(60).collect(),
        allowed: "Give an object, or a list of at least one object: {\"column\": value, …}.".to_owned(),
    }
}

fn malformed(error: serde_json::Error) -> DfaError {
    DfaError::InvalidArgument {
        argument: "payload",
        value: error.to_string(),
        allowed: "It must be JSON in UTF-8.".to_owned(),
    }
}

fn object_rows<'p>(position: i64, object: &'p RawValue, merge: bool, sink: &mut impl Sink<'p>) -> Result<()> {
    let refuse = |reason: String| Refusal { position, column: None, reason, row: object.get().to_owned() };
    let outcome = if merge {
        multiply(position, object, object, &Fields::new(), 0, sink)?
    } else {
        match fields(object.get()) {
            Ok(fields) => {
                sink.row(position, object, &fields)?;
                Ok(())
            }
            Err(reason) => Err(reason),
        }
    };
    if let Err(reason) = outcome {
        sink.refuse(refuse(reason));
    }
    Ok(())
}

/// The rows of an object with `data_merge` in it: each of its rows has the fields of all objects around it.
fn multiply<'p>(
    position: i64,
    whole: &'p RawValue,
    object: &'p RawValue,
    around: &Fields<'p>,
    depth: usize,
    sink: &mut impl Sink<'p>,
) -> Result<std::result::Result<(), String>> {
    if depth > MAX_DEPTH {
        return Ok(Err(format!(
            "data_merge is nested deeper than {MAX_DEPTH} levels; send the rows in fewer"
        )));
    }
    let own = match fields(object.get()) {
        Ok(own) => own,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut merged = around.clone();
    let mut inner = None;
    for (name, value) in own {
        if name == MERGE {
            inner = Some(value);
        } else if merged.iter().any(|(known, _)| *known == name) {
            return Ok(Err(format!("column '{name}' is given twice")));
        } else {
            merged.push((name, value));
        }
    }
    let Some(inner) = inner else {
        sink.row(position, whole, &merged)?;
        return Ok(Ok(()));
    };
    let items: Vec<&'p RawValue> = match inner.get().as_bytes().first() {
        Some(b'[') => match serde_json::from_str(inner.get()) {
            Ok(items) => items,
            Err(error) => return Ok(Err(error.to_string())),
        },
        _ => vec![inner],
    };
    if items.is_empty() {
        return Ok(Err("data_merge is an empty list, so there is no row".to_owned()));
    }
    for item in items {
        if let Err(reason) = multiply(position, whole, item, &merged, depth + 1, sink)? {
            return Ok(Err(reason));
        }
    }
    Ok(Ok(()))
}
