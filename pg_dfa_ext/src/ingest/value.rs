//! A JSON value becomes a value of its column's type. It is never SQL text.
//!
//! What a value is, its type's input function says; what [`super::fast`] reads by itself, it reads alike.

use super::fast;
use super::form::form_of;
use crate::error::{DfaError, Result};
use crate::pinned::Pinned;
use crate::subtransaction::subtransaction;
use dfa_catalog::json::Form;
use pgrx::pg_sys;
use serde_json::value::RawValue;
use std::ffi::CString;

/// How the values of a column are read.
pub struct Reader {
    way: Way,
    form: Form,
    /// Its input function says whether it takes null, too.
    is_domain: bool,
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

/// A result whose error is the reason of a refusal.
pub type Read<T> = std::result::Result<T, String>;

pub const NUL: &str = "the text holds \\u0000, which Postgres cannot keep";

impl Reader {
    pub fn of(type_oid: pg_sys::Oid, type_modifier: i32) -> Reader {
        let mut input = pg_sys::FmgrInfo::default();
        let (mut function, mut parameter) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
        // SAFETY: look-ups in the system cache; the function's data live as long as the transaction.
        let is_domain = unsafe {
            pg_sys::getTypeInputInfo(type_oid, &raw mut function, &raw mut parameter);
            pg_sys::fmgr_info_cxt(function, &raw mut input, pg_sys::CurTransactionContext);
            pg_sys::getBaseType(type_oid) != type_oid
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
            _ => Way::Input,
        };
        Reader { way, form: form_of(type_oid), is_domain, type_modifier, input, parameter }
    }

    /// The value of `raw`; `Ok(Ok(None))` is null. The outer error ends the statement, the inner one refuses the row.
    pub fn read(&mut self, raw: &RawValue, care: Care) -> Result<Read<Option<pg_sys::Datum>>> {
        if raw.get() == "null" {
            return if self.is_domain { self.by_input_function(None, care) } else { Ok(Ok(None)) };
        }
        let text = match self.form.text(raw) {
            Ok(text) => text,
            Err(reason) => return Ok(Err(reason)),
        };
        match self.own(&text) {
            Some(datum) => Ok(Ok(Some(datum))),
            None => self.by_input_function(Some(&text), care),
        }
    }

    /// What is read without Postgres; `None` where it should say what it thinks of the value.
    fn own(&self, text: &str) -> Option<pg_sys::Datum> {
        match self.way {
            Way::Int2 => text.parse::<i16>().ok().map(pg_sys::Datum::from),
            Way::Int4 => text.parse::<i32>().ok().map(pg_sys::Datum::from),
            Way::Int8 => text.parse::<i64>().ok().map(pg_sys::Datum::from),
            Way::Float8 => fast::float8(text),
            Way::Bool => match text {
                "true" => Some(pg_sys::Datum::from(true)),
                "false" => Some(pg_sys::Datum::from(false)),
                _ => None,
            },
            Way::Date => fast::date(text),
            Way::Timestamp => fast::timestamp(text),
            Way::Text(limit) => {
                let fits = limit.is_none_or(|limit| text.len() <= limit || text.chars().count() <= limit);
                fits.then(|| fast::text(text))
            }
            Way::Input => None,
        }
    }

    /// `None` is null, of a domain.
    pub fn by_input_function(
        &mut self,
        text: Option<&str>,
        care: Care,
    ) -> Result<Read<Option<pg_sys::Datum>>> {
        let Ok(text) = text.map(CString::new).transpose() else { return Ok(Err(NUL.to_owned())) };
        let pointer = text.as_ref().map_or(std::ptr::null_mut(), |text| text.as_ptr().cast_mut());
        let _nulls = Pinned::array_nulls();
        let mut call = || {
            // SAFETY: the input function of the type with its own parameters; the text is ended by NUL.
            unsafe {
                pg_sys::InputFunctionCall(&raw mut self.input, pointer, self.parameter, self.type_modifier)
            }
        };
        let datum = match care {
            Care::Fast => call(),
            Care::Careful => match subtransaction(|| Ok(call())) {
                Ok(datum) => datum,
                Err(error) if may_be_of_a_row(&error) => return Ok(Err(reason(&error))),
                Err(error) => return Err(error),
            },
        };
        Ok(Ok(text.is_some().then_some(datum)))
    }
}

/// What an error says of a row.
pub fn reason(error: &DfaError) -> String {
    let report = error.report();
    match (report.sqlstate.as_str(), report.detail) {
        ("54001", _) => {
            "it is nested too deeply: lists and objects stand in each other thousands of times".to_owned()
        }
        (_, Some(detail)) => format!("{} ({detail})", report.message),
        (_, None) => report.message,
    }
}

/// A fault of one row, as far as its SQLSTATE tells: a trigger may raise what it likes, but these tell of the server, of
/// the session, and of others at work.
pub fn may_be_of_a_row(error: &DfaError) -> bool {
    const OF_OTHERS: [&str; 9] = ["08", "40", "53", "57", "58", "F0", "55P03", "XX001", "XX002"];
    let sqlstate = error.report().sqlstate;
    !OF_OTHERS.iter().any(|class| sqlstate.starts_with(class))
}
