//! The Postgres extension `dfa`: data pipelines that run inside PostgreSQL.
//!
//! ARCHITECTURE.md, at the top of the repository, has the map and the invariants.

mod catalog;
mod clock;
mod data_schema;
mod dataframe;
mod error;
mod ingest;
mod json;
mod leftover;
mod lock;
mod migrate;
mod names;
mod operator;
mod owner;
mod partition;
mod pinned;
mod retention;
mod run;
mod schedule;
mod settings;
mod setup;
mod spi;
mod subtransaction;
mod task;
mod trust;

use pgrx::prelude::*;

::pgrx::pg_module_magic!(name, version);

extension_sql_file!("../../sql/control_tables.sql", name = "control_tables", bootstrap);
extension_sql_file!("../../sql/parameter_check.sql", name = "parameter_check", requires = ["control_tables"]);
extension_sql_file!("../../sql/task_views.sql", name = "task_views", requires = ["control_tables"]);
extension_sql_file!(
    "../../sql/idempotent_request.sql",
    name = "idempotent_request",
    requires = ["control_tables", task::session_role::session_role]
);
extension_sql_file!("../../sql/user_account.sql", name = "user_account", requires = ["control_tables"]);
extension_sql_file!(
    "../../sql/run.sql",
    name = "run_procedure",
    requires = [
        task::foreground::begin_run,
        task::foreground::claim_next_step,
        task::foreground::run_step,
        task::foreground::is_at_front,
        task::foreground::finish_run,
        task::foreground::task_failure
    ]
);
extension_sql_file!(
    "../../sql/comments.sql",
    name = "comments",
    requires = [
        "parameter_check",
        "task_views",
        "run_procedure",
        "idempotent_request",
        "user_account",
        catalog::load::load_catalog,
        catalog::load::load_catalogs,
        catalog::retire::retire,
        catalog::validate::validate_catalog,
        catalog::file::load_catalog_file,
        catalog::dependency::lineage,
        catalog::dependency::dependency,
        setup::setup,
        run::run_table,
        run::run_pipeline,
        run::query::run_query,
        run::explain::render,
        run::explain::explain,
        data_schema::ai_schema,
        run::gaps::gaps,
        run::gaps::mark_stale,
        run::landed::landed,
        task::session_role::session_role,
        task::submit::submit,
        schedule::tick::tick,
        schedule::source::notify_source,
        task::backfill::backfill,
        task::cancel::cancel,
        task::resume::resume,
        task::wait::wait,
        task::status::process_status,
        retention::run_retention,
        retention::restore_backup,
        ingest::ingest,
        ingest::delete_rows,
        ingest::ingest_begin,
        ingest::ingest_chunk,
        ingest::ingest_end,
        migrate::plan,
        migrate::migrate,
        partition::all::make_partitions,
    ]
);
extension_sql_file!("../../sql/roles.sql", name = "roles", finalize);

/// Called by Postgres when the library is loaded.
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    settings::register();
    leftover::register();
    run::register();
    task::register_launcher();
}
