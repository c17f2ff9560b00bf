//! What a request brings: taken out one by one, with all that is wrong with it.

use super::parse::Named;
use crate::problem::{shown, Problem};
use serde_json::Value;

/// The fields of a request that have not been taken yet.
#[derive(Debug)]
pub struct GivenFields {
    fields: Named,
    data: Data,
    /// Names that were asked for, for a suggestion.
    known: Vec<&'static str>,
    errors: Vec<(String, String)>,
}

/// Where the rows or files of a request are.
#[derive(Debug)]
enum Data {
    /// In the field `data`: its text.
    Field(Option<String>),
    /// The body is all data, and the fields stand in the address.
    Body,
}

impl GivenFields {
    pub(super) fn new(fields: Named) -> Self {
        GivenFields::with_data(fields, None)
    }

    pub(super) fn with_data(fields: Named, data: Option<String>) -> Self {
        GivenFields { fields, data: Data::Field(data), known: Vec::new(), errors: Vec::new() }
    }

    pub(super) fn beside_data(fields: Named) -> Self {
        GivenFields { data: Data::Body, ..GivenFields::new(fields) }
    }

    /// Whatever JSON a field holds.
    pub fn any(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let place = self.fields.iter().position(|(field, _)| field == name)?;
        Some(self.fields.remove(place).1).filter(|value| !value.is_null())
    }

    /// A text that is not empty.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        match self.any(name)? {
            Value::String(text) if text.contains('\0') => self.refuse(name, "holds a NUL character"),
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            _ => self.refuse(name, "is not a text"),
        }
    }

    /// The text of `data`; empty where the body is all data.
    pub fn data(&mut self, name: &'static str) -> Option<String> {
        match &mut self.data {
            Data::Body => Some(String::new()),
            Data::Field(data) => {
                self.known.push(name);
                data.take()
            }
        }
    }

    /// A value that this request cannot do without.
    pub fn needed<T: Default>(&mut self, name: &'static str, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            if !self.errors.iter().any(|(field, _)| field == name) {
                self.refuse::<()>(name, "is missing");
            }
            T::default()
        })
    }

    /// Notes an error, to be told at the end together with the others.
    pub fn refuse<T>(&mut self, name: &str, what: impl Into<String>) -> Option<T> {
        self.errors.push((name.to_owned(), what.into()));
        None
    }

    /// How many errors are noted.
    pub(super) fn errors(&self) -> usize {
        self.errors.len()
    }

    /// Every field must have been taken, and none refused.
    pub fn finish(mut self) -> Result<(), Problem> {
        // One that is read piece by piece was asked for in each of them.
        self.known.dedup();
        for (name, _) in std::mem::take(&mut self.fields) {
            let near = dfa_catalog::name::suggest(&name, self.known.iter().copied());
            let what = match near {
                Some(near) => format!("is not known: did you mean {near}?"),
                None if self.known.is_empty() => "is not known: this request takes no fields".to_owned(),
                None => format!("is not known: the fields are {}", self.known.join(", ")),
            };
            self.errors.push((shown(&name), what));
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.errors))
        }
    }
}
