//! A form that a page of this session sent.

use super::session::Visitor;
use crate::http::{read_body, App, Problem};
use axum::extract::{FromRequest, Request};
use axum::http::{header, StatusCode};

/// The fields of a form, in their order: texts that people type, of so many bytes in all.
#[derive(Debug)]
pub struct Form<const GREATEST: usize = { 1 << 20 }>(Vec<(String, String)>);

/// A form with a text of thousands of lines.
pub type LongForm = Form<{ 8 << 20 }>;

impl<const GREATEST: usize> FromRequest<App> for Form<GREATEST> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let form = Self::read(request).await?;
        let proven = visitor.is_none_or(|visitor| visitor.token.proves(form.get("token")));
        match proven {
            true => Ok(form),
            false => Err(foreign()),
        }
    }
}

/// 403 for a form that a page of another session made.
pub fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "this form is of another session")
        .hint("Open the page again and send its form once more; what you typed is in the one that you left.")
}

/// Fields that belong to the session that has ended, or that nobody keeps.
const NOT_KEPT: [&str; 4] = ["token", "once", "if_preview", "seen"];

impl<const GREATEST: usize> Form<GREATEST> {
    /// What somebody typed whose session had ended meanwhile, as the query that fills it in again. Passwords are not in it.
    pub async fn kept(request: Request) -> String {
        let Ok(form) = Self::read(request).await else { return String::new() };
        let typed = form.0.iter().filter(|(name, value)| {
            !value.is_empty() && !NOT_KEPT.contains(&name.as_str()) && !name.starts_with("password")
        });
        form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).finish()
    }

    async fn read(request: Request) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let urlencoded = kind.is_some_and(|kind| {
            kind.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded")
        });
        if !urlencoded {
            let what = "a form is application/x-www-form-urlencoded";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, what));
        }
        let (parts, body) = request.into_parts();
        let bytes = read_body(&parts.headers, body, GREATEST).await?;
        let fields: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
        match fields.iter().any(|(_, value)| value.contains('\0')) {
            true => Err(Problem::malformed("the form holds a NUL character")),
            false => Ok(Form(fields)),
        }
    }

    /// All fields.
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// A field as it was sent; empty if it was not.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whether a box was ticked.
    pub fn is_set(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}
