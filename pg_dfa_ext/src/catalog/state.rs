//! What the definitions and parameters in force are, said in one line. Whoever keeps something that was made of them keeps it
//! for the state that it was made of: equal states mean equal definitions and parameters.

use crate::clock;
use crate::data_schema;
use crate::error::Result;
use crate::relation;
use crate::spi;
use pgrx::pg_sys;
use std::cell::RefCell;

/// The state of the catalog in the data schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State(String);

/// What this session may see at a moment. Two equal ones see the same: no transaction that wrote anything has ended in between,
/// not even a subtransaction that was undone, and what this one wrote itself is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Moment {
    /// Transactions that had ended when the snapshot of the moment was taken: the count by which the server knows that
    /// another one would be the same.
    ended: u64,
    /// Rows of the catalog and of the parameters that this transaction has changed.
    changed: [i64; 2],
    uncounted: u64,
}

thread_local! {
    /// The last answer, and when it was given.
    static KNOWN: RefCell<Option<(Moment, String)>> = const { RefCell::new(None) };
}

impl State {
    /// As it is now. Asked for again while nothing has happened in the server, it is not looked for again.
    pub fn now() -> Result<State> {
        // Before it is looked for: what happens meanwhile makes it be looked for again.
        let moment = Moment::now();
        let known = KNOWN.with_borrow(|known| {
            known.as_ref().filter(|(then, _)| Some(*then) == moment).map(|(_, found)| found.clone())
        });
        let found = match known {
            Some(found) => found,
            None => {
                let found = spi::value::<String>(include_str!("sql/catalog_state.sql"), &[])?;
                let found = found.unwrap_or_default();
                KNOWN.set(moment.map(|moment| (moment, found.clone())));
                found
            }
        };
        Ok(State(format!("{}/{found}", data_schema::name()?)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Moment {
    /// Nothing where changes are not counted.
    fn now() -> Option<Moment> {
        // SAFETY: globals of this backend; in a transaction, whose snapshot a statement of ours would take as well.
        let ended = unsafe {
            if !pg_sys::pgstat_track_counts || pg_sys::RecoveryInProgress() {
                return None;
            }
            (*pg_sys::GetTransactionSnapshot()).snapXactCompletionCount
        };
        let changed = |table: &str| relation::oid(Some("dfa"), table).map(relation::changed_rows);
        let changed = [changed("catalog")?, changed("data_parameter")?];
        Some(Moment { ended, changed, uncounted: clock::uncounted() })
    }
}
