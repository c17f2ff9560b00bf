//! `/run`: run, rerun or backfill a pipeline or a table.

use super::preview::{Preview, Wish};
use super::{part, Act, Dialog, Done, Field, Kind, Values};
use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::asked::Asked;

pub struct Run;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Common,
    Rerun,
    Backfill,
}

impl Mode {
    fn of(values: &Values) -> Mode {
        match values.get("mode") {
            "rerun" => Mode::Rerun,
            "backfill" => Mode::Backfill,
            _ => Mode::Common,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Mode::Common => "Run",
            Mode::Rerun => "Rerun",
            Mode::Backfill => "Backfill",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Mode::Common => "common",
            Mode::Rerun => "rerun",
            Mode::Backfill => "backfill",
        }
    }
}

/// A rerun of what depends on a table as well is a backfill of one day.
fn wish<'a>(values: &'a Values, today: &'a str) -> Wish<'a> {
    let mode = Mode::of(values);
    let downstream = mode != Mode::Common && values.is_set("downstream");
    let date = values.given("date").unwrap_or(today);
    let wish = Wish { module: "data", name: values.given("name"), downstream, ..Wish::default() };
    match mode {
        Mode::Common => Wish { dates: Some(date), mode: Some("common"), ..wish },
        Mode::Rerun if !downstream => Wish { dates: Some(date), mode: Some("rerun"), ..wish },
        Mode::Rerun => Wish { from: Some(date), to: Some(date), mode: Some("rerun"), ..wish },
        Mode::Backfill => Wish {
            from: Some(date),
            to: Some(values.given("to").unwrap_or(date)),
            mode: Some("auto"),
            only_gaps: values.is_set("gaps"),
            ..wish
        },
    }
}

impl Act for Run {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let mode = Mode::of(values);
        // Of the server that will do it: a copy that lags has other watermarks.
        let mut session = asked.work().await?;
        let today: String =
            session.query_one("select dfa.today()::text as today", &[]).await?.value("today")?;
        let wish = wish(values, &today);
        let left_out = mode != Mode::Common && !wish.downstream;
        let found = Preview::look(&mut session, &wish, left_out).await;
        let _ = session.rollback().await;
        let name = values.get("name");
        let modes = [
            ("common", "Run: take what is new"),
            ("rerun", "Rerun: take this date again"),
            ("backfill", "Backfill: every interval from … to"),
        ];
        let modes = modes.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
        let dialog = Dialog {
            verb: mode.verb().to_owned(),
            subject: name.to_owned(),
            fields: vec![
                Field::hidden("name", values),
                Field::new(Kind::Radio(modes), "mode", "How", values).or(mode.words()),
                Field::new(Kind::Date, "date", "Run date, or first date", values).or(&today).needed(),
                Field::new(Kind::Date, "to", "Last date", values).class("of-backfill"),
                Field::new(Kind::Tick, "gaps", "only what is missing or stale", values).class("of-backfill"),
                Field::new(Kind::Tick, "downstream", "and what depends on it", values).class("of-again"),
            ],
            button: "Start".to_owned(),
            action: "/run".to_owned(),
            back: format!("/search?q={}", part(name)),
            ..Dialog::default()
        };
        dialog.previewing(found)
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        let wish = wish(values, values.needed("date")?);
        // Without a token it was shown nothing, and is asked first.
        let if_preview = values.get("if_preview");
        const BACKFILL: &str = "select dfa.backfill($1, $2::text::date, $3::text::date, $4, null, $5, $6, if_preview => $7) as process_id";
        const SUBMIT: &str =
            "select dfa.submit('data', $1, array[$2::text::date], $3, if_preview => $4) as process_id";
        let row = match (wish.from, wish.to) {
            (Some(from), Some(to)) => {
                let Wish { name, mode, only_gaps, downstream, .. } = &wish;
                session
                    .query_one(BACKFILL, &[name, &from, &to, mode, only_gaps, downstream, &if_preview])
                    .await?
            }
            _ => session.query_one(SUBMIT, &[&wish.name, &wish.dates, &wish.mode, &if_preview]).await?,
        };
        Ok(Done::Go(match row.value::<Option<String>>("process_id")? {
            Some(process_id) => format!("/t/{process_id}"),
            // There was no gap to fill.
            None => format!("/tasks?name={}", part(values.get("name"))),
        }))
    }
}
