//! In which schemas the names of a statement are looked up.
//!
//! The path of a role is its own, and others may create objects in schemas on it: an operator that fits better than that of
//! `pg_catalog` would run with the rights of whoever connects. So our statements are looked up in [`PINNED`] alone. Code of
//! catalogs and tables (statements of nodes, triggers, checks of domains) has the path of the role, as it has in psql: what
//! calls it is a statement whose every name is qualified and that has no operator.

/// As the extension pins its own statements.
pub const PINNED: &str = "set search_path = pg_catalog, pg_temp";
/// For a transaction: behind a pooler its session is another's afterwards.
pub const PINNED_LOCAL: &str = "set local search_path = pg_catalog, pg_temp";
/// That of the role, or of the database.
pub const OF_ROLE: &str = "set search_path to default";
pub const OF_ROLE_LOCAL: &str = "set local search_path to default";
