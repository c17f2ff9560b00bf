//! Partitions of tables: the first ones, those of run dates to come, and those that rows turn out to need.
//!
//! Every row has a place at once: a table by range or list has a default partition. Rows that fall into it move into
//! partitions of their own in the transaction that brought them, as soon as nobody else uses that partition.

mod all;
mod analyze;
mod elsewhere;
mod first;
mod grow;
mod name;
mod shift;
mod state;

pub use all::{is_needed, keep_up};
pub use first::create;
pub use grow::{ahead, for_rows, make, months, Place};
pub use name::{fitting as fitting_name, free as free_name};
