//! `/password?link=…`: a password that a person chooses by a link that an admin made, once. The link is in the query, which no
//! log has.

use super::asked::answer;
use super::form::Form;
use super::frame::Frame;
use super::login::{self, Head};
use super::session::Token;
use crate::db::Columns;
use crate::http::{App, Client, Problem};
use crate::user;
use askama::Template;
use axum::extract::{ConnectInfo, Extension, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::net::SocketAddr;

#[derive(Template)]
#[template(path = "password/password.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    link: String,
    head: Head,
}

/// One sentence for a link that was used, that has ended, or that never was.
const NO_LINK: &str = "This link is of no use any more: an administrator makes another.";

pub async fn page(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let link = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "link");
    let link = link.map(|(_, link)| link.into_owned()).unwrap_or_default();
    let head = match Token::read(&link) {
        Some(_) => Head::of(&app, Some(peer), &headers),
        None => Head::refused(NO_LINK),
    };
    answer!(false, Page { frame: Frame::of(&app, &headers, None, "/login"), link, head })
}

pub async fn set(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Extension(Client(address)): Extension<Client>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    login::privately(&app, peer, &headers)?;
    app.attempts.count("", Some(address)).map_err(Problem::too_many)?;
    let (new, again) = (form.get("password_new"), form.get("password_again"));
    let refusal = match user::check(new) {
        _ if new != again => Some("The two passwords differ.".to_owned()),
        Err(failure) => Some(format!("It cannot be taken: {}.", failure.message)),
        Ok(()) => None,
    };
    let refused = |refusal: String| {
        let link = form.get("link").to_owned();
        let frame = Frame::of(&app, &headers, None, "/login");
        let page = Page { frame, link, head: Head::refused(refusal) };
        answer!(false, StatusCode::UNPROCESSABLE_ENTITY, page)
    };
    if let Some(refusal) = refusal {
        return Ok(refused(refusal));
    }
    let Some(token) = Token::read(form.get("link")) else { return Ok(refused(NO_LINK.to_owned())) };
    let new = new.to_owned();
    let _turn =
        app.attempts.hashing.acquire().await.map_err(|error| Problem::internal(&error.to_string()))?;
    let hash = tokio::task::spawn_blocking(move || user::hash(&new)).await;
    let hash = hash.map_err(|error| Problem::internal(&error.to_string()))?;
    let hash = hash.map_err(|failure| Problem::internal(&failure.message))?;
    let mut database = app.database.control().await?;
    const USE: &str = "select dfa.use_password_link(decode($1, 'hex'), $2) as user_name";
    let name: Option<String> = database.query_one(USE, &[&token.hash(), &hash]).await?.value("user_name")?;
    match name {
        Some(name) => login::begin(&app, &mut database, &name, false, address, &headers, "/").await,
        None => Ok(refused(NO_LINK.to_owned())),
    }
}
