//! The address of a page as its state: filters, order, place. A link is the address with one of them changed.

use super::asked::Asked;
use super::listed::OF_SHOWING;

/// Path and query.
#[derive(Debug, Clone)]
pub struct Address {
    path: String,
    query: Vec<(String, String)>,
}

impl Address {
    pub fn new(path: &str, query: &[(String, String)]) -> Self {
        Address { path: path.to_owned(), query: query.to_vec() }
    }

    /// That of the page which is asked for.
    pub fn of_page(asked: &Asked) -> Self {
        Address::new(asked.frame.here.split('?').next().unwrap_or_default(), &asked.query)
    }

    /// With another value of a parameter, from the first row on; an empty one is left out.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut query: Vec<(&str, &str)> = self
            .query
            .iter()
            .filter(|(known, _)| known != name && known != "after")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        if !value.is_empty() {
            query.push((name, value));
        }
        self.of(&query)
    }

    /// The page that begins after a row.
    pub fn after(&self, next: &str) -> String {
        let others = self.query.iter().filter(|(known, _)| known != "after");
        let mut query: Vec<(&str, &str)> =
            others.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        query.push(("after", next));
        self.of(&query)
    }

    /// From the first row on.
    pub fn first(&self) -> String {
        self.with("after", "")
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }

    /// Whether it goes on from another page.
    pub fn goes_on(&self) -> bool {
        !self.get("after").is_empty()
    }

    /// Whether something is filtered.
    pub fn is_filtered(&self) -> bool {
        self.query.iter().any(|(name, _)| !OF_SHOWING.contains(&name.as_str()))
    }

    /// The parameters but one, from the first row on: what a form about that one keeps.
    pub fn others(&self, but: &str) -> Vec<(&str, &str)> {
        let others = self.query.iter().filter(|(name, _)| name != but && name != "after");
        others.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn of(&self, query: &[(&str, &str)]) -> String {
        if query.is_empty() {
            return self.path.clone();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        format!("{}?{query}", self.path)
    }
}

/// A part of a path.
pub fn escaped(part: &str) -> String {
    form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_the_address_with_one_thing_changed() {
        let pairs =
            [("status", "1"), ("name", "a&b"), ("after", "x")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let address = Address::new("/tasks", &pairs);
        assert_eq!(address.with("status", ""), "/tasks?name=a%26b");
        assert_eq!(address.with("status", "0"), "/tasks?name=a%26b&status=0");
        assert_eq!(address.after("y"), "/tasks?status=1&name=a%26b&after=y");
        assert!(address.goes_on() && address.is_filtered() && address.is("status", "1"));
        assert_eq!(address.others("status"), [("name", "a&b")]);
    }
}
