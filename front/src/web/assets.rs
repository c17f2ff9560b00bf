//! The few files that pages need. They are part of the program; the hash in their address lets browsers keep them for ever.

use axum::extract::Path;
use axum::http::{header, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static str,
}

const ASSETS: [Asset; 4] = [
    Asset { name: "app.css", kind: "text/css; charset=utf-8", body: include_str!("../../static/app.css") },
    Asset {
        name: "app.js",
        kind: "text/javascript; charset=utf-8",
        body: include_str!("../../static/app.js"),
    },
    Asset {
        name: "htmx.js",
        kind: "text/javascript; charset=utf-8",
        body: include_str!("../../static/vendor/htmx.min.js"),
    },
    Asset { name: "icon.svg", kind: "image/svg+xml", body: include_str!("../../static/icon.svg") },
];

static ADDRESSES: LazyLock<[String; ASSETS.len()]> =
    LazyLock::new(|| ASSETS.map(|asset| format!("/static/{}/{}", &hash(asset.body)[..16], asset.name)));

fn hash(body: &str) -> String {
    Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where a file is served; nowhere if there is none of this name.
pub fn address(name: &str) -> &'static str {
    let place = ASSETS.iter().position(|asset| asset.name == name);
    place.map_or("", |place| &ADDRESSES[place])
}

/// `GET /static/{hash}/{name}`
pub async fn serve(Path((hash, name)): Path<(String, String)>) -> Response {
    let asked = format!("/static/{hash}/{name}");
    let Some(place) = ADDRESSES.iter().position(|address| *address == asked) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, ASSETS[place].kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, ASSETS[place].body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_vendored_is_what_the_lockfile_brought() {
        for line in include_str!("../../static/vendor/SHA256SUMS").lines() {
            let (sum, file) = line.split_once("  ").unwrap();
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(hash(&text), sum, "{file}: make vendor");
        }
    }

    #[test]
    fn another_body_has_another_address() {
        assert!(address("app.css").starts_with("/static/") && address("none").is_empty());
        assert_ne!(hash("a"), hash("b"));
    }
}
