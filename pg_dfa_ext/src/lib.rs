//! The Postgres extension `dfa`: data pipelines that run inside PostgreSQL.
//!
//! ARCHITECTURE.md, at the top of the repository, has the map and the invariants.

mod catalog;
mod error;
mod names;
mod run;
mod settings;
mod setup;
mod spi;
mod subtransaction;

use pgrx::prelude::*;

::pgrx::pg_module_magic!(name, version);

extension_sql_file!("../../sql/control_tables.sql", name = "control_tables", bootstrap);
extension_sql_file!("../../sql/parameter_check.sql", name = "parameter_check", requires = ["control_tables"]);
extension_sql_file!("../../sql/run.sql", name = "run_procedure", finalize);

/// Called by Postgres when the library is loaded.
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    settings::register();
}
