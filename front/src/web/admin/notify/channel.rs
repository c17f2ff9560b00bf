//! Where messages go: make a channel, try it, remove it.

use super::{find_channel, NOTIFY};
use crate::db::Session;
use crate::http::Problem;
use crate::web::act::{Act, Dialog, Done, Field, Kind, Values};
use crate::web::asked::Asked;
use crate::web::session::Role;

pub struct AddChannel;
pub struct TestChannel;
pub struct RemoveChannel;

impl Act for AddChannel {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        asked.needs(Role::Admin)?;
        let kinds = ["slack", "teams", "google_chat", "webhook", "email"];
        let kinds = kinds.map(|kind| (kind.to_owned(), kind.replace('_', " "))).to_vec();
        Ok(Dialog {
            verb: "A channel".to_owned(),
            words: vec!["A name that is there already gets what is given here in place of what it has.".to_owned()],
            fields: vec![
                Field::new(Kind::Code, "name", "Name", values).needed(),
                Field::new(Kind::OneOf(kinds), "kind", "Kind", values).or("slack"),
                Field::new(Kind::Code, "target", "Where", values).needed().hint(
                    "an address, addresses of e-mail by commas, or env:NAME for what that variable of the service holds",
                ),
                Field::new(Kind::Code, "secret_env", "Signed by", values)
                    .hint("of a webhook: the variable of the service that holds the secret, never the secret itself"),
            ],
            button: "Make it".to_owned(),
            action: format!("{NOTIFY}/channel"),
            back: NOTIFY.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        const ADD: &str = "select dfa.add_channel($1, $2::text::dfa.channel_kind, $3, $4)";
        let (name, kind, target) = (values.get("name"), values.get("kind"), values.get("target"));
        session.query(ADD, &[&name, &kind, &target, &values.given("secret_env")]).await?;
        Ok(Done::Go(NOTIFY.to_owned()))
    }
}

impl Act for TestChannel {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let channel = find_channel(asked, values.get("name")).await?;
        Ok(Dialog {
            verb: "Test".to_owned(),
            words: vec![format!(
                "The service sends one message by {} at once; the list of messages says how it went.",
                channel.kind
            )],
            subject: channel.name,
            fields: vec![Field::hidden("name", values)],
            button: "Send it".to_owned(),
            action: format!("{NOTIFY}/channel/test"),
            back: NOTIFY.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.test_channel($1)", &[&values.get("name")]).await?;
        Ok(Done::Go(NOTIFY.to_owned()))
    }
}

impl Act for RemoveChannel {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let channel = find_channel(asked, values.get("name")).await?;
        let words = match channel.rules.0 {
            0 => "The list of what was sent there goes with it.".to_owned(),
            number => {
                format!("{number} of the rules name it: give them other channels first, or remove them.")
            }
        };
        Ok(Dialog {
            verb: "Remove channel".to_owned(),
            subject: channel.name,
            words: vec![words],
            fields: vec![Field::hidden("name", values)],
            button: "Remove".to_owned(),
            is_danger: true,
            is_closed: channel.rules.0 > 0,
            action: format!("{NOTIFY}/channel/remove"),
            back: NOTIFY.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.remove_channel($1)", &[&values.get("name")]).await?;
        Ok(Done::Go(NOTIFY.to_owned()))
    }
}
