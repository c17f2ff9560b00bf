//! Settings: from the environment, else from `.env`, else libpq's variables and defaults.

mod dotenv;
mod landing;
mod network;
mod notify;
mod place;
mod service;
mod standby;
mod tunnel;
mod zone;

pub use landing::Landing;
pub use network::Network;
pub use notify::Notify;
pub use place::{setting_refused, Place};
pub use service::Service;
pub use standby::Standby;
pub use tunnel::Tunnel;

use crate::failure::{Failure, Result};
use std::path::PathBuf;

/// What a command needs to know of its surroundings.
#[derive(Debug, Clone)]
pub struct Settings {
    pub database: tokio_postgres::Config,
    /// What the settings say of the database, for messages.
    pub place: Place,
    /// What a new session is told.
    pub session: Vec<SessionSetting>,
    /// `DFA_TIMEZONE`: the zone that `dfa init` gives to the database. A session has none of its own: the clock is one.
    pub timezone: Option<String>,
    /// `DFA_CATALOG_DIR`.
    pub catalog_dir: Option<PathBuf>,
    /// How the server's certificate is checked.
    pub certificate: Certificate,
    /// `SSH_FLAG` and its kin: the way to a database that only a host in between reaches.
    pub tunnel: Option<Tunnel>,
    /// `DB_POOLER`: a pooler such as pgbouncer, in transaction mode, stands before the database.
    pub pooler: bool,
    /// `DB_READ_HOST`: a server that only reads go to.
    pub standby: Option<Standby>,
    /// What `dfa run` needs beside.
    pub service: Service,
}

/// A setting that becomes one of the session: its name here, its name in the server, its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSetting {
    pub name: &'static str,
    pub guc: &'static str,
    pub value: String,
}

/// What the server has to prove before anything is sent, by libpq's `sslmode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certificate {
    /// `disable`, `prefer`, `require`: encryption as available or demanded, no proof.
    Any,
    /// `verify-ca`: signed by an authority of this file, or of the system.
    Signed(Option<PathBuf>),
    /// `verify-full`: and made out to the host that was asked for.
    SignedForHost(Option<PathBuf>),
}

impl Settings {
    /// Reads `.env` of the current folder, or of one above it, and then the environment, which wins.
    ///
    /// # Errors
    /// One line that names the setting that is wrong.
    pub fn read() -> Result<Self> {
        dotenv::load()?;
        Settings::from(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn from(value: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let mut database = tokio_postgres::Config::new();
        let either = |ours: &str, libpq: &str| value(ours).or_else(|| value(libpq));
        database.application_name("dfa");
        let user =
            either("DB_USER", "PGUSER").or_else(|| value("USER")).unwrap_or_else(|| "postgres".to_owned());
        database.dbname(either("DB_NAME", "PGDATABASE").unwrap_or_else(|| user.clone()));
        database.user(user);
        if let Some(password) = either("DB_PASS", "PGPASSWORD") {
            database.password(password);
        }
        let name = if value("DB_PORT").is_some() { "DB_PORT" } else { "PGPORT" };
        let host = either("DB_HOST", "PGHOST").unwrap_or_else(default_host);
        let mut standby = Standby::from(value, &database)?;
        let place = server(&Servers { host: &host, name, port: value(name) }, &mut database)?;
        let certificate = encrypt(value, &mut database)?;
        if let Some(standby) = &mut standby {
            encrypt(value, &mut standby.database)?;
        }
        let mut session = Vec::new();
        for (name, guc) in [("AI_SCHEMA", "dfa.ai_schema"), ("MAIN_SCHEMA", "dfa.main_schema")] {
            session.extend(value(name).map(|value| SessionSetting { name, guc, value }));
        }
        Ok(Settings {
            database,
            place,
            session,
            timezone: zone::of(value)?,
            catalog_dir: value("DFA_CATALOG_DIR").map(PathBuf::from),
            certificate,
            tunnel: Tunnel::from(value)?,
            pooler: flag(value, "DB_POOLER")?,
            standby,
            service: Service::from(value)?,
        })
    }
}

/// Where one or several servers are said to be.
struct Servers<'a> {
    host: &'a str,
    /// The setting that has the ports, and what it says.
    name: &'a str,
    port: Option<String>,
}

/// Hosts and ports, one or several separated by commas, as libpq has it: of several, the one that takes writes is used.
fn server(servers: &Servers<'_>, database: &mut tokio_postgres::Config) -> Result<Place> {
    let Servers { host, name, port } = servers;
    let port = port.clone().unwrap_or_else(|| "5432".to_owned());
    for text in port.split(',') {
        match text.trim().parse::<u16>() {
            Ok(number) if number > 0 => database.port(number),
            _ => return Err(Failure::usage(format!("setting {name} is not a port: '{port}'"))),
        };
    }
    // A host that begins with a slash is the folder of a socket, as libpq has it.
    let hosts: Vec<&str> = host.split(',').map(str::trim).collect();
    hosts.iter().for_each(|host| {
        database.host(*host);
    });
    let ports = database.get_ports().len();
    if ports > 1 && ports != hosts.len() {
        return Err(Failure::usage(format!("setting {name} has {ports} ports for {} hosts", hosts.len())));
    }
    if hosts.len() > 1 {
        database.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
    }
    let known = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let (database, user) = (known(database.get_dbname()), known(database.get_user()));
    Ok(Place { host: (*host).to_owned(), port, database, user })
}

fn default_host() -> String {
    const SOCKETS: &str = "/var/run/postgresql";
    if std::path::Path::new(SOCKETS).is_dir() {
        SOCKETS.to_owned()
    } else {
        "localhost".to_owned()
    }
}

/// `DB_SSLMODE`, else `PGSSLMODE`; without either `prefer`, as libpq has it.
fn encrypt(
    value: &dyn Fn(&str) -> Option<String>,
    database: &mut tokio_postgres::Config,
) -> Result<Certificate> {
    use tokio_postgres::config::{Host, SslMode};
    let authorities = value("DB_SSLROOTCERT").or_else(|| value("PGSSLROOTCERT")).map(PathBuf::from);
    let name = if value("DB_SSLMODE").is_some() { "DB_SSLMODE" } else { "PGSSLMODE" };
    let (encryption, certificate) = match value(name).as_deref() {
        Some("disable") => (SslMode::Disable, Certificate::Any),
        None | Some("allow" | "prefer") => (SslMode::Prefer, Certificate::Any),
        Some("require") => (SslMode::Require, Certificate::Any),
        Some("verify-ca") => (SslMode::Require, Certificate::Signed(authorities)),
        Some("verify-full") => (SslMode::Require, Certificate::SignedForHost(authorities)),
        Some(mode) => {
            return Err(Failure::usage(format!("setting {name} is not a mode: '{mode}'"))
                .hint("Modes are disable, allow, prefer, require, verify-ca and verify-full."))
        }
    };
    // A socket of this machine is never encrypted, whatever the mode, as libpq has it.
    let by_socket = database.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
    database.ssl_mode(if by_socket { SslMode::Disable } else { encryption });
    Ok(certificate)
}

/// A setting that is True or False.
fn flag(value: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<bool> {
    match value(name).as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("false" | "n" | "no" | "0") => Ok(false),
        Some("true" | "y" | "yes" | "1") => Ok(true),
        Some(text) => Err(Failure::usage(format!("setting {name} is neither True nor False: '{text}'"))),
    }
}

/// A setting that is a whole number of a range.
fn number(
    value: &dyn Fn(&str) -> Option<String>,
    name: &str,
    default: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Result<u32> {
    let Some(text) = value(name) else { return Ok(default) };
    match text.trim().parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(Failure::usage(format!(
            "setting {name} is not a number from {} to {}: '{text}'",
            range.start(),
            range.end()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings> {
        let known: HashMap<String, String> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::from(&|name| known.get(name).cloned())
    }

    #[test]
    fn our_settings_win_over_those_of_libpq() {
        let found =
            settings(&[("DB_HOST", "db"), ("PGHOST", "other"), ("PGPORT", "6000"), ("PGUSER", "u")]).unwrap();
        assert_eq!(found.database.get_hosts(), [tokio_postgres::config::Host::Tcp("db".to_owned())]);
        assert_eq!(found.database.get_ports(), [6000]);
        assert_eq!(found.database.get_dbname(), Some("u"));
    }

    #[test]
    fn a_wrong_port_is_named() {
        let failure = settings(&[("DB_PORT", "x")]).unwrap_err();
        assert_eq!(
            (failure.exit_code(), failure.message.as_str()),
            (2, "setting DB_PORT is not a port: 'x'")
        );
    }

    #[test]
    fn schemas_become_settings_of_the_session() {
        let found = settings(&[("AI_SCHEMA", "shop"), ("PGUSER", "u")]).unwrap();
        let schema = SessionSetting { name: "AI_SCHEMA", guc: "dfa.ai_schema", value: "shop".to_owned() };
        assert_eq!(found.session, [schema]);
    }

    #[test]
    fn of_several_hosts_the_one_that_takes_writes_is_used() {
        let found = settings(&[("DB_HOST", "a, b"), ("DB_PORT", "5432,5433")]).unwrap();
        assert_eq!((found.database.get_hosts().len(), found.database.get_ports()), (2, &[5432, 5433][..]));
        let attributes = found.database.get_target_session_attrs();
        assert_eq!(attributes, tokio_postgres::config::TargetSessionAttrs::ReadWrite);
        assert!(settings(&[("DB_HOST", "a,b"), ("DB_PORT", "1,2,3")]).is_err());
    }

    #[test]
    fn a_server_to_read_from_is_as_the_database_but_for_its_address() {
        let said = [("DB_HOST", "a"), ("DB_PORT", "6000"), ("PGUSER", "u"), ("DB_READ_HOST", "b,c")];
        let standby = settings(&said).unwrap().standby.unwrap();
        assert_eq!((standby.database.get_hosts().len(), standby.database.get_ports()), (2, &[6000][..]));
        assert_eq!((standby.database.get_user(), standby.place.as_str()), (Some("u"), "host b,c, port 6000"));
        let ports = settings(&[("DB_READ_HOST", "b"), ("DB_READ_PORT", "x")]).unwrap_err();
        assert_eq!(ports.message, "setting DB_READ_PORT is not a port: 'x'");
        assert!(settings(&[("DB_HOST", "a")]).unwrap().standby.is_none());
        assert!(settings(&[("DB_READ_HOST", "b"), ("SSH_FLAG", "True")]).is_err());
    }

    #[test]
    fn a_zone_that_is_none_is_named() {
        let failure = settings(&[("DFA_TIMEZONE", "Mars/Base")]).unwrap_err();
        assert_eq!(failure.message, "setting DFA_TIMEZONE is not a time zone: 'Mars/Base'");
    }
}
