//! `dfa.load_catalog_file`: keeps the rows of a file that the `initial` of a table names.

use crate::error::{entry, DfaError, Result};
use crate::spi;
use pgrx::prelude::*;
use serde_json::Value;

#[pg_extern]
fn load_catalog_file(path: &str, content: pgrx::Json) {
    entry(|| keep(path, content));
}

fn keep(path: &str, content: pgrx::Json) -> Result<()> {
    let rows = match content.0 {
        Value::Array(rows) if rows.iter().all(Value::is_object) => rows,
        object @ Value::Object(_) => vec![object],
        _ => {
            return Err(DfaError::InvalidArgument {
                argument: "content",
                value: path.to_owned(),
                allowed: "A file of initial rows holds one object or a list of objects.".to_owned(),
            })
        }
    };
    spi::run(
        include_str!("../../../sql/store_catalog_file.sql"),
        &[path.into(), Value::Array(rows).to_string().into()],
    )
}
