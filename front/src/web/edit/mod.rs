//! `/edit`: a definition as text, and before it is stored: what is wrong with it, what it changes, what that does to the database,
//! and what a run would make of it. Each of these is a transaction that is taken back; the text comes back with the answer.

mod findings;
mod plan;
mod save;
mod stored;
mod trial;

use super::asked::{answer, Asked};
use super::code::{Code, Diff, Language};
use super::form::LongForm;
use super::frame::Frame;
use super::told::Told;
use crate::http::Problem;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use findings::Finding;
use plan::Plan;
use save::Conflict;
use stored::Stored;
use trial::Trial;

#[derive(Template)]
#[template(path = "edit/edit.html", blocks = ["main"])]
struct Page {
    frame: Frame,
    /// What is edited; empty of a new definition.
    kind: String,
    name: String,
    text: String,
    /// The id of the version that the text was made of.
    expected: String,
    date: String,
    mode: &'static str,
    answer: Answer,
}

/// The answer to what was asked of the text.
#[derive(Default)]
struct Answer {
    /// What was asked: check, diff, plan, try or save.
    of: &'static str,
    findings: Vec<Finding>,
    /// Why there is no answer, and its status.
    problem: Option<(StatusCode, Told)>,
    diff: Option<Diff>,
    plan: Option<Plan>,
    trial: Option<Trial>,
    conflict: Option<Conflict>,
}

impl Answer {
    fn status(&self) -> StatusCode {
        match (&self.problem, &self.conflict) {
            (Some((status, _)), _) => *status,
            (None, Some(_)) => StatusCode::CONFLICT,
            (None, None) => StatusCode::OK,
        }
    }
}

const MODES: [&str; 2] = ["rerun", "common"];
/// What one begins with.
const NEW: &str = "ai_name:
  description: What it is, in a sentence
  create:
    features:
      id: bigint primary key
  update:
    fill:
      statement: |
        insert into {ai_schema_name}.ai_name (id)
        select id from {ai_schema_name}.src_name
        on conflict (id) do nothing
";

pub async fn page(asked: Asked) -> Result<Response, Problem> {
    let (kind, name) = (asked.get("kind").unwrap_or_default(), asked.get("name").unwrap_or_default());
    let (kind, name) = (kind.to_owned(), name.to_owned());
    let (text, expected) = match name.is_empty() {
        true => (NEW.to_owned(), String::new()),
        false => {
            let mut session = asked.reads().await?;
            let stored = Stored::current(&mut session, &kind, &name).await?;
            session.commit_and_go_on().await?;
            let stored = stored.ok_or_else(|| Problem::unknown("definition", &name))?;
            (stored.text(), stored.id)
        }
    };
    // What was typed when the session ended.
    let (text, expected) = match asked.get("text") {
        Some(typed) => (typed.replace("\r\n", "\n"), asked.get("expected").unwrap_or_default().to_owned()),
        None => (text, expected),
    };
    let page = Page {
        frame: asked.frame,
        kind,
        name,
        text,
        expected,
        date: String::new(),
        mode: MODES[0],
        answer: Answer::default(),
    };
    Ok(answer!(asked.fragment, page))
}

pub async fn act(asked: Asked, form: LongForm) -> Result<Response, Problem> {
    let field = |name: &str| form.get(name).to_owned();
    let edited =
        Edited { kind: field("kind"), name: field("name"), text: field("text").replace("\r\n", "\n") };
    let (expected, date) = (field("expected"), field("date"));
    let mode = MODES.into_iter().find(|mode| *mode == form.get("mode")).unwrap_or(MODES[0]);
    let answer = match form.get("do") {
        "save" | "apply" => {
            let apply = form.get("do") == "apply";
            match save::save(&asked, &edited, &expected, apply).await {
                Ok(save::Saved::As(address)) => return Ok(Redirect::to(&address).into_response()),
                Ok(save::Saved::Not(conflict)) => {
                    Answer { of: "save", conflict: Some(*conflict), ..Answer::default() }
                }
                Err(problem) => Answer { of: "save", ..refused(problem) },
            }
        }
        "diff" => tell("diff", diff(&asked, &edited).await, |diff, answer| answer.diff = Some(diff)),
        "plan" => tell("plan", plan::plan(&asked, &edited).await, |plan, answer| answer.plan = Some(plan)),
        "try" => tell("try", trial::run(&asked, &edited, &date, mode).await, |trial, answer| {
            answer.trial = Some(trial)
        }),
        _ => tell("check", findings::check(&asked, &edited).await, |found, answer| answer.findings = found),
    };
    let status = answer.status();
    let Edited { kind, name, text } = edited;
    // What was saved meanwhile has been seen: saving again is meant.
    let expected = answer.conflict.as_ref().map_or(expected, |conflict| conflict.current.clone());
    let page = Page { frame: asked.frame, kind, name, text, expected, date, mode, answer };
    Ok(answer!(asked.fragment, status, page))
}

/// What somebody typed.
struct Edited {
    kind: String,
    name: String,
    text: String,
}

impl Edited {
    /// What findings call it.
    fn source(&self) -> &str {
        if self.name.is_empty() {
            "new"
        } else {
            &self.name
        }
    }
}

/// Whatever went wrong is told beside the text, which nobody loses.
fn tell<T>(of: &'static str, done: Result<T, Problem>, put: impl FnOnce(T, &mut Answer)) -> Answer {
    match done {
        Ok(value) => {
            let mut answer = Answer { of, ..Answer::default() };
            put(value, &mut answer);
            answer
        }
        Err(problem) => Answer { of, ..refused(problem) },
    }
}

/// With what the detail of a refusal says of single lines, in place of that.
fn refused(problem: Problem) -> Answer {
    let findings = findings::of_detail(&problem);
    let mut told = Told::of(&problem);
    if !findings.is_empty() {
        told.detail = None;
    }
    Answer { findings, problem: Some((problem.status, told)), ..Answer::default() }
}

async fn diff(asked: &Asked, edited: &Edited) -> Result<Diff, Problem> {
    let mut session = asked.reads().await?;
    let stored = Stored::current(&mut session, &edited.kind, &edited.name).await?;
    session.commit_and_go_on().await?;
    let old = stored.map(|stored| stored.text()).unwrap_or_default();
    Ok(Diff::of(Language::Yaml, &old, &edited.text))
}
