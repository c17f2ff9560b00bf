//! How often one may ask.

use super::api::process::LONGEST_WAIT;
use super::client::Client;
use super::problem::Problem;
use super::request_log::PROBES;
use super::App;
use crate::settings::Service;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// Wrong keys of one address per second; twice as many at once. Whoever guesses keys waits.
const WRONG_KEYS: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// Counts requests, and tells how many are left.
type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// Counters by key and by address; each replica counts for itself.
pub struct Limits {
    by_key: Option<Limiter<String>>,
    by_address: Option<Limiter<IpAddr>>,
    wrong_keys: Limiter<IpAddr>,
}

impl Limits {
    pub fn new(service: &Service) -> Self {
        let wrong = Quota::per_second(WRONG_KEYS)
            .allow_burst(WRONG_KEYS.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
        Limits {
            by_key: service.rate_of_key.map(limiter),
            by_address: service.rate_of_address.map(limiter),
            wrong_keys: DefaultKeyedRateLimiter::keyed(wrong).with_middleware(),
        }
    }

    /// What is left to this key; none when keys are not counted.
    pub fn key(&self, label: &str) -> Result<Option<Rate>, Refused> {
        check(self.by_key.as_ref(), &label.to_owned())
    }

    pub fn wrong_key(&self, address: IpAddr) -> Result<Option<Rate>, Refused> {
        check(Some(&self.wrong_keys), &address)
    }

    /// Whether addresses are counted at all.
    pub fn of_addresses(&self) -> bool {
        self.by_address.is_some()
    }

    fn address(&self, address: IpAddr) -> Result<Option<Rate>, Refused> {
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

/// How many requests one may send at once, how many of these are left, and in how many seconds there are all again: the
/// headers `RateLimit-*` of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    limit: u32,
    left: u32,
    reset: u32,
}

impl Rate {
    fn of(quota: &Quota, left: u32) -> Self {
        let limit = quota.burst_size().get();
        let missing = quota.replenish_interval() * limit.saturating_sub(left);
        Rate { limit, left, reset: u32::try_from(missing.as_secs() + 1).unwrap_or(u32::MAX) }
    }

    pub fn tell(self, headers: &mut HeaderMap) {
        let numbers = [
            ("ratelimit-limit", self.limit),
            ("ratelimit-remaining", self.left),
            ("ratelimit-reset", self.reset),
        ];
        for (name, number) in numbers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(number));
        }
    }
}

/// One too many.
#[derive(Debug)]
pub struct Refused {
    rate: Rate,
    retry_after: u32,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = Problem::too_many(self.retry_after).into_response();
        self.rate.tell(response.headers_mut());
        response
    }
}

fn limiter<K: Hash + Eq + Clone>(per_second: NonZeroU32) -> Limiter<K> {
    DefaultKeyedRateLimiter::keyed(Quota::per_second(per_second)).with_middleware()
}

fn check<K: Hash + Eq + Clone>(limiter: Option<&Limiter<K>>, key: &K) -> Result<Option<Rate>, Refused> {
    let Some(limiter) = limiter else { return Ok(None) };
    match limiter.check_key(key) {
        Ok(state) => Ok(Some(Rate::of(&state.quota(), state.remaining_burst_capacity()))),
        Err(until) => {
            let wait = until.wait_time_from(DefaultClock::default().now());
            let retry_after = u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX);
            Err(Refused { rate: Rate::of(&until.quota(), 0), retry_after })
        }
    }
}

/// How long a look-up may take.
const LOOK_UP: Duration = Duration::from_secs(30);

/// Gives a look-up up that takes too long; its statement is cancelled. Events and work have no such end.
pub async fn in_time(request: Request, next: Next) -> Response {
    let is_look_up = request.method().is_safe() && request.uri().path() != "/api/ai/events";
    // Who waits for the end of a task has asked to.
    let waits = request.uri().path().starts_with("/api/ai/get/opt/");
    let limit = LOOK_UP + Duration::from_secs(if waits { LONGEST_WAIT.into() } else { 0 });
    let answer = next.run(request);
    if !is_look_up {
        return answer.await;
    }
    let answer = tokio::time::timeout(limit, answer).await;
    answer.unwrap_or_else(|_| Problem::too_slow(limit).into_response())
}

/// Refuses an address that asks too often. Probes are not counted: a balancer that is refused takes the replica out.
pub async fn by_address(State(app): State<App>, request: Request, next: Next) -> Response {
    let client = request.extensions().get::<Client>().copied();
    let (Some(Client(address)), false) = (client, PROBES.contains(&request.uri().path())) else {
        return next.run(request).await;
    };
    match app.limits.address(address) {
        Ok(rate) => told(next.run(request).await, rate),
        Err(refused) => refused.into_response(),
    }
}

/// An answer with what is left, unless it says so of a nearer limit.
pub fn told(mut response: Response, rate: Option<Rate>) -> Response {
    if let Some(rate) = rate.filter(|_| !response.headers().contains_key("ratelimit-limit")) {
        rate.tell(response.headers_mut());
    }
    response
}

/// Gives a request up, with an answer, when the service has waited for it as long as it was told to.
pub async fn until_the_end(State(app): State<App>, request: Request, next: Next) -> Response {
    tokio::select! {
        answer = next.run(request) => answer,
        () = app.ending.cancelled() => Problem::stopped().into_response(),
    }
}
