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
pub use body::read as read_body;
pub use client::Client;
pub use events::{live, Told};
pub use limits::{in_time as within_a_look_up, until_the_end};
pub use pagination::{Filter, ListOptions, Listing, Takes};
pub use request_log::RequestId;
pub use router::router;
pub use state::App;
