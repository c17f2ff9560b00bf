//! Values of SQL type json as the text that they are: pgrx' own `Json` would make a tree of it, which costs time and
//! digits, and panic where it cannot.

use crate::error::{DfaError, Result};
use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::nullable::Nullable;
use pgrx::pg_sys;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{FromDatum, IntoDatum};
use serde::Deserialize;

/// The bytes of a json value in the encoding of the database; valid JSON, as Postgres has checked.
#[derive(Debug, Clone, Copy)]
pub struct JsonText<'call>(&'call [u8]);

impl<'call> JsonText<'call> {
    /// # Errors
    /// A database in another encoding than UTF-8.
    pub fn text(self, argument: &'static str) -> Result<&'call str> {
        std::str::from_utf8(self.0).map_err(|_| DfaError::InvalidArgument {
            argument,
            value: "bytes that are no UTF-8".to_owned(),
            allowed: "JSON is taken in databases with encoding UTF8.".to_owned(),
        })
    }

    /// # Errors
    /// What Postgres' json lets pass and Rust has no value for: a number beyond double precision, half a surrogate pair,
    /// hundreds of brackets in each other; and what is no `T`.
    pub fn read<T: Deserialize<'call>>(self, argument: &'static str) -> Result<T> {
        let text = self.text(argument)?;
        serde_json::from_str(text).map_err(|error| DfaError::InvalidArgument {
            argument,
            value: text.chars().take(60).collect(),
            allowed: format!("It cannot be read: {error}."),
        })
    }
}

impl FromDatum for JsonText<'_> {
    unsafe fn from_polymorphic_datum(datum: pg_sys::Datum, is_null: bool, _: pg_sys::Oid) -> Option<Self> {
        if is_null {
            return None;
        }
        // SAFETY: a varlena of type json; what is detoasted lives as long as the call.
        unsafe {
            let value = pg_sys::pg_detoast_datum_packed(datum.cast_mut_ptr());
            let bytes = pgrx::varlena::varlena_to_byte_slice(value);
            Some(JsonText(bytes))
        }
    }
}

unsafe impl<'call> ArgAbi<'call> for JsonText<'call> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'call>) -> Self {
        unsafe { arg.unbox_arg_using_from_datum().unwrap_or(JsonText(b"null")) }
    }

    unsafe fn unbox_nullable_arg(arg: Arg<'_, 'call>) -> Nullable<Self> {
        unsafe { arg.unbox_arg_using_from_datum().into() }
    }
}

unsafe impl SqlTranslatable for JsonText<'_> {
    const TYPE_IDENT: &'static str = pgrx::pgrx_resolved_type!(JsonText<'_>);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("json"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("json")));
}

/// A result of SQL type json: its text, as Postgres wrote it.
#[derive(Debug)]
pub struct JsonAnswer(pub String);

unsafe impl BoxRet for JsonAnswer {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: a json is stored as a text is.
        match self.0.into_datum() {
            Some(datum) => unsafe { fcinfo.return_raw_datum(datum) },
            None => fcinfo.return_null(),
        }
    }
}

unsafe impl SqlTranslatable for JsonAnswer {
    const TYPE_IDENT: &'static str = pgrx::pgrx_resolved_type!(JsonAnswer);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("json"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("json")));
}
