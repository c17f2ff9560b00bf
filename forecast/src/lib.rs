//! Forecasts of one series at a time: models, and the choice between them by how they would have done.
//!
//! Pure: numbers in, numbers or reasons out. It knows no calendar, no DataFrame and no database, so it tests in
//! milliseconds; the service gives it regular series and writes down what it returns.

// The loops of matrices are those of their formulas: several of them by one index.
#![allow(clippy::needless_range_loop)]

pub mod arima;
pub mod average;
pub mod choose;
pub mod forest;
pub mod growth;
pub mod library;
pub mod linear;
pub mod minimum;
pub mod model;
pub mod normal;
pub mod prophet;
pub mod smoothing;

pub use choose::{choose, Choice, Rules};
pub use model::{Context, Forecast, Model, NoForecast};
