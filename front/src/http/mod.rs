//! The service: REST under the key of the API, health, metrics, events.

mod answers;
mod api;
mod auth;
mod body;
mod client;
mod events;
mod form;
mod health;
mod limits;
mod lines;
mod listing;
mod metrics;
mod observe;
mod once;
mod openapi;
mod path;
mod problem;
mod reply;
mod router;
mod schema;
mod serve;
mod state;
mod tally;
mod watch;

pub use events::Told;
pub use problem::Problem;
pub use serve::serve;
pub use state::App;
