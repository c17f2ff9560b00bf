//! How every SQL function of the surface begins and ends.

use crate::clock;
use crate::error::{capture, raise, Result};
use crate::lock;

/// Does the work of an SQL function, by the clock and without waiting for others for ever: its value, or its failure as one
/// clean Postgres ERROR.
pub fn entry<T>(work: impl FnOnce() -> Result<T>) -> T {
    capture(|| {
        clock::kept(|| {
            lock::bound();
            let _listening = lock::Listening::begin();
            work()
        })
    })
    .unwrap_or_else(|error| raise(lock::told_of_process(error.of_the_call())))
}
