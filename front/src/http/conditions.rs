//! The statement of a list with the conditions that are asked for and no others, so that each is served by its index.

use crate::db::Parameter;

/// A condition in which `$?` stands for the value beside it, if there is one.
pub type Condition = (&'static str, Option<String>);

/// A statement for [`Listing`](super::Listing), and its parameters from $5 on.
pub struct Statement {
    pub sql: String,
    parameters: Vec<String>,
}

impl Statement {
    /// A text with the mark `{filters}`, where conditions go.
    pub fn new(text: &str, conditions: Vec<Condition>) -> Statement {
        let (mut filters, mut parameters) = (String::new(), Vec::new());
        for (condition, value) in conditions {
            filters.push_str("\n  and ");
            match value {
                Some(value) => {
                    parameters.push(value);
                    filters.push_str(&condition.replace("$?", &format!("${}", 4 + parameters.len())));
                }
                None => filters.push_str(condition),
            }
        }
        Statement { sql: text.replace("{filters}", &filters), parameters }
    }

    /// What `$5` and the following stand for.
    pub fn values(&self) -> Vec<&dyn Parameter> {
        self.parameters.iter().map(|value| value as &dyn Parameter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_a_condition() {
        let asked = vec![("a = $?", Some("x".to_owned())), ("b = 1", None), ("c > $?", Some("y".to_owned()))];
        let made = Statement::new("where true{filters}\nlimit $4", asked);
        assert_eq!(made.sql, "where true\n  and a = $5\n  and b = 1\n  and c > $6\nlimit $4");
        assert_eq!(made.parameters, ["x", "y"]);
    }
}
