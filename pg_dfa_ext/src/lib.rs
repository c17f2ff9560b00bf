//! The Postgres extension `dfa`: data pipelines that run inside PostgreSQL.
//!
//! ARCHITECTURE.md, at the top of the repository, has the map and the invariants.

mod api_key;
mod catalog;
mod citus;
mod clock;
mod data_schema;
mod dataframe;
mod date;
mod duration;
mod entry;
mod error;
mod ingest;
mod json;
mod latch;
mod ledger;
mod leftover;
mod lock;
mod maintenance;
mod migrate;
mod names;
mod nest;
mod operate;
mod operator;
mod owner;
mod partition;
mod pg_compat;
mod pinned;
mod relation;
mod retention;
mod run;
mod schedule;
mod settings;
mod setup;
mod spi;
mod statement;
mod subtransaction;
mod task;
mod today;
mod trust;
mod version;
mod worker;

use pgrx::prelude::*;

::pgrx::pg_module_magic!(name, version);

extension_sql_file!("../sql/schema/10_control_tables.sql", name = "control_tables", bootstrap);
extension_sql_file!(
    "../sql/schema/20_parameter_check.sql",
    name = "parameter_check",
    requires = ["control_tables"]
);
extension_sql_file!(
    "../sql/schema/25_paused.sql",
    name = "paused",
    requires = ["control_tables", task::session_role::session_role]
);
extension_sql_file!(
    "../sql/schema/30_task_views.sql",
    name = "task_views",
    requires = ["control_tables", "paused"]
);
extension_sql_file!(
    "../sql/schema/40_idempotent_request.sql",
    name = "idempotent_request",
    requires = ["control_tables", task::session_role::session_role]
);
extension_sql_file!("../sql/schema/45_operate.sql", name = "operate", requires = ["task_views"]);
extension_sql_file!(
    "../sql/schema/57_audit.sql",
    name = "audit",
    requires = [
        "control_tables",
        "paused",
        "user_account",
        "api_key",
        task::session_role::session_role,
        pinned::is_own_code
    ]
);
extension_sql_file!(
    "../sql/schema/50_user_account.sql",
    name = "user_account",
    requires = ["control_tables"]
);
extension_sql_file!("../sql/schema/55_web_session.sql", name = "web_session", requires = ["user_account"]);
extension_sql_file!(
    "../sql/schema/55_api_key.sql",
    name = "api_key",
    requires = ["control_tables", task::session_role::session_role]
);
extension_sql_file!(
    "../sql/schema/57_notify.sql",
    name = "notify",
    requires = ["api_key", "paused", "audit", "file", task::session_role::session_role]
);
extension_sql_file!("../sql/schema/58_note.sql", name = "note", requires = ["audit"]);
extension_sql_file!(
    "../sql/schema/56_file.sql",
    name = "file",
    requires = ["audit", schedule::source::notify_source]
);
extension_sql_file!(
    "../sql/schema/58_password_link.sql",
    name = "password_link",
    requires = ["user_account", "audit"]
);
extension_sql_file!("../sql/schema/58_restored.sql", name = "restored", requires = ["control_tables"]);
extension_sql_file!(
    "../sql/schema/60_run.sql",
    name = "run_procedure",
    requires = [
        run::call::begin_run,
        run::call::claim_next_step,
        run::call::run_step,
        run::call::is_at_front,
        run::call::finish_run,
        task::failure::task_failure
    ]
);
extension_sql_file!(
    "../sql/schema/80_comments.sql",
    name = "comments",
    requires = [
        "parameter_check",
        "task_views",
        "run_procedure",
        "idempotent_request",
        "user_account",
        "web_session",
        "operate",
        "audit"
    ]
);
extension_sql_file!("../sql/schema/90_roles.sql", name = "roles", finalize);

/// Called by Postgres when the library is loaded.
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    settings::register();
    leftover::register();
    lock::register();
    run::register();
    worker::register();
}
