//! What all tables of one retention share.

use super::backup::Wish;
use crate::catalog::graph::Graph;
use crate::task::Action;

/// One call, or one step of a background task.
pub struct Context<'call> {
    /// `YYYY-MM-DD`.
    pub run_date: &'call str,
    pub wish: &'call Wish,
    pub action: Action,
    /// Count from the newest row instead of the run date.
    pub from_newest_row: bool,
    pub graph: std::rc::Rc<Graph>,
}
