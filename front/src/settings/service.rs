//! Settings of the service alone.

use super::{flag, number, Landing, Network, Notify};
use crate::failure::{Failure, Result};
use sha2::{Digest, Sha256};
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

/// Short keys can be guessed.
const SHORTEST_KEY: usize = 8;

/// What `dfa run` needs to know beside the database.
#[derive(Debug, Clone)]
pub struct Service {
    /// `APIKEY`: one key, or several separated by commas, so that a key can be changed without a gap.
    pub keys: Vec<ApiKey>,
    /// `APP_ENV`: the name of this environment, in logs and metrics.
    pub environment: String,
    /// `DFA_POOL_SIZE`: connections for work; half as many beside them are kept for reading.
    pub pool_size: usize,
    /// `DFA_RATE_LIMIT`: requests per second of one key (`None`: any number).
    pub rate_of_key: Option<NonZeroU32>,
    /// `DFA_RATE_LIMIT_ADDRESS`: requests per second of one address (`None`: any number).
    pub rate_of_address: Option<NonZeroU32>,
    /// `DFA_SHUTDOWN_SECONDS`: how long a stop waits for requests under way.
    pub shutdown: Duration,
    /// `DFA_DRAIN_SECONDS`: how long after SIGTERM requests are still taken, while `/ready` says no.
    pub drain: Duration,
    /// `DFA_TRUSTED_PROXIES`: addresses and networks whose word on the client's address is believed.
    pub trusted_proxies: Vec<Network>,
    /// `DFA_MAX_BODY_MB`: the greatest body of `PUT` that is not streamed, in bytes.
    pub max_body: usize,
    /// `DFA_INSECURE_SIGN_IN`: people may sign in without HTTPS, from anywhere.
    pub insecure_sign_in: bool,
    /// How messages of incidents are sent.
    pub notify: Notify,
    /// Where files of tables land.
    pub landing: Landing,
}

/// A key of the API; it never reaches a log.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub secret: String,
    /// What logs and sessions call it: eight digits of its hash.
    pub label: String,
}

impl ApiKey {
    fn new(secret: &str) -> Self {
        let label =
            Sha256::digest(secret.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        ApiKey { secret: secret.to_owned(), label }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({})", self.label)
    }
}

impl Service {
    pub(super) fn from(value: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        Ok(Service {
            keys: keys(value("APIKEY").as_deref().unwrap_or_default())?,
            environment: value("APP_ENV").unwrap_or_else(|| "development".to_owned()),
            pool_size: number(value, "DFA_POOL_SIZE", 16, 1..=1000)? as usize,
            rate_of_key: NonZeroU32::new(number(value, "DFA_RATE_LIMIT", 0, 0..=1_000_000)?),
            rate_of_address: NonZeroU32::new(number(value, "DFA_RATE_LIMIT_ADDRESS", 0, 0..=1_000_000)?),
            shutdown: Duration::from_secs(number(value, "DFA_SHUTDOWN_SECONDS", 25, 0..=3600)?.into()),
            drain: Duration::from_secs(number(value, "DFA_DRAIN_SECONDS", 3, 0..=600)?.into()),
            trusted_proxies: proxies(value("DFA_TRUSTED_PROXIES").as_deref().unwrap_or_default())?,
            notify: Notify::from(value)?,
            landing: Landing::from(value)?,
            max_body: number(value, "DFA_MAX_BODY_MB", 64, 1..=1024)? as usize * 1024 * 1024,
            insecure_sign_in: flag(value, "DFA_INSECURE_SIGN_IN")?,
        })
    }
}

fn proxies(text: &str) -> Result<Vec<Network>> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            Network::parse(part).ok_or_else(|| {
                Failure::usage(format!("setting DFA_TRUSTED_PROXIES has no address or network: '{part}'"))
                    .hint("Write addresses and networks separated by commas: 127.0.0.1,10.0.0.0/8")
            })
        })
        .collect()
}

fn keys(text: &str) -> Result<Vec<ApiKey>> {
    let parts = text.split(',').map(str::trim).filter(|key| !key.is_empty());
    parts
        .map(|key| match key {
            key if key.len() < SHORTEST_KEY => Err(Failure::usage(format!(
                "setting APIKEY has a key of fewer than {SHORTEST_KEY} characters"
            ))
            .hint("`openssl rand -hex 24` makes a good one.")),
            key if !key.chars().all(|letter| letter.is_ascii_graphic()) => {
                Err(Failure::usage("setting APIKEY has a character that no HTTP header can carry"))
            }
            key => Ok(ApiKey::new(key)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_keys_are_separated_by_commas_and_none_is_shown() {
        let found = keys("first-key, second-key,").unwrap();
        assert_eq!(
            found.iter().map(|key| key.secret.as_str()).collect::<Vec<_>>(),
            ["first-key", "second-key"]
        );
        assert!(!format!("{found:?}").contains("first"));
    }

    #[test]
    fn a_short_key_is_refused_without_being_shown() {
        let failure = keys("abc").unwrap_err();
        assert_eq!(failure.exit_code(), 2);
        assert!(failure.message.starts_with("setting APIKEY") && !failure.message.contains("abc"));
    }
}
