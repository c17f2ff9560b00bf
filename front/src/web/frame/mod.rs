//! What stands around every page.

use super::assets;
use super::clock::Clock;
use super::session::{self, Role, Visitor};
use crate::http::App;
use axum::http::HeaderMap;

/// The frame of a page.
pub struct Frame {
    /// `light` or `dark`, else as the system has it.
    pub theme: &'static str,
    pub clock: Clock,
    /// The address of the page, with its state.
    pub here: String,
    pub person: Option<Person>,
    /// `APP_ENV`, unless it is the usual one.
    pub environment: String,
    /// Why nothing starts.
    pub maintenance: Option<String>,
    /// The last event before the page was made: what it follows begins there.
    pub last_event: String,
}

/// Who looks.
pub struct Person {
    pub name: String,
    pub role: Role,
    /// What each form sends back.
    pub token: String,
}

/// A part of the navigation: its address and its name.
const PARTS: [(&str, &str); 7] = [
    ("/", "Today"),
    ("/pipelines", "Pipelines"),
    ("/tables", "Tables"),
    ("/tasks", "Tasks"),
    ("/log", "Log"),
    ("/catalog", "Catalog"),
    ("/admin", "Admin"),
];

impl Frame {
    pub fn of(app: &App, headers: &HeaderMap, visitor: Option<&Visitor>, here: &str) -> Self {
        let theme = match session::read_cookie(headers, session::THEME) {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "",
        };
        let of_database = visitor.map_or("UTC", |visitor| visitor.zone.as_str());
        let zone = session::read_cookie(headers, session::ZONE).unwrap_or(of_database);
        Frame {
            theme,
            clock: Clock::of(zone),
            here: here.to_owned(),
            person: visitor.map(|visitor| Person {
                name: visitor.name.clone(),
                role: visitor.role,
                token: visitor.token.form(),
            }),
            environment: app.settings.service.environment.clone(),
            maintenance: visitor.and_then(|visitor| visitor.maintenance.clone()),
            last_event: app.events.last_id(),
        }
    }

    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    pub fn parts(&self) -> &'static [(&'static str, &'static str)] {
        &PARTS
    }

    /// Whether a part of the navigation holds this page.
    pub fn is_in(&self, part: &str) -> bool {
        let path = self.here.split('?').next().unwrap_or_default();
        let path = match path {
            "/audit" => "/admin",
            "/freshness" | "/restore" => "/tables",
            "/edit" => "/catalog",
            path if path.starts_with("/t/") => "/tasks",
            path => path,
        };
        path == part || part != "/" && path.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether this is the page at a path.
    pub fn is_at(&self, path: &str) -> bool {
        self.here.split('?').next() == Some(path)
    }

    /// What the forms of this page send back.
    pub fn token(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.token)
    }

    pub fn operates(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.role >= Role::Operator)
    }

    pub fn administers(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.role == Role::Admin)
    }
}
