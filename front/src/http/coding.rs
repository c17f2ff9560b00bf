//! `Content-Encoding`: bodies that are compressed on their way.

use super::problem::Problem;
use crate::read::Gzip;
use axum::http::{header, HeaderMap, StatusCode};
use std::io::{self, BufReader, Read};

/// How a body is compressed on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Identity,
    Gzip,
    Zstd,
}

impl Coding {
    /// What `Content-Encoding` says.
    ///
    /// # Errors
    /// 415 for another one.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let coding = headers.get(header::CONTENT_ENCODING).map_or(b"".as_slice(), |value| value.as_bytes());
        match coding.to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Ok(Coding::Identity),
            b"gzip" | b"x-gzip" => Ok(Coding::Gzip),
            b"zstd" => Ok(Coding::Zstd),
            other => {
                let what = format!("a body in '{}' cannot be read", String::from_utf8_lossy(other));
                Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, what)
                    .hint("Content-Encoding may be gzip, zstd or identity."))
            }
        }
    }

    /// What it was before.
    pub fn plain(self, body: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Coding::Identity => Box::new(body),
            Coding::Gzip => Box::new(Gzip::new(BufReader::new(body))),
            Coding::Zstd => Box::new(zstd::Decoder::new(body)?),
        })
    }
}
