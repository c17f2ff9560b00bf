//! Tasks that nobody can go on with come to an end that says why.

use super::Task;
use crate::error::Result;
use crate::{owner, spi};

/// Foreground tasks whose session has gone, and background tasks whose role has: as far as the caller may.
pub fn lost_tasks() -> Result<()> {
    lost_sessions()?;
    orphans()
}

/// Foreground tasks whose session has gone.
pub fn lost_sessions() -> Result<()> {
    spi::run(include_str!("sql/give_up_lost_tasks.sql"), &[])
}

/// Background tasks whose role is gone or has lost its rights, in the name of the extension: their workers may write
/// nothing any more, and other roles may not write for them. Statements of ours alone run so.
pub fn orphaned_tasks() -> Result<()> {
    owner::as_extension_owner(orphans)
}

fn orphans() -> Result<()> {
    let tasks = spi::values::<String>(include_str!("sql/give_up_orphans.sql"), &[])?;
    tasks.iter().try_for_each(|process_id| Task::load(process_id)?.finish().map(|_| ()))
}
