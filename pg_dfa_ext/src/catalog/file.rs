//! `dfa.load_catalog_file`: keeps the rows of a file that the `initial` of a table names.

use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::json::JsonText;
use crate::spi;
use pgrx::prelude::*;
use serde_json::value::RawValue;

extension_sql!(
    r#"
comment on function dfa.load_catalog_file is
'Stores a data file that a catalog names under initial.file: its path below the set''s data/ folder, and its content as a list of objects.';
grant execute on function dfa.load_catalog_file to dfa_admin;
"#,
    name = "about_load_catalog_file",
    requires = [load_catalog_file]
);

#[pg_extern]
fn load_catalog_file(path: Option<&str>, content: Option<JsonText<'_>>) {
    entry(|| keep(given("path", path)?, given("content", content)?));
}

/// The text is kept as it is, so that numbers keep all their digits.
fn keep(path: &str, content: JsonText<'_>) -> Result<()> {
    let one: &RawValue = content.read("content")?;
    let rows: Vec<&RawValue> = if one.get().starts_with('[') { content.read("content")? } else { vec![one] };
    if !rows.iter().all(|row| row.get().starts_with('{')) {
        return Err(DfaError::InvalidArgument {
            argument: "content",
            value: path.to_owned(),
            allowed: "A file of initial rows holds one object or a list of objects.".to_owned(),
        });
    }
    let rows: Vec<&str> = rows.into_iter().map(RawValue::get).collect();
    spi::run(
        include_str!("sql/store_catalog_file.sql"),
        &[path.into(), format!("[{}]", rows.join(",")).into()],
    )
}
