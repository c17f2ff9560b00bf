//! Whether anything may start: not while `dfa.pause('all', …)` holds everything.

use crate::error::{DfaError, Result};
use crate::spi;

/// Everything is paused at this moment.
pub fn is_on() -> Result<bool> {
    Ok(sentence()?.is_some())
}

/// Asked by whatever is about to start work.
///
/// # Errors
/// DF014 while everything is paused.
pub fn refuse_work() -> Result<()> {
    match sentence()? {
        Some(sentence) => Err(DfaError::Paused { sentence }),
        None => Ok(()),
    }
}

/// Who paused everything, until when, and why.
fn sentence() -> Result<Option<String>> {
    spi::value::<String>("select sentence from dfa.paused_now where kind = 'all'", &[])
}
