//! The list of what was done: which filters it takes. REST and the command have the same.

use super::conditions::Statement;
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

/// For [`Listing`].
pub fn statement(listing: &Listing) -> Statement {
    let asked = [
        ("person", "done.person = $?"),
        ("way", "done.way = $?"),
        ("kind", "done.kind = $?"),
        ("name", "done.name = $?"),
        ("action", "done.action = $?"),
        ("from", "done.at >= $?::date::timestamp at time zone dfa.time_zone()"),
        ("to", "done.at < ($?::date + 1)::timestamp at time zone dfa.time_zone()"),
    ];
    let condition = |(name, condition)| listing.filter(name).map(|value| (condition, Some(value.to_owned())));
    Statement::new(include_str!("api/sql/audit.sql"), asked.into_iter().filter_map(condition).collect())
}
