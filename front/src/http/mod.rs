//! The service: REST under the key of the API, health, metrics, events.

mod api;
mod auth;
mod body;
mod client;
mod coding;
mod error_answers;
mod event_log;
mod events;
mod form;
mod health;
mod idempotency;
mod limits;
mod lines;
mod metrics;
mod openapi;
mod pagination;
mod path;
mod problem;
mod reply;
mod request_log;
mod request_metrics;
mod router;
mod schema;
mod serve;
mod state;

pub use events::Told;
pub use pagination::{Filter, ListOptions, Listing, Takes};
pub use problem::{Problem, PAUSED};
pub use serve::serve;
pub use state::App;
