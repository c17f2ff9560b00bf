//! Rows of results, read by the names of their columns.

use crate::error::{DfaError, Result};
use pgrx::datum::{Date, FromDatum, IntoDatum};
use pgrx::pg_sys;
use std::ffi::{c_int, CString};
use std::marker::PhantomData;

/// One row of a result, as long as the connection that asked lasts.
pub struct Row<'row> {
    tuple: pg_sys::HeapTuple,
    shape: pg_sys::TupleDesc,
    result: PhantomData<&'row pg_sys::SPITupleTable>,
}

impl<'row> Row<'row> {
    /// Row `number` of a result, from 0.
    pub(super) fn of(result: &'row pg_sys::SPITupleTable, number: usize) -> Row<'row> {
        // SAFETY: `vals` holds `numvals` rows; the caller counts them.
        let tuple = unsafe { *result.vals.add(number) };
        Row { tuple, shape: result.tupdesc, result: PhantomData }
    }

    /// The value of a column: `Option<T>` where it may be null.
    ///
    /// # Errors
    /// A null where `T` takes none, another type, no such column: each a fault of the statement, not of its caller.
    pub fn get<T: Field>(&self, column: &str) -> Result<T> {
        let fault = |what: String| DfaError::internal(format!("column \"{column}\": {what}"));
        let name = CString::new(column).map_err(|error| fault(error.to_string()))?;
        // SAFETY: the shape of this row.
        let number = unsafe { pg_sys::SPI_fnumber(self.shape, name.as_ptr()) };
        if number <= 0 {
            return Err(fault("there is none".to_owned()));
        }
        T::of(self, number).map_err(|error| fault(error.to_string()))
    }

    /// The value of the first column.
    pub(super) fn first<T: Field>(&self) -> Result<T> {
        T::of(self, 1)
    }
}

/// What a column of a result can be read as.
pub trait Field: Sized {
    /// `column` counts from 1.
    fn of(row: &Row<'_>, column: c_int) -> Result<Self>;
}

impl<T: FromDatum + IntoDatum> Field for Option<T> {
    fn of(row: &Row<'_>, column: c_int) -> Result<Self> {
        let mut is_null = false;
        // SAFETY: a column of this row, read as what its shape says; the value is copied.
        let value = unsafe {
            let value = pg_sys::SPI_getbinval(row.tuple, row.shape, column, &raw mut is_null);
            T::try_from_datum(value, is_null, pg_sys::SPI_gettypeid(row.shape, column))
        };
        value.map_err(|error| DfaError::internal(error.to_string()))
    }
}

macro_rules! never_null {
    ($($kind:ty),*) => {$(
        impl Field for $kind {
            fn of(row: &Row<'_>, column: c_int) -> Result<Self> {
                <Option<$kind>>::of(row, column)?.ok_or_else(|| DfaError::internal("it is null"))
            }
        }
    )*};
}

never_null!(bool, i32, i64, f64, String, pg_sys::Oid, Date, Vec<String>);
