//! `dfa.preview`: what a call would do, by the code that makes the plan of the call itself.

mod data;
mod maintenance;

use crate::date;
use crate::entry::entry;
use crate::error::{given, given_each, DfaError, Result};
use crate::json::JsonText;
use crate::task::backfill::Backfill;
use crate::task::range::Range;
use crate::task::submit::Params;
use crate::task::{find_target, unknown_module, Mode, Module, Previewed};
pub use maintenance::of_maintenance;
use pgrx::prelude::*;
use serde_json::Value;

/// A part of what is going to be done.
#[derive(Default)]
pub struct Row {
    kind: String,
    name: String,
    run_date: Option<String>,
    last_day: Option<String>,
    processes: Vec<String>,
    action: String,
    cause: String,
    reason: String,
    last_rows: Option<i64>,
    expected_seconds: Option<f64>,
}

/// All of it.
pub struct Preview {
    rows: Vec<Row>,
    previewed: Previewed,
}

impl Preview {
    pub fn previewed(self) -> Previewed {
        self.previewed
    }
}

/// The arguments of both functions.
struct Asked<'call> {
    module: Option<&'call str>,
    name: Option<&'call str>,
    run_dates: Option<Vec<Option<Date>>>,
    from: Option<Date>,
    to: Option<Date>,
    run_mode: Option<&'call str>,
    choose: Option<Vec<Option<String>>>,
    only_gaps: Option<bool>,
    downstream: Option<bool>,
    params: Option<JsonText<'call>>,
}

impl Asked<'_> {
    fn look(self) -> Result<Preview> {
        let named = given("module", self.module)?;
        let module = Module::parse(named)?;
        if !module.is_submitted() {
            return Err(unknown_module(named));
        }
        let run_dates = date::run_dates(given("run_dates", self.run_dates)?)?;
        let params: Value = given("params", self.params)?.read("params")?;
        module.check_parameters(&params)?;
        let is_backfill = self.from.is_some() || self.to.is_some();
        let only_gaps = given("only_gaps", self.only_gaps)?;
        let downstream = given("downstream", self.downstream)?;
        for (argument, is_given) in [("only_gaps", only_gaps), ("downstream", downstream)] {
            if is_given && !is_backfill {
                return Err(needs_range(argument));
            }
        }
        if module != Module::Data {
            if is_backfill {
                return Err(needs_data(module));
            }
            return of_maintenance(module, self.name, &run_dates, &params);
        }
        let target = find_target(given("name", self.name)?)?;
        let params = Params::read(params)?;
        let choose = given_each("a name of choose", self.choose)?.or(params.choose);
        if is_backfill {
            let backfill = Backfill {
                target,
                range: Range::new(given("from", self.from)?, given("to", self.to)?)?,
                mode: Mode::parse(self.run_mode.unwrap_or("auto"))?,
                choose,
                only_gaps,
                downstream,
            };
            return data::of_backfill(backfill);
        }
        data::of_run(target, run_dates, Mode::parse(self.run_mode.unwrap_or("common"))?, choose.as_deref())
    }
}

fn needs_range(argument: &'static str) -> DfaError {
    DfaError::InvalidArgument {
        argument,
        value: "true".to_owned(),
        allowed: "It is for a backfill: give the days \"from\" and \"to\".".to_owned(),
    }
}

fn needs_data(module: Module) -> DfaError {
    DfaError::InvalidArgument {
        argument: "from",
        value: module.stored().to_owned(),
        allowed: "A backfill, from one day to another, is of module data.".to_owned(),
    }
}

extension_sql!(
    r#"
comment on function dfa.preview is
'What dfa.submit, run_table, run_pipeline, call dfa.run, backfill ("from" and "to" given), setup or run_retention with these arguments would do, in its order; nothing is changed. module: data, setup or retention. action: common, rerun, skipped (its quota is used up) or refused; of a setup created, exists and so on (found out by doing and undoing it: for admins); of a retention delete (last_rows of them, those before last_day) or keep. cause: asked or downstream. reason: why, with what is known of the interval. last_rows, expected_seconds: rows of the last time, median of the last 30.';
grant execute on function dfa.preview to dfa_reader;
"#,
    name = "about_preview",
    requires = [preview]
);

#[pg_extern]
#[allow(clippy::too_many_arguments, clippy::type_complexity)]
fn preview(
    module: Option<&str>,
    name: default!(Option<&str>, "NULL"),
    run_dates: default!(Option<Vec<Option<Date>>>, "ARRAY[dfa.today()]"),
    from: default!(Option<Date>, "NULL"),
    to: default!(Option<Date>, "NULL"),
    run_mode: default!(Option<&str>, "NULL"),
    choose: default!(Option<Vec<Option<String>>>, "NULL"),
    only_gaps: default!(Option<bool>, "false"),
    downstream: default!(Option<bool>, "false"),
    params: default!(Option<JsonText<'_>>, "'{}'"),
) -> TableIterator<
    'static,
    (
        name!(step_order, i32),
        name!(kind, String),
        name!(name, String),
        name!(run_date, Option<Date>),
        name!(last_day, Option<Date>),
        name!(processes, Vec<String>),
        name!(action, String),
        name!(cause, String),
        name!(reason, String),
        name!(last_rows, Option<i64>),
        name!(expected_seconds, Option<f64>),
    ),
> {
    let asked = Asked { module, name, run_dates, from, to, run_mode, choose, only_gaps, downstream, params };
    let rows = entry(|| Ok(asked.look()?.rows));
    TableIterator::new((1..).zip(rows).map(|(order, row)| {
        (
            order,
            row.kind,
            row.name,
            row.run_date.and_then(|day| day.parse().ok()),
            row.last_day.and_then(|day| day.parse().ok()),
            row.processes,
            row.action,
            row.cause,
            row.reason,
            row.last_rows,
            row.expected_seconds,
        )
    }))
}

extension_sql!(
    r#"
comment on function dfa.preview_token is
'The token of what dfa.preview shows with the same arguments. A call that gets it as if_preview does that, or is refused (DF015) with what it would do by now: other steps, or watermarks that have moved.';
grant execute on function dfa.preview_token to dfa_reader;
"#,
    name = "about_preview_token",
    requires = [preview_token]
);

#[pg_extern]
#[allow(clippy::too_many_arguments)]
fn preview_token(
    module: Option<&str>,
    name: default!(Option<&str>, "NULL"),
    run_dates: default!(Option<Vec<Option<Date>>>, "ARRAY[dfa.today()]"),
    from: default!(Option<Date>, "NULL"),
    to: default!(Option<Date>, "NULL"),
    run_mode: default!(Option<&str>, "NULL"),
    choose: default!(Option<Vec<Option<String>>>, "NULL"),
    only_gaps: default!(Option<bool>, "false"),
    downstream: default!(Option<bool>, "false"),
    params: default!(Option<JsonText<'_>>, "'{}'"),
) -> String {
    let asked = Asked { module, name, run_dates, from, to, run_mode, choose, only_gaps, downstream, params };
    entry(|| asked.look()?.previewed.token())
}
