//! A form that a page of this session sent.

use super::session::Visitor;
use crate::http::{read_body, App, Problem};
use axum::extract::{FromRequest, Request};
use axum::http::{header, StatusCode};

/// Fields are texts that people type.
const GREATEST: usize = 1 << 20;

/// The fields of a form, in their order.
#[derive(Debug)]
pub struct Form(Vec<(String, String)>);

impl FromRequest<App> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let form = Form::read(request).await?;
        let proven = visitor.is_none_or(|visitor| visitor.token.proves(form.get("token")));
        match proven {
            true => Ok(form),
            false => Err(Problem::new(StatusCode::FORBIDDEN, "this form is of another session")
                .hint("Open the page again and send its form once more; what you typed is in the one that you left.")),
        }
    }
}

impl Form {
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

    /// A field as it was sent; empty if it was not.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whether a box was ticked.
    pub fn is_set(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}
