//! What a page is asked for, by whom, and how it answers.

use super::frame::Frame;
use super::session::{Role, Visitor};
use crate::db::{Person, Session};
use crate::http::{App, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{header, HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};

/// A request for a page.
pub struct Asked {
    pub app: App,
    pub visitor: Visitor,
    pub frame: Frame,
    /// What `?…` says, in its order; empty values are as good as none.
    pub query: Vec<(String, String)>,
    /// htmx wants what is inside of the frame.
    pub fragment: bool,
    /// What the browser calls this service.
    pub host: String,
    /// The same with how it comes here, as the browser says with a form: `https://dfa.example.org`.
    pub origin: String,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        let visitor =
            visitor.ok_or_else(|| Problem::internal("a page is outside of the layer of sessions"))?;
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query: Vec<(String, String)> =
            query.into_owned().filter(|(_, value)| !value.is_empty()).collect();
        if query.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Problem::malformed("the address holds a NUL character"));
        }
        let here = parts.uri.path_and_query().map_or("/", |here| here.as_str());
        let frame = Frame::of(app, &parts.headers, Some(&visitor), here);
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let origin = parts.headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        let origin = origin.map_or_else(|| format!("http://{host}"), str::to_owned);
        let (host, fragment) = (host.to_owned(), is_fragment(&parts.headers));
        Ok(Asked { app: app.clone(), visitor, frame, query, fragment, host, origin })
    }
}

impl Asked {
    /// A parameter of the address.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The address without its parameters.
    pub fn path(&self) -> &str {
        self.frame.here.split('?').next().unwrap_or_default()
    }

    /// The parameters as lists of REST read them.
    pub fn query_text(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish()
    }

    /// A transaction that only reads, with the rights of the person.
    pub async fn reads(&self) -> Result<Session, Problem> {
        let mut session = self.app.database.looks().await?;
        session.begin_for(&self.person(true)).await?;
        Ok(session)
    }

    /// A transaction with the rights of the person, to be committed.
    pub async fn work(&self) -> Result<Session, Problem> {
        let mut session = self.app.database.work().await?;
        session.begin_for(&self.person(false)).await?;
        Ok(session)
    }

    /// Refuses whoever may do less. It spares a page that nobody could fill; the database has the last word.
    pub fn needs(&self, role: Role) -> Result<(), Problem> {
        match self.visitor.role >= role {
            true => Ok(()),
            false => {
                Err(Problem::new(StatusCode::FORBIDDEN, format!("this page is for role {}", role.as_str())))
            }
        }
    }

    fn person(&self, read_only: bool) -> Person<'_> {
        let role = self.visitor.role.in_database();
        Person { name: &self.visitor.name, role, way: "web", read_only }
    }
}

/// Whether a part of a page is asked for. Going back in history wants the whole.
pub fn is_fragment(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request") && !headers.contains_key("hx-history-restore-request")
}

/// A page that was rendered.
pub fn html(status: StatusCode, text: askama::Result<String>) -> Response {
    match text {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => Problem::internal(&error.to_string()).into_response(),
    }
}

/// Answers with a page, or with its block `main` where a part is asked for.
macro_rules! answer {
    ($fragment:expr, $page:expr) => {
        $crate::web::asked::answer!($fragment, axum::http::StatusCode::OK, $page)
    };
    ($fragment:expr, $status:expr, $page:expr) => {{
        let page = $page;
        let text = match $fragment {
            true => askama::Template::render(&page.as_main()),
            false => askama::Template::render(&page),
        };
        $crate::web::asked::html($status, text)
    }};
}
pub(in crate::web) use answer;
