//! Tables that lie on the machines of a Citus cluster. Citus does the work; here is what DFA says to it and asks it.

mod lies;
mod order;
mod writers;

pub use lies::{among, distribution, is_elsewhere, is_there, statement, tables, Lies};
pub use order::{in_order, is_loaded, is_parallel, quietly};
pub use writers::wait_out;
