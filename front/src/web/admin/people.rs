//! `/admin/people`: who may sign in, and as what.

use crate::db::Session;
use crate::http::Problem;
use crate::user;
use crate::web::act::{Act, Dialog, Done, Field, Kind, Shown, Values};
use crate::web::asked::{answer, Asked};
use crate::web::clock::Moment;
use crate::web::frame::Frame;
use crate::web::number::Count;
use crate::web::session::{Role, Token};
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "admin/people.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    people: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    name: String,
    role: String,
    active: bool,
    created_at: Moment,
    sessions: Count,
    seen_at: Option<Moment>,
}

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    asked.needs(Role::Admin)?;
    let people = people(&asked).await?;
    Ok(answer!(asked.fragment, Page { frame: asked.frame, people }))
}

async fn people(asked: &Asked) -> Result<Vec<Person>, Problem> {
    let mut session = asked.reads().await?;
    let people = session.list(include_str!("sql/people.sql"), &[]).await?;
    session.commit_and_go_on().await?;
    Ok(people)
}

/// The person that a dialog is about.
async fn person(asked: &Asked, values: &Values) -> Result<Person, Problem> {
    asked.needs(Role::Admin)?;
    let name = values.get("name");
    let found = people(asked).await?.into_iter().find(|person| person.name == name);
    found.ok_or_else(|| Problem::unknown("user", name))
}

/// Whether nobody would administer any more if this one did not.
async fn is_last_admin(asked: &Asked, name: &str) -> Result<bool, Problem> {
    let mut admins =
        people(asked).await?.into_iter().filter(|person| person.role == "admin" && person.active);
    Ok(admins.next().is_some_and(|first| first.name == name) && admins.next().is_none())
}

const LAST: &str = "Nobody else is an admin: afterwards only dfa user add, at a terminal, makes one.";
const PEOPLE: &str = "/admin/people";

fn roles() -> Kind {
    let roles = [
        ("viewer", "viewer: sees everything"),
        ("operator", "operator: also runs it"),
        ("admin", "admin: also changes it, and people"),
    ];
    Kind::Radio(roles.map(|(role, words)| (role.to_owned(), words.to_owned())).to_vec())
}

/// A link by which a person chooses a password, once, within a day.
async fn link(asked: &Asked, session: &mut Session, name: &str) -> Result<Shown, Problem> {
    let token = Token::new()?;
    session.query("select dfa.add_password_link($1, decode($2, 'hex'))", &[&name, &token.hash()]).await?;
    Ok(Shown {
        title: format!("A link for {name}"),
        words: format!(
            "Give it to {name} and to nobody else: whoever opens it first, within a day, chooses the password. It is shown this once."
        ),
        secret: format!("{}/password?link={}", asked.origin, token.as_str()),
        back: PEOPLE.to_owned(),
    })
}

pub struct AddPerson;

impl Act for AddPerson {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        asked.needs(Role::Admin)?;
        Ok(Dialog {
            verb: "Add a person".to_owned(),
            words: vec![
                "You get a link, by which the person chooses a password; you never see it.".to_owned()
            ],
            fields: vec![
                Field::new(Kind::Code, "name", "Name", values).needed().hint("an address of e-mail will do"),
                Field::new(roles(), "role", "Role", values).or("viewer"),
            ],
            button: "Add".to_owned(),
            action: format!("{PEOPLE}/add"),
            back: PEOPLE.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(asked: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        // Nobody knows this password: the link gives another.
        let nobodys = Token::new()?.as_str().to_owned();
        let hash = tokio::task::spawn_blocking(move || user::hash(&nobodys)).await;
        let hash = hash.map_err(|error| Problem::internal(&error.to_string()))?;
        let hash = hash.map_err(|failure| Problem::internal(&failure.message))?;
        let (name, role) = (values.get("name"), values.get("role"));
        const ADD: &str = "select dfa.add_user($1, $2, $3::text::dfa.user_role)";
        session.query(ADD, &[&name, &hash, &role]).await?;
        Ok(Done::Show(link(asked, session, name).await?))
    }
}

pub struct SetRole;

impl Act for SetRole {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let person = person(asked, values).await?;
        let mut words = vec!["It holds from the next page on.".to_owned()];
        if is_last_admin(asked, &person.name).await? {
            words.push(LAST.to_owned());
        }
        Ok(Dialog {
            verb: "Role of".to_owned(),
            subject: person.name,
            words,
            fields: vec![
                Field::hidden("name", values),
                Field::new(roles(), "role", "Role", values).or(&person.role),
                Field::because(values),
            ],
            button: "Change".to_owned(),
            action: format!("{PEOPLE}/role"),
            back: PEOPLE.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        const SET: &str = "select dfa.set_role($1, $2::text::dfa.user_role)";
        session.query(SET, &[&values.get("name"), &values.get("role")]).await?;
        Ok(Done::Go(PEOPLE.to_owned()))
    }
}

pub struct MakeLink;

impl Act for MakeLink {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let person = person(asked, values).await?;
        Ok(Dialog {
            verb: "A new password for".to_owned(),
            subject: person.name,
            words: vec![
                "You get a link by which the person chooses a password, once, within a day. The old password is good until then; an earlier link is not.".to_owned(),
            ],
            fields: vec![Field::hidden("name", values)],
            button: "Make a link".to_owned(),
            action: format!("{PEOPLE}/link"),
            back: PEOPLE.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(asked: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        Ok(Done::Show(link(asked, session, values.get("name")).await?))
    }
}

pub struct EndSessions;

impl Act for EndSessions {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let person = person(asked, values).await?;
        Ok(Dialog {
            verb: "End the sessions of".to_owned(),
            words: vec![format!("{} of them end at once; signing in again begins another.", person.sessions)],
            subject: person.name,
            fields: vec![Field::hidden("name", values)],
            button: "End them".to_owned(),
            is_danger: true,
            is_closed: person.sessions.0 == 0,
            action: format!("{PEOPLE}/sessions"),
            back: PEOPLE.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("delete from dfa.web_session where user_name = $1", &[&values.get("name")]).await?;
        Ok(Done::Go(PEOPLE.to_owned()))
    }
}

pub struct RemovePerson;

impl Act for RemovePerson {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let person = person(asked, values).await?;
        let mut words = vec![format!(
            "{} of their sessions end at once, and the password is forgotten. What they did stays in the audit.",
            person.sessions
        )];
        if is_last_admin(asked, &person.name).await? {
            words.push(LAST.to_owned());
        }
        Ok(Dialog {
            verb: "Remove".to_owned(),
            subject: person.name,
            words,
            fields: vec![Field::hidden("name", values), Field::because(values)],
            button: "Remove".to_owned(),
            is_danger: true,
            action: format!("{PEOPLE}/remove"),
            back: PEOPLE.to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.remove_user($1)", &[&values.get("name")]).await?;
        Ok(Done::Go(PEOPLE.to_owned()))
    }
}
