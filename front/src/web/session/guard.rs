//! Lets in who is signed in, and sends others to sign in.

use super::{cookie, store, Token, Visitor};
use crate::http::{App, Problem};
use crate::web::asked::is_fragment;
use crate::web::form::Form;
use crate::web::login;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{header, HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::net::SocketAddr;

/// The person of a request, if there is one.
///
/// # Errors
/// No database.
pub async fn who(app: &App, headers: &HeaderMap) -> Result<Option<Visitor>, Problem> {
    let insecure = app.settings.service.insecure_sign_in;
    let token = cookie::read(headers, cookie::name(insecure)).and_then(Token::read);
    let Some(token) = token else { return Ok(None) };
    store::find(&mut app.database.reads().await?, token).await
}

/// The layer of all pages but those that everybody may see.
pub async fn signed_in(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let visitor = match who(&app, request.headers()).await {
        Ok(Some(visitor)) => visitor,
        Ok(None) if request.method() == Method::POST => return sign_in_and_go_on(&app, request).await,
        Ok(None) => return to_sign_in(&request),
        Err(problem) => return problem.into_response(),
    };
    tracing::Span::current().record("caller", visitor.name.as_str());
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    // An error page is told to him as well.
    response.extensions_mut().insert(visitor);
    response
}

/// The sign-in in place of what a form would have done, with what was typed: afterwards one is in the form again.
async fn sign_in_and_go_on(app: &App, request: Request) -> Response {
    let headers = request.headers().clone();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let path = request.uri().path().to_owned();
    let kept = <Form>::kept(request).await;
    login::in_between(app, &headers, peer, &path, &kept)
}

/// Where to sign in, and to come back from there; a page that asks for a part of itself goes there as a whole.
fn to_sign_in(request: &Request) -> Response {
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
    let next: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", here).finish();
    if is_fragment(request.headers()) {
        let place = HeaderValue::from_static("/login");
        return (StatusCode::UNAUTHORIZED, [(header::HeaderName::from_static("hx-redirect"), place)])
            .into_response();
    }
    match here {
        "/" => Redirect::to("/login").into_response(),
        _ => Redirect::to(&format!("/login?{next}")).into_response(),
    }
}
