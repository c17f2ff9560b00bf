//! `/admin/keys`: with what programs come in, and what each may do.

use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::act::{Act, Dialog, Done, Field, Kind, Shown, Values};
use crate::web::asked::{answer, Asked};
use crate::web::clock::Moment;
use crate::web::frame::Frame;
use crate::web::number::Maybe;
use crate::web::session::Role;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "admin/keys.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    name: String,
    role: String,
    patterns: Maybe<String>,
    expires_at: Option<Moment>,
    created_at: Moment,
    created_by: String,
    revoked_at: Option<Moment>,
    last_used_at: Option<Moment>,
    state: String,
}

const KEYS: &str = "/admin/keys";

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    asked.needs(Role::Admin)?;
    let keys = keys(&asked).await?;
    Ok(answer!(asked.fragment, Page { frame: asked.frame, keys }))
}

async fn keys(asked: &Asked) -> Result<Vec<Key>, Problem> {
    let mut session = asked.reads().await?;
    let keys = session.list(include_str!("sql/keys.sql"), &[]).await?;
    session.commit_and_go_on().await?;
    Ok(keys)
}

pub struct AddKey;

impl Act for AddKey {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        asked.needs(Role::Admin)?;
        let roles = [
            ("reader", "reader: sees"),
            ("operator", "operator: also runs, and puts rows"),
            ("admin", "admin: everything"),
        ];
        let roles = roles.map(|(role, words)| (role.to_owned(), words.to_owned())).to_vec();
        let zone = &asked.visitor.zone;
        Ok(Dialog {
            verb: "Add a key".to_owned(),
            words: vec!["It is shown once; the database keeps its hash alone.".to_owned()],
            fields: vec![
                Field::new(Kind::Code, "name", "Name", values)
                    .needed()
                    .hint("the system that will use it, such as erp"),
                Field::new(Kind::Radio(roles), "role", "Rights", values).or("reader"),
                Field::new(Kind::Code, "patterns", "Only for", values)
                    .hint("tables, pipelines and sources, by commas: src_*, ai_sales; empty: for all"),
                Field::new(Kind::Moment, "expires", "Until", values)
                    .hint(format!("in {zone}; empty: until it is revoked")),
            ],
            button: "Make it".to_owned(),
            action: format!("{KEYS}/add"),
            back: KEYS.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        const ADD: &str = "select dfa.add_key($1, $2::text::dfa.key_role, $3::text[], $4::text::timestamp at time zone dfa.time_zone()) as key";
        let name = values.get("name");
        let row = session
            .query_one(ADD, &[&name, &values.get("role"), &values.list("patterns"), &values.given("expires")])
            .await?;
        Ok(Done::Show(Shown {
            title: format!("Key {name}"),
            words: "Copy it now: nobody can see it again. Programs send it in the header APIKEY.".to_owned(),
            secret: row.value("key")?,
            back: KEYS.to_owned(),
        }))
    }
}

pub struct RevokeKey;

impl Act for RevokeKey {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        asked.needs(Role::Admin)?;
        let name = values.get("name");
        let key = keys(asked)
            .await?
            .into_iter()
            .find(|key| key.name == name)
            .ok_or_else(|| Problem::unknown("key", name))?;
        let used = match &key.last_used_at {
            Some(at) => format!("It was last used at {}.", asked.frame.clock.plain(at)),
            None => "It was never used.".to_owned(),
        };
        Ok(Dialog {
            verb: "Revoke key".to_owned(),
            subject: name.to_owned(),
            words: vec![format!(
                "{used} What comes with it is refused from now on, and it cannot be given back."
            )],
            fields: vec![Field::hidden("name", values), Field::because(values)],
            button: "Revoke".to_owned(),
            is_danger: true,
            is_closed: key.revoked_at.is_some(),
            action: format!("{KEYS}/revoke"),
            back: KEYS.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.revoke_key($1)", &[&values.get("name")]).await?;
        Ok(Done::Go(KEYS.to_owned()))
    }
}
