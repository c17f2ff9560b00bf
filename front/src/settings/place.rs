//! Where the database is said to be, and why there is no connection to it.

use super::SessionSetting;
use crate::failure::Failure;
use std::fmt;

/// What the settings say of the database, as logs and messages show it. No secret is in it.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub host: String,
    pub port: String,
    pub database: String,
    pub user: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { host, port, database, user } = self;
        write!(f, "host {host}, port {port}, database {database}, user {user}")
    }
}

impl Place {
    /// What a command says when it gets no session: what was tried, why not, and which setting to look at.
    pub fn not_reached(&self, cause: Failure) -> Failure {
        let tried = format!("Tried {self}.");
        let detail = match &cause.detail {
            Some(detail) => format!("{tried}\n{detail}"),
            None => tried,
        };
        let hint = cause.hint.clone().unwrap_or_else(|| self.hint(cause.sqlstate.as_deref()));
        let message = format!("cannot connect to the database: {}", cause.message);
        Failure { message, ..cause }.detail(detail).hint(hint)
    }

    /// The setting that a refusal of the server is about.
    pub fn hint(&self, sqlstate: Option<&str>) -> String {
        let Place { database, user, .. } = self;
        match sqlstate {
            Some("28P01") => format!("DB_PASS is not the password of DB_USER '{user}'."),
            Some("28000") => format!("The server lets DB_USER '{user}' not in from here: see its pg_hba.conf."),
            Some("3D000") => format!("DB_NAME '{database}' is not there: `createdb {database}` makes it."),
            _ => "Settings are DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASS and DB_SSLMODE, in the environment or in \
                  .env."
                .to_owned(),
        }
    }
}

/// A setting that the server does not take, or that behind a pooler is not the database's.
pub fn setting_refused(setting: &SessionSetting, cause: Failure) -> Failure {
    let message = format!("setting {} cannot be used: {}", setting.name, cause.message);
    Failure { message, ..cause }
}
