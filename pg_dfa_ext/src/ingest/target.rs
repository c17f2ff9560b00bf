//! The table that rows are for: its columns as the database has them.

use super::order::Order;
use super::value::Reader;
use crate::catalog::Stored;
use crate::citus;
use crate::data_schema;
use crate::error::{Captured, DfaError, Result};
use crate::relation;
use crate::spi::{self, ident, qualified};
use crate::trust;
use dfa_catalog::name;
use pgrx::pg_sys;
use std::collections::HashMap;
use std::rc::Rc;

/// A column that rows can give.
pub struct Column {
    pub name: String,
    pub type_oid: pg_sys::Oid,
    /// What lies below all domains.
    pub base_type: pg_sys::Oid,
    pub type_modifier: i32,
    pub collation: pg_sys::Oid,
    pub not_null: bool,
    pub has_default: bool,
    pub is_generated: bool,
    /// Place in the key, from 0.
    pub key: Option<usize>,
    /// The sequence that numbers it, where no value is given.
    pub sequence: Option<String>,
    pub reader: Reader,
}

pub struct Target {
    pub name: String,
    pub oid: pg_sys::Oid,
    /// Quoted, with its schema.
    pub relation: String,
    pub columns: Vec<Column>,
    pub by_name: HashMap<String, usize>,
    /// The columns of the key, in its order: that of the primary key, else the one that is not enforced.
    pub key: Vec<usize>,
    /// The database holds the key unique.
    pub key_is_enforced: bool,
    /// The column that says how old a row is.
    pub update_date: Option<usize>,
    /// What dates a row: SQL of the watermark.
    pub dated: Option<String>,
    /// That, where it is a column of type date or timestamp.
    pub dated_column: Option<usize>,
    /// Triggers may change a row or leave it out.
    pub has_row_triggers: bool,
    pub is_partitioned: bool,
    /// Its rows lie on other machines.
    pub is_elsewhere: bool,
    /// How its keys compare; `None`: no key, or one of a type that no index sorts.
    pub key_order: Option<Rc<Order>>,
}

impl Target {
    pub fn find(stored: &Stored) -> Result<Target> {
        let schema = data_schema::name()?;
        let name = stored.name();
        let oid = relation::oid(Some(&schema), name)
            .ok_or_else(|| DfaError::MissingTable { schema: schema.clone(), table: name.to_owned() })?;
        trust::check_table(&schema, name, oid)?;
        let columns = spi::query(include_str!("sql/ingest_columns.sql"), &[oid.into()], |row| {
            let type_oid = row.get::<pg_sys::Oid>("atttypid")?;
            let type_modifier = row.get::<Option<i32>>("atttypmod")?.unwrap_or(-1);
            Ok(Column {
                name: row.get::<String>("attname")?,
                type_oid,
                // SAFETY: a look-up in the system cache.
                base_type: unsafe { pg_sys::getBaseType(type_oid) },
                type_modifier,
                collation: row.get::<pg_sys::Oid>("attcollation")?,
                not_null: row.get("is_not_null")?,
                has_default: row.get("has_default")?,
                is_generated: row.get("is_generated")?,
                key: row.get::<Option<i32>>("key_place")?.and_then(|place| usize::try_from(place - 1).ok()),
                sequence: row.get("sequence")?,
                reader: Reader::of(type_oid, type_modifier),
            })
        })?;
        let by_name: HashMap<String, usize> =
            columns.iter().enumerate().map(|(index, column)| (column.name.clone(), index)).collect();
        let mut key: Vec<usize> = (0..columns.len()).filter(|&index| columns[index].key.is_some()).collect();
        key.sort_by_key(|&index| columns[index].key);
        let key_is_enforced = !key.is_empty();
        if key.is_empty() {
            let logical = stored.table().map(|table| table.primary_key_dummy.as_slice()).unwrap_or_default();
            key = logical.iter().filter_map(|name| by_name.get(name).copied()).collect();
        }
        let dated = spi::value::<Option<String>>(
            "select nullif(trim(rtt_column), '') from dfa.data_pipeline where table_name = $1",
            &[name.into()],
        )?
        .flatten();
        let dated_column = dated
            .as_ref()
            .and_then(|name| by_name.get(name).copied())
            .filter(|&index| matches!(columns[index].base_type, pg_sys::DATEOID | pg_sys::TIMESTAMPOID));
        let undatable = dated.as_ref().and_then(|name| by_name.get(name)).map(|&index| &columns[index]);
        if let Some(column) = undatable.filter(|column| !is_datable(column.base_type)) {
            return Err(undated(name, column));
        }
        let key_order =
            if key.is_empty() { None } else { Order::of(key.iter().map(|&index| &columns[index])) };
        let dated = dated.map(|name| if by_name.contains_key(&name) { ident(&name) } else { name });
        let has_row_triggers = spi::value::<bool>(include_str!("sql/row_triggers.sql"), &[oid.into()])?;
        Ok(Target {
            name: name.to_owned(),
            oid,
            relation: qualified(&schema, name),
            update_date: by_name.get("update_date").copied(),
            columns,
            by_name,
            key,
            key_is_enforced,
            dated,
            dated_column,
            has_row_triggers: has_row_triggers.unwrap_or_default(),
            is_elsewhere: citus::is_elsewhere(oid)?,
            // SAFETY: a look-up in the system cache.
            is_partitioned: unsafe { pg_sys::get_rel_relkind(oid) } as u8 == b'p',
            key_order,
        })
    }

    /// The column that rows mean by a name, as in the heading of a file: in any case, where one alone is called so.
    pub fn called(&self, name: &str) -> Option<usize> {
        let in_any_case = || name::place_in_any_case(name, self.columns.iter().map(|it| it.name.as_str()));
        self.by_name.get(name).copied().or_else(in_any_case)
    }

    pub fn quoted(&self, index: usize) -> String {
        ident(&self.columns[index].name)
    }

    /// `a, b` of these columns.
    pub fn list(&self, columns: &[usize]) -> String {
        columns.iter().map(|&index| self.quoted(index)).collect::<Vec<_>>().join(", ")
    }

    /// A new row must give this column.
    pub fn is_needed(&self, index: usize) -> bool {
        let column = &self.columns[index];
        let in_key = self.key_is_enforced && self.key.contains(&index);
        (column.not_null || in_key)
            && !column.has_default
            && !column.is_generated
            && Some(index) != self.update_date
    }

    /// # Errors
    /// A table without any key: rows of it cannot be named.
    pub fn require_key(&self, action: &'static str) -> Result<()> {
        if !self.key.is_empty() {
            return Ok(());
        }
        Err(DfaError::InvalidArgument {
            argument: "action",
            value: action.to_owned(),
            allowed: format!("Table '{}' has no primary key, so that its rows cannot be named.", self.name),
        })
    }
}

/// Whether a value of the type says a day; of types that are not Postgres' own, their cast decides.
fn is_datable(kind: pg_sys::Oid) -> bool {
    let mut function = pg_sys::InvalidOid;
    let context = pg_sys::CoercionContext::COERCION_EXPLICIT;
    // SAFETY: a look-up in the system cache.
    let way = unsafe { pg_sys::find_coercion_pathway(pg_sys::DATEOID, kind, context, &raw mut function) };
    way != pg_sys::CoercionPathType::COERCION_PATH_NONE
}

fn undated(table: &str, column: &Column) -> DfaError {
    // SAFETY: a text that Postgres makes, ended by NUL.
    let kind = unsafe { std::ffi::CStr::from_ptr(pg_sys::format_type_be(column.type_oid)) }.to_string_lossy();
    let name = &column.name;
    DfaError::Postgres(Box::new(Captured {
        sqlstate: "42804".to_owned(),
        message: format!("column '{name}' dates the rows of '{table}', and a value of type {kind} is no date"),
        detail: Some("It is the column of retention in the catalog, or rtt_column in dfa.data_pipeline.".to_owned()),
        hint: Some(format!(
            "Name a column of type date or timestamp there, or an expression, such as to_timestamp({name} / 1000.0)."
        )),
        ..Captured::default()
    }))
}
