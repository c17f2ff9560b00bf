//! The locks of DFA's own, and their order (ARCHITECTURE.md).
//!
//! They are locks of objects, which only code of the server takes. An advisory lock is anybody's: a reader could hold
//! those of all tables and workers, and nothing would run.

use crate::pg_compat;
use pgrx::pg_sys;

/// What is locked. The numbers are what `pg_locks` shows as classid and objid; `pg_dfa_ext/sql/schema/30_task_views.sql` reads them there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// A table that is run, restored, trimmed or changed: until the transaction ends.
    Table(pg_sys::Oid),
    /// The number of a worker that is alive: until its session ends.
    Worker(i32),
    /// Shared by those who write tasks; a worker that wants to end needs it alone.
    Submit,
    /// A session that runs steps of a foreground task, by the hash of its id.
    Foreground(i32),
    /// One worker at a time looks for work.
    Look,
    /// A table into which rows come that nobody could take out and put in again: an ingest in chunks that commit together, or
    /// one that others made fail before.
    Stream(pg_sys::Oid),
    /// A front service that is at a DataFrame step, by the id of the step.
    Front(i64),
}

impl Lock {
    /// classid and objid.
    pub fn ids(self) -> (u32, u32) {
        match self {
            Lock::Table(oid) => (0x0DFA, oid.to_u32()),
            Lock::Stream(oid) => (0x0DFF, oid.to_u32()),
            Lock::Submit => (0x0DFB, 0),
            Lock::Worker(number) => (0x0DFB, number.cast_unsigned()),
            Lock::Foreground(hash) => (0x0DFC, hash.cast_unsigned()),
            Lock::Look => (0x0DFD, 0),
            // The low half: two steps under way four thousand million steps apart would be needed to mistake one.
            Lock::Front(step) => (0x0DFE, (step & 0xffff_ffff) as u32),
        }
    }

    /// Holds it alone until the transaction ends; waits as long as `lock_timeout` allows.
    pub fn hold(self) {
        self.acquire(pg_sys::ExclusiveLock, false, false);
    }

    /// Shares it until the transaction ends.
    pub fn share(self) {
        self.acquire(pg_sys::ShareLock, false, false);
    }

    /// [`Lock::hold`], if nobody else has it now.
    pub fn try_hold(self) -> bool {
        self.acquire(pg_sys::ExclusiveLock, false, true)
    }

    /// Holds it alone until the session ends or [`Lock::release`], if nobody else has it now.
    pub fn try_hold_for_session(self) -> bool {
        self.acquire(pg_sys::ExclusiveLock, true, true)
    }

    /// This session holds it alone.
    pub fn is_held(self) -> bool {
        let tag = self.tag();
        // SAFETY: looks at the locks of this session.
        unsafe { pg_compat::holds_alone(&tag) }
    }

    /// Returns back what [`Lock::try_hold_for_session`] took.
    pub fn release(self) {
        let tag = self.tag();
        // SAFETY: in a transaction; a lock that is not held gives a warning.
        unsafe { pg_sys::LockRelease(&raw const tag, pg_sys::ExclusiveLock as i32, true) };
    }

    fn acquire(self, mode: u32, session: bool, at_once: bool) -> bool {
        let tag = self.tag();
        // SAFETY: as LockDatabaseObject does it, in a transaction.
        let outcome = unsafe { pg_sys::LockAcquire(&raw const tag, mode.cast_signed(), session, at_once) };
        outcome != pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL
    }

    /// `SET_LOCKTAG_OBJECT`, of this database.
    fn tag(self) -> pg_sys::LOCKTAG {
        let (class, object) = self.ids();
        pg_sys::LOCKTAG {
            // SAFETY: reads a global of this backend.
            locktag_field1: unsafe { pg_sys::MyDatabaseId }.to_u32(),
            locktag_field2: class,
            locktag_field3: object,
            locktag_field4: 0,
            locktag_type: pg_sys::LockTagType::LOCKTAG_OBJECT as u8,
            // The method of locks that a session may keep through the rollback of a transaction: a worker whose step
            // failed still has its number.
            locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
        }
    }
}
