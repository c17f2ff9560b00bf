//! Values of Parquet as JSON.

use super::cell::{cells, Cell};
use super::text_of;
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

/// A row as an object.
pub fn object(batch: &RecordBatch, index: usize) -> String {
    let schema = batch.schema_ref();
    let members = schema.fields().iter().zip(batch.columns());
    fields(members.map(|(field, array)| (quoted(field.name()), array.as_ref(), index)))
}

/// A text as JSON has it.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A list, a struct or a map.
pub fn nested(array: &dyn Array, index: usize) -> String {
    match array.data_type() {
        DataType::List(_) => {
            let items = array.as_list::<i32>().value(index);
            let items: Vec<String> = (0..items.len()).map(|index| value(items.as_ref(), index)).collect();
            format!("[{}]", items.join(","))
        }
        DataType::Struct(schema) => {
            let members = schema.iter().zip(array.as_struct().columns());
            fields(members.map(|(field, array)| (quoted(field.name()), array.as_ref(), index)))
        }
        _ => {
            let entries = array.as_map().value(index);
            let (keys, values) = (entries.column(0), entries.column(1));
            let names = cells(keys.as_ref());
            let name = |index| quoted(&text_of(&names(index)));
            fields((0..entries.len()).map(|index| (name(index), values.as_ref(), index)))
        }
    }
}

fn fields<'a>(members: impl Iterator<Item = (String, &'a dyn Array, usize)>) -> String {
    let members: Vec<String> =
        members.map(|(name, array, index)| format!("{name}:{}", value(array, index))).collect();
    format!("{{{}}}", members.join(","))
}

fn value(array: &dyn Array, index: usize) -> String {
    match cells(array)(index) {
        Cell::Null => "null".to_owned(),
        Cell::Json(json) => json,
        Cell::Float(number) if !number.is_finite() => quoted(&number.to_string()),
        cell @ (Cell::Bool(_)
        | Cell::Int(_)
        | Cell::UInt(_)
        | Cell::Float(_)
        | Cell::Decimal(..)
        | Cell::Digits(_)) => text_of(&cell),
        cell => quoted(&text_of(&cell)),
    }
}
