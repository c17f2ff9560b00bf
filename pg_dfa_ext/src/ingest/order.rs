//! How values compare: as the index on their columns compares them, so that what is one key there is one key here,
//! whatever its type and collation (1.0 and 1.00, citext, an interval of 24:00 and of 1 day).

use super::target::Column;
use pgrx::pg_sys;
use std::cmp::Ordering;
use std::ffi::c_int;
use std::rc::Rc;

unsafe extern "C-unwind" {
    fn datumCopy(value: pg_sys::Datum, by_value: bool, length: c_int) -> pg_sys::Datum;
}

/// A value; `None` is null, which is equal to null and comes last.
pub type Value = Option<pg_sys::Datum>;

pub struct Order(Vec<Part>);

struct Part {
    /// An entry of the type cache, which lives as long as the session.
    entry: *mut pg_sys::TypeCacheEntry,
    collation: pg_sys::Oid,
}

impl Order {
    /// `None`: a type that no index sorts.
    pub fn of<'c>(columns: impl Iterator<Item = &'c Column>) -> Option<Rc<Order>> {
        let parts = columns.map(Part::of).collect::<Option<Vec<Part>>>()?;
        Some(Rc::new(Order(parts)))
    }

    pub fn compare(&self, one: &[Value], other: &[Value]) -> Ordering {
        let parts = self.0.iter().zip(one.iter().zip(other));
        parts
            .map(|(part, (one, other))| part.compare(*one, *other))
            .find(|it| it.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// Copies the values into the current memory context.
    pub fn copy(&self, values: &[Value]) -> Box<[Value]> {
        self.0.iter().zip(values).map(|(part, value)| value.map(|datum| part.copy(datum))).collect()
    }

    /// No value lives elsewhere than in its datum.
    pub fn is_by_value(&self) -> bool {
        // SAFETY: as in `Part`.
        self.0.iter().all(|part| unsafe { (*part.entry).typbyval })
    }
}

impl Part {
    fn of(column: &Column) -> Option<Part> {
        // SAFETY: a look-up for a type that exists.
        unsafe {
            let wanted = pg_sys::TYPECACHE_CMP_PROC_FINFO.cast_signed();
            let entry = pg_sys::lookup_type_cache(column.type_oid, wanted);
            let is_sorted = (*entry).cmp_proc_finfo.fn_oid != pg_sys::InvalidOid;
            is_sorted.then_some(Part { entry, collation: column.collation })
        }
    }

    fn compare(&self, one: Value, other: Value) -> Ordering {
        match (one, other) {
            // SAFETY: the comparison of this type, for two values of it.
            (Some(one), Some(other)) => unsafe {
                let found = pg_sys::FunctionCall2Coll(
                    &raw mut (*self.entry).cmp_proc_finfo,
                    self.collation,
                    one,
                    other,
                );
                (found.value().cast_signed() as i32).cmp(&0)
            },
            (one, other) => one.is_none().cmp(&other.is_none()),
        }
    }

    fn copy(&self, datum: pg_sys::Datum) -> pg_sys::Datum {
        // SAFETY: a value of this type.
        unsafe { datumCopy(datum, (*self.entry).typbyval, (*self.entry).typlen.into()) }
    }
}

/// A key among others of the same columns.
pub struct Key {
    pub values: Box<[Value]>,
    pub order: Rc<Order>,
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order.compare(&self.values, &other.values)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}
