//! Locks: which there are and in which order ([`key`]), how long one waits for them ([`timeout`]), and the one that a
//! run holds ([`table`]).

mod heard;
mod key;
mod table;
mod timeout;

pub use heard::{register, Listening};
pub use key::Lock;
pub use table::hold_table;
pub use timeout::{
    bound, holder_of_rows, in_time, rows_in_time, told_of_holder, told_of_process, with_timeout,
    with_timeout_of, Held,
};
