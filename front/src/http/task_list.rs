//! The list of tasks: which filters it takes and the statement that they make. REST and the command have the same.

use super::conditions::{Condition, Statement};
use super::{Filter, ListOptions, Listing, Problem, Takes};
use crate::db::{Client, Session};
use serde::Deserialize;

pub const OPTIONS: ListOptions = ListOptions {
    sorts: &["created_at"],
    descending: true,
    filters: &[
        Filter { name: "id", takes: Takes::Digits, words: "The beginning of a process_id" },
        Filter { name: "by", takes: Takes::Text, words: "Role that submitted it" },
        Filter { name: "person", takes: Takes::Text, words: "In whose name it was begun" },
        Filter { name: "way", takes: Takes::Text, words: "web, rest, cli, sql, scheduler or trigger" },
        Filter {
            name: "type",
            takes: Takes::OneOf(&["foreground", "background"]),
            words: "foreground or background",
        },
        Filter {
            name: "module",
            takes: Takes::Text,
            words: "data, setup, retention, ingestion, delete, migrate or upkeep",
        },
        Filter { name: "name", takes: Takes::Text, words: "Pipeline or table" },
        Filter {
            name: "status",
            takes: Takes::OneOf(&["0", "1", "2"]),
            words: "0 success, 1 failed, 2 waiting or processing",
        },
        Filter { name: "from", takes: Takes::Date, words: "First day on which it was begun" },
        Filter { name: "to", takes: Takes::Date, words: "Last day on which it was begun" },
        Filter { name: "error", takes: Takes::Text, words: "Part of the message of a failed task" },
        Filter {
            name: "parent",
            takes: Takes::Digits,
            words: "The task that set them off, by its process_id",
        },
        Filter { name: "sqlstate", takes: Takes::Text, words: "SQLSTATE with which one of its nodes failed" },
    ],
};

/// For [`Listing`].
pub fn statement(listing: &Listing) -> Statement {
    Statement::new(include_str!("api/sql/tasks.sql"), conditions(listing))
}

/// What the filters ask for.
pub fn conditions(listing: &Listing) -> Vec<Condition> {
    let mut found = Vec::new();
    if let Some(prefix) = listing.filter("id") {
        found.push(("process_id >= $?", Some(prefix.to_owned())));
        found.extend(next_prefix(prefix).map(|beyond| ("process_id < $?", Some(beyond))));
    }
    for (name, condition) in [
        ("by", "process_by = $?"),
        ("person", "coalesce(person, process_by) = $?"),
        ("way", "way = $?"),
        ("parent", "parent = $?"),
        ("type", "starts_with(process_type, $? || '|')"),
        ("module", "split_part(process_module, '|', 2) = $?"),
        ("name", "process_name_put = $?"),
        ("from", "created_at >= $?::date::timestamp at time zone dfa.time_zone()"),
        ("to", "created_at < ($?::date + 1)::timestamp at time zone dfa.time_zone()"),
        ("error", "status = 1 and strpos(lower(process_message), lower($?)) > 0"),
        (
            "sqlstate",
            "process_id in (select step.process_id from dfa.task_step as step
                            where step.error is not null and step.error ->> 'sqlstate' = $?)",
        ),
    ] {
        found.extend(listing.filter(name).map(|value| (condition, Some(value.to_owned()))));
    }
    // As words, for which the indexes of what failed, and of what has not ended, are found.
    found.extend(listing.filter("status").map(|status| match status {
        "0" => ("status = 0", None),
        "1" => ("status = 1", None),
        _ => ("status = 2", None),
    }));
    found
}

/// All tasks of a query, for what is to be done with each: the newest 500, or as many as its limit says.
pub struct Matching {
    listing: Listing,
    statement: Statement,
}

#[derive(Deserialize)]
struct Named {
    process_id: String,
}

impl Matching {
    /// # Errors
    /// A query that is none, or has no filter: nobody means all tasks there ever were.
    pub fn read(query: &str) -> Result<Matching, Problem> {
        let query = query.trim().trim_start_matches('?');
        let listing = OPTIONS.read(Some(&format!("limit=500&{query}")))?;
        if !listing.is_narrowed() {
            let names: Vec<&str> = OPTIONS.filters.iter().map(|filter| filter.name).collect();
            let fault = format!("has no filter, and so means every task: give one of {}", names.join(", "));
            return Err(Problem::invalid(vec![("query".to_owned(), fault)]));
        }
        let statement = statement(&listing);
        Ok(Matching { listing, statement })
    }

    /// Their ids, and whether there are more.
    pub async fn ids(&self, session: &mut Session) -> Result<(Vec<String>, bool), Problem> {
        let Statement { sql, .. } = &self.statement;
        let (rows, next) = self.listing.rows::<Named>(session, sql, &self.statement.values()).await?;
        Ok((rows.into_iter().map(|row| row.process_id).collect(), next.is_some()))
    }

    /// [`ids`](Matching::ids) for a command.
    pub async fn ask(&self, client: &Client) -> crate::failure::Result<(Vec<String>, bool)> {
        let page = self.listing.ask(client, &self.statement.sql, &self.statement.values()).await?;
        let id = |row: &serde_json::Value| row["process_id"].as_str().map(str::to_owned);
        Ok((page.rows.iter().filter_map(id).collect(), page.next.is_some()))
    }
}

/// The first text of digits behind all that begin so; none behind nines.
fn next_prefix(prefix: &str) -> Option<String> {
    let kept = prefix.trim_end_matches('9');
    let last = kept.chars().last()?.to_digit(10)?;
    Some(format!("{}{}", &kept[..kept.len() - 1], last + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_next_one() {
        assert_eq!(next_prefix("20210105"), Some("20210106".to_owned()));
        assert_eq!(next_prefix("2099"), Some("21".to_owned()));
        assert_eq!((next_prefix("99"), next_prefix("")), (None, None));
    }

    #[test]
    fn only_what_is_asked_for_is_a_condition() {
        let made = statement(&OPTIONS.read(Some("name=ai_a&status=1")).unwrap());
        assert_eq!(made.values().len(), 1);
        assert!(made.sql.contains("process_name_put = $5") && made.sql.contains("status = 1"));
        assert!(!made.sql.contains("process_by =") && !made.sql.contains("$?"));
        for wrong in ["status=3", "type=x", "id=12%25", "from=never"] {
            assert!(OPTIONS.read(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
