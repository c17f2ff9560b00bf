//! What the key of a request is for: a front service says so by `dfa.key` and `dfa.key_patterns` in its transaction.

use crate::error::{DfaError, Result};
use crate::{settings, spi};

/// Asked wherever a caller names something.
///
/// # Errors
/// 42501 for a name that the key is not for.
pub fn check(name: &str) -> Result<()> {
    let Some(patterns) = settings::key_patterns() else { return Ok(()) };
    match spi::value::<bool>("select dfa.key_covers($1)", &[name.into()])? {
        Some(true) => Ok(()),
        _ => Err(DfaError::NotOfKey { key: settings::key(), name: Some(name.to_owned()), patterns }),
    }
}

/// [`check`] where a caller means everything.
///
/// # Errors
/// 42501 for a key that is for a part.
pub fn check_everything() -> Result<()> {
    match settings::key_patterns() {
        Some(patterns) => Err(DfaError::NotOfKey { key: settings::key(), name: None, patterns }),
        None => Ok(()),
    }
}
