//! Where a key belongs that stands where it has no effect.

use super::fields::Known;
use super::{features, operating, pipeline, process, settings, table};

/// The places that have keys, the likeliest first.
const PLACES: [(&str, Known); 8] = [
    ("stands under `create` of a table", table::CREATE_KEYS),
    ("is a key of a table, beside `create`", table::KEYS),
    ("is a key of a pipeline, which is a definition of its own", pipeline::KEYS),
    ("is a key of a process, under `update`", process::KEYS),
    ("is a key of a column, under `features`", features::COLUMN_KEYS),
    ("stands under `run` of a table", settings::RUN_KEYS),
    ("stands under `retention` of a table", settings::RETENTION_KEYS),
    ("stands under `source` of a table", operating::SOURCE_KEYS),
];

/// "'nodes' is a key of a pipeline …", if the key is known elsewhere.
pub fn hint(key: &str, here: Known) -> Option<String> {
    let (place, _) = PLACES
        .iter()
        .find(|(_, known)| !std::ptr::eq(*known, here) && known.iter().any(|group| group.contains(&key)))?;
    Some(format!("'{key}' {place}"))
}
