//! The scheduler: which pipelines are due, by the clock and by what has succeeded. It keeps no clock of its own: whoever
//! calls `dfa.tick` is one, and any number may call.

pub mod source;
mod start;
mod tick;
mod triggers;
pub mod upkeep;
