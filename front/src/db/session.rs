//! A connection on loan. Whoever lets go of it in the middle of a statement cancels that statement.

use super::cancel::Canceller;
use super::parameter::Parameter;
use super::path::{OF_ROLE, OF_ROLE_LOCAL, PINNED, PINNED_LOCAL};
use super::rights::Rights;
use super::{ident, literal};
use crate::problem::Problem;
use deadpool_postgres::{Object, Pool};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row};
use tokio_util::task::TaskTracker;

/// A cancel request can overtake the statement that it is about: it is sent again until the session is idle, each time
/// after twice as long.
const CANCEL_AGAIN: Duration = Duration::from_millis(300);
/// A server that does not answer within this time has lost the session anyway.
const CANCEL_AT_MOST: Duration = Duration::from_secs(20);
/// How long a transaction may take to begin, or to be given up: neither waits for anything but the server itself.
const AT_ONCE: Duration = Duration::from_secs(5);
/// While a statement runs, however long it may take, the server is asked this often whether it is there …
const PULSE: Duration = Duration::from_secs(5);
/// … and is not when it was silent so often.
const SILENCES: u32 = 2;
/// What a write is refused with by a server that has become a standby, or was made read-only.
const READ_ONLY: &str = "25006";
/// Begins a transaction of ours.
const PINNED_BEGIN: &str = "begin; set local search_path = pg_catalog, pg_temp";

type Answer<T> = std::result::Result<T, Problem>;

/// A statement that clears up after a caller who went away, once their own statement has ended.
#[derive(Debug, Clone)]
pub struct Cleanup {
    pub sql: &'static str,
    /// Its parameters; [`WHY`] becomes the reason.
    pub texts: Vec<String>,
}

/// A parameter of a [`Cleanup`] that says why there is something to clear up.
pub const WHY: &str = "\u{1}why";

/// In whose name a transaction is: the database has him as `dfa.person` and `dfa.way`.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    pub name: &'a str,
    /// The role of the database whose rights he has.
    pub role: &'a str,
    /// By which door he came: `web`.
    pub way: &'a str,
    pub read_only: bool,
}

/// What all sessions of a database have in common.
pub(super) struct Shared {
    pub canceller: Canceller,
    pub abandoned: TaskTracker,
    /// Not behind a pooler, which has another server for the next statement.
    pub kept_statements: bool,
    /// What is sent after a request, so that nothing of it stays.
    pub forget: String,
    /// Where the server is asked whether it is there.
    pub control: Pool,
    pub pools: Vec<Pool>,
    /// The service stops.
    pub stopped: AtomicBool,
}

impl Shared {
    /// Ends when the server is silent, and not before.
    async fn silence(&self) {
        let mut silent = 0;
        while silent < SILENCES {
            tokio::time::sleep(PULSE).await;
            let asked = async { self.control.get().await.ok()?.batch_execute("").await.ok() };
            match tokio::time::timeout(PULSE, asked).await {
                Ok(Some(())) => silent = 0,
                _ => silent += 1,
            }
        }
    }

    /// Lets all connections go that are in no use: the next ones look for a server that takes writes.
    fn renew(&self) {
        for pool in &self.pools {
            pool.retain(|_, _| false);
        }
    }
}

/// A session of the pool. It goes back to the pool when it is idle, and is cancelled and closed when it is not:
/// a caller who hangs up drops the work for them in the middle.
pub struct Session {
    client: Option<Object>,
    shared: Arc<Shared>,
    busy: bool,
    in_transaction: bool,
    path: Path,
    /// Those of the request; none: those of the service.
    rights: Option<Arc<Rights>>,
    /// It has them until it forgets, not for a transaction alone.
    acting: bool,
    /// Of a server that takes no writes.
    read_only: bool,
    /// Run after a cancelled statement, in this order.
    pub cleanup: Vec<Cleanup>,
}

/// Where the names of the next statement are looked up (see `path`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    Pinned,
    OfRole,
}

impl Session {
    pub(super) fn new(client: Object, shared: Arc<Shared>, rights: Option<Arc<Rights>>) -> Self {
        Session {
            client: Some(client),
            shared,
            rights,
            acting: false,
            busy: false,
            in_transaction: false,
            path: Path::Pinned,
            read_only: false,
            cleanup: Vec::new(),
        }
    }

    /// The same with the rights of a request.
    pub(super) fn with(mut self, rights: Option<Arc<Rights>>) -> Self {
        self.rights = rights;
        self
    }

    /// Lets this session go, and all that are in no use, since their server takes no writes.
    pub fn renew(&mut self) {
        self.read_only = true;
        self.shared.renew();
    }

    /// Runs one of our statements, prepared once for the connection where the connection is ours to keep: its names are
    /// those of `pg_catalog`. It may take as long as it needs, while the server is there.
    pub async fn query(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Vec<Row>> {
        self.ask(Path::Pinned, sql, parameters).await
    }

    /// [`Session::query`] for a statement under which code of catalogs or tables runs, with the search path of the role. Each
    /// of its own names is qualified.
    pub async fn call(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Vec<Row>> {
        self.ask(Path::OfRole, sql, parameters).await
    }

    /// [`Session::call`] for exactly one row.
    pub async fn call_one(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Row> {
        the_one(self.call(sql, parameters).await?)
    }

    async fn ask(&mut self, path: Path, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Vec<Row>> {
        let shared = Arc::clone(&self.shared);
        let is_ours = shared.kept_statements;
        self.busy = true;
        let client = self.client.as_ref().ok_or_else(Problem::busy)?;
        if let (Some(rights), false, false) = (&self.rights, self.in_transaction, self.acting) {
            let path = if path == Path::Pinned { PINNED_LOCAL } else { OF_ROLE_LOCAL };
            let begin = format!("begin; {path}{}", rights.local());
            let rows = answered(&shared, alone(client, &begin, sql, &typed(parameters))).await?;
            return self.told(rows);
        }
        let before = match (self.in_transaction, is_ours) {
            // Behind a pooler, outside of a transaction, there is no path to keep.
            (false, false) => "",
            _ if path == self.path => "",
            (true, _) if path == Path::Pinned => PINNED_LOCAL,
            (true, _) => OF_ROLE_LOCAL,
            (false, true) if path == Path::Pinned => PINNED,
            (false, true) => OF_ROLE,
        };
        let statement = async {
            match is_ours {
                true => kept(client, path, before, sql, parameters).await,
                false if !self.in_transaction && path == Path::Pinned => {
                    alone(client, PINNED_BEGIN, sql, &typed(parameters)).await
                }
                false => after(client, before, client.query_typed(sql, &typed(parameters))).await,
            }
        };
        let rows = answered(&shared, statement).await?;
        if !before.is_empty() {
            self.path = path;
        }
        self.told(rows)
    }

    /// [`Session::query`] for exactly one row.
    pub async fn query_one(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Row> {
        the_one(self.query(sql, parameters).await?)
    }

    /// [`Session::query`] for at most one row.
    pub async fn query_opt(&mut self, sql: &str, parameters: &[&dyn Parameter]) -> Answer<Option<Row>> {
        Ok(self.query(sql, parameters).await?.into_iter().next())
    }

    /// Begins a transaction for somebody, whom the database sees as `application_name`, and whom its audit has by `person`
    /// and `way`. All goes out together: one way there and back, and behind a pooler one server.
    pub async fn begin_as(&mut self, application_name: &str, person: &str, way: &str) -> Answer<()> {
        const NAME: &str = "select pg_catalog.set_config('application_name', $1, false), \
                            pg_catalog.set_config('dfa.person', $2, false), pg_catalog.set_config('dfa.way', $3, false)";
        (self.busy, self.in_transaction) = (true, true);
        let client = self.client.as_ref().ok_or_else(Problem::busy)?;
        let name: [&dyn Parameter; 3] = [&application_name, &person, &way];
        let named = async {
            match self.shared.kept_statements {
                true => kept(client, Path::OfRole, "", NAME, &name).await,
                false => client.query_typed(NAME, &typed(&name)).await,
            }
        };
        let begin = format!("{PINNED_BEGIN}{}", self.rights.as_ref().map_or(String::new(), |it| it.local()));
        let begun = futures_util::future::join(client.batch_execute(&begin), named);
        let (begun, named) = tokio::time::timeout(AT_ONCE, begun).await.map_err(|_| Problem::silent())?;
        self.path = Path::Pinned;
        self.told(begun.and(named).map(|_| ()))
    }

    /// Begins a transaction in the name of a person, with the rights of a role alone, so that a hole in the service still
    /// meets the privileges of the database. Its statements are small: compiling one would take longer than running it.
    pub async fn begin_for(&mut self, person: &Person<'_>) -> Answer<()> {
        let Person { name, role, way, read_only } = person;
        (self.busy, self.in_transaction) = (true, true);
        let client = self.client.as_ref().ok_or_else(Problem::busy)?;
        let begin = format!(
            "begin {}; {PINNED_LOCAL}; set local jit to off; set local application_name = {}; \
             set local dfa.person = {}; set local dfa.way = {}; set local role {}",
            if *read_only { "read only" } else { "read write" },
            literal(&format!("dfa {way} {name}").chars().take(63).collect::<String>()),
            literal(name),
            literal(way),
            ident(role),
        );
        let begun = tokio::time::timeout(AT_ONCE, client.batch_execute(&begin)).await;
        self.path = Path::Pinned;
        self.told(begun.map_err(|_| Problem::silent())?)
    }

    /// Until this returns, nothing of the transaction has happened. What it made of its session is forgotten.
    pub async fn commit(&mut self) -> Answer<()> {
        self.end("commit").await
    }

    /// Commits, and goes on with what the session was told, and with the rights of its request.
    ///
    /// # Errors
    /// A request with rights of its own behind a pooler, where nothing stays with a session.
    pub async fn commit_and_go_on(&mut self) -> Answer<()> {
        let shared = Arc::clone(&self.shared);
        if self.rights.is_some() && !shared.kept_statements {
            return Err(Problem::not_behind_a_pooler());
        }
        self.busy = true;
        let client = self.client.as_ref().ok_or_else(Problem::busy)?;
        let rights = self.rights.as_ref().map_or(String::new(), |rights| rights.of_session());
        self.acting = self.rights.is_some();
        let done = answered(&shared, client.batch_execute(&format!("commit{rights}"))).await?;
        self.told(done)?;
        (self.in_transaction, self.path) = (false, Path::Pinned);
        Ok(())
    }

    /// Gives the transaction up, if the server still listens.
    pub async fn rollback(&mut self) -> Answer<()> {
        match self.busy {
            true => Err(Problem::silent()),
            false => tokio::time::timeout(AT_ONCE, self.end("rollback"))
                .await
                .unwrap_or_else(|_| Err(Problem::silent())),
        }
    }

    /// Forgets what a statement that commits by itself made of the session. Behind a pooler this would be another's.
    pub async fn forget(&mut self) -> Answer<()> {
        match self.shared.kept_statements {
            true => self.end("").await,
            false => Ok(()),
        }
    }

    /// In one message: behind a pooler the next one may come to another server.
    async fn end(&mut self, how: &str) -> Answer<()> {
        let shared = Arc::clone(&self.shared);
        self.busy = true;
        let client = self.client.as_ref().ok_or_else(Problem::busy)?;
        let sql = format!("{how}; {}", shared.forget);
        let done = answered(&shared, client.batch_execute(&sql)).await?;
        self.told(done)?;
        (self.in_transaction, self.acting, self.path) = (false, false, Path::Pinned);
        Ok(())
    }

    /// The server has said something: the session is idle again.
    fn told<T>(&mut self, said: std::result::Result<T, Error>) -> Answer<T> {
        self.busy = false;
        said.map_err(|error| {
            if error.code().is_some_and(|code| code.code() == READ_ONLY) {
                self.renew();
            }
            let problem = Problem::from(error);
            match &self.rights {
                Some(rights) => problem.of_key(&rights.key, &rights.role),
                None => problem,
            }
        })
    }
}

/// What the server says, unless it says nothing at all any more.
async fn answered<T>(
    shared: &Shared,
    statement: impl Future<Output = std::result::Result<T, Error>>,
) -> Answer<std::result::Result<T, Error>> {
    tokio::select! {
        biased;
        said = statement => Ok(said),
        () = shared.silence() => Err(Problem::silent()),
    }
}

fn typed<'a>(parameters: &[&'a dyn Parameter]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    parameters.iter().map(|parameter| parameter.typed()).collect()
}

fn the_one(rows: Vec<Row>) -> Answer<Row> {
    let row = rows.into_iter().next();
    row.ok_or_else(|| Problem::internal("a statement returned no row where there is always one"))
}

/// A prepared statement, after another that has no answer. Names are looked up when it is prepared: so one of ours waits for
/// its path; one that is qualified goes out together with it.
async fn kept(
    client: &Object,
    path: Path,
    before: &str,
    sql: &str,
    parameters: &[&dyn Parameter],
) -> std::result::Result<Vec<Row>, Error> {
    let (values, types): (Vec<&(dyn ToSql + Sync)>, Vec<Type>) = typed(parameters).into_iter().unzip();
    let waits = path == Path::Pinned && !before.is_empty();
    if waits {
        client.batch_execute(before).await?;
    }
    let statement = client.prepare_typed_cached(sql, &types).await?;
    after(client, if waits { "" } else { before }, client.query(&statement, &values)).await
}

/// Both go out together.
async fn after(
    client: &tokio_postgres::Client,
    before: &str,
    statement: impl Future<Output = std::result::Result<Vec<Row>, Error>>,
) -> std::result::Result<Vec<Row>, Error> {
    if before.is_empty() {
        return statement.await;
    }
    let (begun, rows) = futures_util::future::join(client.batch_execute(before), statement).await;
    begun.and(rows)
}

/// A statement in a transaction of its own, which pins it: behind a pooler the session has anybody's path. All goes out
/// together. When `begin` fails, the transaction has failed: nothing is done with other rights than it says.
async fn alone(
    client: &tokio_postgres::Client,
    begin: &str,
    sql: &str,
    parameters: &[(&(dyn ToSql + Sync), Type)],
) -> std::result::Result<Vec<Row>, Error> {
    let begun = client.batch_execute(begin);
    let (begun, rows, ended) = futures_util::future::join3(
        begun,
        client.query_typed(sql, parameters),
        client.batch_execute("commit"),
    )
    .await;
    let rows = begun.and(rows)?;
    ended?;
    Ok(rows)
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        if !self.busy && !self.in_transaction && self.cleanup.is_empty() {
            if self.read_only || self.acting || self.path == Path::OfRole {
                drop(Object::take(client));
            }
            return;
        }
        // Out of the pool: nobody else may meet its unfinished transaction.
        let client = Object::take(client);
        let (shared, mut cleanup) = (Arc::clone(&self.shared), std::mem::take(&mut self.cleanup));
        let why = match shared.stopped.load(Ordering::Relaxed) {
            true => "the service was stopped",
            false => "its caller went away",
        };
        for text in cleanup.iter_mut().flat_map(|cleanup| &mut cleanup.texts).filter(|text| *text == WHY) {
            *text = why.to_owned();
        }
        self.shared.abandoned.spawn(async move {
            let idle = async {
                let mut rollback = std::pin::pin!(client.batch_execute("rollback"));
                let mut pause = CANCEL_AGAIN;
                loop {
                    if let Err(error) = shared.canceller.cancel(&client.cancel_token()).await {
                        tracing::debug!(%error, "a statement could not be cancelled");
                    }
                    tokio::select! {
                        ended = &mut rollback => break ended,
                        () = tokio::time::sleep(pause) => pause *= 2,
                    }
                }
            };
            match tokio::time::timeout(CANCEL_AT_MOST, idle).await {
                Ok(Ok(())) => tracing::info!(why, "a statement was given up and is cancelled"),
                Ok(Err(error)) => {
                    tracing::warn!(why, %error, "a statement was given up, and so was its connection")
                }
                Err(_) => tracing::warn!(why, "a statement was given up and does not end"),
            }
            let clear = async {
                for Cleanup { sql, texts } in cleanup {
                    let texts: Vec<&dyn Parameter> = texts.iter().map(|text| text as _).collect();
                    if let Err(error) = alone(&client, PINNED_BEGIN, sql, &typed(&texts)).await {
                        tracing::warn!(%error, "what the cancelled statement left could not be cleared");
                    }
                }
            };
            if tokio::time::timeout(CANCEL_AT_MOST, clear).await.is_err() {
                tracing::warn!("what the cancelled statement left could not be cleared in time");
            }
        });
    }
}
