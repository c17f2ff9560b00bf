//! Who looks at the pages: a cookie with a token, whose hash is a row in the database, so that every replica knows it and
//! none keeps it.

mod attempts;
mod cookie;
mod guard;
mod place;
mod store;
mod token;
mod visitor;

pub use attempts::Attempts;
pub use cookie::{read as read_cookie, Cookie, THEME, ZONE};
pub use guard::{signed_in, who};
pub use place::{is_private, why_not_private};
pub use store::{begin, change_password, check_password, end, end_others, list, Kept};
pub use token::Token;
pub use visitor::{Role, Visitor};
