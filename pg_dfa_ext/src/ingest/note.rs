//! What a caller is told of rows that went another way than they may think.

use super::group::Group;
use super::request::{Action, Request};
use super::target::Target;
use crate::error::{plural, Result};
use crate::spi::{self, literal};

/// The notes of a stream, which may have one for each of its chunks: the first of them.
pub fn first_of(mut notes: Vec<String>) -> Vec<String> {
    const SHOWN: usize = 20;
    let more = notes.len().saturating_sub(SHOWN);
    if more > 0 {
        notes.truncate(SHOWN);
        notes.push(format!("… and {more} more of this kind"));
    }
    notes
}

/// Of rows with the same key in one payload: `replaced` by a later one, `outdated` by an earlier one that is newer.
pub fn doubles(replaced: u64, outdated: u64) -> Vec<String> {
    let mut notes = Vec::new();
    if replaced > 0 {
        notes.push(format!("Warning: {} replaced by a later row of the same key", rows_were(replaced)));
    }
    if outdated > 0 {
        notes.push(format!(
            "Warning: {} left out, since an earlier row of the same key has a newer update_date",
            rows_were(outdated)
        ));
    }
    notes
}

/// Of rows that the statements took and the table did not.
pub fn left_out(request: &Request, target: &Target, rows: u64) -> Result<Option<String>> {
    if rows == 0 || request.action == Action::Delete {
        return Ok(None);
    }
    let may_suppress = target.has_row_triggers || has_rules(target)?;
    let why = match (target.update_date, may_suppress) {
        (Some(_), false) => "since the table has a newer update_date",
        (Some(_), true) => "since the table has a newer update_date, or by a trigger or rule of the table",
        (None, true) => "by a trigger or rule of the table",
        (None, false) => "since the table has them and they give no column beside the key",
    };
    Ok(Some(format!("Warning: {} left out, {why}", rows_were(rows))))
}

fn has_rules(target: &Target) -> Result<bool> {
    let has = spi::value::<bool>("select relhasrules from pg_class where oid = $1", &[target.oid.into()])?;
    Ok(has.unwrap_or_default())
}

/// Of columns that were given numbers which their sequence has not come to: a row without one would meet them. The
/// sequence is left as it is, as INSERT and COPY leave it: one far number must not use it up.
pub fn sequences(target: &Target, groups: &[Group]) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    for (index, column) in target.columns.iter().enumerate() {
        let Some(sequence) = &column.sequence else { continue };
        let mut greatest: Option<i64> = None;
        for group in groups {
            if let Some(place) = group.columns.iter().position(|&given| given == index) {
                let statement = format!("select pg_catalog.max(c{place})::pg_catalog.text from dfa_rows");
                let found = group.rows.query(&statement, &[])?;
                let found = found.into_iter().flatten().flatten().next().and_then(|text| text.parse().ok());
                greatest = greatest.max(found);
            }
        }
        let Some(greatest) = greatest else { continue };
        let behind = spi::query_one(
            "select seqrelid::regclass::text, coalesce(pg_sequence_last_value(seqrelid), 0) as stands_at
             from pg_sequence where seqrelid = $1::regclass and seqincrement > 0 and $2 <= seqmax
               and has_sequence_privilege(seqrelid, 'USAGE, SELECT')
               and $2 > coalesce(pg_sequence_last_value(seqrelid), 0)",
            &[sequence.as_str().into(), greatest.into()],
            |row| Ok((row.get::<String>("seqrelid")?, row.get::<i64>("stands_at")?)),
        )?;
        if let Some((sequence, stands_at)) = behind {
            notes.push(format!(
                "Warning: column '{}' was given up to {greatest}, while its sequence is at {stands_at}: rows without it \
                 will meet these; SELECT setval({}, {greatest}) moves it on",
                column.name,
                literal(&sequence)
            ));
        }
    }
    Ok(notes)
}

fn rows_were(count: u64) -> String {
    format!("{count} row{} {}", plural(count), if count == 1 { "was" } else { "were" })
}
