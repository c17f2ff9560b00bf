//! The heads of a list: what they are called, and the order that a click asks for.

use super::column::Column;
use super::order::{Term, MOST};
use super::shown::Shown;

/// The head of a column.
pub struct Head {
    pub title: &'static str,
    pub class: &'static str,
    /// Where a click leads.
    pub link: Option<String>,
    /// In the words of `aria-sort`, of the column that comes first in the order.
    pub order: &'static str,
    /// Of those that come after it: place and direction, `2 ↓`.
    pub then: String,
}

/// A column that can be chosen.
pub struct Choice {
    pub name: &'static str,
    pub title: &'static str,
    pub chosen: bool,
}

impl Shown {
    /// The heads of what is shown.
    pub fn heads(&self) -> Vec<Head> {
        let shown = self.list.columns.iter().filter(|column| self.shows(column.name));
        shown.map(|column| self.head(column)).collect()
    }

    fn head(&self, column: &'static Column) -> Head {
        let now = self.now();
        let place = now.iter().position(|term| term.column.name == column.name);
        let arrow = |term: &Term| if term.descending { "↓" } else { "↑" };
        Head {
            title: column.title,
            class: column.class,
            link: column.sorts.map(|_| self.sorted(column)),
            order: match place {
                Some(0) if now[0].descending => "descending",
                Some(0) => "ascending",
                _ => "none",
            },
            then: match place {
                Some(place) if place > 0 => format!("{} {}", place + 1, arrow(&now[place])),
                _ => String::new(),
            },
        }
    }

    fn now(&self) -> Vec<Term> {
        match self.asked.is_empty() {
            true => super::order::read(self.list, self.list.usual).unwrap_or_default(),
            false => self.asked.clone(),
        }
    }

    /// The column first, the other way round if it is already; what was first comes after it, as the rows of one value.
    fn sorted(&self, column: &'static Column) -> String {
        let now = self.now();
        let first = now.first().filter(|term| term.column.name == column.name);
        let descending = first.map_or(column.descends_first(), |term| !term.descending);
        let others = self.asked.iter().filter(|term| term.column.name != column.name);
        let terms = std::iter::once(Term { column, descending }).chain(others.copied()).take(MOST);
        let words: Vec<String> = terms
            .map(|term| format!("{}{}", if term.descending { "-" } else { "" }, term.column.name))
            .collect();
        let sort = words.join(",");
        self.address.with("sort", if sort == self.list.usual { "" } else { &sort })
    }

    /// All columns, for who chooses.
    pub fn choices(&self) -> Vec<Choice> {
        let choice = |column: &Column| Choice {
            name: column.name,
            title: column.title,
            chosen: self.shows(column.name),
        };
        self.list.columns.iter().map(choice).collect()
    }

    /// The parameters of the address that a form about something else keeps.
    pub fn kept(&self, but: &str) -> Vec<(&str, &str)> {
        self.address.others(but)
    }

    pub fn is_sorted(&self) -> bool {
        !self.asked.is_empty()
    }

    pub fn chooses(&self) -> bool {
        self.columns.is_some()
    }
}
