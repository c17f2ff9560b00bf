//! A JSON value as the text that the input function of its type reads: `{1,NULL}` for an array, `(1,"a b")` for a
//! composite, `"a"=>"1"` for an hstore, JSON itself for json.
//!
//! What Postgres' own `jsonb_populate_record` makes of the value, it makes of this text as well; but an object gives no
//! attribute twice and none that its type does not have, and a whole number may have a fraction of zeros.

use super::payload::fields;
use super::value::Read;
use pgrx::pg_sys;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ffi::CStr;

/// `MAXDIM`: an array of Postgres has no more dimensions.
const MOST_DIMENSIONS: usize = 6;

/// How the values of a type are written.
pub struct Form {
    kind: Kind,
    type_name: String,
}

enum Kind {
    Scalar,
    /// 5.0 is how many programs send a whole number.
    Whole,
    Json,
    Hstore,
    Array {
        element: Box<Form>,
        delimiter: char,
    },
    /// Attributes in their order.
    Composite(Vec<(String, Form)>),
}

impl Form {
    /// By what lies below all domains.
    pub fn of(type_oid: pg_sys::Oid) -> Form {
        // SAFETY: look-ups in the system cache of a type that exists; what they return is copied.
        unsafe {
            let base = pg_sys::getBaseType(type_oid);
            let element = pg_sys::get_element_type(base);
            let kind = match base {
                pg_sys::INT2OID | pg_sys::INT4OID | pg_sys::INT8OID => Kind::Whole,
                pg_sys::JSONOID | pg_sys::JSONBOID => Kind::Json,
                _ if element != pg_sys::InvalidOid => {
                    Kind::Array { element: Box::new(Form::of(element)), delimiter: delimiter(element) }
                }
                _ if pg_sys::get_typtype(base) == pg_sys::TYPTYPE_COMPOSITE as std::ffi::c_char => {
                    Kind::Composite(attributes(base))
                }
                _ if is_hstore(base) => Kind::Hstore,
                _ => Kind::Scalar,
            };
            Form { kind, type_name: c_string(pg_sys::format_type_be(type_oid)) }
        }
    }

    /// The text of a value that is not null.
    pub fn text<'r>(&self, value: &'r RawValue) -> Read<Cow<'r, str>> {
        let json = value.get();
        match (json.as_bytes().first(), &self.kind) {
            (_, Kind::Json) => Ok(Cow::Borrowed(json)),
            (Some(b'"'), _) => unquote(json),
            (Some(b'['), Kind::Array { element, delimiter }) => {
                array(json, element, *delimiter, 1).map(Cow::Owned)
            }
            (Some(b'{'), Kind::Composite(attributes)) => self.composite(value, attributes).map(Cow::Owned),
            (Some(b'{'), Kind::Hstore) => hstore(value).map(Cow::Owned),
            (Some(b'['), _) => Err(format!("a list, where a value of type {} belongs", self.type_name)),
            (Some(b'{'), _) => Err(format!("an object, where a value of type {} belongs", self.type_name)),
            (_, Kind::Whole) => Ok(Cow::Borrowed(whole(json))),
            _ => Ok(Cow::Borrowed(json)),
        }
    }

    /// `(…,…)`: an attribute that is not given is null.
    fn composite(&self, object: &RawValue, attributes: &[(String, Form)]) -> Read<String> {
        let given = fields(object)?;
        if let Some((name, _)) =
            given.iter().find(|(name, _)| !attributes.iter().any(|(known, _)| known == name))
        {
            return Err(format!("type {} has no attribute '{name}'", self.type_name));
        }
        let mut literal = String::from("(");
        for (index, (name, form)) in attributes.iter().enumerate() {
            if index > 0 {
                literal.push(',');
            }
            if let Some((_, value)) =
                given.iter().find(|(known, value)| known == name && value.get() != "null")
            {
                push_quoted(&mut literal, &form.text(value)?);
            }
        }
        literal.push(')');
        Ok(literal)
    }
}

/// `{…,…}`; lists in a list are dimensions, unless the elements are arrays by themselves (of a domain).
fn array(json: &str, element: &Form, delimiter: char, dimension: usize) -> Read<String> {
    if dimension > MOST_DIMENSIONS {
        return Err(format!(
            "a list inside more than {MOST_DIMENSIONS} lists: an array has no more dimensions"
        ));
    }
    let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut literal = String::from("{");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            literal.push(delimiter);
        }
        match item.get() {
            "null" => literal.push_str("NULL"),
            list if list.starts_with('[') && !matches!(element.kind, Kind::Array { .. }) => {
                literal.push_str(&array(list, element, delimiter, dimension + 1)?);
            }
            _ => push_quoted(&mut literal, &element.text(item)?),
        }
    }
    literal.push('}');
    Ok(literal)
}

/// `"a"=>"1", "b"=>NULL`; a list or object in it is its JSON.
fn hstore(object: &RawValue) -> Read<String> {
    let mut literal = String::new();
    for (name, value) in fields(object)? {
        if !literal.is_empty() {
            literal.push(',');
        }
        push_quoted(&mut literal, &name);
        literal.push_str("=>");
        match value.get() {
            "null" => literal.push_str("NULL"),
            text if text.starts_with('"') => push_quoted(&mut literal, &unquote(text)?),
            other => push_quoted(&mut literal, other),
        }
    }
    Ok(literal)
}

/// In quotes, as arrays, composites and hstore alike read them.
fn push_quoted(literal: &mut String, text: &str) {
    literal.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal.push('"');
}

/// The text of a JSON string, `"…"`.
fn unquote(json: &str) -> Read<Cow<'_, str>> {
    let inner = json.get(1..json.len() - 1).unwrap_or_default();
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner));
    }
    let text: String =
        serde_json::from_str(json).map_err(|error| format!("the text is no UTF-8: {error}"))?;
    if text.contains('\0') {
        return Err(super::value::NUL.to_owned());
    }
    Ok(Cow::Owned(text))
}

/// A number without a fraction of zeros.
fn whole(number: &str) -> &str {
    match number.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => number,
    }
}

/// What stands between the elements of an array: a comma, but for boxes.
unsafe fn delimiter(element: pg_sys::Oid) -> char {
    let (mut length, mut by_value, mut align, mut delimiter) = (0, false, 0, 0);
    let (mut parameter, mut function) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
    unsafe {
        pg_sys::get_type_io_data(
            element,
            pg_sys::IOFuncSelector::IOFunc_input,
            &raw mut length,
            &raw mut by_value,
            &raw mut align,
            &raw mut delimiter,
            &raw mut parameter,
            &raw mut function,
        );
    }
    char::from(delimiter as u8)
}

unsafe fn attributes(composite: pg_sys::Oid) -> Vec<(String, Form)> {
    unsafe {
        let shape = pg_sys::lookup_rowtype_tupdesc_copy(composite, -1);
        let count = usize::try_from((*shape).natts).unwrap_or_default();
        let attributes = (*shape).attrs.as_slice(count);
        attributes
            .iter()
            .filter(|attribute| !attribute.attisdropped)
            .map(|attribute| (c_string(attribute.attname.data.as_ptr()), Form::of(attribute.atttypid)))
            .collect()
    }
}

/// Wherever its extension lives.
unsafe fn is_hstore(type_oid: pg_sys::Oid) -> bool {
    let (mut function, mut parameter) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
    unsafe {
        pg_sys::getTypeInputInfo(type_oid, &raw mut function, &raw mut parameter);
        c_string(pg_sys::get_func_name(function)) == "hstore_in"
    }
}

unsafe fn c_string(text: *const std::ffi::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
