//! What a browser shows when a request did not succeed: what happened, what to do next, and the id of the request.

use super::asked::is_fragment;
use super::frame::Frame;
use super::security;
use super::session::{self, Visitor};
use super::told::Told;
use crate::http::{App, Problem, RequestId};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{header, HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

#[derive(Template)]
#[template(path = "error_page/error.html", blocks = ["main"])]
struct ErrorPage {
    frame: Frame,
    status: StatusCode,
    title: &'static str,
    told: Told,
    next: &'static str,
    request_id: String,
}

/// The layer that turns a [`Problem`] into a page for whoever asks for pages; programs get it as it is.
pub async fn for_browsers(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_browser(request.uri().path(), request.headers()) {
        return next.run(request).await;
    }
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str()).to_owned();
    let headers = request.headers().clone();
    let request_id = request.extensions().get::<RequestId>().map(|id| id.id.clone()).unwrap_or_default();
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    let visitor = match response.extensions().get::<Visitor>().cloned() {
        // Where there is no page, nobody has asked yet who it is.
        None if response.status().is_client_error() => session::who(&app, &headers).await.ok().flatten(),
        visitor => visitor,
    };
    let status = response.status();
    let (title, next) = words(status);
    let page = ErrorPage {
        frame: Frame::of(&app, &headers, visitor.as_ref(), &here),
        status,
        title,
        told: Told::of(&problem),
        next,
        request_id,
    };
    let mut answer = super::asked::answer!(is_fragment(&headers), status, page);
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    security::protect(&mut answer);
    answer
}

/// Programs ask for JSON, or do not say; browsers ask for HTML.
fn is_browser(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.contains("text/html") && path != "/api" && !path.starts_with("/api/")
}

/// What it is called, and what to do where the problem itself does not say it.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("This address cannot be read", "Go back, or begin again from a page of the bar above."),
        403 => {
            ("You may not do this", "Ask an administrator for the right, or sign in as somebody who has it.")
        }
        404 => {
            ("There is nothing here", "It may have been renamed or taken out of force: search for its name.")
        }
        405 => ("This address does something else", "Open the page that its button is on."),
        409 => ("Something is in the way", "Look at what is under way, and try again when it has ended."),
        413 => ("This is too large", "Send less at once; `dfa load` takes files of any size."),
        422 => ("A value cannot be used", "Go back, correct it, and send it again."),
        429 => ("Too often", "Wait for a moment, then try again."),
        503 => (
            "The database is not there",
            "This page works again by itself when the database is back: reload it.",
        ),
        500.. => {
            ("A fault of this service", "Try again. If it stays, tell whoever runs the service the id below.")
        }
        _ => ("This did not work", "Go back and try again."),
    }
}
