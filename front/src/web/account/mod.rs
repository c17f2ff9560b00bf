//! `/account`: what a person may do with his own; `/choice`: how pages look in this browser.

use super::asked::{answer, Asked};
use super::form::Form;
use super::frame::Frame;
use super::login;
use super::session::{self, Cookie, Kept};
use crate::http::{Client, Problem};
use crate::user;
use askama::Template;
use axum::extract::Extension;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

#[derive(Template)]
#[template(path = "account/account.html", blocks = ["main"])]
struct Account {
    frame: Frame,
    sessions: Vec<Kept>,
    /// The number of this one.
    own: i64,
    /// What was wrong with the new password.
    refusal: Option<String>,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    show(asked, StatusCode::OK, None).await
}

async fn show(asked: Asked, status: StatusCode, refusal: Option<String>) -> Result<Response, Problem> {
    // Nobody but the service may read sessions.
    let mut database = asked.app.database.reads().await?;
    let sessions = session::list(&mut database, &asked.visitor).await?;
    let page = Account { frame: asked.frame, sessions, own: asked.visitor.session, refusal };
    Ok(answer!(asked.fragment, status, page))
}

/// Another password ends all sessions; this browser gets a new one.
pub async fn change_password(
    asked: Asked,
    Extension(Client(address)): Extension<Client>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let (app, name) = (asked.app.clone(), asked.visitor.name.clone());
    let (old, new, again) = (form.get("password_old"), form.get("password_new"), form.get("password_again"));
    app.attempts.count(&name, None).map_err(Problem::too_many)?;
    let mut database = app.database.control().await?;
    let known = session::check_password(&mut database, &app.attempts, &name, old).await?;
    let refusal = match user::check(new) {
        _ if known.is_none() => Some("The old password is not right.".to_owned()),
        _ if new != again => Some("The two new passwords differ.".to_owned()),
        Err(failure) => Some(format!("The new one cannot be taken: {}.", failure.message)),
        Ok(()) => None,
    };
    if refusal.is_some() {
        return show(asked, StatusCode::UNPROCESSABLE_ENTITY, refusal).await;
    }
    let new = new.to_owned();
    let hash = tokio::task::spawn_blocking(move || user::hash(&new)).await;
    let hash = hash.map_err(|error| Problem::internal(&error.to_string()))?;
    let hash = hash.map_err(|failure| Problem::internal(&failure.message))?;
    session::change_password(&mut database, &name, &hash).await?;
    login::begin(&app, &mut database, &name, false, address, &headers, "/account?changed=Y").await
}

pub async fn end_others(asked: Asked, _: Form) -> Result<Response, Problem> {
    session::end_others(&mut asked.app.database.control().await?, &asked.visitor).await?;
    Ok(Redirect::to("/account").into_response())
}

/// Sets how pages look, and goes back to the page. Anybody's choice, so there is no token; nothing else changes by it.
pub async fn choose(form: Form) -> Response {
    let mut answer = Redirect::to(login::inside(form.get("back"))).into_response();
    let theme = ["light", "dark"].into_iter().find(|theme| *theme == form.get("theme"));
    if form.is_set("theme") {
        // Without a choice before, the system's is not known here: the other of the usual one.
        let value = theme.unwrap_or("dark");
        answer = login::with_cookie(answer, &Cookie::Choice { name: session::THEME, value });
    } else {
        let zone = form.get("zone");
        let fits = zone.len() < 64
            && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_/+-".contains(&byte));
        let value = if fits { zone } else { "" };
        answer = login::with_cookie(answer, &Cookie::Choice { name: session::ZONE, value });
    }
    answer
}
