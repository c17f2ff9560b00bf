//! What every request can reach. None of it is state: a replica that dies takes nothing with it.

use super::events::Events;
use super::limits::Limits;
use crate::db::Database;
use crate::failure::Result;
use crate::settings::Settings;
use crate::web::Attempts;
use metrics_exporter_prometheus::PrometheusHandle;
use std::ops::Deref;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Handed to every request.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub database: Database,
    pub settings: Settings,
    pub limits: Limits,
    pub attempts: Attempts,
    pub metrics: PrometheusHandle,
    pub events: Events,
    /// Cancelled when the service is told to stop: it is not ready from then on.
    pub leaving: CancellationToken,
    /// Cancelled when the service stops: what never ends by itself ends then.
    pub stopping: CancellationToken,
    /// Cancelled when what is under way has had its time.
    pub ending: CancellationToken,
}

impl App {
    /// # Errors
    /// Settings that cannot be used.
    pub fn new(settings: Settings, metrics: PrometheusHandle) -> Result<Self> {
        Ok(App(Arc::new(Parts {
            database: Database::new(&settings)?,
            limits: Limits::new(&settings.service),
            attempts: Attempts::new(),
            events: Events::new(),
            leaving: CancellationToken::new(),
            stopping: CancellationToken::new(),
            ending: CancellationToken::new(),
            metrics,
            settings,
        })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
