//! Reading from a standby (`DB_READ_HOST`) without being told what was.
//!
//! A read first asks the database up to where it has written, and then waits until the standby has that: it sees all that was
//! committed when it was asked, by whomever, and so also what its caller has just done, by any replica of the service. What the
//! standby does not have in time, the database is asked itself; and whatever the standby answers but success, the database is
//! asked again (`http/standby.rs`), be it a query that its recovery has cancelled or a function that writes after all.

use super::cancel::Canceller;
use super::pool::{forget, pool};
use super::session::{Session, Shared};
use super::tls::Connector;
use super::{rights::of_request, Columns, Parameter};
use crate::failure::Result;
use crate::problem::Problem;
use crate::settings::{self, Settings};
use deadpool_postgres::{Pool, PoolError};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

/// Counts reads that could have gone to a standby, by what became of them.
pub const LOOKS: &str = "dfa_standby_reads_total";
/// How long a standby is left alone that was not there, or is none.
const REST: Duration = Duration::from_secs(5);
/// How long a connection to it, or its word on how far it is, may take.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Between two looks at how far it is, at first.
const LOOK_AGAIN: Duration = Duration::from_millis(2);
const LOOK_AT_LEAST: Duration = Duration::from_millis(50);
/// Connections that ask whether it is there.
const CONTROL: usize = 2;

tokio::task_local! {
    /// Whether the request at hand was given a session of a standby; no request, no standby.
    static LOOKED: Arc<AtomicBool>;
}

/// `work` may be given sessions of a standby; tells whether it was.
pub async fn may_look<T>(work: impl Future<Output = T>) -> (T, bool) {
    let looked = Arc::new(AtomicBool::new(false));
    let done = LOOKED.scope(Arc::clone(&looked), work).await;
    (done, looked.load(Ordering::Relaxed))
}

pub(super) fn is_allowed() -> bool {
    LOOKED.try_with(|_| ()).is_ok()
}

/// A server that follows the database.
pub(super) struct Standby {
    pool: Pool,
    shared: Arc<Shared>,
    wait: Duration,
    place: String,
    /// It is not asked until then.
    rests: Mutex<Option<Instant>>,
}

/// Why a standby is not read from.
enum Not {
    /// Not there, not to be talked to, or no standby of the database: it is left alone for a while.
    There(String),
    /// Later than the read can wait.
    Caught,
    /// The database does not say how far it is.
    Known,
}

impl Standby {
    pub fn new(
        settings: &Settings,
        of: &settings::Standby,
        tls: &Connector,
        size: usize,
        abandoned: &TaskTracker,
    ) -> Result<Self> {
        let reads = pool(settings, &of.database, tls, size)?;
        let control = pool(settings, &of.database, tls, CONTROL)?;
        let shared = Shared {
            canceller: Canceller::new(&of.database, tls.clone()),
            abandoned: abandoned.clone(),
            kept_statements: !settings.pooler,
            forget: forget(settings),
            pools: vec![reads.clone(), control.clone()],
            control,
            stopped: AtomicBool::new(false),
        };
        let (wait, place) = (of.wait, of.place.clone());
        Ok(Standby { pool: reads, shared: Arc::new(shared), wait, place, rests: Mutex::new(None) })
    }

    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// A session that has all that is committed by now; none when the database itself is to be asked.
    pub async fn session(
        &self,
        primary: impl Future<Output = std::result::Result<Session, PoolError>>,
    ) -> Option<Session> {
        let found = match self.is_at_rest() {
            true => Err(Not::There(String::new())),
            false => self.find(primary).await,
        };
        let outcome = match &found {
            Ok(_) => "standby",
            Err(Not::Caught) => "behind",
            Err(Not::There(_) | Not::Known) => "away",
        };
        metrics::counter!(LOOKS, "outcome" => outcome).increment(1);
        match found {
            Ok(session) => {
                let _ = LOOKED.try_with(|looked| looked.store(true, Ordering::Relaxed));
                return Some(session);
            }
            Err(Not::There(cause)) if !cause.is_empty() => {
                *self.rests.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
                tracing::warn!(
                    standby = self.place,
                    cause,
                    "DB_READ_HOST cannot be read from: the database is"
                );
            }
            Err(_) => {}
        }
        None
    }

    fn is_at_rest(&self) -> bool {
        let rests = self.rests.lock().unwrap_or_else(PoisonError::into_inner);
        rests.is_some_and(|until| Instant::now() < until)
    }

    async fn find(
        &self,
        primary: impl Future<Output = std::result::Result<Session, PoolError>>,
    ) -> std::result::Result<Session, Not> {
        let written = async { primary.await.ok()?.query_one(include_str!("written.sql"), &[]).await.ok() };
        let written = written.await.ok_or(Not::Known)?;
        let (Ok(position), Ok(cluster)) =
            (written.value::<String>("position"), written.value::<String>("cluster"))
        else {
            return Err(Not::Known);
        };
        let client = tokio::time::timeout(AT_ONCE, self.pool.get()).await;
        let client = match client {
            Ok(Ok(client)) => client,
            // All of its connections are in use.
            Ok(Err(PoolError::Timeout(deadpool_postgres::TimeoutType::Wait))) | Err(_) if self.is_full() => {
                return Err(Not::Caught)
            }
            Ok(Err(error)) => return Err(Not::There(error.to_string())),
            Err(_) => return Err(Not::There("it does not answer".to_owned())),
        };
        // How far it is, is asked with the rights of the service.
        let mut session = Session::new(client, Arc::clone(&self.shared), None);
        let deadline = Instant::now() + self.wait;
        let mut pause = LOOK_AGAIN;
        loop {
            let how_far: [&dyn Parameter; 2] = [&position, &cluster];
            let asked = session.query_one(include_str!("replayed.sql"), &how_far);
            let row = match tokio::time::timeout(AT_ONCE, asked).await {
                Ok(Ok(row)) => row,
                Ok(Err(problem)) => return Err(Not::There(problem.message.clone())),
                Err(_) => return Err(Not::There(Problem::silent().message.clone())),
            };
            match (row.value("is_standby"), row.value("has_all")) {
                (Ok(true), Ok(true)) => break,
                (Ok(true), Ok(false)) => {}
                _ => return Err(Not::There("it is no standby of the database".to_owned())),
            }
            if Instant::now() >= deadline {
                return Err(Not::Caught);
            }
            tokio::time::sleep(pause.min(deadline - Instant::now())).await;
            pause = (pause * 2).min(LOOK_AT_LEAST);
        }
        Ok(session.with(of_request()))
    }

    fn is_full(&self) -> bool {
        let status = self.pool.status();
        status.size >= status.max_size && status.available == 0
    }
}
