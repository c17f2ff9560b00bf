//! `/pause`: hold a pipeline for a reason, until a day; `/unpause`.

use crate::http::Problem;
use crate::web::asked::{answer, Asked};
use crate::web::form::Form;
use crate::web::frame::Frame;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "act/pause.html", blocks = ["main"])]
struct Ask {
    frame: Frame,
    name: String,
    zone: String,
}

pub async fn ask(asked: Asked) -> Result<Response, Problem> {
    let name = asked.get("name").unwrap_or_default().to_owned();
    let zone = asked.visitor.zone.clone();
    Ok(answer!(asked.fragment, Ask { frame: asked.frame, name, zone }))
}

pub async fn pause(asked: Asked, form: Form) -> Result<Response, Problem> {
    const PAUSE: &str =
        "select from dfa.pause($1, $2, nullif($3, '')::timestamp at time zone dfa.time_zone())";
    let mut session = asked.work().await?;
    session.query(PAUSE, &[&form.get("name"), &form.get("reason"), &form.get("until")]).await?;
    session.commit().await?;
    Ok(back(form.get("name")))
}

pub async fn unpause(asked: Asked, form: Form) -> Result<Response, Problem> {
    let mut session = asked.work().await?;
    session.query("select dfa.unpause($1)", &[&form.get("name")]).await?;
    session.commit().await?;
    Ok(back(form.get("name")))
}

/// The page of what was held.
fn back(name: &str) -> Response {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    Redirect::to(&format!("/pipelines/{}", name.replace('+', "%20"))).into_response()
}
