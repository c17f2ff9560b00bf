//! How often one may guess a password: by user and by address. Each replica counts for itself.

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::sync::Semaphore;

/// So many at once, and one more in each pause: a whole office may have one address.
const OF_USER: (NonZeroU32, Duration) = (NonZeroU32::MIN.saturating_add(9), Duration::from_secs(20));
const OF_ADDRESS: (NonZeroU32, Duration) = (NonZeroU32::MIN.saturating_add(49), Duration::from_secs(2));
/// A hash takes a core and 19 MB.
const HASHES: usize = 2;

/// Counters of wrong passwords.
pub struct Attempts {
    by_user: DefaultKeyedRateLimiter<String>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    /// Who may hash now.
    pub hashing: Semaphore,
}

impl Attempts {
    pub fn new() -> Self {
        let quota = |(at_once, pause): (NonZeroU32, Duration)| {
            Quota::with_period(pause).unwrap_or(Quota::per_minute(NonZeroU32::MIN)).allow_burst(at_once)
        };
        Attempts {
            by_user: RateLimiter::keyed(quota(OF_USER)),
            by_address: RateLimiter::keyed(quota(OF_ADDRESS)),
            hashing: Semaphore::new(HASHES),
        }
    }

    /// Counts an attempt, whether a user of this name is there or not; the seconds to wait if it is one too many.
    pub fn count(&self, user: &str, address: Option<IpAddr>) -> Result<(), u32> {
        let wait = |until: governor::NotUntil<governor::clock::QuantaInstant>| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX)
        };
        // What no user is called is counted as one.
        let user = if user.len() > 63 { "" } else { user };
        if let Some(address) = address {
            self.by_address.check_key(&address).map_err(wait)?;
        }
        self.by_user.check_key(&user.to_lowercase()).map_err(wait)
    }

    /// Forgets who has not tried for a while.
    pub fn forget(&self) {
        self.by_user.retain_recent();
        self.by_address.retain_recent();
    }
}
