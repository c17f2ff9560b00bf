//! A DataFrame step has the rights of the role that submitted it, in the session of a front service.
//!
//! The service's role has to be a member of that role, as for SET ROLE. But SQL of a node could take SET ROLE back, and
//! would then have the rights of the service: so the identity is changed as for a SECURITY DEFINER function, in which
//! Postgres refuses SET ROLE and SET SESSION AUTHORIZATION, and [`crate::task::session_role`] is the submitter.

use crate::clock;
use crate::error::{DfaError, Result};
use crate::spi;
use crate::task::session_role;
use pgrx::pg_sys;
use pgrx::{register_xact_callback, PgXactCallbackEvent};
use std::ffi::{c_int, CString};

/// `SECURITY_LOCAL_USERID_CHANGE` of miscadmin.h.
const LOCAL_CHANGE: c_int = 1;

/// Who is acted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submitter {
    /// The role whose session wrote the task.
    owner: pg_sys::Oid,
    /// As whom it is run: the role that was set there.
    runs_as: pg_sys::Oid,
}

struct Identity {
    user: pg_sys::Oid,
    context: c_int,
}

impl Identity {
    fn now() -> Identity {
        let (mut user, mut context) = (pg_sys::InvalidOid, 0);
        // SAFETY: reads globals of this backend.
        unsafe { pg_sys::GetUserIdAndSecContext(&raw mut user, &raw mut context) };
        Identity { user, context }
    }

    fn set(&self) {
        // SAFETY: an abort of the (sub)transaction sets back what it found; a commit is prepared for below.
        unsafe { pg_sys::SetUserIdAndSecContext(self.user, self.context) };
    }
}

impl Submitter {
    /// The submitter of a step.
    ///
    /// # Errors
    /// [`DfaError::AnothersStep`] if this session is no member of that role, or that role none of whom it set.
    pub fn of(step: i64) -> Result<Submitter> {
        let names = spi::query_one(
            "select process_by, run_as from dfa.task_process
             where process_id = (select process_id from dfa.task_step where id = $1)",
            &[step.into()],
            |row| Ok((row.get::<String>("process_by")?, row.get::<String>("run_as")?)),
        )?;
        let (owner, runs_as) = names.ok_or_else(|| DfaError::UnknownName {
            what: "step",
            name: step.to_string(),
            suggestion: None,
        })?;
        let oids = (oid_of(&owner), oid_of(&runs_as));
        let (Some(owner_oid), Some(runs_as)) = oids else {
            return Err(DfaError::AnothersStep { role: owner });
        };
        // SAFETY: look-ups in the system caches.
        let may = unsafe {
            pg_sys::is_member_of_role(pg_sys::GetSessionUserId(), owner_oid)
                && pg_sys::is_member_of_role(owner_oid, runs_as)
        };
        // A function with another's rights must not lend these out, nor change back to what it is not.
        if !may || session_role::is_in_anothers_name() && is_for_another_than(owner_oid) {
            return Err(DfaError::AnothersStep { role: owner });
        }
        Ok(Submitter { owner: owner_oid, runs_as })
    }

    /// The search path that a session of the owner begins with, which a worker is.
    pub fn search_path(self) -> Result<String> {
        // SAFETY: reads a global of this backend.
        let database = unsafe { pg_sys::MyDatabaseId };
        let own = spi::value::<String>(
            include_str!("sql/search_path_of_role.sql"),
            &[self.owner.into(), database.into()],
        )?;
        own.map_or_else(|| clock::of_server("search_path"), Ok)
    }

    /// Does something as the owner of the task.
    pub fn owning<T>(self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let before = Identity::now();
        self.become_one(self.owner);
        let value = work()?;
        before.set();
        Ok(value)
    }

    /// From here to the end of the transaction everything is done as the submitter.
    pub fn stay(self) {
        let before = Identity::now();
        if !self.become_one(self.runs_as) {
            return;
        }
        // A commit would keep it; the triggers that wait for the commit have run by then.
        register_xact_callback(PgXactCallbackEvent::PreCommit, move || before.set());
    }

    /// False if the session is that role's anyway.
    fn become_one(self, role: pg_sys::Oid) -> bool {
        let now = Identity::now();
        // SAFETY: reads a global of this backend.
        if now.user == role && now.context == 0 && unsafe { pg_sys::GetSessionUserId() } == self.owner {
            return false;
        }
        Identity { user: role, context: now.context | LOCAL_CHANGE }.set();
        true
    }
}

/// The code that calls has the rights of somebody else than this owner.
fn is_for_another_than(owner: pg_sys::Oid) -> bool {
    session_role::oid() != owner
}

fn oid_of(role: &str) -> Option<pg_sys::Oid> {
    let name = CString::new(role).ok()?;
    // SAFETY: a look-up in the system cache.
    let oid = unsafe { pg_sys::get_role_oid(name.as_ptr(), true) };
    (oid != pg_sys::InvalidOid).then_some(oid)
}
