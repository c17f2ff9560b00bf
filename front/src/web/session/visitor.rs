//! A person who is signed in.

use super::Token;

/// What a person may do, and the role of the database that holds him to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Viewer,
    Operator,
    Admin,
}

impl Role {
    pub fn read(text: &str) -> Role {
        match text {
            "admin" => Role::Admin,
            "operator" => Role::Operator,
            _ => Role::Viewer,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }

    pub fn in_database(self) -> &'static str {
        match self {
            Role::Viewer => "dfa_reader",
            Role::Operator => "dfa_operator",
            Role::Admin => "dfa_admin",
        }
    }
}

/// Who looks, and what is true for all pages at this moment.
#[derive(Clone)]
pub struct Visitor {
    pub name: String,
    pub role: Role,
    /// The number of the session.
    pub session: i64,
    pub token: Token,
    /// The zone of the database.
    pub zone: String,
    /// Why nothing starts, when everything is paused.
    pub maintenance: Option<String>,
}
