//! A JSON body whose `data` goes to the database as it is: it is read once, there.

use super::{content_type, parse, unsupported, Form};
use crate::http::body;
use crate::http::idempotency::Asked;
use crate::http::problem::Problem;
use crate::http::App;
use axum::extract::{FromRequest, Request};
use serde_json::value::RawValue;
use serde_json::{json, Value};

/// The fields around `data`, and its text.
pub struct Payload {
    pub form: Form,
    pub data: Option<String>,
}

impl FromRequest<App> for Payload {
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
        let bulk = data.as_deref().unwrap_or_default();
        let asked = Asked::of(&parts, &json!(&fields), bulk)?;
        let fields = parse::checked(fields)?;
        let mut form = Form::new(fields, asked);
        form.refuse_query(&parts)?;
        if form.any("data").is_some() {
            form.refuse::<()>("data", "is given twice");
        }
        Ok(Payload { form, data })
    }
}
