//! Why a function does not take what it was given.

use polars::prelude::PolarsError;

/// Told to whoever reads the step: message, DETAIL and HINT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
}

pub type Result<T> = std::result::Result<T, Refusal>;

impl Refusal {
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal { message: message.into(), detail: None, hint: None }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Refusal {
        self.detail = Some(detail.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Refusal {
        self.hint = Some(hint.into());
        self
    }
}

/// What polars says: its first line is the error, the rest of it how its plan came about.
impl From<PolarsError> for Refusal {
    fn from(error: PolarsError) -> Refusal {
        let text = error.to_string();
        let (message, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let refusal = Refusal::new(message.trim());
        match rest.trim() {
            "" => refusal,
            rest => refusal.detail(rest),
        }
    }
}
