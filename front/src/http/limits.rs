//! How often one may ask.

use super::problem::Problem;
use super::App;
use crate::settings::Service;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

/// Wrong keys of one address per second; twice as many at once. Whoever guesses keys waits.
const WRONG_KEYS: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// Counters by key and by address; each replica counts for itself.
pub struct Limits {
    by_key: Option<DefaultKeyedRateLimiter<String>>,
    by_address: Option<DefaultKeyedRateLimiter<IpAddr>>,
    wrong_keys: DefaultKeyedRateLimiter<IpAddr>,
}

impl Limits {
    pub fn new(service: &Service) -> Self {
        let wrong = Quota::per_second(WRONG_KEYS)
            .allow_burst(WRONG_KEYS.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
        Limits {
            by_key: service.rate_of_key.map(limiter),
            by_address: service.rate_of_address.map(limiter),
            wrong_keys: DefaultKeyedRateLimiter::keyed(wrong),
        }
    }

    pub fn key(&self, label: &str) -> Result<(), Problem> {
        check(self.by_key.as_ref(), &label.to_owned())
    }

    pub fn wrong_key(&self, address: IpAddr) -> Result<(), Problem> {
        check(Some(&self.wrong_keys), &address)
    }

    /// Whether addresses are counted at all.
    pub fn of_addresses(&self) -> bool {
        self.by_address.is_some()
    }

    fn address(&self, address: IpAddr) -> Result<(), Problem> {
        check(self.by_address.as_ref(), &address)
    }

    /// Forgets who has not asked for a while, so that memory does not grow with the number of addresses.
    pub fn forget(&self) {
        self.wrong_keys.retain_recent();
        if let Some(by_address) = &self.by_address {
            by_address.retain_recent();
        }
    }
}

fn limiter<K: Hash + Eq + Clone>(per_second: NonZeroU32) -> DefaultKeyedRateLimiter<K> {
    DefaultKeyedRateLimiter::keyed(Quota::per_second(per_second))
}

fn check<K: Hash + Eq + Clone>(limiter: Option<&DefaultKeyedRateLimiter<K>>, key: &K) -> Result<(), Problem> {
    let Some(limiter) = limiter else { return Ok(()) };
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        Problem::too_many(u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX))
    })
}

/// How long a look-up may take.
const LOOK_UP: Duration = Duration::from_secs(30);

/// Gives a look-up up that takes too long; its statement is cancelled. Events and work have no such end.
pub async fn in_time(request: Request, next: Next) -> Response {
    let is_look_up = request.method().is_safe() && request.uri().path() != "/api/ai/events";
    let answer = next.run(request);
    if !is_look_up {
        return answer.await;
    }
    let answer = tokio::time::timeout(LOOK_UP, answer).await;
    answer.unwrap_or_else(|_| Problem::too_slow(LOOK_UP).into_response())
}

/// Refuses an address that asks too often.
pub async fn by_address(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    match app.limits.address(address.ip()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
