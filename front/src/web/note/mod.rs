//! Notes that people leave for each other on a task, a table or a pipeline: what whoever looks at it tonight has to know.

use super::act::{part, Act, Dialog, Done, Field, Kind, Values};
use super::asked::Asked;
use super::clock::Moment;
use crate::db::Session;
use crate::http::Problem;
use serde::Deserialize;

/// A note that stands.
#[derive(Deserialize)]
pub struct Note {
    pub id: i64,
    pub text: String,
    pub person: String,
    pub created_at: Moment,
    pub until: Option<Moment>,
}

/// The notes on something, and what they are on: `note/notes.html` shows them.
pub struct Notes {
    pub kind: &'static str,
    pub name: String,
    pub list: Vec<Note>,
}

impl Notes {
    /// # Errors
    /// The database.
    pub async fn on(session: &mut Session, kind: &'static str, name: &str) -> Result<Notes, Problem> {
        let list = session.list(include_str!("notes.sql"), &[&kind, &name]).await?;
        Ok(Notes { kind, name: name.to_owned(), list })
    }
}

/// The page of what a note is on.
fn back(values: &Values) -> String {
    let name = part(values.get("name"));
    match values.get("kind") {
        "task" => format!("/t/{name}"),
        "pipeline" => format!("/pipelines/{name}"),
        _ => format!("/tables/{name}"),
    }
}

pub struct AddNote;

impl Act for AddNote {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let until = format!("in {}; empty: until somebody removes it", asked.visitor.zone);
        Ok(Dialog {
            verb: "A note on".to_owned(),
            subject: values.get("name").to_owned(),
            words: vec!["Everybody who looks at it sees it, with your name.".to_owned()],
            fields: vec![
                Field::hidden("kind", values),
                Field::hidden("name", values),
                Field::new(Kind::Text, "text", "Note", values)
                    .needed()
                    .hint("such as: known, fixed tomorrow"),
                Field::new(Kind::Moment, "until", "Until", values).hint(until),
            ],
            button: "Leave it here".to_owned(),
            action: "/note".to_owned(),
            back: back(values),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        const ADD: &str = "select dfa.add_note($1, $2, $3, $4::text::timestamp at time zone dfa.time_zone())";
        let (kind, name, text) = (values.get("kind"), values.get("name"), values.get("text"));
        session.query(ADD, &[&kind, &name, &text, &values.given("until")]).await?;
        Ok(Done::Go(back(values)))
    }
}

pub struct RemoveNote;

impl Act for RemoveNote {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        const NOTE: &str = "select id, text, person, created_at, until from dfa.note_now where id::text = $1";
        let id = values.get("id");
        let mut session = asked.reads().await?;
        let found: Vec<Note> = session.list(NOTE, &[&id]).await?;
        session.commit_and_go_on().await?;
        let note = found.into_iter().next().ok_or_else(|| Problem::unknown("note", id))?;
        Ok(Dialog {
            verb: "Remove a note on".to_owned(),
            subject: values.get("name").to_owned(),
            words: vec![format!("{}: {}", note.person, note.text), "It stays in the audit.".to_owned()],
            fields: vec![
                Field::hidden("id", values),
                Field::hidden("kind", values),
                Field::hidden("name", values),
            ],
            button: "Remove".to_owned(),
            is_danger: true,
            action: "/note/remove".to_owned(),
            back: back(values),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.remove_note($1::text::bigint)", &[&values.get("id")]).await?;
        Ok(Done::Go(back(values)))
    }
}
