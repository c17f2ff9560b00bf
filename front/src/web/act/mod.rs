//! What one does from pages: each is a page of its own that says what will happen, in a dialog where there are scripts, and a
//! form that does it.

mod dialog;
mod flow;
mod once;
mod pause;
mod preview;
mod run;
mod task;
mod upkeep;
mod values;

pub use dialog::{Dialog, Field, Kind};
pub use flow::{ask, part, perform, Act, Done, Shown};
pub use pause::{Pause, Unpause};
pub use run::Run;
pub use task::{Cancel, Resume};
pub use upkeep::{Restore, Retention, Setup};
pub use values::Values;
