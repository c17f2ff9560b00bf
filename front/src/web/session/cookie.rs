//! Cookies. That of the session cannot be read by scripts, goes to this host alone, and comes with no form of another site.

use axum::http::{header, HeaderMap, HeaderValue};
use std::time::Duration;

/// A browser takes it only with Secure, for the whole host and no other.
const SECURE: &str = "__Host-dfa";
/// Where there is no TLS, because a setting says so.
const PLAIN: &str = "dfa";
/// light or dark; without it, as the system has it.
pub const THEME: &str = "dfa_theme";
/// The zone that pages tell times in; without it, that of the database.
pub const ZONE: &str = "dfa_zone";

/// A cookie to be set.
pub enum Cookie<'a> {
    /// Of the session; `None`: until the browser is closed.
    Session { token: &'a str, keep: Option<Duration>, insecure: bool },
    /// Of the session, to be forgotten.
    NoSession { insecure: bool },
    /// How pages look: no secret, and nothing that a script may not read.
    Choice { name: &'static str, value: &'a str },
}

impl Cookie<'_> {
    /// None for a text that no header can carry.
    pub fn header(&self) -> Option<HeaderValue> {
        let text = match self {
            Cookie::Session { token, keep, insecure } => {
                let age = keep.map(|keep| format!("; Max-Age={}", keep.as_secs())).unwrap_or_default();
                format!(
                    "{}={token}; Path=/; HttpOnly; SameSite=Lax{}{age}",
                    name(*insecure),
                    secure(*insecure)
                )
            }
            Cookie::NoSession { insecure } => {
                format!(
                    "{}=; Path=/; HttpOnly; SameSite=Lax{}; Max-Age=0",
                    name(*insecure),
                    secure(*insecure)
                )
            }
            Cookie::Choice { name, value } => {
                let age = if value.is_empty() { 0 } else { 365 * 86400 };
                format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={age}")
            }
        };
        HeaderValue::from_str(&text).ok()
    }
}

fn secure(insecure: bool) -> &'static str {
    if insecure {
        ""
    } else {
        "; Secure"
    }
}

/// The name of the session's cookie.
pub fn name(insecure: bool) -> &'static str {
    if insecure {
        PLAIN
    } else {
        SECURE
    }
}

/// The value of a cookie that came with a request; of two with one name, none.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nearly::{cases, nearly};
    use proptest::prelude::*;

    #[test]
    fn the_cookie_of_a_session_is_for_this_host_alone() {
        let text = |cookie: Cookie<'_>| cookie.header().unwrap().to_str().unwrap().to_owned();
        let session = text(Cookie::Session { token: "t", keep: None, insecure: false });
        assert_eq!(session, "__Host-dfa=t; Path=/; HttpOnly; SameSite=Lax; Secure");
        let kept = text(Cookie::Session { token: "t", keep: Some(Duration::from_secs(60)), insecure: true });
        assert_eq!(kept, "dfa=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        assert!(text(Cookie::NoSession { insecure: false }).ends_with("Secure; Max-Age=0"));
    }

    #[test]
    fn one_of_two_cookies_with_a_name_is_taken_for_none() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; dfa=x".parse().unwrap());
        assert_eq!((read(&headers, "dfa"), read(&headers, "b")), (Some("x"), None));
        headers.append(header::COOKIE, "dfa=y".parse().unwrap());
        assert_eq!(read(&headers, "dfa"), None);
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn any_header_gives_a_value_of_its_own_or_none(
            bytes in nearly(&["a=1; __Host-dfa=abc; dfa_theme=dark", "dfa=x"], &[b";", b"=", b" ", b"dfa=", b"\"", b"\xff", b"\t"])
        ) {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                headers.append(header::COOKIE, value);
            }
            for name in ["dfa", SECURE, THEME] {
                if let Some(value) = read(&headers, name) {
                    let text = String::from_utf8_lossy(&bytes);
                    prop_assert!(!value.contains(';') && text.contains(&format!("{name}={value}")), "{}", text);
                }
            }
        }
    }
}
