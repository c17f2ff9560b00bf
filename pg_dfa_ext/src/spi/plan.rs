//! Plans that a session keeps. All are generic: our statements look rows up by keys, and planning them for each set of
//! arguments anew, as Postgres does for lists, would cost more than running them. And all look rows up by an index where
//! there is one: a plan that was made when a table was known to be empty would read all of it, for as long as no statistics
//! come, which is to the end of a long transaction.

use super::row::Row;
use super::{c_text, refused};
use crate::error::Result;
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys;
use pgrx::spi::Spi;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{c_char, c_int};

/// A session keeps so many plans of SQL of catalogs.
const MAX_CATALOG_PLANS: usize = 256;

/// A plan that lasts until the session ends, or it is freed.
#[derive(Clone, Copy)]
struct Prepared(pg_sys::SPIPlanPtr);

thread_local! {
    /// By the address of their text: each of our statements is one `&'static str`.
    static OURS: RefCell<HashMap<(usize, usize), Prepared>> = RefCell::new(HashMap::new());
    /// Of statements that hold SQL of catalogs.
    static OF_CATALOGS: RefCell<HashMap<String, Prepared>> = RefCell::new(HashMap::new());
}

/// Runs a statement of ours, and reads each row of its result.
pub fn ours<T>(
    sql: &'static str,
    args: &[DatumWithOid<'_>],
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    Spi::connect_mut(|_| {
        let key = (sql.as_ptr() as usize, sql.len());
        // Copied, not borrowed: what runs may come back here, by a function or trigger that it calls.
        let known = OURS.with_borrow(|plans| plans.get(&key).copied());
        let plan = match known {
            Some(plan) => plan,
            None => {
                let plan = Prepared::make(sql, args)?;
                OURS.with_borrow_mut(|plans| plans.insert(key, plan));
                plan
            }
        };
        let _by_keys = ByKeys::begin();
        plan.run(args, read)
    })
}

/// Until this is dropped, a plan that is made takes an index where there is one.
struct ByKeys {
    seqscan: bool,
    jit: bool,
}

impl ByKeys {
    fn begin() -> ByKeys {
        // SAFETY: settings of this backend, which are read when a plan is made. Without an index a plan has the cost of what is
        // not wanted, and would be compiled for that.
        unsafe {
            let before = ByKeys { seqscan: pg_sys::enable_seqscan, jit: pg_sys::jit_enabled };
            pg_sys::enable_seqscan = false;
            pg_sys::jit_enabled = false;
            before
        }
    }
}

impl Drop for ByKeys {
    /// Also when an error passes by.
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe {
            pg_sys::enable_seqscan = self.seqscan;
            pg_sys::jit_enabled = self.jit;
        }
    }
}

/// [`ours`] for a query that holds SQL of a catalog.
pub fn of_catalog<T>(
    sql: &str,
    args: &[DatumWithOid<'_>],
    read: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    Spi::connect_mut(|_| {
        let known = OF_CATALOGS.with_borrow(|plans| plans.get(sql).copied());
        if let Some(plan) = known {
            return plan.run(args, read);
        }
        let plan = Prepared::make(sql, args)?;
        let rows = plan.run(args, read)?;
        OF_CATALOGS.with_borrow_mut(|plans| {
            if plans.len() < MAX_CATALOG_PLANS {
                plans.insert(sql.to_owned(), plan);
            } else {
                plan.free();
            }
        });
        Ok(rows)
    })
}

impl Prepared {
    /// Connected to SPI.
    fn make(sql: &str, args: &[DatumWithOid<'_>]) -> Result<Prepared> {
        let text = c_text(sql)?;
        let mut types: Vec<pg_sys::Oid> = args.iter().map(DatumWithOid::oid).collect();
        let count = c_int::try_from(types.len()).unwrap_or(c_int::MAX);
        // SAFETY: the text and the types are copied.
        unsafe {
            let generic = pg_sys::CURSOR_OPT_GENERIC_PLAN.cast_signed();
            let plan = pg_sys::SPI_prepare_cursor(text.as_ptr(), count, types.as_mut_ptr(), generic);
            if plan.is_null() || pg_sys::SPI_keepplan(plan) != 0 {
                return Err(refused(pg_sys::SPI_result));
            }
            Ok(Prepared(plan))
        }
    }

    /// Connected to SPI. On a standby, which takes no changes, with the snapshot of the caller.
    fn run<T>(
        self,
        args: &[DatumWithOid<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let given: Vec<Option<pg_sys::Datum>> =
            args.iter().map(|arg| arg.datum().map(|datum| datum.sans_lifetime())).collect();
        let mut values: Vec<pg_sys::Datum> =
            given.iter().map(|datum| datum.unwrap_or(pg_sys::Datum::null())).collect();
        let nulls: Vec<c_char> =
            given.iter().map(|datum| if datum.is_some() { b' ' } else { b'n' } as c_char).collect();
        // SAFETY: a kept plan, with as many values as it has arguments; the result lives as long as the connection.
        let result = unsafe {
            let read_only = pg_sys::RecoveryInProgress();
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            let code = pg_sys::SPI_execute_plan(self.0, values.as_mut_ptr(), nulls.as_ptr(), read_only, 0);
            if code < 0 {
                return Err(refused(code));
            }
            pg_sys::SPI_tuptable.as_ref()
        };
        let Some(result) = result else { return Ok(Vec::new()) };
        (0..result.numvals as usize).map(|number| read(&Row::of(result, number))).collect()
    }

    fn free(self) {
        // SAFETY: nobody else knows it.
        unsafe { pg_sys::SPI_freeplan(self.0) };
    }
}
