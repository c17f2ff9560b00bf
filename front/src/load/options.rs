//! What a caller can say of a file.

use crate::failure::{Failure, Result};
use crate::read::{self, Compression, Format};
use clap::ValueEnum;
use serde_json::{Map, Value};

/// Whether the first line names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Header {
    Infer,
    Yes,
    No,
}

/// What to do with more values than columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Extra {
    Error,
    Last,
}

/// What to do with refused rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OnError {
    Reject,
    Skip,
}

/// How files are read.
#[derive(Debug, Clone)]
pub struct Options {
    pub truncate: bool,
    pub compression: Compression,
    pub format: Format,
    pub delimiter: char,
    /// `None`: values are not quoted.
    pub quote: Option<u8>,
    /// Text that means NULL, beside an empty value.
    pub null: Option<String>,
    /// Such a text and an empty value mean NULL in quotes, too.
    pub force_null: bool,
    pub encoding: &'static encoding_rs::Encoding,
    pub header: Header,
    pub by_position: bool,
    pub extra: Extra,
    pub on_error: OnError,
    pub show_progress: bool,
}

/// `None`: values are not quoted.
#[derive(Debug, Clone, Copy)]
pub struct Quote(pub Option<u8>);

/// One character, or a word for a tab.
pub fn delimiter(text: &str) -> std::result::Result<char, String> {
    if text == "\\t" || text.eq_ignore_ascii_case("tab") {
        return Ok('\t');
    }
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) if !matches!(character, '\n' | '\r') => Ok(character),
        _ => Err("give one character, or \\t".to_owned()),
    }
}

/// One ASCII character, or none.
pub fn quote(text: &str) -> std::result::Result<Quote, String> {
    match text.as_bytes() {
        b"none" | b"" => Ok(Quote(None)),
        [byte] if byte.is_ascii() => Ok(Quote(Some(*byte))),
        _ => Err("give one ASCII character, or none".to_owned()),
    }
}

impl Options {
    /// The options of a `source` in a catalog, which has checked them: by their names on the command line, each with a text.
    ///
    /// # Errors
    /// A value that this version does not know.
    pub fn of_source(given: &Map<String, Value>) -> Result<Options> {
        let text = |name: &str| given.get(name).and_then(Value::as_str);
        let flag = |name: &str| text(name) == Some("true");
        let wrong = |name: &str, why: String| Failure::work(format!("option {name} of its source: {why}"));
        fn word<T: ValueEnum>(given: Option<&str>, default: T) -> std::result::Result<T, String> {
            given.map_or(Ok(default), |given| T::from_str(given, true))
        }
        Ok(Options {
            truncate: flag("truncate"),
            compression: word(text("compression"), Compression::Infer)
                .map_err(|why| wrong("compression", why))?,
            format: word(text("format"), Format::Infer).map_err(|why| wrong("format", why))?,
            delimiter: text("delimiter").map_or(Ok(','), delimiter).map_err(|why| wrong("delimiter", why))?,
            quote: text("quote").map_or(Ok(Quote(Some(b'"'))), quote).map_err(|why| wrong("quote", why))?.0,
            null: text("null").map(str::to_owned),
            force_null: flag("force_null"),
            encoding: read::encoding(text("encoding").unwrap_or("utf-8"))
                .map_err(|why| wrong("encoding", why))?,
            header: word(text("header"), Header::Infer).map_err(|why| wrong("header", why))?,
            by_position: flag("by_position"),
            extra: word(text("extra"), Extra::Error).map_err(|why| wrong("extra", why))?,
            on_error: word(text("on_error"), OnError::Reject).map_err(|why| wrong("on_error", why))?,
            show_progress: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_the_options_of_the_command() {
        let given = serde_json::json!({ "delimiter": "\\t", "quote": "none", "header": "no", "on_error": "skip", "force_null": "true" });
        let options = Options::of_source(given.as_object().unwrap()).unwrap();
        assert_eq!((options.delimiter, options.quote, options.header), ('\t', None, Header::No));
        assert_eq!((options.on_error, options.force_null, options.truncate), (OnError::Skip, true, false));
        let wrong = serde_json::json!({ "encoding": "klingon" });
        assert!(Options::of_source(wrong.as_object().unwrap()).unwrap_err().message.contains("encoding"));
    }

    #[test]
    fn a_delimiter_is_any_one_character() {
        assert_eq!(delimiter("\\t"), Ok('\t'));
        assert_eq!(delimiter("¦"), Ok('¦'));
        assert!(delimiter("||").is_err() && delimiter("").is_err());
    }
}
