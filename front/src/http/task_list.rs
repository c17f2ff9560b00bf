//! The list of tasks: which filters it takes and the statement that they make. REST and the command have the same.

use super::{Filter, ListOptions, Listing, Problem, Takes};
use crate::db::{Client, Parameter, Session};
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

/// A statement for [`Listing`], and its parameters from $5 on.
pub struct Statement {
    pub sql: String,
    pub parameters: Vec<String>,
}

/// Only the conditions that are asked for, so that each is served by its index.
pub fn statement(listing: &Listing) -> Statement {
    let mut made = Statement { sql: String::new(), parameters: Vec::new() };
    for (condition, value) in conditions(listing) {
        made.add(condition, &value);
    }
    made.sql = include_str!("api/sql/tasks.sql").replace("{filters}", &made.sql);
    made
}

/// What the filters ask for: conditions in which `$?` stands for the value beside them.
pub fn conditions(listing: &Listing) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if let Some(prefix) = listing.filter("id") {
        found.push(("process_id >= $?", prefix.to_owned()));
        found.extend(next_prefix(prefix).map(|beyond| ("process_id < $?", beyond)));
    }
    for (condition, value) in [
        ("process_by = $?", listing.filter("by")),
        ("coalesce(person, process_by) = $?", listing.filter("person")),
        ("way = $?", listing.filter("way")),
        ("parent = $?", listing.filter("parent")),
        ("starts_with(process_type, $? || '|')", listing.filter("type")),
        ("split_part(process_module, '|', 2) = $?", listing.filter("module")),
        ("process_name_put = $?", listing.filter("name")),
        ("status = $?::smallint", listing.filter("status")),
        ("created_at >= $?::date::timestamp at time zone dfa.time_zone()", listing.filter("from")),
        ("created_at < ($?::date + 1)::timestamp at time zone dfa.time_zone()", listing.filter("to")),
        ("status = 1 and strpos(lower(process_message), lower($?)) > 0", listing.filter("error")),
        (
            "process_id in (select step.process_id from dfa.task_step as step
                            where step.error is not null and step.error ->> 'sqlstate' = $?)",
            listing.filter("sqlstate"),
        ),
    ] {
        found.extend(value.map(|value| (condition, value.to_owned())));
    }
    found
}

impl Statement {
    /// What `$5` and the following stand for.
    pub fn values(&self) -> Vec<&dyn Parameter> {
        self.parameters.iter().map(|value| value as &dyn Parameter).collect()
    }

    fn add(&mut self, condition: &str, value: &str) {
        self.parameters.push(value.to_owned());
        let place = format!("${}", 4 + self.parameters.len());
        self.sql.push_str("\n  and ");
        self.sql.push_str(&condition.replace("$?", &place));
    }
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
        let listing = OPTIONS.read(Some("name=ai_a&status=1")).unwrap();
        let made = statement(&listing);
        assert_eq!(made.parameters, ["ai_a", "1"]);
        assert!(made.sql.contains("process_name_put = $5") && made.sql.contains("status = $6::smallint"));
        assert!(!made.sql.contains("process_by =") && !made.sql.contains("$?"));
        for wrong in ["status=3", "type=x", "id=12%25", "from=never"] {
            assert!(OPTIONS.read(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
