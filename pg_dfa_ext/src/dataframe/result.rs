//! The table from which `save` takes a function's rows.
//!
//! A quoted literal in a VALUES list is of the type of the column that it is for; a text of a table is a text. So a column
//! of texts has the type of the target's column, and COPY reads each as that column would. A number, a date keeps its own
//! type, and is assigned as any is.

use super::node;
use crate::error::{capture, DfaError, Result};
use crate::relation;
use crate::spi::{self, c_text};
use pgrx::pg_sys::{self, NodeTag};
use std::ffi::CStr;

const NAME: &str = "dfa_function_value";

/// Makes the table of a result with columns of these types; returns the COPY that fills it.
pub fn open(types: &[String]) -> Result<String> {
    let (table, process, save) = node::save_of_now()?;
    let mut target = None;
    for statement in &save {
        target = target.or(insert_of(statement)?);
    }
    let columns = match &target {
        Some(insert) => columns_of(insert)?,
        None => None,
    };
    if let Some(columns) = columns.as_ref().filter(|columns| {
        columns.len() < types.len()
            || target.as_ref().is_some_and(|it| it.columns.is_some()) && columns.len() != types.len()
    }) {
        return Err(DfaError::FrameColumns { table, process, given: types.len(), taken: columns.len() });
    }
    let mut definitions = Vec::with_capacity(types.len());
    for (place, own) in types.iter().enumerate() {
        let target = columns.as_ref().map(|columns| columns[place].as_str());
        let kind = match (known(own)?, target) {
            ("text", Some(target)) => target,
            // Every digit that the service sends.
            ("double precision", Some(target)) if target.starts_with("numeric") => "numeric",
            (own, _) => own,
        };
        // As VALUES names them.
        definitions.push(format!("column{} {kind}", place + 1));
    }
    spi::own(&format!("create temporary table {NAME} ({}) on commit drop", definitions.join(", ")))?;
    Ok(format!("copy pg_temp.{NAME} from stdin"))
}

/// A type that a service may ask for.
fn known(kind: &str) -> Result<&'static str> {
    const KNOWN: [&str; 9] = [
        "boolean",
        "bigint",
        "double precision",
        "numeric",
        "text",
        "date",
        "time",
        "timestamp",
        "timestamptz",
    ];
    KNOWN.into_iter().find(|known| *known == kind).ok_or_else(|| DfaError::InvalidArgument {
        argument: "types",
        value: kind.to_owned(),
        allowed: format!("The types are {}.", KNOWN.join(", ")),
    })
}

/// The table that takes the rows as they are, and the columns that are named.
struct Insert {
    schema: Option<String>,
    table: String,
    columns: Option<Vec<String>>,
}

/// The types of the columns that an insert fills, in its order; `None` if there is no such table.
fn columns_of(insert: &Insert) -> Result<Option<Vec<String>>> {
    let Some(oid) = relation::oid(insert.schema.as_deref(), &insert.table) else { return Ok(None) };
    let all = spi::query(
        "select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
         where attrelid = $1 and attnum > 0 and not attisdropped order by attnum",
        &[oid.into()],
        |row| Ok((row.get::<String>("name")?, row.get::<String>("type")?)),
    )?;
    let Some(named) = &insert.columns else { return Ok(Some(all.into_iter().map(|it| it.1).collect())) };
    // One that is not there is the error of the statement itself.
    let found = named.iter().map(|name| Some(all.iter().find(|it| it.0 == *name)?.1.clone()));
    Ok(found.collect())
}

/// The `insert … table pg_temp.dfa_function_value` of a statement, itself or a CTE of it.
fn insert_of(statement: &str) -> Result<Option<Insert>> {
    let text = c_text(statement)?;
    capture(|| {
        // SAFETY: the tree lives in the current memory context, longer than this closure; tags tell the types.
        unsafe {
            let mut open: Vec<*mut pg_sys::Node> = Vec::new();
            for tree in list(pg_sys::pg_parse_query(text.as_ptr())) {
                open.push((*tree.cast::<pg_sys::RawStmt>()).stmt);
            }
            while let Some(node) = open.pop() {
                let with = match (*node).type_ {
                    NodeTag::T_InsertStmt => {
                        let insert = node.cast::<pg_sys::InsertStmt>();
                        if takes_rows((*insert).selectStmt) {
                            return Ok(Some(read(insert)));
                        }
                        (*insert).withClause
                    }
                    NodeTag::T_SelectStmt => (*node.cast::<pg_sys::SelectStmt>()).withClause,
                    NodeTag::T_UpdateStmt => (*node.cast::<pg_sys::UpdateStmt>()).withClause,
                    NodeTag::T_DeleteStmt => (*node.cast::<pg_sys::DeleteStmt>()).withClause,
                    _ => std::ptr::null_mut(),
                };
                if let Some(with) = with.as_ref() {
                    open.extend(list(with.ctes).map(|cte| (*cte.cast::<pg_sys::CommonTableExpr>()).ctequery));
                }
            }
            Ok(None)
        }
    })
}

unsafe fn list(list: *mut pg_sys::List) -> impl Iterator<Item = *mut std::ffi::c_void> {
    let length = if list.is_null() { 0 } else { unsafe { (*list).length } };
    (0..length).map(move |index| unsafe { (*(*list).elements.add(index as usize)).ptr_value })
}

/// `table pg_temp.dfa_function_value`, which is `select * from` it, with nothing else.
unsafe fn takes_rows(node: *mut pg_sys::Node) -> bool {
    unsafe {
        if node.is_null() || (*node).type_ != NodeTag::T_SelectStmt {
            return false;
        }
        let select = &*node.cast::<pg_sys::SelectStmt>();
        if select.fromClause.is_null() || (*select.fromClause).length != 1 || !select.whereClause.is_null() {
            return false;
        }
        let Some(from) = list(select.fromClause).next() else { return false };
        let Some(target) = list(select.targetList).next().filter(|_| (*select.targetList).length == 1) else {
            return false;
        };
        let value = (*target.cast::<pg_sys::ResTarget>()).val;
        let is_star = (*value).type_ == NodeTag::T_ColumnRef
            && list((*value.cast::<pg_sys::ColumnRef>()).fields)
                .all(|field| (*field.cast::<pg_sys::Node>()).type_ == NodeTag::T_A_Star);
        is_star
            && (*from.cast::<pg_sys::Node>()).type_ == NodeTag::T_RangeVar
            && CStr::from_ptr((*from.cast::<pg_sys::RangeVar>()).relname).to_bytes() == NAME.as_bytes()
    }
}

unsafe fn read(insert: *mut pg_sys::InsertStmt) -> Insert {
    unsafe {
        let text = |pointer: *mut std::ffi::c_char| CStr::from_ptr(pointer).to_string_lossy().into_owned();
        let relation = &*(*insert).relation;
        let columns = (!(*insert).cols.is_null()).then(|| {
            list((*insert).cols).map(|column| text((*column.cast::<pg_sys::ResTarget>()).name)).collect()
        });
        let schema = (!relation.schemaname.is_null()).then(|| text(relation.schemaname));
        Insert { schema, table: text(relation.relname), columns }
    }
}
