//! Connections.

mod ask;
mod cancel;
mod client;
mod list;
mod parameter;
pub mod path;
mod pool;
mod rights;
mod row;
mod session;
mod standby;
mod stop;
pub mod tls;
mod tunnel;

pub use ask::Ask;
pub use cancel::Canceller;
pub use client::Client;
pub use parameter::Parameter;
pub use pool::Database;
pub use rights::{of_request, within, Rights};
pub use row::{records, Columns, NamedRow, Unexpected};
pub use session::{Cleanup, Person, Session, WHY};
pub use standby::{may_look, LOOKS};
pub use stop::{or_cancel, stopped};
pub use tunnel::through;

use crate::failure::{Failure, Result};
use crate::settings::{setting_refused, SessionSetting, Settings};
use std::time::Duration;
use tokio_postgres::{AsyncMessage, Config};

/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// A session with our settings; NOTICE and WARNING go to stderr.
pub async fn connect(settings: &Settings) -> Result<Client> {
    let tls = tls::connector(&settings.certificate)?;
    let (client, mut connection) = alive(&settings.database)
        .connect(tls)
        .await
        .map_err(|error| settings.place.not_reached(Failure::from(error)))?;
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
    begin_session(&client, &settings.session, settings.pooler).await?;
    if !settings.pooler {
        client.batch_execute("set dfa.way = 'cli'").await?;
    }
    Ok(Client::new(client, settings.pooler))
}

/// Settings with which the end of the other machine is noticed: neither its silence nor a firewall's keeps a connection
/// that is none.
pub fn alive(config: &Config) -> Config {
    let mut config = config.clone();
    config.connect_timeout(CONNECT).tcp_user_timeout(Duration::from_secs(30));
    config
        .keepalives_idle(Duration::from_secs(30))
        .keepalives_interval(Duration::from_secs(10))
        .keepalives_retries(3);
    config
}

/// Gives a new session our settings, and its search path. Behind a pooler a session's settings are whoever's came before:
/// they have to be those of the database, and the path is that of each transaction.
async fn begin_session(
    client: &tokio_postgres::Client,
    settings: &[SessionSetting],
    pooler: bool,
) -> Result<()> {
    if !pooler {
        client.batch_execute(path::PINNED).await?;
    }
    for setting in settings {
        let told = set(client, setting, pooler).await;
        told.map_err(|cause| setting_refused(setting, cause))?;
    }
    Ok(())
}

async fn set(client: &tokio_postgres::Client, setting: &SessionSetting, pooler: bool) -> Result<()> {
    let SessionSetting { guc, value, .. } = setting;
    if !pooler {
        let texts = ask::typed(&[guc, value]);
        client.query_typed("select pg_catalog.set_config($1, $2, false)", &texts).await?;
        return Ok(());
    }
    let rows = client.query_typed(include_str!("check_setting.sql"), &ask::typed(&[guc, value])).await?;
    match rows.first().map(|row| row.value("is_so")).transpose()? {
        Some(true) => Ok(()),
        _ => Err(Failure::usage(format!(
            "behind a pooler {guc} is a setting of the database: ALTER DATABASE … SET {guc} = '{value}'"
        ))),
    }
}

/// An identifier in SQL.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a literal of SQL.
fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    match quoted.contains('\\') {
        true => format!("E'{}'", quoted.replace('\\', "\\\\")),
        false => format!("'{quoted}'"),
    }
}
