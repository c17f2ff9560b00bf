//! Whether anybody on the way could read along.

use crate::http::App;
use axum::http::HeaderMap;
use std::net::SocketAddr;

/// A password may be typed where the way to the browser is this machine alone, or encrypted as a proxy of ours says, or
/// where a setting says that it need not be.
pub fn is_private(app: &App, peer: SocketAddr, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text("host");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let local = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    let peer = peer.ip().to_canonical();
    let by_proxy = app.settings.service.trusted_proxies.iter().any(|network| network.holds(peer));
    let encrypted = by_proxy
        && (text("x-forwarded-proto").eq_ignore_ascii_case("https")
            || text("forwarded").to_ascii_lowercase().contains("proto=https"));
    local || encrypted || app.settings.service.insecure_sign_in
}

/// What to do about it.
pub fn why_not_private() -> &'static str {
    "Passwords are taken by HTTPS alone: put a proxy with a certificate before the service and name it in \
     DFA_TRUSTED_PROXIES, or, in a network that nobody else reads, set DFA_INSECURE_SIGN_IN=True."
}
