//! Statements: cut apart at `;`, put together from the steps of a map.

mod assemble;
mod split;

pub use assemble::{assemble, Assembled};
pub use split::{is_data_changing, split, words};

use crate::lexer::Unclosed;

/// Statement text that cannot be taken apart or put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    #[error(transparent)]
    Unclosed(#[from] Unclosed),
    #[error("step '{step}' is empty")]
    EmptyStep { step: String },
    #[error("step '{step}' is a CTE and holds {count} statements; a CTE is one")]
    CteOfMany { step: String, count: usize },
    #[error("step '{step}' is a CTE of nothing: no statement follows it, and it changes no data")]
    CteOfNothing { step: String },
    #[error("step '{step}' names its CTE with an empty name")]
    NamelessCte { step: String },
}
