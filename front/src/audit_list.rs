//! The list of what was done: which filters it takes. REST and the command have the same.

use crate::http::{ListOptions, Listing, Problem};

pub const OPTIONS: ListOptions = ListOptions {
    sorts: &["at"],
    descending: true,
    filters: &["person", "way", "kind", "name", "action", "from", "to"],
};

/// For [`Listing`], with [`parameters`].
pub const SQL: &str = include_str!("http/api/sql/audit.sql");

/// From $5 on.
///
/// # Errors
/// Days that are none.
pub fn parameters(listing: &Listing) -> Result<Vec<Option<String>>, Problem> {
    let own = |text: Option<&str>| text.map(str::to_owned);
    let (from, to) = (listing.filter_date("from")?, listing.filter_date("to")?);
    let texts = ["person", "way", "kind", "name", "action"].map(|name| own(listing.filter(name)));
    Ok(texts.into_iter().chain([own(from), own(to)]).collect())
}
