//! The part of an address that names something.

use super::problem::Problem;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

/// The one parameter of an address, as a text that the database can take.
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let parameters = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::malformed("the address cannot be read").detail(error.body_text()))?;
        match parameters.iter().next() {
            Some((name, value)) if value.contains('\0') => {
                Err(Problem::invalid(vec![(name.to_owned(), "holds a NUL character".to_owned())]))
            }
            Some((_, value)) => Ok(Name(value.to_owned())),
            None => Err(Problem::internal("an address without the name that it is about")),
        }
    }
}
