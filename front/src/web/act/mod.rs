//! What one does from pages: each is a page of its own that says what will happen, in a dialog where there are scripts, and a
//! form that does it.

mod pause;
mod run;
mod task;

pub use pause::{ask as ask_pause, pause, unpause};
pub use run::{ask as ask_run, run};
pub use task::{ask_cancel, ask_resume, cancel, resume};
