//! Whatever comes as a form is read or refused; what is read has no name twice and no more fields than are allowed.

use super::parse::{json, multipart, urlencoded, Named};
use crate::http::problem::Problem;
use crate::nearly::{cases, nearly};
use axum::http::{header, HeaderMap};
use proptest::prelude::*;

const JSON: &[&str] =
    &[r#"{"table_name": "src_a", "data": [{"a": 1}], "background": true}"#, r#"{"a": null}"#];
const PAIRS: &[&str] = &["pipeline_name=a&run_date=2021-01-01&choose=x%20y+z", "a=%F0%9F%98%80&b=&c"];
const PARTS: &[&str] = &[
    "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--x--\r\n",
    "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\nContent-Type: text/plain\r\n\r\nrow\r\n--x--\r\n",
];
const PIECES: &[&[u8]] = &[
    b"\"",
    b"{",
    b"}",
    b"[",
    b":",
    b",",
    b"&",
    b"=",
    b"%",
    b"%00",
    b"%ff",
    b"+",
    b"\0",
    b"\xff",
    b"\xc3",
    b"\r\n",
    b"--x",
    b"--x--",
    b"name=",
    b"\"a\": 1,",
    b"a=1&",
    b"; ",
    b"\\ud800",
];

fn is_sound(read: Result<Named, Problem>) -> Result<(), TestCaseError> {
    let Ok(fields) = read else { return Ok(()) };
    let mut names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    prop_assert_eq!(names.len(), fields.len());
    prop_assert!(fields.len() <= 64);
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_json_body_is_read_or_refused(bytes in nearly(JSON, PIECES)) {
        is_sound(json(&bytes))?;
    }

    #[test]
    fn any_urlencoded_body_is_read_or_refused(bytes in nearly(PAIRS, PIECES)) {
        is_sound(urlencoded(&bytes))?;
    }

    #[test]
    fn any_multipart_body_is_read_or_refused(bytes in nearly(PARTS, PIECES), boundary in prop_oneof![Just("x".to_owned()), "[ -~]{0,8}"]) {
        let mut headers = HeaderMap::new();
        if let Ok(kind) = format!("multipart/form-data; boundary={boundary}").parse() {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        is_sound(runtime.block_on(multipart(&headers, bytes.into())))?;
    }
}
