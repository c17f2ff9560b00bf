//! What schema dfa holds, object by object.

use dfa_tests::session::Session;
use std::collections::{BTreeMap, BTreeSet};

/// An object, or a property of one, such as a comment.
#[derive(Clone, Debug)]
pub struct Object {
    pub class: String,
    pub name: String,
    /// Two objects of one name are the same when this is.
    pub definition: String,
    shape: String,
    /// The statement that makes it, and puts it in the place of one of the same name where it can be replaced.
    pub make: String,
    /// The statement that removes it.
    pub remove: String,
    /// Its row in the catalogs of PostgreSQL.
    place: (u32, u32),
}

/// All of them, in an order in which they can be made.
pub struct Objects(Vec<Object>);

impl Objects {
    pub fn of(session: &mut Session) -> Objects {
        session.run("set search_path = pg_catalog");
        let rows = session.client.query(include_str!("objects.sql"), &[]).unwrap();
        session.run("reset search_path");
        let object = |row: &postgres::Row| Object {
            class: row.get(0),
            name: row.get(1),
            definition: row.get(2),
            shape: row.get(3),
            make: row.get(4),
            remove: row.get(5),
            place: (row.get(6), row.get(7)),
        };
        let objects = Objects(rows.iter().map(object).collect());
        assert_eq!(objects.definitions().len(), objects.0.len(), "two objects of one name: objects.sql");
        objects
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Object> {
        self.0.iter()
    }

    pub fn find(&self, class: &str, name: &str) -> Option<&Object> {
        self.0.iter().find(|object| object.class == class && object.name == name)
    }

    /// The definitions by class and name.
    fn definitions(&self) -> BTreeMap<(&str, &str), &str> {
        self.0
            .iter()
            .map(|object| ((object.class.as_str(), object.name.as_str()), object.definition.as_str()))
            .collect()
    }

    /// Those that these statements cannot do without: the objects, and what depends on them.
    pub fn with_dependants<'a>(&'a self, session: &mut Session, held: &[&Object]) -> Vec<&'a Object> {
        let (classes, oids): (Vec<u32>, Vec<u32>) = held.iter().map(|object| object.place).unzip();
        let rows = session.client.query(include_str!("dependants.sql"), &[&classes, &oids]).unwrap();
        let places: BTreeSet<(u32, u32)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        self.0.iter().filter(|object| object.is_removable() && places.contains(&object.place)).collect()
    }
}

impl Object {
    /// Nothing that holds rows, or that columns are made of, is ever removed by itself.
    pub fn is_removable(&self) -> bool {
        matches!(
            self.class.as_str(),
            "routine"
                | "view"
                | "constraint"
                | "index"
                | "trigger"
                | "policy"
                | "check of a type"
                | "default"
        )
    }

    /// Whether what makes the new one can be run while this one is there.
    pub fn can_become(&self, new: &Object) -> bool {
        match self.class.as_str() {
            "routine" => self.shape == new.shape,
            // Columns may be added behind those that are there.
            "view" => new.shape.starts_with(&self.shape),
            "default" | "comment" | "option" | "dumped rows" => true,
            _ => false,
        }
    }
}
