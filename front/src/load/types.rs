//! Of which other types the types of a table are made.

use crate::db::{Ask, Columns};
use crate::failure::Result;
use dfa_catalog::json::{Form, Kind};
use std::collections::HashMap;
use tokio_postgres::types::Type;
use tokio_postgres::Transaction;

/// By their oid.
#[derive(Debug, Default)]
pub struct Types(HashMap<u32, Made>);

/// What a type is made of.
#[derive(Debug)]
struct Made {
    name: String,
    /// The type below a domain.
    base: Option<u32>,
    element: Option<u32>,
    /// What stands between the elements.
    delimiter: char,
    /// Name and type of each attribute of a composite.
    attributes: Vec<(String, u32)>,
    is_hstore: bool,
}

impl Types {
    /// Those of the columns of a table.
    pub async fn of(transaction: &Transaction<'_>, schema: &str, table: &str) -> Result<Self> {
        let rows = transaction.ask(include_str!("types.sql"), &[&schema, &table]).await?;
        let made = rows.iter().map(|row| {
            let (names, oids): (Vec<String>, Vec<u32>) =
                (row.value("attribute_names")?, row.value("attribute_types")?);
            let made = Made {
                name: row.value("type_name")?,
                base: row.value("base")?,
                element: row.value("element")?,
                delimiter: row.value::<&str>("delimiter")?.chars().next().unwrap_or(','),
                attributes: names.into_iter().zip(oids).collect(),
                is_hstore: row.value("is_hstore")?,
            };
            Ok((row.value("oid")?, made))
        });
        Ok(Types(made.collect::<Result<_>>()?))
    }

    /// What a type takes of JSON: that of what lies below all domains.
    pub fn form_of(&self, oid: u32) -> Form {
        let made = self.0.get(&oid);
        let kind = made.map_or(Kind::Scalar, |made| self.kind_of(oid, made));
        Form { kind, type_name: made.map(|made| made.name.clone()).unwrap_or_default() }
    }

    fn kind_of(&self, oid: u32, made: &Made) -> Kind {
        match Type::from_oid(oid) {
            Some(Type::INT2 | Type::INT4 | Type::INT8) => return Kind::Whole,
            Some(Type::JSON | Type::JSONB) => return Kind::Json,
            _ => {}
        }
        match (made.base, made.element, made.attributes.as_slice()) {
            (Some(base), ..) => self.form_of(base).kind,
            (_, Some(element), _) => {
                Kind::Array { element: Box::new(self.form_of(element)), delimiter: made.delimiter }
            }
            (_, _, []) if made.is_hstore => Kind::Hstore,
            (_, _, []) => Kind::Scalar,
            (_, _, attributes) => Kind::Composite(
                attributes.iter().map(|(name, oid)| (name.clone(), self.form_of(*oid))).collect(),
            ),
        }
    }
}
