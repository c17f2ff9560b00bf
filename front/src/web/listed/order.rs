//! The order of a list, and the condition that a page begins after a row. Nulls are last in both directions.

use super::column::{Column, List};

/// A column by which rows are sorted.
#[derive(Clone, Copy)]
pub struct Term {
    pub column: &'static Column,
    pub descending: bool,
}

/// So many columns are sorted by, beside the key.
pub const MOST: usize = 3;

/// The columns of `size,-name`; else what is wrong with it.
pub fn read(list: &'static List, text: &str) -> Result<Vec<Term>, String> {
    let mut terms: Vec<Term> = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (descending, name) = part.strip_prefix('-').map_or((false, part), |name| (true, name));
        let column = list.column(name).filter(|column| column.sorts.is_some()).ok_or_else(|| {
            let known: Vec<&str> = list
                .columns
                .iter()
                .filter(|column| column.sorts.is_some())
                .map(|column| column.name)
                .collect();
            format!("'{name}' is not one of {}, with - before it for the other direction", known.join(", "))
        })?;
        if terms.iter().all(|term| term.column.name != name) {
            terms.push(Term { column, descending });
        }
    }
    match terms.len() > MOST {
        true => Err(format!("rows are sorted by at most {MOST} columns")),
        false => Ok(terms),
    }
}

/// The terms, and after them the key, so that no two rows are at one place.
pub fn with_key(list: &'static List, terms: &[Term]) -> Vec<Term> {
    let descending = terms.first().is_some_and(|term| term.descending);
    let mut all = terms.to_vec();
    for column in list.key.iter().filter_map(|name| list.column(name)) {
        if all.iter().all(|term| term.column.name != column.name) {
            all.push(Term { column, descending });
        }
    }
    all
}

impl Term {
    fn sql(&self) -> String {
        let direction = if self.descending { " desc" } else { "" };
        let nulls = if self.column.known || !self.descending { "" } else { " nulls last" };
        format!("{}{direction}{nulls}", self.column.name)
    }

    fn value(&self, place: usize) -> String {
        format!("${place}::{}", self.column.sorts.unwrap_or("text"))
    }

    fn after(&self, place: usize) -> String {
        let (name, value) = (self.column.name, self.value(place));
        let beyond = if self.descending { "<" } else { ">" };
        match self.column.known {
            true => format!("{name} {beyond} {value}"),
            false => format!("({value} is not null and ({name} {beyond} {value} or {name} is null))"),
        }
    }

    fn beside(&self, place: usize) -> String {
        let (name, value) = (self.column.name, self.value(place));
        match self.column.known {
            true => format!("{name} = {value}"),
            false => format!("{name} is not distinct from {value}"),
        }
    }
}

pub fn by(terms: &[Term]) -> String {
    terms.iter().map(Term::sql).collect::<Vec<_>>().join(", ")
}

/// The condition that a row comes after that whose values are parameters from `first` on.
pub fn beyond(terms: &[Term], first: usize) -> String {
    let one_way = terms.windows(2).all(|pair| pair[0].descending == pair[1].descending);
    let places = first..first + terms.len();
    if one_way && terms.iter().all(|term| term.column.known) {
        let names: Vec<&str> = terms.iter().map(|term| term.column.name).collect();
        let values: Vec<String> = terms.iter().zip(places).map(|(term, place)| term.value(place)).collect();
        let beyond = if terms.first().is_some_and(|term| term.descending) { "<" } else { ">" };
        return format!("({}) {beyond} ({})", names.join(", "), values.join(", "));
    }
    let mut ties = String::new();
    let mut ways = Vec::new();
    for (term, place) in terms.iter().zip(places) {
        ways.push(format!("{ties}{}", term.after(place)));
        ties.push_str(&format!("{} and ", term.beside(place)));
    }
    format!("({})", ways.join("\n   or "))
}

/// The values of a row, as a cursor keeps them.
pub fn values(terms: &[Term]) -> String {
    let texts: Vec<String> =
        terms.iter().map(|term| format!("to_json({}) #>> '{{}}'", term.column.name)).collect();
    format!("array[{}]::text[]", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    static LIST: List = List {
        path: "/x",
        columns: &[
            Column::new("at", "At").sorts("timestamptz").known(),
            Column::new("size", "Size").sorts("bigint"),
            Column::new("id", "Id").sorts("text").known(),
            Column::new("word", "Word"),
        ],
        usual: "-at",
        key: &["id"],
        window: None,
    };

    #[test]
    fn one_direction_of_known_columns_is_one_comparison_that_an_index_serves() {
        let terms = with_key(&LIST, &read(&LIST, "-at").unwrap());
        assert_eq!(by(&terms), "at desc, id desc");
        assert_eq!(beyond(&terms, 2), "(at, id) < ($2::timestamptz, $3::text)");
    }

    #[test]
    fn nulls_are_last_in_both_directions() {
        let terms = with_key(&LIST, &read(&LIST, "-size,at").unwrap());
        assert_eq!(by(&terms), "size desc nulls last, at, id desc");
        let condition = beyond(&terms, 1);
        assert!(condition.contains("($1::bigint is not null and (size < $1::bigint or size is null))"));
        assert!(condition.contains("size is not distinct from $1::bigint and at = $2::timestamptz and id <"));
    }

    #[test]
    fn what_is_no_order_is_told() {
        assert!(read(&LIST, "word").is_err_and(|what| what.contains("'word' is not one of at, size, id")));
        assert!(read(&LIST, "size;drop").is_err());
        assert_eq!(read(&LIST, "size,-size,,id").unwrap().len(), 2);
    }
}
