//! The requests under `/api/ai`, one file each.

pub mod backfill;
pub mod cancel;
pub mod catalogs;
pub mod data;
pub mod delete;
pub mod dependency;
pub mod logs;
pub mod notify;
pub mod pipelines;
pub mod process;
pub mod put;
pub mod rejected;
pub mod resume;
pub mod retention;
pub mod setup;
mod submit;
pub mod tables;
mod target;
pub mod tasks;
