//! Pools of connections: one for work, one that keeps reading possible while all of the work's are taken, and one for
//! whoever asks whether all is well, or wants to stop something, which has to be possible then above all.

use super::cancel::Canceller;
use super::path::PINNED;
use super::rights::of_request;
use super::session::{Session, Shared};
use super::standby::{self, Standby};
use super::tls::{self, Connector};
use super::{alive, begin_session, literal, CONNECT};
use crate::failure::{Failure, Result};
use crate::problem::Problem;
use crate::settings::{Place, Settings};
use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, Status, TimeoutType,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_util::task::TaskTracker;

/// How long a request waits for a free connection before it is told to come again.
const WAIT: Duration = Duration::from_secs(5);
/// Connections for cancelling, health and readiness.
const CONTROL: usize = 4;
/// What a session forgets at the end of a request, so that the next one finds it as it was when it was new.
const FORGET: &str = "set session authorization default; reset role; reset all; close all; unlisten *; \
                      select pg_catalog.pg_advisory_unlock_all(); discard temp; discard sequences";

/// The database of the service. It need not be there: each request finds out for itself.
#[derive(Clone)]
pub struct Database {
    work: Pool,
    reads: Pool,
    control: Pool,
    standby: Option<Arc<Standby>>,
    place: Place,
    shared: Arc<Shared>,
    /// Cancellations under way, which a stop waits for.
    pub abandoned: TaskTracker,
}

impl Database {
    /// # Errors
    /// Settings of TLS that cannot be used; nothing is connected yet.
    pub fn new(settings: &Settings) -> Result<Self> {
        let tls = tls::connector(&settings.certificate)?;
        let size = settings.service.pool_size;
        let size_of_reads = size.div_ceil(2).max(2);
        let database = &settings.database;
        let work = pool(settings, database, &tls, size)?;
        let reads = pool(settings, database, &tls, size_of_reads)?;
        let control = pool(settings, database, &tls, CONTROL)?;
        let pools = vec![work.clone(), reads.clone(), control.clone()];
        let abandoned = TaskTracker::new();
        let standby = settings.standby.as_ref();
        let standby = standby.map(|of| Standby::new(settings, of, &tls, size_of_reads, &abandoned));
        let shared = Shared {
            canceller: Canceller::new(database, tls),
            abandoned: abandoned.clone(),
            kept_statements: !settings.pooler,
            forget: forget(settings),
            control: control.clone(),
            pools,
            stopped: AtomicBool::new(false),
        };
        Ok(Database {
            work,
            reads,
            control,
            standby: standby.transpose()?.map(Arc::new),
            place: settings.place.clone(),
            shared: Arc::new(shared),
            abandoned,
        })
    }

    /// A session for something that may take long.
    pub async fn work(&self) -> std::result::Result<Session, Problem> {
        self.take(&self.work).await
    }

    /// A session for a quick answer.
    pub async fn reads(&self) -> std::result::Result<Session, Problem> {
        self.take(&self.reads).await
    }

    /// A session for what only reads: of a standby that has all that the database has by now, where there is one and the
    /// request may (see `standby`).
    pub async fn looks(&self) -> std::result::Result<Session, Problem> {
        if let Some(standby) = self.standby.as_ref().filter(|_| standby::is_allowed()) {
            let primary = async { Ok(Session::new(self.reads.get().await?, Arc::clone(&self.shared), None)) };
            if let Some(session) = standby.session(primary).await {
                return Ok(session);
            }
        }
        self.reads().await
    }

    /// Whether there is another server to read from.
    pub fn has_standby(&self) -> bool {
        self.standby.is_some()
    }

    /// A session for what has to be possible while all others are taken.
    pub async fn control(&self) -> std::result::Result<Session, Problem> {
        self.take(&self.control).await
    }

    /// How many connections there are and how many requests wait for one.
    pub fn status(&self) -> Vec<(&'static str, Status)> {
        let pools = [("work", &self.work), ("reads", &self.reads), ("control", &self.control)];
        let standby = self.standby.iter().map(|standby| ("standby", standby.pool()));
        pools.into_iter().chain(standby).map(|(name, pool)| (name, pool.status())).collect()
    }

    /// From now on what is given up is so since the service stops, and the tasks say that.
    pub fn stop(&self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
    }

    async fn take(&self, pool: &Pool) -> std::result::Result<Session, Problem> {
        match pool.get().await {
            Ok(client) => Ok(Session::new(client, Arc::clone(&self.shared), of_request())),
            Err(PoolError::Timeout(TimeoutType::Wait)) => Err(Problem::busy()),
            Err(error) => Err(self.not_reached(error)),
        }
    }

    /// The log says what was tried and why it failed; the caller is told neither.
    fn not_reached(&self, error: PoolError) -> Problem {
        let failure = match error {
            PoolError::Backend(error) => Failure::from(error),
            PoolError::Timeout(_) => {
                Failure::work(format!("no answer within {} seconds", (CONNECT * 2).as_secs()))
            }
            PoolError::PostCreateHook(HookError::Backend(error)) => Failure::from(error),
            // In words that name the setting.
            PoolError::PostCreateHook(HookError::Message(message)) => Failure::work(message),
            error => Failure::work(error.to_string()),
        };
        let Place { host, port, database, user } = &self.place;
        let cause = match &failure.detail {
            Some(detail) => format!("{}: {detail}", failure.message),
            None => failure.message.clone(),
        };
        let sqlstate = failure.sqlstate.as_deref();
        let hint = failure.hint.clone().or_else(|| sqlstate.map(|_| self.place.hint(sqlstate)));
        tracing::warn!(host, port, database, user, cause, sqlstate, hint, "the database cannot be reached");
        Problem::not_reached()
    }
}

/// What is sent at the end of a request: what the session was told when it was new is told again.
pub(super) fn forget(settings: &Settings) -> String {
    let again = settings.session.iter().filter(|_| !settings.pooler).map(|setting| {
        format!(
            "; select pg_catalog.set_config({}, {}, false)",
            literal(setting.guc),
            literal(&setting.value)
        )
    });
    let pinned = (!settings.pooler).then(|| format!("; {PINNED}"));
    std::iter::once(FORGET.to_owned()).chain(pinned).chain(again).collect()
}

pub(super) fn pool(settings: &Settings, database: &Config, tls: &Connector, size: usize) -> Result<Pool> {
    let manager = Manager::from_config(
        alive(database),
        tls.clone(),
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    let (session, pooler) = (settings.session.clone(), settings.pooler);
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(CONNECT * 2))
        .post_create(Hook::async_fn(move |client, _| {
            let session = session.clone();
            Box::pin(async move {
                let begun = begin_session(client, &session, pooler).await;
                begun.map_err(|failure| HookError::message(failure.message))
            })
        }))
        .build()
        .map_err(|error| Failure::usage(error.to_string()))
}
