//! Settings of the SSH tunnel.

use super::{flag, number};
use crate::failure::{Failure, Result};
use std::path::{Path, PathBuf};

/// A host in between, by which the database is reached.
#[derive(Debug, Clone)]
pub struct Tunnel {
    pub host: String,
    pub port: u16,
    pub user: String,
    /// The file of a private key in PEM form.
    pub private_key: PathBuf,
    /// Where the key of the host is looked up; without it, `~/.ssh/known_hosts`.
    pub known_hosts: Option<PathBuf>,
}

impl Tunnel {
    pub(super) fn from(value: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        if !flag(value, "SSH_FLAG")? {
            return Ok(None);
        }
        let needed = |name: &str| {
            value(name).ok_or_else(|| {
                Failure::usage(format!("setting {name} is missing, and SSH_FLAG asks for a tunnel"))
            })
        };
        let private_key = key_file(&needed("SSH_PRIVATE_KEY")?)?;
        Ok(Some(Tunnel {
            host: needed("SSH_HOST")?,
            port: u16::try_from(number(value, "SSH_PORT", 22, 1..=65_535)?).unwrap_or(22),
            user: needed("SSH_USER")?,
            private_key,
            known_hosts: value("SSH_KNOWN_HOSTS").map(PathBuf::from),
        }))
    }
}

/// The file of the setting `SSH_PRIVATE_KEY`; a name without a folder may be one in `conf`.
fn key_file(setting: &str) -> Result<PathBuf> {
    let named = PathBuf::from(setting);
    let in_conf = Path::new("conf").join(&named);
    if named.is_file() {
        Ok(named)
    } else if in_conf.is_file() {
        Ok(in_conf)
    } else {
        Err(Failure::usage(format!("setting SSH_PRIVATE_KEY: file '{setting}' does not exist")))
    }
}
