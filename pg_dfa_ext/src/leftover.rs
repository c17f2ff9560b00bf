//! What SQL of a catalog leaves behind in its session ends with it: the next node, the next task of a worker and the next
//! request of a pool find the session as it was, and the caller finds theirs as it was.
//!
//! Settings and temporary objects and cursors belong to the subtransaction ([`isolated`]); prepared statements and
//! session locks belong to no transaction, so they go after it, however it ended ([`swept`]).

use crate::clock;
use crate::error::Result;
use crate::pinned::as_caller;
use crate::spi;
use crate::subtransaction::undone;
use pgrx::pg_sys::{self, NodeTag};
use pgrx::prelude::*;
use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_int, CStr, CString};

unsafe extern "C-unwind" {
    /// A cursor that nothing runs in is ready.
    fn ThereAreNoReadyPortals() -> bool;
}

thread_local! {
    /// How many of [`swept`] are under way, one in the other.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// What they prepared.
    static PREPARED: RefCell<Vec<CString>> = const { RefCell::new(Vec::new()) };
}

/// Runs `work` by the clock, in a subtransaction of the caller: settings, temporary objects and cursors of its SQL are gone
/// afterwards.
pub fn isolated<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let cursors = cursors()?;
    let temporary = temporary_objects()?;
    let value = clock::kept(|| as_caller(work))?;
    for cursor in self::cursors()?.iter().filter(|cursor| !cursors.contains(cursor)) {
        close(&cursor.0);
    }
    let left: Vec<_> =
        temporary_objects()?.into_iter().filter(|object| !temporary.contains(object)).collect();
    if !left.is_empty() {
        drop_objects(&left);
    }
    Ok(value)
}

/// Runs `work`, which ends its own subtransactions; then what it prepared, and the locks that it took for the session, are
/// given back.
pub fn swept<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    swept_to(&SessionLocks::now(), work)
}

/// [`swept`] for one of several works, before the first of which the session held these locks.
pub fn swept_to<T>(locks: &SessionLocks, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let inside = Inside::enter();
    let outcome = work();
    unprepare(inside.prepared);
    session_locks().into_iter().filter(|lock| !locks.0.contains(lock)).for_each(release);
    outcome
}

/// The advisory locks that a session holds at some moment. To look for them costs a copy of all locks of the server.
pub struct SessionLocks(Vec<SessionLock>);

impl SessionLocks {
    pub fn now() -> SessionLocks {
        SessionLocks(session_locks())
    }
}

/// How many statements the nodes under way prepared.
pub fn prepared() -> usize {
    PREPARED.with_borrow(Vec::len)
}

/// Takes back what was prepared since there were so many.
pub fn unprepare(since: usize) {
    for name in PREPARED.with_borrow_mut(|names| names.split_off(since)) {
        // SAFETY: one that is gone already is passed over.
        unsafe { pg_sys::DropPreparedStatement(name.as_ptr(), false) };
    }
}

/// Set back also when an error passes by.
struct Inside {
    prepared: usize,
}

impl Inside {
    fn enter() -> Inside {
        DEPTH.set(DEPTH.get() + 1);
        Inside { prepared: prepared() }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Open cursors: name and when each was made.
fn cursors() -> Result<Vec<(String, String)>> {
    // SAFETY: looks at the portals of this session. When it meets one that is ready, it leaves its scan of them open, which ends
    // without a warning where a subtransaction is undone.
    if undone(|| Ok(unsafe { ThereAreNoReadyPortals() }))? {
        return Ok(Vec::new());
    }
    spi::query("select name, creation_time::pg_catalog.text from pg_catalog.pg_cursors", &[], |row| {
        Ok((row.get::<String>("name")?, row.get::<String>("creation_time")?))
    })
}

fn close(name: &str) {
    let Ok(name) = CString::new(name) else { return };
    // SAFETY: a portal of this session that nothing runs in: what opened it has ended.
    unsafe {
        let portal = pg_sys::GetPortalByName(name.as_ptr());
        if !portal.is_null()
            && (*portal).status != pg_sys::PortalStatus::PORTAL_ACTIVE
            && !(*portal).portalPinned
        {
            pg_sys::PortalDrop(portal, false);
        }
    }
}

/// What lies in the session's temporary schema, as class and oid; nothing as long as it has none.
fn temporary_objects() -> Result<Vec<(pg_sys::Oid, pg_sys::Oid)>> {
    let (mut schema, mut toast) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
    // SAFETY: reads globals of this backend.
    unsafe { pg_sys::GetTempNamespaceState(&raw mut schema, &raw mut toast) };
    if schema == pg_sys::InvalidOid {
        return Ok(Vec::new());
    }
    spi::query(
        "select classid, objid from pg_catalog.pg_depend
         where refclassid operator(pg_catalog.=) 'pg_catalog.pg_namespace'::regclass and refobjid operator(pg_catalog.=) $1",
        &[schema.into()],
        |row| Ok((row.get("classid")?, row.get("objid")?)),
    )
}

fn drop_objects(objects: &[(pg_sys::Oid, pg_sys::Oid)]) {
    let flags = pg_sys::PERFORM_DELETION_INTERNAL | pg_sys::PERFORM_DELETION_QUIETLY;
    // SAFETY: the objects are there, as the query above found them; as Postgres clears a temporary schema.
    unsafe {
        let list = pg_sys::new_object_addresses();
        for (class, object) in objects {
            let address = pg_sys::ObjectAddress { classId: *class, objectId: *object, objectSubId: 0 };
            pg_sys::add_exact_object_address(&raw const address, list);
        }
        pg_sys::performMultipleDeletions(list, pg_sys::DropBehavior::DROP_CASCADE, flags.cast_signed());
        pg_sys::free_object_addresses(list);
        pg_sys::CommandCounterIncrement();
    }
}

/// An advisory lock of this session, or of its transaction: its four fields, and the mode.
type SessionLock = ([u32; 3], u16, c_int);

fn session_locks() -> Vec<SessionLock> {
    let mut found = Vec::new();
    // SAFETY: a copy of the lock table, made in the current memory context.
    unsafe {
        let data = pg_sys::GetLockStatusData();
        let all = std::slice::from_raw_parts((*data).locks, usize::try_from((*data).nelements).unwrap_or(0));
        let advisory = pg_sys::LockTagType::LOCKTAG_ADVISORY as u8;
        for lock in all.iter().filter(|it| it.pid == pg_sys::MyProcPid && it.locktag.locktag_type == advisory)
        {
            let tag = lock.locktag;
            for mode in [pg_sys::ShareLock, pg_sys::ExclusiveLock] {
                if lock.holdMask & (1 << mode) != 0 {
                    let fields = [tag.locktag_field1, tag.locktag_field2, tag.locktag_field3];
                    found.push((fields, tag.locktag_field4, mode.cast_signed()));
                }
            }
        }
        pg_sys::pfree((*data).locks.cast());
        pg_sys::pfree(data.cast());
    }
    found
}

/// As often as the session took it. One that its transaction took ends with that, and is told from the others by asking.
fn release((fields, kind, mode): SessionLock) {
    let tag = pg_sys::LOCKTAG {
        locktag_field1: fields[0],
        locktag_field2: fields[1],
        locktag_field3: fields[2],
        locktag_field4: kind,
        locktag_type: pg_sys::LockTagType::LOCKTAG_ADVISORY as u8,
        locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
    };
    // SAFETY: a lock that is not held gives a warning, which nobody is to see; the settings are put back at once.
    unsafe {
        let (client, log) = (pg_sys::client_min_messages, pg_sys::log_min_messages);
        pg_sys::client_min_messages = PgLogLevel::ERROR as c_int;
        pg_sys::log_min_messages = PgLogLevel::ERROR as c_int;
        while pg_sys::LockRelease(&raw const tag, mode, true) {}
        pg_sys::client_min_messages = client;
        pg_sys::log_min_messages = log;
    }
}

static mut NEXT: pg_sys::ProcessUtility_hook_type = None;

unsafe extern "C-unwind" {
    fn standard_ProcessUtility(
        statement: *mut pg_sys::PlannedStmt,
        text: *const c_char,
        read_only: bool,
        context: pg_sys::ProcessUtilityContext::Type,
        parameters: pg_sys::ParamListInfo,
        environment: *mut pg_sys::QueryEnvironment,
        receiver: *mut pg_sys::DestReceiver,
        completion: *mut pg_sys::QueryCompletion,
    );
}

/// Called once when the library is loaded.
pub fn register() {
    // SAFETY: hooks are chained while libraries are loaded.
    unsafe {
        NEXT = pg_sys::ProcessUtility_hook;
        pg_sys::ProcessUtility_hook = Some(utility);
    }
}

/// Sees the statements of a node that no table or transaction remembers.
///
/// Without a guard of pgrx, which would make another error of each one that passes by: this frame has nothing to drop.
unsafe extern "C-unwind" fn utility(
    statement: *mut pg_sys::PlannedStmt,
    text: *const c_char,
    read_only: bool,
    context: pg_sys::ProcessUtilityContext::Type,
    parameters: pg_sys::ParamListInfo,
    environment: *mut pg_sys::QueryEnvironment,
    receiver: *mut pg_sys::DestReceiver,
    completion: *mut pg_sys::QueryCompletion,
) {
    unsafe {
        if !may_run(statement) {
            return;
        }
        match NEXT {
            Some(next) => {
                next(statement, text, read_only, context, parameters, environment, receiver, completion);
            }
            None => standard_ProcessUtility(
                statement,
                text,
                read_only,
                context,
                parameters,
                environment,
                receiver,
                completion,
            ),
        }
        has_run(statement);
    }
}

/// False for what would have its effect after the node has ended.
#[pg_guard]
unsafe extern "C-unwind" fn may_run(statement: *mut pg_sys::PlannedStmt) -> bool {
    if DEPTH.get() == 0 {
        return true;
    }
    // SAFETY: a utility statement, as its tag says.
    unsafe {
        let node = (*statement).utilityStmt;
        match (*node).type_ {
            NodeTag::T_ListenStmt | NodeTag::T_UnlistenStmt => return false,
            NodeTag::T_DiscardStmt => refuse("DISCARD"),
            NodeTag::T_DeallocateStmt if (*node.cast::<pg_sys::DeallocateStmt>()).name.is_null() => {
                refuse("DEALLOCATE ALL");
            }
            NodeTag::T_ClosePortalStmt if (*node.cast::<pg_sys::ClosePortalStmt>()).portalname.is_null() => {
                refuse("CLOSE ALL");
            }
            _ => {}
        }
    }
    true
}

#[pg_guard]
unsafe extern "C-unwind" fn has_run(statement: *mut pg_sys::PlannedStmt) {
    if DEPTH.get() == 0 {
        return;
    }
    // SAFETY: the statement is there as long as its caller, and so is the name in it.
    unsafe {
        let node = (*statement).utilityStmt;
        if (*node).type_ == NodeTag::T_PrepareStmt {
            let name = CStr::from_ptr((*node.cast::<pg_sys::PrepareStmt>()).name).to_owned();
            PREPARED.with_borrow_mut(|names| names.push(name));
        }
    }
}

fn refuse(what: &str) {
    ereport!(
        ERROR,
        PgSqlErrorCode::ERRCODE_FEATURE_NOT_SUPPORTED,
        format!("{what} has no place in a process"),
        "It would take from the session what is not the node's; what a node makes there ends with the node anyway."
    );
}
