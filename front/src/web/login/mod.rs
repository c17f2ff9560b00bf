//! `/login`, `/logout`

mod head;

use super::asked::{answer, is_fragment};
use super::form::Form;
use super::frame::Frame;
use super::session::{self, Cookie, Visitor};
use crate::http::{App, Client, Problem};
use askama::Template;
use axum::extract::{ConnectInfo, Extension, RawQuery, State};
use axum::http::{header, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
pub use head::{privately, Head};
use std::net::SocketAddr;

#[derive(Template)]
#[template(path = "login/login.html", blocks = ["main"])]
struct Login {
    frame: Frame,
    user: String,
    next: String,
    /// What was typed into the form at `next` when the session had ended.
    kept: String,
    remember: bool,
    head: Head,
}

/// One sentence for a wrong password and for a user who is not there: nobody learns who is.
const WRONG: &str = "User and password do not fit together.";

pub async fn page(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let next = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "next")
        .map_or("/".to_owned(), |(_, next)| inside(&next).to_owned());
    if session::who(&app, &headers).await?.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    let page = Login {
        frame: Frame::of(&app, &headers, None, "/login"),
        user: String::new(),
        next,
        kept: String::new(),
        remember: false,
        head: Head::of(&app, Some(peer), &headers),
    };
    Ok(answer!(false, page))
}

/// The sign-in in the middle of a form, which the person comes back to with what was typed.
pub fn in_between(
    app: &App,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
    path: &str,
    kept: &str,
) -> Response {
    let page = Login {
        frame: Frame::of(app, headers, None, "/login"),
        user: String::new(),
        next: inside(path).to_owned(),
        kept: kept.to_owned(),
        remember: false,
        head: Head::of(app, peer, headers),
    };
    answer!(is_fragment(headers), StatusCode::UNAUTHORIZED, page)
}

pub async fn sign_in(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Extension(Client(address)): Extension<Client>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    privately(&app, peer, &headers)?;
    let (user, password) = (form.get("user").trim(), form.get("password"));
    let remember = form.is_set("remember");
    app.attempts.count(user, Some(address)).map_err(Problem::too_many)?;
    let mut database = app.database.control().await?;
    let found = session::check_password(&mut database, &app.attempts, user, password).await?;
    let Some(name) = found else {
        tracing::info!(user, "a sign-in was refused");
        let page = Login {
            frame: Frame::of(&app, &headers, None, "/login"),
            user: user.to_owned(),
            next: inside(form.get("next")).to_owned(),
            kept: form.get("kept").to_owned(),
            remember,
            head: Head::refused(WRONG),
        };
        return Ok(answer!(false, StatusCode::UNPROCESSABLE_ENTITY, page));
    };
    // The session that this browser had is another's.
    if let Some(before) = session::who(&app, &headers).await? {
        session::end(&mut database, &before).await?;
    }
    let next = back_in_form(inside(form.get("next")), form.get("kept"));
    begin(&app, &mut database, &name, remember, address, &headers, &next).await
}

/// The form that was being filled in, with what was typed; it asks again before it does anything.
fn back_in_form(next: &str, kept: &str) -> String {
    // As a browser and a proxy take an address.
    const LONGEST: usize = 7000;
    let fits =
        kept.len() < LONGEST && kept.bytes().all(|byte| byte.is_ascii_graphic() && !b"#?".contains(&byte));
    match !kept.is_empty() && fits && !next.contains('?') {
        true => format!("{next}?{kept}"),
        false => next.to_owned(),
    }
}

/// Begins a session and goes on to a page.
pub async fn begin(
    app: &App,
    database: &mut crate::db::Session,
    user: &str,
    remember: bool,
    address: std::net::IpAddr,
    headers: &HeaderMap,
    next: &str,
) -> Result<Response, Problem> {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (token, keep) = session::begin(database, user, remember, Some(address.to_string()), agent).await?;
    let insecure = app.settings.service.insecure_sign_in;
    let cookie = Cookie::Session { token: token.as_str(), keep, insecure };
    Ok(with_cookie(Redirect::to(next).into_response(), &cookie))
}

/// Ends the session in the database and in the browser.
pub async fn sign_out(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    _: Form,
) -> Result<Response, Problem> {
    session::end(&mut app.database.control().await?, &visitor).await?;
    let insecure = app.settings.service.insecure_sign_in;
    let mut answer = with_cookie(Redirect::to("/login").into_response(), &Cookie::NoSession { insecure });
    let all = header::HeaderValue::from_static("\"cache\"");
    answer.headers_mut().insert(header::HeaderName::from_static("clear-site-data"), all);
    Ok(answer)
}

pub fn with_cookie(mut response: Response, cookie: &Cookie<'_>) -> Response {
    if let Some(value) = cookie.header() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// An address of this service, else its first page: nobody is sent elsewhere by a link to the sign-in. A browser takes a
/// backslash for a slash, and leaves out tabs and ends of lines.
pub fn inside(next: &str) -> &str {
    let fits = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.chars().all(|letter| letter.is_ascii_graphic());
    match fits && !next.starts_with("/login") && !next.starts_with("/logout") {
        true => next,
        false => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back_into_its_form_and_goes_nowhere_else() {
        assert_eq!(back_in_form("/pause", "name=daily&reason=so+it+is"), "/pause?name=daily&reason=so+it+is");
        for kept in ["", "a=1#b", "a=1\r\nLocation: x", &"x".repeat(8000)] {
            assert_eq!(back_in_form("/pause", kept), "/pause");
        }
    }

    #[test]
    fn whoever_signs_in_stays_here() {
        assert_eq!(inside("/tasks?state=failed&from=2026-11-01"), "/tasks?state=failed&from=2026-11-01");
        for elsewhere in [
            "",
            "//evil",
            "/\\evil",
            "https://evil",
            "javascript:x",
            "/\t/evil",
            "\\\\evil",
            "evil",
            "/login",
            "/ä",
        ] {
            assert_eq!(inside(elsewhere), "/", "{elsewhere}");
        }
    }
}
