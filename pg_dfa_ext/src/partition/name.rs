//! Names of partitions.

use crate::error::Result;
use crate::relation;
use crate::spi;

/// What an identifier of Postgres can hold, in bytes.
const LONGEST: usize = 63;

/// `<table>_<suffix>`; of a long table name, its beginning and a number that tells it from others. One that is taken
/// gets a number at its end.
pub fn free(schema: &str, table: &str, suffix: &str) -> Result<String> {
    let mut name = fitting(table, suffix)?;
    let mut number = 1;
    while relation::oid(Some(schema), &name).is_some() {
        number += 1;
        name = fitting(table, &format!("{suffix}_{number}"))?;
    }
    Ok(name)
}

/// The suffix of the partition of a value: the value itself where it makes a name.
pub fn of_value(value: &str) -> Result<String> {
    let is_word = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_word && (1..=30).contains(&value.len()) {
        Ok(format!("v_{value}"))
    } else {
        of_odd_value(value)
    }
}

/// The suffix of the partition of a value that makes no name.
pub fn of_odd_value(value: &str) -> Result<String> {
    Ok(format!("v_{}", digest(value)?))
}

/// `<table>_<suffix>`, whatever has that name; of a long table name, its beginning and a number.
pub fn fitting(table: &str, suffix: &str) -> Result<String> {
    let whole = format!("{table}_{suffix}");
    if whole.len() <= LONGEST {
        return Ok(whole);
    }
    let mut room = LONGEST.saturating_sub(suffix.len() + 10);
    while !table.is_char_boundary(room) {
        room -= 1;
    }
    Ok(format!("{}_{}_{suffix}", &table[..room], digest(table)?))
}

/// Eight digits, the same on every server.
fn digest(text: &str) -> Result<String> {
    let found = spi::value::<String>("select left(md5($1), 8)", &[text.into()])?;
    Ok(found.unwrap_or_default())
}
