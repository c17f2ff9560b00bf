//! What a list is made of.

/// A list, whatever is asked of it.
pub struct List {
    pub path: &'static str,
    pub columns: &'static [Column],
    /// The order that an address asks for which says none, as `sort` has it.
    pub usual: &'static str,
    /// The columns that tell two rows apart.
    pub key: &'static [&'static str],
    /// Another order than the usual one, which an index serves, is of so many rows: the first ones in that.
    pub window: Option<u32>,
}

/// A column: its name in the address, the statement and what is downloaded.
pub struct Column {
    pub name: &'static str,
    pub title: &'static str,
    /// Its SQL type, where rows can be sorted by it.
    pub sorts: Option<&'static str>,
    /// It is never null, so that an index may lead to where a page begins.
    pub known: bool,
    /// It is worked out for the rows that are shown alone.
    pub late: bool,
    /// It is shown when it is asked for.
    pub extra: bool,
    /// Of its head and its cells.
    pub class: &'static str,
}

impl Column {
    pub const fn new(name: &'static str, title: &'static str) -> Self {
        Column { name, title, sorts: None, known: false, late: false, extra: false, class: "" }
    }

    pub const fn sorts(self, by: &'static str) -> Self {
        Column { sorts: Some(by), ..self }
    }

    pub const fn known(self) -> Self {
        Column { known: true, ..self }
    }

    pub const fn late(self) -> Self {
        Column { late: true, ..self }
    }

    pub const fn extra(self) -> Self {
        Column { extra: true, ..self }
    }

    pub const fn class(self, class: &'static str) -> Self {
        Column { class, ..self }
    }

    /// Numbers and times are looked for at their greatest, names at their beginning.
    pub fn descends_first(&self) -> bool {
        self.sorts.is_some_and(|by| by != "text")
    }
}

impl List {
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
