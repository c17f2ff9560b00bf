//! The list of tasks: which filters it takes and the statement that they make. REST and the command have the same.

use super::{Filter, ListOptions, Listing, Takes};
use crate::db::Parameter;

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
    filled(listing, include_str!("api/sql/tasks.sql"))
}

/// [`statement`] from another text with the mark `{filters}`, which shows the tasks in its own way.
pub fn filled(listing: &Listing, sql: &str) -> Statement {
    let mut made = Statement { sql: String::new(), parameters: Vec::new() };
    if let Some(prefix) = listing.filter("id") {
        made.add("process_id >= $?", prefix);
        if let Some(beyond) = next_prefix(prefix) {
            made.add("process_id < $?", &beyond);
        }
    }
    for (condition, value) in [
        ("process_by = $?", listing.filter("by")),
        ("coalesce(person, process_by) = $?", listing.filter("person")),
        ("way = $?", listing.filter("way")),
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
        if let Some(value) = value {
            made.add(condition, value);
        }
    }
    made.sql = sql.replace("{filters}", &made.sql);
    made
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
