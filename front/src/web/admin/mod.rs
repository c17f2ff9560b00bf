//! `/admin`: what holds all of it, and, for admins, who may come in, with what, and who is told.

mod keys;
mod notify;
mod parameter;
mod people;
mod system;

pub use keys::{page as keys, AddKey, RevokeKey};
pub use notify::{page as notify, AddChannel, AddRule, RemoveChannel, RemoveRule, TestChannel};
pub use parameter::SetParameter;
pub use people::{page as people, AddPerson, EndSessions, MakeLink, RemovePerson, SetRole};
pub use system::page;
