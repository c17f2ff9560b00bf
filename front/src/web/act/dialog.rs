//! What asks before it acts: one form for all that is done from pages. It says what will happen, and what was wrong.

use super::preview::Preview;
use super::Values;
use crate::http::Problem;
use crate::web::asked::{answer, Asked};
use crate::web::frame::Frame;
use crate::web::told::Told;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// A form with what it will do.
#[derive(Default)]
pub struct Dialog {
    /// What is done: `Run`, `Remove`.
    pub verb: String,
    /// And to what.
    pub subject: String,
    /// What will happen, in sentences.
    pub words: Vec<String>,
    pub fields: Vec<Field>,
    /// What the database says that it will do.
    pub preview: Option<Preview>,
    /// What the button says.
    pub button: String,
    /// Something stops, or is lost.
    pub is_danger: bool,
    /// Where the form goes.
    pub action: String,
    /// Where one is who leaves it.
    pub back: String,
    /// Nothing can be done here: there is no button.
    pub is_closed: bool,
    /// What will happen depends on what is typed.
    pub follows: bool,
    /// Why what will happen cannot be told: it would be refused.
    pub refused: Option<Problem>,
}

/// A field of a form. Its name is that of its value.
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub hint: String,
    pub value: String,
    pub kind: Kind,
    pub is_needed: bool,
    /// For which choice it is shown: a class of the style sheet.
    pub class: &'static str,
    pub fault: Option<String>,
}

/// What a field takes.
pub enum Kind {
    Hidden,
    Text,
    /// A name, in the type of names.
    Code,
    Date,
    /// A day and an hour.
    Moment,
    Time,
    Number,
    /// A box to tick.
    Tick,
    /// One of these: value and words.
    OneOf(Vec<(String, String)>),
    /// Some of these.
    SomeOf(Vec<(String, String, bool)>),
    /// One of these, all of them seen.
    Radio(Vec<(String, String)>),
}

impl Field {
    pub fn new(kind: Kind, name: &'static str, label: &'static str, values: &Values) -> Field {
        let value = values.get(name).to_owned();
        Field { name, label, hint: String::new(), value, kind, is_needed: false, class: "", fault: None }
    }

    /// What goes along, and is not seen.
    pub fn hidden(name: &'static str, values: &Values) -> Field {
        Field::new(Kind::Hidden, name, "", values)
    }

    /// Why it is done, for the audit.
    pub fn because(values: &Values) -> Field {
        Field::new(Kind::Text, "because", "Why", values).hint("for the audit; may be left empty")
    }

    pub fn needed(self) -> Field {
        Field { is_needed: true, ..self }
    }

    pub fn hint(self, hint: impl Into<String>) -> Field {
        Field { hint: hint.into(), ..self }
    }

    pub fn class(self, class: &'static str) -> Field {
        Field { class, ..self }
    }

    /// What it holds while nothing was typed.
    pub fn or(self, value: &str) -> Field {
        match self.value.is_empty() {
            true => Field { value: value.to_owned(), ..self },
            false => self,
        }
    }

    /// The kind of an `<input>`.
    fn input(&self) -> &'static str {
        match self.kind {
            Kind::Date => "date",
            Kind::Moment => "datetime-local",
            Kind::Time => "time",
            Kind::Number => "number",
            _ => "text",
        }
    }

    fn is_code(&self) -> bool {
        matches!(self.kind, Kind::Code)
    }

    fn is_typed(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Code | Kind::Date | Kind::Moment | Kind::Time | Kind::Number)
    }
}

#[derive(Template)]
#[template(path = "act/dialog.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    dialog: Dialog,
    told: Option<Told>,
    /// A second form with this number does nothing again.
    once: String,
    /// The first field to be typed into: that with a fault, else the first.
    first: Option<&'static str>,
}

impl Dialog {
    /// With what will happen, or why it will not.
    ///
    /// # Errors
    /// There is no such thing.
    pub fn previewing(self, found: Result<Preview, Problem>) -> Result<Dialog, Problem> {
        match found {
            Ok(preview) => Ok(Dialog { preview: Some(preview), follows: true, ..self }),
            Err(problem) if problem.status == StatusCode::NOT_FOUND => Err(problem),
            Err(problem) => Ok(Dialog { refused: Some(problem), follows: true, ..self }),
        }
    }

    /// As a page, or as what is in it; with what was wrong, at the field where that can be known.
    pub fn show(mut self, asked: Asked, problem: Option<&Problem>) -> Response {
        let changed = self.preview.as_ref().is_some_and(|preview| preview.change.is_some());
        let told = problem.filter(|_| !changed).map(Told::of);
        let mut first = None;
        for field in &mut self.fields {
            field.fault = told.as_ref().and_then(|told| fault_of(field, told));
            if first.is_none() && field.fault.is_some() {
                first = Some(field.name);
            }
        }
        let first =
            first.or_else(|| self.fields.iter().find(|field| field.is_typed()).map(|field| field.name));
        let status = problem.map_or(StatusCode::OK, |problem| match asked.fragment {
            // A fragment that is not found, or comes too early, is not shown: this one is to be read.
            true if problem.status.is_server_error() || problem.status.as_u16() == 429 => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            _ => problem.status,
        });
        let once = format!("{:032x}", fastrand::u128(..));
        answer!(asked.fragment, status, Page { frame: asked.frame, dialog: self, told, once, first })
    }
}

/// What is wrong with a field: what is said of it, or what names its value.
fn fault_of(field: &Field, told: &Told) -> Option<String> {
    if let Some((_, what)) = told.errors.iter().find(|(name, _)| name == field.name) {
        return Some(what.clone());
    }
    let shown = field.is_typed() && !field.value.is_empty();
    let quoted = ['\'', '"'].map(|quote| format!("{quote}{}{quote}", field.value));
    (shown && quoted.iter().any(|value| told.message.contains(value.as_str()))).then(|| told.message.clone())
}
