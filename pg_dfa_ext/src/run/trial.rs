//! `dfa.try_table`: what a run would make of a table, against what stands there now; all of it is undone.

use super::run_in_transaction;
use crate::catalog;
use crate::data_schema;
use crate::date::date_text;
use crate::entry::entry;
use crate::error::{given, DfaError, Result};
use crate::leftover::swept;
use crate::relation;
use crate::spi;
use crate::subtransaction::undone;
use crate::task::{Mode, Plan};
use pgrx::prelude::*;
use pgrx::{pg_sys, Json};
use serde_json::json;

/// More rows than this are not compared: a copy of the table is made to compare with.
const MOST_ROWS: i64 = 500_000;

type Row = (String, Option<String>, i64, Option<Json>);

extension_sql!(
    r#"
comment on function dfa.try_table is
'Runs a table for a date and takes it back, and tells what would be different: a row ran for each process, with its rows; rows new, changed, gone and same with their number and, as {before, after}, the first of them (sample, at most 100); uncompared for a table of more than 500000 rows. A failure is raised.';
grant execute on function dfa.try_table to dfa_operator;
"#,
    name = "about_try_table",
    requires = [try_table]
);

#[pg_extern]
fn try_table(
    name: Option<&str>,
    run_date: default!(Option<Date>, "dfa.today()"),
    run_mode: default!(Option<&str>, "'rerun'"),
    sample: default!(Option<i32>, "20"),
) -> TableIterator<
    'static,
    (name!(what, String), name!(process, Option<String>), name!(number, i64), name!(rows, Option<Json>)),
> {
    TableIterator::new(entry(|| {
        let run_date = date_text(given("run_date", run_date)?)?;
        let sample = given("sample", sample)?.clamp(0, 100);
        tried(given("name", name)?, run_date, given("run_mode", run_mode)?, sample)
    }))
}

fn tried(name: &str, run_date: String, run_mode: &str, sample: i32) -> Result<Vec<Row>> {
    let target = catalog::table(name)?;
    let table = target.name().to_owned();
    let mut plan = Plan::new(target, vec![run_date], Mode::parse(run_mode)?, None)?;
    plan.auto_create = true;
    let work = || {
        undone(|| {
            let before = Copy::of(&table)?;
            let ran = run_in_transaction(&plan, &json!({}), true)?;
            let mut rows: Vec<Row> =
                ran.into_iter().map(|row| ("ran".to_owned(), row.process, row.rows, None)).collect();
            rows.extend(before.compare(&table, sample)?);
            Ok(rows)
        })
    };
    swept(work)
}

/// A table as it stood, beside it.
enum Copy {
    /// There was none.
    None,
    TooLarge(i64),
    Made,
}

impl Copy {
    fn of(table: &str) -> Result<Copy> {
        let schema = data_schema::name()?;
        if relation::oid(Some(&schema), table).is_none() {
            return Ok(Copy::None);
        }
        let relation = spi::qualified(&schema, table);
        let number = spi::own_count(&format!(
            "select count(*) from (select from {relation} limit {}) as it",
            MOST_ROWS + 1
        ))?;
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        if number > MOST_ROWS {
            return Ok(Copy::TooLarge(number));
        }
        spi::own(&format!("create temporary table dfa_try_before as select * from {relation}"))?;
        Ok(Copy::Made)
    }

    fn compare(&self, table: &str, sample: i32) -> Result<Vec<Row>> {
        let schema = data_schema::name()?;
        let relation = spi::qualified(&schema, table);
        let Some(oid) = relation::oid(Some(&schema), table) else { return Ok(Vec::new()) };
        match self {
            Copy::TooLarge(number) => return Ok(vec![("uncompared".to_owned(), None, *number, None)]),
            Copy::None => {
                spi::own(&format!(
                    "create temporary table dfa_try_before as select * from {relation} limit 0"
                ))?;
            }
            Copy::Made => {}
        }
        let key = key(oid)?;
        // Without a key a row is what it says, and none is changed.
        let pairs = match key.is_empty() {
            true => format!(
                "select 'gone' as what, to_json(whole::{relation}) as before, null::json as after, whole as place
                 from (select dfa_r::text as whole from pg_temp.dfa_try_before as dfa_r
                       except all select dfa_r::text from {relation} as dfa_r) as dfa_b
                 union all
                 select 'new', null, to_json(whole::{relation}), whole
                 from (select dfa_r::text as whole from {relation} as dfa_r
                       except all select dfa_r::text from pg_temp.dfa_try_before as dfa_r) as dfa_b"
            ),
            false => {
                let on: Vec<String> = key.iter().map(|name| format!("dfa_b.{name} = dfa_a.{name}")).collect();
                let first = &key[0];
                format!(
                    "select case when dfa_b.{first} is null then 'new' when dfa_a.{first} is null then 'gone'
                                 when dfa_a::text = dfa_b::text then 'same' else 'changed' end as what,
                            case when dfa_b.{first} is not null then to_json(dfa_b) end as before,
                            case when dfa_a.{first} is not null then to_json(dfa_a) end as after,
                            coalesce(dfa_a.{first}, dfa_b.{first}) as place
                     from pg_temp.dfa_try_before as dfa_b full join {relation} as dfa_a on {}",
                    on.join(" and ")
                )
            }
        };
        let found = spi::own_rows(
            &format!(
                "select what, max(number), json_agg(json_build_object('before', before, 'after', after) order by row)
                            filter (where row <= {sample} and what <> 'same')
                 from (select *, row_number() over (partition by what order by place) as row, count(*) over (partition by what) as number
                       from ({pairs}) as pair) as pairs
                 group by what
                 order by array_position(array['new', 'changed', 'gone', 'same'], what)"
            ),
            0,
        )?;
        found
            .into_iter()
            .map(|row| told(row).ok_or_else(|| DfaError::internal("a comparison has no number")))
            .collect()
    }
}

fn told(row: Vec<Option<String>>) -> Option<Row> {
    let [what, number, rows] = <[Option<String>; 3]>::try_from(row).ok()?;
    Some((
        what?,
        None,
        number?.parse().ok()?,
        rows.and_then(|rows| serde_json::from_str(&rows).ok()).map(Json),
    ))
}

/// The columns of the primary key, as identifiers.
fn key(oid: pg_sys::Oid) -> Result<Vec<String>> {
    spi::values(
        "select quote_ident(attribute.attname)
         from pg_index
              cross join unnest(indkey::smallint[]) with ordinality as part (number, place)
              join pg_attribute as attribute on attribute.attrelid = indrelid and attribute.attnum = part.number
         where indrelid = $1 and indisprimary
         order by place",
        &[oid.into()],
    )
}
