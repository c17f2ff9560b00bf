//! A command that is told to stop, by Ctrl-C or by SIGTERM, cancels what it began.

use super::{tls, Canceller, Client};
use crate::failure::{Failure, Result};
use crate::settings::Settings;
use std::future::Future;
use tokio::signal::unix::{signal, SignalKind};

/// Waits for the signal to stop; returns the failure that the command then ends with.
pub async fn stopped() -> Failure {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Failure::interrupted(),
        _ = terminate.recv() => Failure::terminated(),
    }
}

/// Waits for the work of a session; a signal cancels its statement, which then ends by itself. `what` says what that was.
pub async fn or_cancel<T>(
    client: &Client,
    settings: &Settings,
    what: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let mut work = std::pin::pin!(work);
    let failure = tokio::select! {
        outcome = &mut work => return outcome,
        failure = stopped() => failure,
    };
    let canceller = Canceller::new(&settings.database, tls::connector(&settings.certificate)?);
    // The statement may have ended meanwhile; then there is nothing to cancel.
    let asked = canceller.cancel(&client.cancel_token()).await;
    let outcome = work.await;
    match (asked, outcome) {
        (_, Ok(value)) => Ok(value),
        (Ok(()), Err(_)) => {
            Err(failure.detail(format!("{what} is cancelled; what had been committed stays.")))
        }
        (Err(error), Err(ended)) => {
            Err(failure.detail(format!("{what}: the server was not asked ({error}). {}", ended.message)))
        }
    }
}
