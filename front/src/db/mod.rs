//! Connections.

mod parameter;
mod pool;
mod session;
pub mod tls;
mod tunnel;

pub use parameter::Parameter;
pub use pool::Database;
pub use session::{Cleanup, Session};
pub use tunnel::through;

use crate::failure::{Failure, Result};
use crate::settings::Settings;
use std::future::Future;
use tokio_postgres::{AsyncMessage, Client};

/// A session with our settings; NOTICE and WARNING go to stderr.
pub async fn connect(settings: &Settings) -> Result<Client> {
    let (client, mut connection) =
        settings.database.connect(tls::connector(&settings.certificate)?).await.map_err(|error| {
            let failure = Failure::from(error);
            let message = format!("cannot connect to the database: {}", failure.message);
            let hint = failure.hint.clone().unwrap_or_else(|| {
                "Settings are DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASS and DB_SSLMODE, in the environment or in .env."
                    .to_owned()
            });
            Failure { message, ..failure }.hint(hint)
        })?;
    tokio::spawn(async move {
        let mut messages = futures_util::stream::poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = futures_util::StreamExt::next(&mut messages).await {
            if let AsyncMessage::Notice(notice) = message {
                eprintln!("{}: {}", notice.severity(), notice.message());
                if let Some(hint) = notice.hint() {
                    eprintln!("HINT: {hint}");
                }
            }
        }
    });
    for (name, value) in &settings.session {
        client.query("select set_config($1, $2, false)", &[name, value]).await?;
    }
    Ok(client)
}

/// Waits for the work of a session; Ctrl-C cancels its statement, which then ends by itself.
pub async fn or_cancel<T>(
    client: &Client,
    settings: &Settings,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        outcome = &mut work => outcome,
        _ = tokio::signal::ctrl_c() => {
            // The statement may have ended meanwhile; then there is nothing to cancel.
            let cancelled = client.cancel_token().cancel_query(tls::connector(&settings.certificate)?).await;
            let outcome = work.await;
            match (cancelled, outcome) {
                (Ok(()), Ok(value)) => Ok(value),
                _ => Err(Failure::interrupted()),
            }
        }
    }
}

/// An identifier in SQL.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
