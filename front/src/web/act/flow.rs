//! How anything is done from pages: a dialog that says what will happen, and a form that does it, once, in the name of the
//! person and with his rights. What is refused is told in the dialog, which keeps what was typed.

use super::{once, Dialog, Values};
use crate::db::Session;
use crate::http::Problem;
use crate::web::asked::{answer, Asked};
use crate::web::form::Form;
use crate::web::frame::Frame;
use askama::Template;
use axum::extract::RawPathParams;
use axum::http::{header::HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use std::future::Future;

/// Something that one does.
pub trait Act: 'static {
    /// What is asked, with these values. It says what will happen as of now, and changes nothing.
    fn ask(asked: &Asked, values: &Values) -> impl Future<Output = Result<Dialog, Problem>> + Send;

    /// Does it, in a transaction of the person.
    fn act(
        asked: &Asked,
        session: &mut Session,
        values: &Values,
    ) -> impl Future<Output = Result<Done, Problem>> + Send;
}

/// Where one is when it is done.
pub enum Done {
    /// At another page.
    Go(String),
    /// At something that is shown this once.
    Show(Shown),
}

/// A secret, which nobody sees again.
pub struct Shown {
    pub title: String,
    pub words: String,
    pub secret: String,
    /// Where one goes on.
    pub back: String,
}

#[derive(Template)]
#[template(path = "act/shown.html", blocks = ["main"])]
struct ShownPage {
    frame: Frame,
    shown: Shown,
}

/// `GET`: the dialog.
pub async fn ask<A: Act>(asked: Asked, path: RawPathParams) -> Result<Response, Problem> {
    let values = Values::new(&path, &asked.query);
    let dialog = A::ask(&asked, &values).await?;
    let refused = dialog.refused.clone();
    Ok(dialog.show(asked, refused.as_ref()))
}

/// `POST`: does it, or says in the dialog why not.
pub async fn perform<A: Act>(asked: Asked, path: RawPathParams, form: Form) -> Result<Response, Problem> {
    let values = Values::new(&path, form.fields());
    match attempt::<A>(&asked, &values).await {
        Ok(Done::Go(place)) => Ok(go(&asked, &place)),
        Ok(Done::Show(shown)) => Ok(answer!(asked.fragment, ShownPage { frame: asked.frame, shown })),
        Err(problem) => {
            // Where what would happen cannot be told any more, why it did not is.
            let Ok(mut dialog) = A::ask(&asked, &values).await else { return Err(problem) };
            if problem.sqlstate.as_deref() == Some("DF015") {
                if let Some(preview) = &mut dialog.preview {
                    preview.compare(&values);
                }
            }
            // Why it cannot even be told what would happen is more than that it was not told.
            let problem = dialog.refused.clone().unwrap_or(problem);
            Ok(dialog.show(asked, Some(&problem)))
        }
    }
}

async fn attempt<A: Act>(asked: &Asked, values: &Values) -> Result<Done, Problem> {
    let mut session = asked.work().await?;
    let done = in_transaction::<A>(asked, &mut session, values).await;
    match done {
        Ok(done) => {
            session.commit().await?;
            Ok(done)
        }
        Err(problem) => {
            // What went wrong first is what is told.
            let _ = session.rollback().await;
            Err(problem)
        }
    }
}

async fn in_transaction<A: Act>(
    asked: &Asked,
    session: &mut Session,
    values: &Values,
) -> Result<Done, Problem> {
    if let Some(place) = once::claim(asked, session, values).await? {
        return Ok(Done::Go(place));
    }
    if let Some(because) = values.given("because") {
        session.query("select set_config('dfa.reason', $1, true)", &[&because]).await?;
    }
    let done = A::act(asked, session, values).await?;
    let place = match &done {
        Done::Go(place) => place,
        Done::Show(shown) => &shown.back,
    };
    once::keep(asked, session, values, place).await?;
    Ok(done)
}

/// To another page, as a whole.
fn go(asked: &Asked, place: &str) -> Response {
    match HeaderValue::from_str(place) {
        Ok(place) if asked.fragment => {
            (StatusCode::OK, [(HeaderName::from_static("hx-redirect"), place)]).into_response()
        }
        _ => Redirect::to(place).into_response(),
    }
}

/// A name as a part of an address.
pub fn part(name: &str) -> String {
    let text: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    text.replace('+', "%20")
}
