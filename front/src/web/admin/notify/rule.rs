//! Who is told of what: make a rule, change it, remove it.

use super::{told, NOTIFY};
use crate::db::Session;
use crate::http::Problem;
use crate::web::act::{Act, Dialog, Done, Field, Kind, Values};
use crate::web::asked::Asked;
use crate::web::session::Role;
use serde::Deserialize;

pub struct AddRule;
pub struct RemoveRule;

/// What can be wrong, and how people say it.
const EVENTS: [(&str, &str); 5] = [
    ("failed", "a run failed"),
    ("late", "a deadline passed"),
    ("refused_rows", "rows were refused"),
    ("paused", "paused too long"),
    ("worker_crash", "a worker crashed"),
];

/// A rule as it is now.
#[derive(Default, Deserialize)]
struct Known {
    events: Vec<String>,
    channels: Vec<String>,
    patterns: Option<String>,
    tags: Option<String>,
    owners: Option<String>,
    more_rows_than: i64,
    longer_than: String,
    quiet_from: Option<String>,
    quiet_to: Option<String>,
    tell_recovered: bool,
}

impl Act for AddRule {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        asked.needs(Role::Admin)?;
        let channels = told(asked).await?.channels;
        let mut session = asked.reads().await?;
        let known: Vec<Known> = session.list(include_str!("../sql/rule.sql"), &[&values.get("name")]).await?;
        session.commit_and_go_on().await?;
        // What was typed comes before what is there, of a form that was filled in.
        let is_sent = values.is_set("sent");
        let known = known
            .into_iter()
            .next()
            .filter(|_| !is_sent)
            .unwrap_or(Known { tell_recovered: !is_sent, ..Known::default() });
        let chosen = |name: &str, value: &str, known: &[String]| {
            values.all(name).contains(&value) || known.iter().any(|known| known == value)
        };
        let events = EVENTS.map(|(event, words)| {
            (event.to_owned(), words.to_owned(), chosen("events", event, &known.events))
        });
        let all = channels.iter().map(|channel| {
            (channel.name.clone(), channel.name.clone(), chosen("channels", &channel.name, &known.channels))
        });
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let recovered = if known.tell_recovered || values.is_set("recovered") { "Y" } else { "" };
        let words = match channels.is_empty() {
            true => "There is no channel yet: make one first.",
            false => "A name that is there already gets this in place of what it has. What was wrong before is not told.",
        };
        Ok(Dialog {
            verb: "A rule".to_owned(),
            words: vec![words.to_owned()],
            fields: vec![
                Field::hidden("sent", values).or("Y"),
                Field::new(Kind::Code, "name", "Name", values).needed(),
                Field::new(Kind::SomeOf(events.to_vec()), "events", "When", values),
                Field::new(Kind::SomeOf(all.collect()), "channels", "To", values),
                Field::new(Kind::Code, "patterns", "About", values)
                    .or(&text(&known.patterns))
                    .hint("pipelines and tables, by commas: ai_*; empty: all"),
                Field::new(Kind::Code, "tags", "With a tag of", values).or(&text(&known.tags)),
                Field::new(Kind::Code, "owners", "Owned by", values).or(&text(&known.owners)),
                Field::new(Kind::Number, "more_rows_than", "More refused rows than", values)
                    .or(&known.more_rows_than.to_string()),
                Field::new(Kind::Text, "longer_than", "Paused longer than", values)
                    .or(&known.longer_than)
                    .hint("such as 1 day, 4 hours"),
                Field::new(Kind::Time, "quiet_from", "Quiet from", values).or(&text(&known.quiet_from)),
                Field::new(Kind::Time, "quiet_to", "to", values)
                    .or(&text(&known.quiet_to))
                    .hint(format!("in {}", asked.visitor.zone)),
                Field::new(Kind::Tick, "recovered", "tell, too, when it is over", values).or(recovered),
            ],
            button: "Make it".to_owned(),
            is_closed: channels.is_empty(),
            action: format!("{NOTIFY}/rule"),
            back: NOTIFY.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        let texts = |name: &str| -> Vec<String> { values.all(name).into_iter().map(str::to_owned).collect() };
        let (name, events, channels) = (values.get("name"), texts("events"), texts("channels"));
        session
            .query(
                include_str!("../sql/add_rule.sql"),
                &[
                    &name,
                    &events,
                    &channels,
                    &values.list("patterns"),
                    &values.list("tags"),
                    &values.list("owners"),
                    &values.given("more_rows_than"),
                    &values.given("longer_than"),
                    &values.given("quiet_from"),
                    &values.given("quiet_to"),
                    &values.is_set("recovered"),
                ],
            )
            .await?;
        Ok(Done::Go(NOTIFY.to_owned()))
    }
}

impl Act for RemoveRule {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        asked.needs(Role::Admin)?;
        let name = values.get("name");
        let rule = told(asked).await?.rules.into_iter().find(|rule| rule.name == name);
        let rule = rule.ok_or_else(|| Problem::unknown("rule", name))?;
        Ok(Dialog {
            verb: "Remove rule".to_owned(),
            words: vec![format!(
                "{} is told nothing of {} any more by it. Its incidents stay.",
                rule.channels, rule.events
            )],
            subject: rule.name,
            fields: vec![Field::hidden("name", values)],
            button: "Remove".to_owned(),
            is_danger: true,
            action: format!("{NOTIFY}/rule/remove"),
            back: NOTIFY.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.remove_rule($1)", &[&values.get("name")]).await?;
        Ok(Done::Go(NOTIFY.to_owned()))
    }
}
