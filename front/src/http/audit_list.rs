//! The list of what was done: which filters it takes. REST and the command have the same.

use super::{Filter, ListOptions, Listing, Takes};

pub const OPTIONS: ListOptions = ListOptions {
    sorts: &["at"],
    descending: true,
    filters: &[
        Filter { name: "person", takes: Takes::Text, words: "In whose name" },
        Filter { name: "way", takes: Takes::Text, words: "web, rest, cli, sql, scheduler or trigger" },
        Filter {
            name: "kind",
            takes: Takes::Text,
            words: "What it was done to: table, pipeline, parameter, user and so on",
        },
        Filter { name: "name", takes: Takes::Text, words: "Its name" },
        Filter {
            name: "action",
            takes: Takes::Text,
            words: "What was done: run, setup, insert, update and so on",
        },
        Filter { name: "from", takes: Takes::Date, words: "First day" },
        Filter { name: "to", takes: Takes::Date, words: "Last day" },
    ],
};

/// For [`Listing`], with [`parameters`].
pub const SQL: &str = include_str!("api/sql/audit.sql");

/// From $5 on.
pub fn parameters(listing: &Listing) -> Vec<Option<String>> {
    let names = ["person", "way", "kind", "name", "action", "from", "to"];
    names.iter().map(|name| listing.filter(name).map(str::to_owned)).collect()
}
