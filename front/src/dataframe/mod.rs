//! DataFrame jobs: what SQL does badly, between the `load` and the `save` of a process.
//!
//! Pure: rows by columns in, rows by columns out. Which step is run, and whether it counts, the extension decides.

mod arguments;
mod calendar;
mod decode;
mod encode;
mod frame;
mod function;
mod functions;
mod job;
mod refusal;
mod runner;

pub use runner::run;
