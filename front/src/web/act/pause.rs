//! `/pause`: hold a pipeline, the workers or everything for a reason, until a day; `/unpause`: let it go on.

use super::{part, Act, Dialog, Done, Field, Kind, Values};
use crate::db::Session;
use crate::http::Problem;
use crate::web::asked::Asked;
use crate::web::clock::Moment;
use crate::web::number::{Count, Maybe};
use serde::Deserialize;

pub struct Pause;
pub struct Unpause;

/// What is known of what is to be held.
#[derive(Deserialize)]
struct Held {
    sentence: Maybe<String>,
    next_slot: Option<Moment>,
    under_way: Count,
}

async fn held(asked: &Asked, name: &str) -> Result<Held, Problem> {
    let mut session = asked.reads().await?;
    let held = session.one(include_str!("pause.sql"), &[&name]).await?;
    session.commit_and_go_on().await?;
    Ok(held)
}

/// How a person calls it.
fn subject(name: &str) -> String {
    match name {
        "all" => "everything".to_owned(),
        "worker" => "the workers".to_owned(),
        name => name.to_owned(),
    }
}

/// The page of what is held.
fn back(name: &str) -> String {
    match name {
        "all" | "worker" => "/admin".to_owned(),
        name => format!("/pipelines/{}", part(name)),
    }
}

impl Act for Pause {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let name = values.get("name");
        let held = held(asked, name).await?;
        let mut words = vec![match name {
            "all" => "Nothing starts: no run, ingest or retention, by whatever way, and no step of a worker. What runs in the foreground goes on to its end.",
            "worker" => "No step in the background begins; those that are under way end. What is submitted waits.",
            _ => "Its schedule and triggers do not start it; whoever asks for it by name gets it. What was submitted before runs.",
        }
        .to_owned()];
        if let Some(at) = &held.next_slot {
            words.push(format!("Its next slot is at {}.", asked.frame.clock.plain(at)));
        }
        if held.under_way.0 > 0 {
            let (are, s) = if held.under_way.0 == 1 { ("is", "") } else { ("are", "s") };
            words.push(format!("{} task{s} {are} not over.", held.under_way));
        }
        if let Some(sentence) = &held.sentence.0 {
            words.push(format!("It is {sentence}. Paused again it has the new reason and end."));
        }
        let until = format!("in {}; empty: until somebody lets it go on", asked.visitor.zone);
        Ok(Dialog {
            verb: "Pause".to_owned(),
            subject: subject(name),
            words,
            fields: vec![
                Field::hidden("name", values),
                Field::new(Kind::Text, "reason", "Why", values).needed(),
                Field::new(Kind::Moment, "until", "Until", values).hint(until),
            ],
            button: "Pause".to_owned(),
            is_danger: name == "all",
            action: "/pause".to_owned(),
            back: back(name),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        const PAUSE: &str = "select from dfa.pause($1, $2, $3::text::timestamp at time zone dfa.time_zone())";
        let name = values.get("name");
        session.query(PAUSE, &[&name, &values.get("reason"), &values.given("until")]).await?;
        Ok(Done::Go(back(name)))
    }
}

impl Act for Unpause {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let name = values.get("name");
        let held = held(asked, name).await?;
        let mut words = vec![match &held.sentence.0 {
            Some(sentence) => format!("It is {sentence}."),
            None => "It is not paused.".to_owned(),
        }];
        words.push(
            match name {
                "all" | "worker" => "What waits begins.",
                _ => "The slots that came meanwhile follow its catch_up, and what succeeded meanwhile counts for its trigger.",
            }
            .to_owned(),
        );
        Ok(Dialog {
            verb: "Let go on".to_owned(),
            subject: subject(name),
            words,
            fields: vec![Field::hidden("name", values)],
            button: "Let it go on".to_owned(),
            is_closed: !held.sentence.is_some(),
            action: "/unpause".to_owned(),
            back: back(name),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.unpause($1)", &[&values.get("name")]).await?;
        Ok(Done::Go(back(values.get("name"))))
    }
}
