//! Parameters that know their SQL type, so that a statement goes out with its values in one message. A pooler may give
//! every message to another server.

use tokio_postgres::types::{ToSql, Type};

/// A Rust type with its type in SQL.
pub trait Typed: ToSql + Sync {
    fn sql_type() -> Type;
}

/// A value of any [`Typed`].
pub trait Parameter: Sync {
    fn typed(&self) -> (&(dyn ToSql + Sync), Type);
}

impl<T: Typed> Parameter for T {
    fn typed(&self) -> (&(dyn ToSql + Sync), Type) {
        (self, T::sql_type())
    }
}

impl Typed for &str {
    fn sql_type() -> Type {
        Type::TEXT
    }
}

impl Typed for String {
    fn sql_type() -> Type {
        Type::TEXT
    }
}

impl Typed for Vec<String> {
    fn sql_type() -> Type {
        Type::TEXT_ARRAY
    }
}

impl Typed for serde_json::Value {
    fn sql_type() -> Type {
        Type::JSON
    }
}

impl Typed for bool {
    fn sql_type() -> Type {
        Type::BOOL
    }
}

impl Typed for f64 {
    fn sql_type() -> Type {
        Type::FLOAT8
    }
}

impl Typed for i32 {
    fn sql_type() -> Type {
        Type::INT4
    }
}

impl Typed for i64 {
    fn sql_type() -> Type {
        Type::INT8
    }
}

impl<T: Typed> Typed for Option<T> {
    fn sql_type() -> Type {
        T::sql_type()
    }
}

impl<T: Typed> Typed for &T {
    fn sql_type() -> Type {
        T::sql_type()
    }
}
