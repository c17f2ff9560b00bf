//! Who writes a distributed table, by whichever machine of the cluster.
//!
//! A writer holds locks on the table at the machine that it came to, and on its shards where the rows are, until its rows are
//! committed on all of them: also one whose machine died between the two phases of its commit.

use crate::error::{DfaError, Result};
use crate::spi::{self, literal};
use crate::{latch, settings};
use pgrx::pg_sys;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Between two looks, at first and at most.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
const LOOK_AT_LEAST: Duration = Duration::from_millis(250);

/// Waits until every transaction has ended that writes these tables at this moment; none that begins later is waited for.
/// `Err` of the inner result: who still does after `dfa.lock_timeout`, and for how long they were waited for.
///
/// # Errors
/// A machine that cannot be asked.
pub fn wait_out(tables: &[pg_sys::Oid]) -> Result<std::result::Result<(), (String, String)>> {
    if tables.is_empty() {
        return Ok(Ok(()));
    }
    let command = command(tables)?;
    let began = Instant::now();
    let mut left = writers(&command)?;
    let patience = u64::try_from(settings::lock_timeout()).unwrap_or_default();
    let mut pause = LOOK_AGAIN;
    while let Some((node, transaction)) = left.first() {
        if patience > 0 && began.elapsed() >= Duration::from_millis(patience) {
            let holder = format!("transaction {transaction} of node {node}");
            return Ok(Err((holder, format!("{} ms", began.elapsed().as_millis()))));
        }
        latch::pause(pause);
        pause = (pause * 2).min(LOOK_AT_LEAST);
        let now = writers(&command)?;
        left.retain(|writer| now.contains(writer));
    }
    Ok(Ok(()))
}

/// What each machine is asked.
fn command(tables: &[pg_sys::Oid]) -> Result<String> {
    let told = spi::query_one(include_str!("sql/own_session.sql"), &[tables.to_vec().into()], |row| {
        Ok((row.get::<String>("names")?, row.get::<i64>("gpid")?, row.get::<i32>("group_id")?))
    })?;
    let (names, gpid, group) =
        told.ok_or_else(|| DfaError::internal("Citus does not say what this session is"))?;
    // SAFETY: a global of this backend.
    let own = unsafe { pg_sys::MyProcPid };
    Ok(include_str!("sql/writers_of_node.sql")
        .replace("{names}", &literal(&names))
        .replace("{session}", &literal(&format!("citus_internal gpid={gpid}")))
        .replace("{group}", &group.to_string())
        .replace("{pid}", &own.to_string()))
}

/// Machines and transactions.
fn writers(command: &str) -> Result<BTreeSet<(i32, String)>> {
    let mut found = BTreeSet::new();
    let answers = spi::query(include_str!("sql/ask_all_nodes.sql"), &[command.into()], |row| {
        Ok((row.get::<i32>("nodeid")?, row.get::<bool>("success")?, row.get::<Option<String>>("result")?))
    })?;
    for (node, success, result) in answers {
        let result = result.unwrap_or_default();
        if !success {
            return Err(DfaError::NodeSilent { node, cause: result });
        }
        found.extend(result.split_whitespace().map(|transaction| (node, transaction.to_owned())));
    }
    Ok(found)
}
