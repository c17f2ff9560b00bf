//! What a handler is given: the fields of its request, all of them read and sound, or the answer that says what is wrong.

use super::content_type::{content_type, unsupported};
use super::fields::RequestFields;
use super::given::GivenFields;
use super::parse;
use crate::http::body;
use crate::http::idempotency::Asked;
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde_json::value::RawValue;
use serde_json::{json, Value};

/// The greatest body of a form, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// RequestFields of a body: of a form or of JSON.
pub struct Form<F> {
    pub fields: F,
    pub asked: Asked,
}

impl<F: RequestFields> FromRequest<App> for Form<F> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let (parts, content) = request.into_parts();
        let kind = content_type(&parts.headers)?;
        let bytes = body::read(&parts.headers, content, MAX_BODY).await?;
        let fields = match kind.as_str() {
            _ if bytes.is_empty() => Vec::new(),
            "application/json" => parse::json(&bytes)?,
            "application/x-www-form-urlencoded" => parse::urlencoded(&bytes)?,
            "multipart/form-data" => parse::multipart(&parts.headers, bytes).await?,
            other => return Err(unsupported(other)),
        };
        let asked = Asked::of(&parts, &meant(&fields), "")?;
        let mut given = GivenFields::new(fields);
        refuse_query(&mut given, &parts)?;
        Ok(Form { fields: read(given)?, asked })
    }
}

/// RequestFields of a JSON body whose `data` goes to the database as it is: it is read once, there.
pub struct Payload<F> {
    pub fields: F,
    pub asked: Asked,
}

impl<F: RequestFields> FromRequest<App> for Payload<F> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, content) = request.into_parts();
        let kind = content_type(&parts.headers)?;
        if kind != "application/json" {
            return Err(unsupported(&kind).hint("Send application/json, in UTF-8."));
        }
        let bytes = body::read(&parts.headers, content, app.settings.service.max_body).await?;
        let mut data = None;
        let mut fields = Vec::new();
        for (name, value) in parse::object::<Box<RawValue>>(&bytes)? {
            if name == "data" && data.is_none() {
                data = Some(Box::<str>::from(value).into_string()).filter(|text| text != "null");
            } else {
                let value: Value = serde_json::from_str(value.get()).map_err(|error| {
                    Problem::malformed("the body is not a JSON object").detail(error.to_string())
                })?;
                fields.push((name, value));
            }
        }
        let asked = Asked::of(&parts, &json!(&fields), data.as_deref().unwrap_or_default())?;
        let mut given = GivenFields::with_data(parse::checked(fields)?, data);
        refuse_query(&mut given, &parts)?;
        if given.any("data").is_some() {
            given.refuse::<()>("data", "is given twice");
        }
        Ok(Payload { fields: read(given)?, asked })
    }
}

/// RequestFields of the query of an address, beside a body that is something else, or none.
pub struct Query<F> {
    pub fields: F,
    pub asked: Asked,
}

impl<F: RequestFields> Query<F> {
    pub fn of(parts: &Parts) -> Result<Self, Problem> {
        let fields = parse::urlencoded(parts.uri.query().unwrap_or_default().as_bytes())?;
        let asked = Asked::of(parts, &meant(&fields), "")?;
        Ok(Query { fields: read(GivenFields::beside_data(fields))?, asked })
    }
}

impl<F: RequestFields> FromRequestParts<App> for Query<F> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Query::of(parts)
    }
}

fn read<F: RequestFields>(mut given: GivenFields) -> Result<F, Problem> {
    let fields = F::read(&mut given);
    given.finish()?;
    Ok(fields)
}

/// What decides whether two requests are the same: a field that stands for nothing does not.
fn meant(fields: &parse::Named) -> Value {
    Value::Object(fields.iter().filter(|(_, value)| !value.is_null()).cloned().collect())
}

/// A field of the address beside a body that has the fields is refused, whatever it is: it would be ignored.
fn refuse_query(given: &mut GivenFields, parts: &Parts) -> Result<(), Problem> {
    for (name, _) in parse::urlencoded(parts.uri.query().unwrap_or_default().as_bytes())? {
        given.refuse::<()>(&name, "stands in the address: the fields of this request belong into its body");
    }
    Ok(())
}
