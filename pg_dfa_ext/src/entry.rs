//! How every SQL function of the surface begins and ends.

use crate::clock;
use crate::error::{capture, raise, Result};

/// Does the work of an SQL function, by the clock: its value, or its failure as one clean Postgres ERROR.
pub fn entry<T>(work: impl FnOnce() -> Result<T>) -> T {
    capture(|| clock::kept(work)).unwrap_or_else(|error| raise(error))
}
