//! Who runs background tasks: workers ([`work`]), a process for each, and the launcher that starts them where work was
//! left.

mod dispatch;
mod launcher;
mod process;
mod retry;
mod signals;
mod time_limit;
mod work;

pub use launcher::register;
pub use time_limit::milliseconds as time_limit;
pub use work::{finish as finish_if_done, record_failure, release_followers, MAX_CRASHES};
