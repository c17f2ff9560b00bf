//! What is older than `dfa.log_retention` goes, a little at each tick.

use crate::error::Result;
use crate::settings;
use crate::spi;
use jiff::Timestamp;

/// Trims tasks and logs, if the caller may delete them.
pub fn trim(at: Timestamp) -> Result<()> {
    let Some(retention) = settings::log_retention() else { return Ok(()) };
    let allowed = spi::value::<bool>("select has_table_privilege('dfa.data_logging', 'delete')", &[])?;
    if allowed.unwrap_or_default() {
        spi::run(include_str!("sql/trim_logs.sql"), &[at.to_string().into(), retention.into()])?;
    }
    Ok(())
}
