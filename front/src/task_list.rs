//! The list of tasks: which filters it takes and the statement that they make. REST and the command have the same.

use crate::http::{ListOptions, Listing, Problem};

pub const OPTIONS: ListOptions = ListOptions {
    sorts: &["created_at"],
    descending: true,
    filters: &[
        "id", "by", "person", "way", "type", "module", "name", "status", "from", "to", "error", "sqlstate",
    ],
};

/// A statement for [`Listing`], and its parameters from $5 on.
pub struct Statement {
    pub sql: String,
    pub parameters: Vec<String>,
}

/// Only the conditions that are asked for, so that each is served by its index.
///
/// # Errors
/// Values of filters that cannot be.
pub fn statement(listing: &Listing) -> Result<Statement, Problem> {
    let mut made = Statement { sql: String::new(), parameters: Vec::new() };
    if let Some(prefix) = listing.filter("id") {
        if prefix.len() > 64 || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            let what = "is not the beginning of a process_id: it has digits alone";
            return Err(Problem::invalid(vec![("id".to_owned(), what.to_owned())]));
        }
        made.add("process_id >= $?", prefix);
        if let Some(beyond) = next_prefix(prefix) {
            made.add("process_id < $?", &beyond);
        }
    }
    let ways = ["foreground", "background"];
    let dates = (listing.filter_date("from")?, listing.filter_date("to")?);
    for (condition, value) in [
        ("process_by = $?", listing.filter("by")),
        ("coalesce(person, process_by) = $?", listing.filter("person")),
        ("way = $?", listing.filter("way")),
        ("starts_with(process_type, $? || '|')", listing.filter_of("type", &ways)?),
        ("split_part(process_module, '|', 2) = $?", listing.filter("module")),
        ("process_name_put = $?", listing.filter("name")),
        ("status = $?::smallint", listing.filter_of("status", &["0", "1", "2"])?),
        ("created_at >= $?::date::timestamp at time zone dfa.time_zone()", dates.0),
        ("created_at < ($?::date + 1)::timestamp at time zone dfa.time_zone()", dates.1),
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
    made.sql = include_str!("http/api/sql/tasks.sql").replace("{filters}", &made.sql);
    Ok(made)
}

impl Statement {
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
        let made = statement(&listing).unwrap();
        assert_eq!(made.parameters, ["ai_a", "1"]);
        assert!(made.sql.contains("process_name_put = $5") && made.sql.contains("status = $6::smallint"));
        assert!(!made.sql.contains("process_by =") && !made.sql.contains("$?"));
        for wrong in ["status=3", "type=x", "id=12%25", "from=never"] {
            assert!(statement(&OPTIONS.read(Some(wrong)).unwrap()).is_err(), "{wrong}");
        }
    }
}
