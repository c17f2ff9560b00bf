//! The one data schema of a database: watermarks and ledger belong to the schema that they were set up in. Whoever sets
//! nothing works in that one, workers too; whoever names another is refused.

use crate::entry::entry;
use crate::error::{DfaError, Result};
use crate::settings;
use crate::spi::{self, ident};
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::cell::RefCell;

thread_local! {
    /// What was read in the transaction that began at a moment.
    static KNOWN: RefCell<Option<(i64, String)>> = const { RefCell::new(None) };
}

/// The schema of the data tables: that of the database; before its first setup the one that the caller has set.
///
/// # Errors
/// The caller has set another one.
pub fn name() -> Result<String> {
    let asked = settings::asked_schema()?;
    match of_database()? {
        Some(schema) if schema != asked && settings::asks_for_a_schema() => {
            Err(DfaError::OtherSchema { schema, asked })
        }
        Some(schema) => Ok(schema),
        None => Ok(asked),
    }
}

extension_sql!(
    r#"
comment on function dfa.ai_schema is
'The schema of the data tables of this database. Whoever has set dfa.ai_schema to another one is refused.';
grant execute on function dfa.ai_schema to dfa_reader;
"#,
    name = "about_ai_schema",
    requires = [ai_schema]
);

/// The schema of the data tables, for SQL.
#[pg_extern(stable)]
fn ai_schema() -> String {
    entry(name)
}

fn of_database() -> Result<Option<String>> {
    // SAFETY: reads a global of this backend.
    let transaction = unsafe { pg_sys::GetCurrentTransactionStartTimestamp() };
    let known = KNOWN.with_borrow(|known| {
        known.as_ref().filter(|(read_in, _)| *read_in == transaction).map(|(_, name)| name.clone())
    });
    if known.is_some() {
        return Ok(known);
    }
    let found = spi::value::<String>(
        // One that somebody has dropped holds nothing that is to be kept.
        "select name from dfa.data_schema where to_regnamespace(quote_ident(name)) is not null",
        &[],
    )?;
    if let Some(name) = &found {
        KNOWN.with_borrow_mut(|known| *known = Some((transaction, name.clone())));
    }
    Ok(found)
}

/// A setup makes its schema the one of the database, if it has none yet.
pub fn remember(schema: &str) -> Result<()> {
    if of_database()?.is_some() {
        return Ok(());
    }
    spi::run(
        "insert into dfa.data_schema (name) values ($1)
         on conflict (only_one) do update set name = excluded.name, set_at = excluded.set_at",
        &[schema.into()],
    )
}

/// The data schema gets the name that the caller has set, with all that is in it.
///
/// # Errors
/// Something else has that name.
pub fn rename() -> Result<()> {
    let asked = settings::asked_schema()?;
    let Some(schema) = of_database()?.filter(|schema| *schema != asked) else { return Ok(()) };
    let (there, taken) = spi::query_one(
        include_str!("sql/schema_to_move.sql"),
        &[schema.as_str().into(), asked.as_str().into()],
        |row| Ok((row.get::<bool>("is_there")?, row.get::<Option<String>>("other")?)),
    )?
    .unwrap_or_default();
    match taken.as_deref() {
        Some("empty") => spi::own(&format!("drop schema {}", ident(&asked))).map(|_| ())?,
        Some(_) => {
            return Err(DfaError::InvalidArgument {
                argument: "move_schema",
                value: asked,
                allowed: "A schema of this name exists and is not empty; name another, or empty it."
                    .to_owned(),
            })
        }
        None => {}
    }
    if there {
        spi::own(&format!("alter schema {} rename to {}", ident(&schema), ident(&asked)))?;
    }
    spi::run("update dfa.data_schema set name = $1, set_at = clock_timestamp()", &[asked.into()])?;
    KNOWN.with_borrow_mut(|known| *known = None);
    Ok(())
}
