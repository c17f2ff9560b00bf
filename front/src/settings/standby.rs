//! Settings of a server to read from.

use super::{number, server, Servers};
use crate::failure::{Failure, Result};
use std::time::Duration;
use tokio_postgres::config::{LoadBalanceHosts, TargetSessionAttrs};
use tokio_postgres::Config;

/// A copy of the database that follows it, for what only reads.
#[derive(Debug, Clone)]
pub struct Standby {
    /// `DB_READ_HOST` and `DB_READ_PORT`; all else is as for the database.
    pub database: Config,
    /// What the settings say of it, for messages.
    pub place: String,
    /// `DB_READ_WAIT_MS`: how long a read waits for the copy to have what the database has.
    pub wait: Duration,
}

impl Standby {
    /// From the settings of the database without a server.
    pub(super) fn from(value: &dyn Fn(&str) -> Option<String>, database: &Config) -> Result<Option<Self>> {
        let Some(host) = value("DB_READ_HOST") else { return Ok(None) };
        if value("SSH_FLAG").is_some_and(|flag| !flag.eq_ignore_ascii_case("false")) {
            return Err(Failure::usage("setting DB_READ_HOST cannot be used with a tunnel")
                .hint("A tunnel (SSH_FLAG) leads to one server."));
        }
        let mut database = database.clone();
        let of_database = if value("DB_PORT").is_some() { "DB_PORT" } else { "PGPORT" };
        let name = if value("DB_READ_PORT").is_some() { "DB_READ_PORT" } else { of_database };
        server(&Servers { host: &host, name, port: value(name) }, &mut database)?;
        // Any of several, and not the first one alone.
        database.target_session_attrs(TargetSessionAttrs::Any).load_balance_hosts(LoadBalanceHosts::Random);
        let port = value(name).unwrap_or_else(|| "5432".to_owned());
        let wait = number(value, "DB_READ_WAIT_MS", 500, 0..=60_000)?;
        let wait = Duration::from_millis(wait.into());
        Ok(Some(Standby { database, place: format!("host {host}, port {port}"), wait }))
    }
}
