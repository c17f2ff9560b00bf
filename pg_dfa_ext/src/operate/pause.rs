//! `dfa.pause`, `dfa.unpause`: a pipeline, the workers, or everything starts nothing for a while.

use crate::catalog;
use crate::entry::entry;
use crate::error::{given, Captured, DfaError, Result};
use crate::spi;
use crate::task::wake;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;

/// What can be paused, as `dfa.paused` has it.
struct Held {
    kind: &'static str,
    name: String,
}

/// Words that stand for more than a pipeline; `pipeline:all` is the pipeline of that name.
const WORDS: [&str; 2] = ["worker", "all"];
const PIPELINE: &str = "pipeline:";

impl Held {
    fn find(given: &str) -> Result<Held> {
        let given = given.trim();
        if let Some(word) = WORDS.into_iter().find(|word| *word == given) {
            only_admins(word)?;
            return Ok(Held { kind: word, name: word.to_owned() });
        }
        let pipeline = catalog::pipeline(bare(given))?;
        Ok(Held { kind: "pipeline", name: pipeline.name().to_owned() })
    }

    /// [`find`](Held::find), also for a pipeline that is paused and in no catalog any more.
    fn find_paused(given: &str) -> Result<Held> {
        let found = Held::find(given);
        if let Err(DfaError::UnknownName { .. }) = &found {
            let name = spi::value::<String>(
                "select name from dfa.paused where kind = 'pipeline' and name = $1",
                &[bare(given.trim()).into()],
            )?;
            if let Some(name) = name {
                return Ok(Held { kind: "pipeline", name });
            }
        }
        found
    }
}

fn bare(given: &str) -> &str {
    given.strip_prefix(PIPELINE).unwrap_or(given).trim()
}

/// The work of others is held by admins alone; row level security of `dfa.paused` sees to it, this says it.
fn only_admins(word: &str) -> Result<()> {
    let may = spi::value::<bool>("select pg_has_role('dfa_admin', 'member')", &[])?;
    if may == Some(true) {
        return Ok(());
    }
    Err(DfaError::Postgres(Box::new(Captured {
        sqlstate: "42501".to_owned(),
        message: format!("permission denied to pause or unpause '{word}'"),
        detail: Some("It holds the work of every role.".to_owned()),
        hint: Some("A member of dfa_admin may; an operator may pause a pipeline by its name.".to_owned()),
        ..Captured::default()
    })))
}

extension_sql!(
    r#"
comment on function dfa.pause is
'Holds a pipeline (its schedule and triggers do not start it), worker (no background step begins; one under way ends) or all (maintenance: nothing starts, DF014; what runs ends; setup and migrate called directly go on) for a reason, until a moment or dfa.unpause. Paused anew it has the new reason and end. Slots of a pipeline that come meanwhile follow its catch_up when it goes on. worker and all are for dfa_admin.';
grant execute on function dfa.pause to dfa_operator;
"#,
    name = "about_pause",
    requires = [pause]
);

/// Holds a pipeline, the workers or everything.
#[pg_extern]
#[allow(clippy::type_complexity)]
fn pause(
    what: Option<&str>,
    reason: Option<&str>,
    until: default!(Option<TimestampWithTimeZone>, "NULL"),
) -> TableIterator<
    'static,
    (
        name!(kind, String),
        name!(name, String),
        name!(reason, String),
        name!(paused_by, String),
        name!(since, Option<TimestampWithTimeZone>),
        name!(until, Option<TimestampWithTimeZone>),
    ),
> {
    let pause = || {
        let reason = given("reason", reason)?.trim();
        if reason.is_empty() {
            return Err(DfaError::InvalidArgument {
                argument: "reason",
                value: String::new(),
                allowed: "Say why: whoever wonders tonight reads it.".to_owned(),
            });
        }
        check_end(until)?;
        let held = Held::find(given("what", what)?)?;
        let paused = spi::query_one(
            include_str!("sql/pause.sql"),
            &[held.kind.into(), held.name.as_str().into(), reason.into(), until.into()],
            |row| {
                Ok((
                    row.get::<String>("kind")?,
                    row.get::<String>("name")?,
                    row.get::<String>("reason")?,
                    row.get::<String>("paused_by")?,
                    row.get::<Option<TimestampWithTimeZone>>("since")?,
                    row.get::<Option<TimestampWithTimeZone>>("until")?,
                ))
            },
        )?;
        paused.ok_or_else(|| DfaError::internal("a pause was not written down"))
    };
    TableIterator::once(entry(pause))
}

/// A pause ends in the future.
fn check_end(until: Option<TimestampWithTimeZone>) -> Result<()> {
    let past = spi::value::<String>(
        "select coalesce(to_char($1, 'YYYY-MM-DD HH24:MI:SS TZ'), $1::text) where $1 <= clock_timestamp()",
        &[until.into()],
    )?;
    match past {
        None => Ok(()),
        Some(value) => Err(DfaError::InvalidArgument {
            argument: "until",
            value,
            allowed: "Give a moment to come, or none: then it lasts until somebody ends it.".to_owned(),
        }),
    }
}

extension_sql!(
    r#"
comment on function dfa.unpause is
'Ends a pause of a pipeline, worker or all, whoever began it; false if there was none. What waited for it begins when the caller commits, slots and triggers with the next tick.';
grant execute on function dfa.unpause to dfa_operator;
"#,
    name = "about_unpause",
    requires = [unpause]
);

/// Ends a pause; false if there was none.
#[pg_extern]
fn unpause(what: Option<&str>) -> bool {
    entry(|| {
        let held = Held::find_paused(given("what", what)?)?;
        let was_paused = spi::value::<bool>(
            "delete from dfa.paused where kind = $1 and name = $2
             returning coalesce(until, 'infinity') > clock_timestamp()",
            &[held.kind.into(), held.name.as_str().into()],
        )?;
        if WORDS.contains(&held.kind) && was_paused.is_some() {
            wake::go_on()?;
        }
        Ok(was_paused.unwrap_or_default())
    })
}
