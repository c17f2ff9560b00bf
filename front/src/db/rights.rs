//! As whom the statements of a request run: with a key that has rights of its own, as one of the three roles of the extension
//! and for what the key is for. The database holds both; the front service only says them.

use super::{ident, literal};
use std::future::Future;
use std::sync::Arc;

/// What a key may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// What logs and the audit call the key.
    pub key: String,
    /// reader, operator or admin.
    pub role: String,
    /// Tables, pipelines and sources that it is for, by commas; empty: all.
    pub patterns: String,
}

tokio::task_local! {
    static OF_REQUEST: Option<Arc<Rights>>;
}

/// Every session that is taken within `work` has these rights.
pub async fn within<T>(rights: Option<Rights>, work: impl Future<Output = T>) -> T {
    OF_REQUEST.scope(rights.map(Arc::new), work).await
}

/// Those of the request that this is a part of; none: those of the service.
pub fn of_request() -> Option<Arc<Rights>> {
    OF_REQUEST.try_with(Clone::clone).ok().flatten()
}

impl Rights {
    /// For the transaction that has just begun.
    pub(super) fn local(&self) -> String {
        self.set("set local")
    }

    /// For the session, until it forgets.
    pub(super) fn of_session(&self) -> String {
        self.set("set")
    }

    fn set(&self, how: &str) -> String {
        let role = ident(&format!("dfa_{}", self.role));
        let (key, patterns) = (literal(&self.key), literal(&self.patterns));
        // The role last: with what the service itself may set, whatever the role may.
        format!("; {how} dfa.key = {key}; {how} dfa.key_patterns = {patterns}; {how} role {role}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_key_is_sql() {
        let rights = Rights { key: "a'b".into(), role: "x\" y".into(), patterns: "p\\'q".into() };
        assert_eq!(
            rights.local(),
            "; set local dfa.key = 'a''b'; set local dfa.key_patterns = E'p\\\\''q'; set local role \"dfa_x\"\" y\""
        );
    }

    #[tokio::test]
    async fn a_request_has_its_rights_and_what_is_beside_it_has_none() {
        let rights = Rights { key: "erp".into(), role: "reader".into(), patterns: String::new() };
        let within = within(Some(rights.clone()), async { of_request() }).await;
        assert_eq!((within.as_deref(), of_request()), (Some(&rights), None));
    }
}
