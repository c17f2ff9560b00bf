//! The service: REST under the key of the API, health, metrics, events.

mod api;
mod auth;
mod body;
mod client;
mod coding;
mod error_answers;
pub mod event_log;
mod events;
mod form;
pub mod health;
mod idempotency;
mod limits;
mod lines;
pub mod metrics;
mod openapi;
mod pagination;
mod path;
mod reply;
mod request_log;
mod request_metrics;
mod router;
mod schema;
mod state;
pub mod task_list;

pub(crate) use crate::problem;
pub use crate::problem::{Problem, PAUSED};
pub use events::Told;
pub use pagination::{Filter, ListOptions, Listing, Takes};
pub use router::router;
pub use state::App;
