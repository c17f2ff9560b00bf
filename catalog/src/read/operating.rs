//! Keys for operating: `fresh_within`, `limit`, `source`, `distribute_by`, `colocate_with`, `reference`.

use super::fields::{count, flag, map, text, word, Fields, Known};
use super::findings::{At, Findings};
use super::keys::check_column;
use super::settings::MOST;
use crate::length::Length;
use crate::model::{Distribution, FileOption, FileSource, Limit, Table};

pub const SOURCE_KEYS: Known = &[
    &["path"],
    &["compression"],
    &["format"],
    &["delimiter"],
    &["quote"],
    &["null"],
    &["force_null"],
    &["encoding"],
    &["header"],
    &["by_position"],
    &["extra"],
    &["on_error"],
    &["truncate"],
];

/// A length of time above nothing; `such_as` is an example of one.
pub fn length(at: &At<'_>, such_as: &str, findings: &mut Findings) -> Option<Length> {
    let given = text(at, findings)?;
    let length = Length::parse(given);
    if length.is_none() {
        findings.error(at, format!("'{}' is no length of time; write one such as {such_as}", given.trim()));
    }
    length
}

pub fn fresh_within(at: &At<'_>, findings: &mut Findings) -> Option<Length> {
    let length = length(at, "26h or 2 days", findings)?;
    if length.months == 0 && length.days == 0 && length.seconds == 0.0 {
        findings.error(at, "nothing is as fresh as that; write a length such as 26h or 2 days");
        return None;
    }
    Some(length)
}

/// Named limits, each a number of steps from 1.
pub fn limits(at: &At<'_>, findings: &mut Findings) -> Vec<Limit> {
    let mut found = Vec::new();
    for (name, at) in map(at, findings).unwrap_or_default() {
        if let Some(fault) = crate::name::label_fault(name) {
            findings.error(&at, fault);
            continue;
        }
        match count(&at, "steps", MOST, findings) {
            Some(0) => findings.error(&at, format!("limit '{name}' would let no step run; give 1 or more")),
            Some(most) => found.push(Limit { name: name.trim().to_owned(), most }),
            None => {}
        }
    }
    found
}

/// Where the files of a landed table come from: a path, or `{path, …}` with options of `dfa load`.
pub fn source(name: &str, at: &At<'_>, findings: &mut Findings) -> Option<FileSource> {
    if crate::name::system_type(name) == "internal" {
        let hint = "files land in tables with prefix src or imp".to_owned();
        findings.error_hint(at, format!("the rows of '{name}' come from no files"), Some(hint));
    }
    let fields = match text_of(at) {
        Some(_) => None,
        None => Some(Fields::open(at, SOURCE_KEYS, findings)?),
    };
    let path = match &fields {
        Some(fields) => match fields.get("path") {
            Some(path) => path,
            None => {
                findings.error(at, "`path` is missing: a path or a pattern such as landing/*.csv");
                return None;
            }
        },
        None => at.clone(),
    };
    let given = text(&path, findings)?.trim();
    if given.is_empty() || given.split(['/', '\\']).any(|part| part == "..") {
        findings.error(&path, format!("'{given}' is no path of files: it may not lead upwards by .."));
    }
    let mut options = Vec::new();
    for (key, option) in FileOption::WORDS {
        let Some(at) = fields.as_ref().and_then(|fields| fields.get(key)) else { continue };
        options.extend(value(*option, &at, findings).map(|value| (*option, value)));
    }
    Some(FileSource { place: at.place(), path: given.to_owned(), options })
}

fn text_of<'n>(at: &At<'n>) -> Option<&'n str> {
    match &at.node.value {
        crate::tree::Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// The value of an option as `dfa load` takes it.
fn value(option: FileOption, at: &At<'_>, findings: &mut Findings) -> Option<String> {
    let one_of = |words: &[&'static str], findings: &mut Findings| {
        let words: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
        word(at, &words, findings).map(str::to_owned)
    };
    match option {
        FileOption::Compression => one_of(&["infer", "none", "gzip", "bz2", "zip", "xz", "zstd"], findings),
        FileOption::Format => one_of(&["infer", "csv", "ndjson", "parquet"], findings),
        FileOption::Extra => one_of(&["error", "last"], findings),
        FileOption::OnError => one_of(&["reject", "skip"], findings),
        // YAML has words of its own for yes and no.
        FileOption::Header => match text(at, findings)?.trim() {
            "infer" => Some("infer".to_owned()),
            _ => flag(at, findings).map(|flag| if flag { "yes" } else { "no" }.to_owned()),
        },
        FileOption::ForceNull | FileOption::ByPosition | FileOption::Truncate => {
            flag(at, findings).map(|flag| flag.to_string())
        }
        FileOption::Delimiter => character(at, &["\\t", "tab"], |_| true, findings),
        FileOption::Quote => character(at, &["none"], |quote| quote.is_ascii(), findings),
        FileOption::Null | FileOption::Encoding => text(at, findings).map(str::to_owned),
    }
}

/// One character, or one of these words for some.
fn character(
    at: &At<'_>,
    words: &[&str],
    is_good: impl Fn(char) -> bool,
    findings: &mut Findings,
) -> Option<String> {
    let given = text(at, findings)?;
    let mut characters = given.chars();
    let is_one = match (characters.next(), characters.next()) {
        (Some(one), None) => is_good(one) && !matches!(one, '\n' | '\r'),
        _ => false,
    };
    if !is_one && !words.contains(&given) {
        let words = words.join(" or ");
        findings.error(at, format!("'{given}' is none; give one character, or {words}"));
        return None;
    }
    Some(given.to_owned())
}

/// `distribute_by` with `colocate_with`, or `reference`; keys that Citus could not hold are errors.
pub fn distribution(fields: &Fields<'_>, table: &Table, findings: &mut Findings) -> Option<Distribution> {
    let by = fields.get("distribute_by");
    let reference = fields.get("reference").filter(|at| flag(at, findings) == Some(true));
    let beside = fields.get("colocate_with");
    match (by, reference) {
        (Some(_), Some(reference)) => {
            findings.error(&reference, "a table is distributed or a reference table; give one of them");
            None
        }
        (None, Some(_)) => {
            no_distribution_to_colocate(beside, findings);
            Some(Distribution::Reference)
        }
        (None, None) => {
            no_distribution_to_colocate(beside, findings);
            None
        }
        (Some(by), None) => {
            let column = text(&by, findings)?.trim().to_owned();
            check_column(&column, &by, table, findings);
            unique_per_shard(&column, &by, table, findings);
            let beside = beside.and_then(|at| text(&at, findings)).map(|name| name.trim().to_owned());
            Some(Distribution::By { place: by.place(), column, colocate_with: beside })
        }
    }
}

fn no_distribution_to_colocate(beside: Option<At<'_>>, findings: &mut Findings) {
    if let Some(at) = beside {
        let hint = "give `distribute_by`, the column whose values lie together".to_owned();
        findings.error_hint(&at, "what lies beside another table is distributed", Some(hint));
    }
}

/// Citus keeps what is unique per shard, so it must hold the column.
fn unique_per_shard(column: &str, at: &At<'_>, table: &Table, findings: &mut Findings) {
    let mut lacks = |what: String| {
        let hint = "Citus keeps it per shard; add the column to it".to_owned();
        findings.error_hint(
            at,
            format!("{what} lacks the column '{column}' by which rows are distributed"),
            Some(hint),
        );
    };
    if !table.primary_key.is_empty() && !table.primary_key.iter().any(|name| name == column) {
        lacks("the primary key".to_owned());
    }
    for other in table.columns.iter().filter(|other| other.unique && other.name != column) {
        lacks(format!("unique column '{}'", other.name));
    }
    for index in table.indexes.iter().filter(|index| index.unique) {
        if !index.columns.iter().any(|known| known.name == column) {
            lacks("a unique index".to_owned());
        }
    }
}
