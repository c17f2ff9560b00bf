//! A connection on loan. Whoever lets go of it in the middle of a statement cancels that statement.

use super::parameter::Parameter;
use super::tls::Connector;
use crate::http::Problem;
use deadpool_postgres::Object;
use std::time::Duration;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::Row;
use tokio_util::task::TaskTracker;

/// A cancel request can overtake the statement that it is about: it is sent again until the session is idle.
const CANCEL_AGAIN: Duration = Duration::from_millis(300);
/// A server that does not answer within this time has lost the session anyway.
const CANCEL_AT_MOST: Duration = Duration::from_secs(20);

type Answer<T> = std::result::Result<T, Problem>;

/// A statement that clears up after a caller who went away, once his own statement has ended.
#[derive(Debug, Clone)]
pub struct Cleanup {
    pub sql: &'static str,
    /// Its parameters.
    pub texts: Vec<String>,
}

/// A session of the pool. It goes back to the pool when it is idle, and is cancelled and closed when it is not:
/// a caller who hangs up drops the work for him in the middle.
pub struct Session {
    client: Option<Object>,
    tls: Connector,
    abandoned: TaskTracker,
    /// Not behind a pooler, which has another server for the next statement.
    kept_statements: bool,
    busy: bool,
    in_transaction: bool,
    /// Run after a cancelled statement, in this order.
    pub cleanup: Vec<Cleanup>,
}

impl Session {
    pub(super) fn new(client: Object, tls: Connector, abandoned: TaskTracker, kept_statements: bool) -> Self {
        Session {
            client: Some(client),
            tls,
            abandoned,
            kept_statements,
            busy: false,
            in_transaction: false,
            cleanup: Vec::new(),
        }
    }

    /// Runs one statement, prepared once for the connection where the connection is ours to keep.
    pub async fn query(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Vec<Row>> {
        let client = self.client.as_ref().ok_or_else(Problem::busy)?;
        self.busy = true;
        let rows = match self.kept_statements {
            true => kept(client, sql, parameters).await,
            false => client.query_typed(sql, &typed(parameters)).await,
        };
        self.busy = false;
        rows.map_err(Problem::from)
    }

    /// [`Session::query`] for exactly one row.
    pub async fn query_one(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Row> {
        let rows = self.query(sql, parameters).await?;
        rows.into_iter().next().ok_or_else(|| Problem::internal("a statement that gives one row gave none"))
    }

    /// [`Session::query`] for at most one row.
    pub async fn query_opt(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Option<Row>> {
        Ok(self.query(sql, parameters).await?.into_iter().next())
    }

    /// Begins a transaction for somebody, whom the database sees as `application_name`. Both go out together: one way
    /// there and back, and behind a pooler one server.
    pub async fn begin_as(&mut self, application_name: &str) -> Answer<()> {
        const NAME: &str = "select set_config('application_name', $1, false)";
        let client = self.client.as_ref().ok_or_else(Problem::busy)?;
        (self.busy, self.in_transaction) = (true, true);
        let name: [&dyn Parameter; 1] = [&application_name];
        let named = async {
            match self.kept_statements {
                true => kept(client, NAME, &name).await,
                false => client.query_typed(NAME, &typed(&name)).await,
            }
        };
        let (begun, named) = futures_util::future::join(client.batch_execute("begin"), named).await;
        self.busy = false;
        begun.and(named).map(|_| ()).map_err(Problem::from)
    }

    /// Until this returns, nothing of the transaction has happened.
    pub async fn commit(&mut self) -> Answer<()> {
        self.batch("commit").await?;
        self.in_transaction = false;
        Ok(())
    }

    pub async fn rollback(&mut self) -> Answer<()> {
        self.batch("rollback").await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn batch(&mut self, sql: &str) -> Answer<()> {
        let client = self.client.as_ref().ok_or_else(Problem::busy)?;
        self.busy = true;
        let done = client.batch_execute(sql).await;
        self.busy = false;
        done.map_err(Problem::from)
    }
}

fn typed<'a>(parameters: &[&'a dyn Parameter]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    parameters.iter().map(|parameter| parameter.typed()).collect()
}

async fn kept(
    client: &Object,
    sql: &str,
    parameters: &[&dyn Parameter],
) -> std::result::Result<Vec<Row>, tokio_postgres::Error> {
    let (values, types): (Vec<&(dyn ToSql + Sync)>, Vec<Type>) = typed(parameters).into_iter().unzip();
    let statement = client.prepare_typed_cached(sql, &types).await?;
    client.query(&statement, &values).await
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        if !self.busy && !self.in_transaction && self.cleanup.is_empty() {
            return;
        }
        // Out of the pool: nobody else may meet its unfinished transaction.
        let client = Object::take(client);
        let (tls, cleanup) = (self.tls.clone(), std::mem::take(&mut self.cleanup));
        self.abandoned.spawn(async move {
            let idle = async {
                let mut rollback = std::pin::pin!(client.batch_execute("rollback"));
                loop {
                    if let Err(error) = client.cancel_token().cancel_query(tls.clone()).await {
                        tracing::debug!(%error, "a statement could not be cancelled");
                    }
                    tokio::select! {
                        ended = &mut rollback => break ended,
                        () = tokio::time::sleep(CANCEL_AGAIN) => {}
                    }
                }
            };
            match tokio::time::timeout(CANCEL_AT_MOST, idle).await {
                Ok(Ok(())) => tracing::info!("the caller went away: its statement is cancelled"),
                Ok(Err(error)) => tracing::warn!(%error, "the caller went away, and so did the database"),
                Err(_) => tracing::warn!("the caller went away, and its statement does not end"),
            }
            for Cleanup { sql, texts } in cleanup {
                let texts: Vec<&dyn Parameter> = texts.iter().map(|text| text as _).collect();
                if let Err(error) = client.query_typed(sql, &typed(&texts)).await {
                    tracing::warn!(%error, "what the cancelled statement left could not be cleared");
                }
            }
        });
    }
}
