//! Listens, and stops in good order.

use crate::clock;
use crate::dataframe;
use crate::failure::{Failure, Result};
use crate::http::{event_log, health, metrics, router, App};
use crate::landing;
use crate::notify;
use crate::settings::Settings;
use axum_server::Handle;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::signal::unix::{signal, SignalKind};

/// How long a client may take for the head of its request.
const HEAD: Duration = Duration::from_secs(15);
/// The greatest head, in bytes. More than a hundred headers are refused, too (431): by hyper itself, which allocates for
/// every request when it is told a number.
const MAX_HEAD: usize = 64 * 1024;
/// How long the answers may take of what was cancelled.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// How long a stop waits for statements that are being cancelled.
const CANCELLATIONS: Duration = Duration::from_secs(10);

/// Serves, with pages or without, until SIGTERM or SIGINT; then takes no more, waits for what is under way, and cancels what takes too long.
///
/// # Errors
/// Settings that cannot be used, or an address that somebody else listens at.
pub async fn serve(settings: Settings, address: SocketAddr, pages: bool) -> Result<()> {
    check_exposure(&settings, address)?;
    let recorder = PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0])
        .map_err(|error| Failure::usage(error.to_string()))?
        .install_recorder()
        .map_err(|error| Failure::work(error.to_string()))?;
    metrics::describe(&settings.service.environment);
    let app = App::new(settings, recorder)?;
    let listener = std::net::TcpListener::bind(address)
        .map_err(|error| Failure::work(format!("cannot listen at {address}: {error}")))?;
    let bound = listener.local_addr()?;
    let handle = Handle::new();
    // HTTP/1 alone: to look which version is spoken is to wait for the first bytes, and that has no limit of time.
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone()).http1_only();
    server.http_builder().http1().header_read_timeout(HEAD).max_buf_size(MAX_HEAD);
    let connections = handle.clone();
    tokio::spawn(stop(app.clone(), handle));
    tokio::spawn(clock::run(app.clone()));
    tokio::spawn(health::first_look(app.clone()));
    tokio::spawn(event_log::run(app.clone()));
    tokio::spawn(app.events.clone().follow(app.clone()));
    tokio::spawn(dataframe::run(app.clone()));
    tokio::spawn(notify::run(app.clone()));
    tokio::spawn(landing::run(app.clone()));
    let environment = &app.settings.service.environment;
    tracing::info!(address = %bound, environment, version = env!("CARGO_PKG_VERSION"), "serving");
    let service = router(app.clone(), pages).into_make_service_with_connect_info::<SocketAddr>();
    server.serve(service).await?;
    let _ = tokio::time::timeout(CANCELLATIONS, cancelled(&app, &connections)).await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits until each connection that was cut off has let go of its work, and that is cancelled.
async fn cancelled(app: &App, connections: &Handle<SocketAddr>) {
    while connections.connection_count() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.database.abandoned.close();
    app.database.abandoned.wait().await;
}

/// Without a key, whoever reaches the service may do everything: so nobody but this machine may reach it.
fn check_exposure(settings: &Settings, address: SocketAddr) -> Result<()> {
    if settings.service.keys.is_empty() && !address.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "setting APIKEY is missing: without it, {address} is not served"
        ))
        .hint("Set APIKEY in the environment or in .env, or listen at 127.0.0.1 alone."));
    }
    Ok(())
}

async fn stop(app: App, handle: Handle<SocketAddr>) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received: stop the service by SIGKILL");
        return;
    };
    let (wait, drain) = (app.settings.service.shutdown, app.settings.service.drain);
    tokio::select! {
        _ = terminate.recv() => {
            app.leaving.cancel();
            tracing::info!(seconds = drain.as_secs(), "not ready any more: balancers may send others elsewhere");
            // A second signal is in a hurry.
            tokio::select! {
                () = tokio::time::sleep(drain) => {}
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ = interrupt.recv() => app.leaving.cancel(),
    }
    tracing::info!(seconds = wait.as_secs(), "stopping: requests under way may end");
    app.stopping.cancel();
    // What is cancelled at the end of its time is still answered.
    handle.graceful_shutdown(Some(wait + LAST_WORDS));
    tokio::time::sleep(wait).await;
    app.database.stop();
    app.ending.cancel();
}
