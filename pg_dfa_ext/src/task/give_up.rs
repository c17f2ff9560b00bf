//! Tasks that nobody can go on with come to an end that says why.

use super::Task;
use crate::error::Result;
use crate::{owner, spi};

/// Foreground tasks whose session has gone, and background tasks whose role has: as far as the caller may. Returns them.
pub fn lost_tasks() -> Result<Vec<String>> {
    let mut ended = lost_sessions()?;
    ended.extend(orphans()?);
    Ok(ended)
}

/// Foreground tasks whose session has gone.
pub fn lost_sessions() -> Result<Vec<String>> {
    spi::values(include_str!("sql/give_up_lost_tasks.sql"), &[])
}

/// Background tasks whose role is gone or has lost its rights, in the name of the extension: their workers may write
/// nothing any more, and other roles may not write for them. Statements of ours alone run so.
pub fn orphaned_tasks() -> Result<()> {
    owner::as_extension_owner(orphans).map(|_| ())
}

fn orphans() -> Result<Vec<String>> {
    let mut ended = Vec::new();
    for process_id in spi::values::<String>(include_str!("sql/give_up_orphans.sql"), &[])? {
        if Task::load(&process_id)?.finish()? != 2 {
            ended.push(process_id);
        }
    }
    Ok(ended)
}
