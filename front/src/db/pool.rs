//! Pools of connections: one for work, one that keeps reading possible while all of the work's are taken.

use super::session::Session;
use super::tls::{self, Connector};
use crate::failure::Result;
use crate::http::Problem;
use crate::settings::Settings;
use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, Status, TimeoutType,
};
use std::time::Duration;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::Client;
use tokio_util::task::TaskTracker;

/// How long a request waits for a free connection before it is told to come again.
const WAIT: Duration = Duration::from_secs(5);
/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The database of the service. It need not be there: each request finds out for itself.
#[derive(Clone)]
pub struct Database {
    work: Pool,
    reads: Pool,
    tls: Connector,
    pooler: bool,
    /// Cancellations under way, which a stop waits for.
    pub abandoned: TaskTracker,
}

impl Database {
    /// # Errors
    /// Settings of TLS that cannot be used; nothing is connected yet.
    pub fn new(settings: &Settings) -> Result<Self> {
        let tls = tls::connector(&settings.certificate)?;
        let size = settings.service.pool_size;
        Ok(Database {
            work: pool(settings, &tls, size)?,
            reads: pool(settings, &tls, size.div_ceil(2).max(2))?,
            tls,
            pooler: settings.pooler,
            abandoned: TaskTracker::new(),
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

    /// How many connections there are and how many requests wait for one: of work, then of reads.
    pub fn status(&self) -> [(&'static str, Status); 2] {
        [("work", self.work.status()), ("reads", self.reads.status())]
    }

    async fn take(&self, pool: &Pool) -> std::result::Result<Session, Problem> {
        match pool.get().await {
            Ok(client) => Ok(Session::new(client, self.tls.clone(), self.abandoned.clone(), !self.pooler)),
            Err(PoolError::Timeout(TimeoutType::Wait)) => Err(Problem::busy()),
            Err(error) => Err(Problem::no_database(&error.to_string())),
        }
    }
}

fn pool(settings: &Settings, tls: &Connector, size: usize) -> Result<Pool> {
    let mut config = settings.database.clone();
    config.connect_timeout(CONNECT);
    let manager =
        Manager::from_config(config, tls.clone(), ManagerConfig { recycling_method: RecyclingMethod::Fast });
    let (session, pooler) = (settings.session.clone(), settings.pooler);
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(CONNECT * 2))
        .post_create(Hook::async_fn(move |client, _| {
            let session = session.clone();
            Box::pin(async move {
                for (name, value) in &session {
                    let client: &tokio_postgres::Client = client;
                    match pooler {
                        true => check(client, name, value).await?,
                        false => set(client, name, value).await?,
                    }
                }
                Ok(())
            })
        }))
        .build()
        .map_err(|error| crate::failure::Failure::usage(error.to_string()))
}

async fn set(client: &Client, name: &str, value: &str) -> std::result::Result<(), HookError> {
    let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&name, Type::TEXT), (&value, Type::TEXT)];
    client.query_typed("select set_config($1, $2, false)", &parameters).await.map_err(HookError::Backend)?;
    Ok(())
}

/// Behind a pooler a session's settings are whoever's came before: they have to be those of the database.
async fn check(client: &Client, name: &str, value: &str) -> std::result::Result<(), HookError> {
    let sql = include_str!("check_setting.sql");
    let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&name, Type::TEXT), (&value, Type::TEXT)];
    let rows = client.query_typed(sql, &parameters).await.map_err(HookError::Backend)?;
    match rows.first().map(|row| row.get::<_, bool>(0)) {
        Some(true) => Ok(()),
        _ => Err(HookError::message(format!(
            "behind a pooler {name} is a setting of the database: ALTER DATABASE … SET {name} = '{value}'"
        ))),
    }
}
