//! A JSON value becomes a value of its column's type. It is never SQL text.

use crate::error::{DfaError, Result};
use crate::pinned::Pinned;
use crate::subtransaction::subtransaction;
use jiff::civil::Date;
use pgrx::{pg_sys, IntoDatum};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ffi::CString;

/// How the values of a column are read.
pub struct Reader {
    way: Way,
    type_name: String,
    type_modifier: i32,
    input: pg_sys::FmgrInfo,
    parameter: pg_sys::Oid,
}

/// The types that we read ourselves, and the input function of Postgres for all others and for odd values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Int2,
    Int4,
    Int8,
    Float8,
    Bool,
    Date,
    Timestamp,
    /// At most so many characters.
    Text(Option<usize>),
    Json,
    Array,
    Input,
}

/// Whether Postgres' input functions may raise an error that ends the whole statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// They may: whoever reads starts again with care.
    Fast,
    /// Each call is a subtransaction of its own, and its error is the reason of a refusal.
    Careful,
}

/// Why a value cannot be taken.
pub type Reason = String;

impl Reader {
    pub fn of(type_oid: pg_sys::Oid, type_modifier: i32, type_name: String) -> Reader {
        let mut input = pg_sys::FmgrInfo::default();
        let (mut function, mut parameter) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
        // SAFETY: look-ups in the system cache; the function's data live as long as the transaction.
        let element = unsafe {
            pg_sys::getTypeInputInfo(type_oid, &raw mut function, &raw mut parameter);
            pg_sys::fmgr_info_cxt(function, &raw mut input, pg_sys::CurTransactionContext);
            pg_sys::get_element_type(type_oid)
        };
        let way = match type_oid {
            pg_sys::INT2OID => Way::Int2,
            pg_sys::INT4OID => Way::Int4,
            pg_sys::INT8OID => Way::Int8,
            pg_sys::FLOAT8OID => Way::Float8,
            pg_sys::BOOLOID => Way::Bool,
            pg_sys::DATEOID => Way::Date,
            pg_sys::TIMESTAMPOID if type_modifier < 0 => Way::Timestamp,
            pg_sys::TEXTOID => Way::Text(None),
            // The modifier counts the four bytes of a length, too.
            pg_sys::VARCHAROID => Way::Text(usize::try_from(type_modifier - 4).ok()),
            pg_sys::JSONOID | pg_sys::JSONBOID => Way::Json,
            _ if element != pg_sys::InvalidOid => Way::Array,
            _ => Way::Input,
        };
        Reader { way, type_name, type_modifier, input, parameter }
    }

    /// The value of `raw`; `Ok(Ok(None))` is null. The outer error ends the statement, the inner one refuses the row.
    pub fn read(&mut self, raw: &RawValue, care: Care) -> Result<Read<Option<pg_sys::Datum>>> {
        let text = raw.get();
        if text == "null" {
            return Ok(Ok(None));
        }
        let plain = match self.plain(text) {
            Ok(plain) => plain,
            Err(reason) => return Ok(Err(reason)),
        };
        if let Some(datum) = self.own(&plain) {
            return Ok(Ok(Some(datum)));
        }
        if let Way::Text(Some(limit)) = self.way {
            if plain.chars().count() > limit {
                return Ok(Err(format!("the text is too long for {}", self.type_name)));
            }
        }
        if is_not_finite(&plain) && !matches!(self.way, Way::Json | Way::Array) {
            return Ok(Err(format!("'{plain}' is no value of {}", self.type_name)));
        }
        self.by_input_function(&plain, care)
    }

    /// The text of a scalar; of a nested value where the type has a place for it.
    fn plain<'r>(&self, text: &'r str) -> Read<Cow<'r, str>> {
        match (text.as_bytes().first(), self.way) {
            (_, Way::Json) => Ok(Cow::Borrowed(text)),
            (Some(b'['), Way::Array) => array_literal(text).map(Cow::Owned),
            (Some(b'['), _) => Err(format!("a list, where a value of type {} belongs", self.type_name)),
            (Some(b'{'), _) => Err(format!("an object, where a value of type {} belongs", self.type_name)),
            (Some(b'"'), _) => unquote(text),
            // 5.0 is how many programs send a whole number.
            (_, Way::Int2 | Way::Int4 | Way::Int8) => Ok(Cow::Borrowed(whole(text))),
            _ => Ok(Cow::Borrowed(text)),
        }
    }

    /// What is read without Postgres; `None` where it should say what it thinks of the value.
    fn own(&self, text: &str) -> Option<pg_sys::Datum> {
        match self.way {
            Way::Int2 => text.parse::<i16>().ok().map(pg_sys::Datum::from),
            Way::Int4 => text.parse::<i32>().ok().map(pg_sys::Datum::from),
            Way::Int8 => text.parse::<i64>().ok().map(pg_sys::Datum::from),
            Way::Float8 => {
                text.parse::<f64>().ok().filter(|number| number.is_finite()).and_then(IntoDatum::into_datum)
            }
            Way::Bool => match text {
                "true" => Some(pg_sys::Datum::from(true)),
                "false" => Some(pg_sys::Datum::from(false)),
                _ => None,
            },
            Way::Date => iso_date(text),
            Way::Timestamp => iso_timestamp(text),
            Way::Text(limit) => {
                let fits = limit.is_none_or(|limit| text.len() <= limit || text.chars().count() <= limit);
                fits.then(|| text_datum(text))
            }
            Way::Json | Way::Array | Way::Input => None,
        }
    }

    fn by_input_function(&mut self, text: &str, care: Care) -> Result<Read<Option<pg_sys::Datum>>> {
        let Ok(text) = CString::new(text) else { return Ok(Err(NUL.to_owned())) };
        let _nulls = Pinned::array_nulls();
        let mut call = || {
            // SAFETY: the input function of the type with its own parameters; the text is ended by NUL.
            unsafe {
                pg_sys::InputFunctionCall(
                    &raw mut self.input,
                    text.as_ptr().cast_mut(),
                    self.parameter,
                    self.type_modifier,
                )
            }
        };
        if care == Care::Fast {
            return Ok(Ok(Some(call())));
        }
        match subtransaction(|| Ok(call())) {
            Ok(datum) => Ok(Ok(Some(datum))),
            Err(error) if error.is_interrupt() => Err(error),
            Err(error) => Ok(Err(error.report().message)),
        }
    }
}

/// A result whose error is the reason of a refusal.
pub type Read<T> = std::result::Result<T, Reason>;

const NUL: &str = "the text holds \\u0000, which Postgres cannot keep";

/// A number without a fraction of zeros.
fn whole(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    }
}

/// The text of a JSON string, `"…"`.
fn unquote(text: &str) -> Read<Cow<'_, str>> {
    let inner = text.get(1..text.len() - 1).unwrap_or_default();
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner));
    }
    let text: String =
        serde_json::from_str(text).map_err(|error| format!("the text is no UTF-8: {error}"))?;
    if text.contains('\0') {
        return Err(NUL.to_owned());
    }
    Ok(Cow::Owned(text))
}

/// `MAXDIM`: an array of Postgres has no more dimensions.
const MOST_DIMENSIONS: usize = 6;

/// `{1,"two",NULL}` of a JSON list, which may hold lists as deep as an array has dimensions.
fn array_literal(text: &str) -> Read<String> {
    array_within(text, 1)
}

fn array_within(text: &str, dimension: usize) -> Read<String> {
    if dimension > MOST_DIMENSIONS {
        return Err(format!(
            "a list inside more than {MOST_DIMENSIONS} lists: an array has no more dimensions"
        ));
    }
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut literal = String::from("{");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            literal.push(',');
        }
        match (item.get(), item.get().as_bytes().first()) {
            ("null", _) => literal.push_str("NULL"),
            (list, Some(b'[')) => literal.push_str(&array_within(list, dimension + 1)?),
            (_, Some(b'{')) => return Err("an object inside an array".to_owned()),
            (scalar, first) => {
                let text = if first == Some(&b'"') { unquote(scalar)? } else { Cow::Borrowed(scalar) };
                literal.push('"');
                literal.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
                literal.push('"');
            }
        }
    }
    literal.push('}');
    Ok(literal)
}

/// Words that number and date types would take, and that no row means: JSON has no word for them.
fn is_not_finite(text: &str) -> bool {
    let word = text.trim().trim_start_matches(['+', '-']).to_ascii_lowercase();
    matches!(word.as_str(), "nan" | "inf" | "infinity")
}

/// Days since 2000-01-01 of `YYYY-MM-DD`.
fn iso_date(text: &str) -> Option<pg_sys::Datum> {
    if text.len() != 10 {
        return None;
    }
    let date: Date = text.parse().ok()?;
    let epoch = jiff::civil::date(2000, 1, 1);
    let days = date.since((jiff::Unit::Day, epoch)).ok()?.get_days();
    Some(pg_sys::Datum::from(days))
}

/// Microseconds since 2000-01-01 of `YYYY-MM-DD HH:MM:SS[.ffffff]`, with a blank or a T.
fn iso_timestamp(text: &str) -> Option<pg_sys::Datum> {
    if !(19..=26).contains(&text.len()) || !text.bytes().all(|byte| b"0123456789-:. T".contains(&byte)) {
        return None;
    }
    let moment: jiff::civil::DateTime = text.parse().ok()?;
    let epoch = jiff::civil::date(2000, 1, 1).at(0, 0, 0, 0);
    let micros = moment.duration_since(epoch).as_micros();
    i64::try_from(micros).ok().map(pg_sys::Datum::from)
}

fn text_datum(text: &str) -> pg_sys::Datum {
    let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
    // SAFETY: copies so many bytes of the text into the current memory context.
    unsafe { pg_sys::Datum::from(pg_sys::cstring_to_text_with_len(text.as_ptr().cast(), length)) }
}

/// An error that ended a fast reading, and that a careful one would name by row.
pub fn is_of_values(error: &DfaError) -> bool {
    let sqlstate = error.report().sqlstate;
    ["21", "22", "23", "54", "P0"].iter().any(|class| sqlstate.starts_with(class))
}
