//! `dfa.call_workers`: what waits gets a worker.

use super::{session_role, spawn};
use crate::entry::entry;
use crate::settings;
use crate::spi;
use pgrx::prelude::*;
use pgrx::{pg_sys, register_xact_callback, PgXactCallbackEvent};

extension_sql!(
    r#"
comment on function dfa.call_workers is
'When the transaction commits, a worker looks for work of this role and, where dfa is preloaded, others for work of all roles. An upgrade ends with it.';
grant execute on function dfa.call_workers to dfa_operator;
"#,
    name = "about_call_workers",
    requires = [call_workers]
);

/// For whoever kept workers away from what is there to do, as an upgrade does between two versions. Whether there are some does
/// not count: they may be those that are on their way out.
#[pg_extern]
fn call_workers() {
    entry(|| {
        let waits = spi::value::<bool>(
            "select exists (select from dfa.task_process
                            where status = 2 and process_type like 'background|%' and process_by = dfa.session_role())",
            &[],
        )?;
        let starts = waits == Some(true) && settings::max_workers() > 0;
        // SAFETY: reads globals of this backend.
        let (database, role) = unsafe { (pg_sys::MyDatabaseId, session_role::oid()) };
        register_xact_callback(PgXactCallbackEvent::Commit, move || {
            if starts {
                spawn::worker(database, role);
            }
            spawn::ask_launcher();
        });
        Ok(())
    });
}
