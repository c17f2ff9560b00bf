//! What stands above a form that takes a password: why it did not work, or why it cannot work here.

use crate::http::{App, Problem};
use crate::web::session;
use axum::http::{HeaderMap, StatusCode};
use std::net::SocketAddr;

#[derive(Default)]
pub struct Head {
    /// Why it did not work.
    pub refusal: Option<String>,
    /// Why it cannot work here.
    pub not_private: Option<&'static str>,
}

impl Head {
    /// Before anything was typed.
    pub fn of(app: &App, peer: Option<SocketAddr>, headers: &HeaderMap) -> Head {
        let private = peer.is_some_and(|peer| session::is_private(app, peer, headers));
        Head { not_private: (!private).then(session::why_not_private), ..Head::default() }
    }

    pub fn refused(why: impl Into<String>) -> Head {
        Head { refusal: Some(why.into()), ..Head::default() }
    }
}

/// Refuses a password that others can read on its way.
pub fn privately(app: &App, peer: SocketAddr, headers: &HeaderMap) -> Result<(), Problem> {
    match session::is_private(app, peer, headers) {
        true => Ok(()),
        false => Err(Problem::new(StatusCode::FORBIDDEN, "the way to this browser can be read by others")
            .hint(session::why_not_private())),
    }
}
