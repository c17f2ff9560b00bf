//! DataFrame jobs: the rows of `load` to a function of `dfa_dataframe`, its rows to `save`, in one transaction.

mod child;
mod compute;
mod job;
mod runner;
mod watch;
mod wire;

pub use compute::compute;
pub use runner::run;
