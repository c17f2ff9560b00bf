//! `/t/{id}/cancel`, `/t/{id}/resume`

use super::preview::{Preview, Row};
use super::{Act, Dialog, Done, Values};
use crate::db::Session;
use crate::http::Problem;
use crate::web::asked::Asked;
use crate::web::number::Count;
use serde::Deserialize;

pub struct Cancel;
pub struct Resume;

/// What would become of the steps of a task.
#[derive(Deserialize)]
struct Task {
    name: String,
    is_over: bool,
    steps: Count,
    done: Count,
    left: Vec<Row>,
}

async fn task(asked: &Asked, id: &str, cancels: bool) -> Result<Task, Problem> {
    let mut session = asked.reads().await?;
    let found: Vec<Task> = session.list(include_str!("task.sql"), &[&id, &cancels]).await?;
    session.commit_and_go_on().await?;
    found.into_iter().next().ok_or_else(|| Problem::unknown("task", id))
}

impl Act for Cancel {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let id = values.get("id");
        let task = task(asked, id, true).await?;
        let under_way: Vec<&str> =
            task.left.iter().filter(|row| row.action == "rolled back").map(|row| row.name.as_str()).collect();
        let rolled_back = match under_way.as_slice() {
            [] => String::new(),
            [one] => format!(" {one} is rolled back."),
            several => format!(" {} are rolled back.", several.join(", ")),
        };
        let words = match task.is_over {
            true => "It has ended already: there is nothing to cancel.".to_owned(),
            false => format!(
                "{} of {} steps are done and stay.{rolled_back} What waits is not run; Resume does it later.",
                task.done, task.steps
            ),
        };
        Ok(Dialog {
            verb: "Cancel".to_owned(),
            subject: task.name,
            words: vec![words],
            preview: (!task.is_over).then(|| Preview::of("cancel", task.left)),
            button: "Cancel the task".to_owned(),
            is_danger: true,
            is_closed: task.is_over,
            action: format!("/t/{id}/cancel"),
            back: format!("/t/{id}"),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.cancel($1)", &[&values.get("id")]).await?;
        Ok(Done::Go(format!("/t/{}", values.get("id"))))
    }
}

impl Act for Resume {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let id = values.get("id");
        let task = task(asked, id, false).await?;
        let left = task.steps.0 - task.done.0;
        let words = match (task.is_over, left) {
            (false, _) => "It is under way: there is nothing to resume.".to_owned(),
            (true, 0) => "All its steps are done: there is nothing to resume.".to_owned(),
            _ => format!(
                "{} of {} steps are left and will run; {} are done and stay as they are.",
                Count(left),
                task.steps,
                task.done
            ),
        };
        Ok(Dialog {
            verb: "Resume".to_owned(),
            subject: task.name,
            words: vec![words],
            is_closed: !task.is_over || left == 0,
            preview: (task.is_over && left > 0).then(|| Preview::of("resume", task.left)),
            button: "Resume".to_owned(),
            action: format!("/t/{id}/resume"),
            back: format!("/t/{id}"),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        session.query("select dfa.resume($1)", &[&values.get("id")]).await?;
        Ok(Done::Go(format!("/t/{}", values.get("id"))))
    }
}
