//! DataFrame jobs: the rows of `load` to a function of `dfa_dataframe`, its rows to `save`, in one transaction.

mod job;
mod runner;

pub use runner::run;
