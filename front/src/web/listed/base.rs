//! The statement of a list, without its order and its pages.

use crate::db::Parameter;

/// What a list is chosen from.
pub struct Base {
    sql: String,
    parameters: Vec<String>,
    /// What is joined to the rows that are shown: it reads `listed`.
    pub more: &'static str,
}

impl Base {
    /// A statement with the mark `{where}`, where its conditions go.
    pub fn new(sql: &str, more: &'static str) -> Self {
        Base { sql: sql.trim_end().to_owned(), parameters: Vec::new(), more }
    }

    /// A parameter beside the conditions: the place that it has, `$1`.
    pub fn parameter(&mut self, value: &str) -> String {
        self.parameters.push(value.to_owned());
        format!("${}", self.parameters.len())
    }

    /// One more condition, in which `$?` stands for the value; none without a value.
    pub fn only(&mut self, condition: &str, value: &str) {
        if !value.is_empty() {
            let place = self.parameter(value);
            self.where_(&condition.replace("$?", &place));
        }
    }

    /// One more condition, of our own words.
    pub fn where_(&mut self, condition: &str) {
        self.sql = self.sql.replace("{where}", &format!("\n  and {condition}{{where}}"));
    }

    pub fn sql(&self) -> String {
        self.sql.replace("{where}", "")
    }

    pub fn parameters(&self) -> Vec<&dyn Parameter> {
        self.parameters.iter().map(|value| value as &dyn Parameter).collect()
    }

    pub fn count(&self) -> usize {
        self.parameters.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_a_condition() {
        let mut base = Base::new("select * from t\nwhere true{where}\n", "");
        base.only("a = $?", "x");
        base.only("b = $?", "");
        base.only("c in ($?, $? || 'y')", "z");
        assert_eq!(base.sql(), "select * from t\nwhere true\n  and a = $1\n  and c in ($2, $2 || 'y')");
        assert_eq!(base.count(), 2);
    }
}
