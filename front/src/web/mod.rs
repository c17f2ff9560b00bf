//! The pages: what people open in a browser. A page is a folder with its route, its query, its view model and its template,
//! and decides nothing.
//!
//! A request comes through `security` (headers, foreign forms), `session` (who is it) and, as [`asked::Asked`], to its page,
//! which reads in a transaction of the person's role. The page is put into the frame; a request of htmx gets what is inside
//! of the frame alone, from the same template.

mod about;
mod account;
mod act;
mod address;
mod admin;
mod asked;
mod assets;
mod audit;
mod catalog;
mod chart;
mod clock;
mod code;
mod edit;
mod error_page;
mod form;
mod frame;
mod freshness;
mod graph;
mod ingest;
mod listed;
mod live;
mod log;
mod login;
mod note;
mod number;
mod password;
mod pipeline;
mod pipelines;
mod routes;
mod search;
mod security;
mod session;
mod state;
mod statement;
mod strip;
mod table;
mod tables;
mod task;
mod tasks;
mod today;
mod told;

pub use error_page::for_browsers;
pub use routes::routes;
pub use session::Attempts;
