//! What is said, in the form that its receiver takes.

use crate::db::{Columns, Unexpected};
use crate::settings::Service;
use serde_json::{json, Value};
use tokio_postgres::Row;

/// A message as the database has it.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: i64,
    pub channel: String,
    pub kind: String,
    pub target: String,
    pub secret_env: Option<String>,
    pub about: String,
    pub name: Option<String>,
    pub title: String,
    pub text: String,
    /// Where its task is shown.
    pub link: Option<String>,
    /// All that is known, for machines.
    facts: Value,
}

impl Message {
    /// # Errors
    /// A row that is not what claim.sql promises.
    pub fn of(row: &Row, service: &Service) -> Result<Message, Unexpected> {
        let text = |column: &str| row.value::<Option<String>>(column);
        let process_id = text("process_id")?;
        let link = process_id.as_ref().and_then(|id| service.notify.link(id));
        let about = text("about")?.unwrap_or_default();
        Ok(Message {
            id: row.value("id")?,
            channel: row.value("channel_name")?,
            kind: row.value("kind")?,
            target: row.value("target")?,
            secret_env: text("secret_env")?,
            name: text("name")?,
            title: match service.environment.as_str() {
                "development" => row.value("title")?,
                environment => format!("[{environment}] {}", row.value::<String>("title")?),
            },
            text: text("text")?.unwrap_or_default(),
            facts: json!({
                "delivery": row.value::<i64>("id")?,
                "state": about.clone(),
                "incident": row.value::<Option<i64>>("incident_id")?,
                "event": text("event")?,
                "name": text("name")?,
                "opened_at": text("opened_at")?,
                "closed_at": text("closed_at")?,
                "process_id": process_id,
                "number": row.value::<Option<i64>>("number")?,
                "cause": text("cause")?,
                "environment": service.environment,
                "link": link,
            }),
            about,
            link,
        })
    }

    /// Title, text and link as lines.
    pub fn lines(&self) -> String {
        let link = self.link.as_ref().map_or(String::new(), |link| format!("\n{link}"));
        format!("{}{link}", self.text)
    }

    /// The body of a request to a receiver of this kind.
    pub fn body(&self) -> Value {
        match self.kind.as_str() {
            // `<`, `>` and `&` are marks there.
            "slack" => json!({ "text": format!("*{}*\n{}", escaped(&self.title), escaped(&self.lines())) }),
            "google_chat" => {
                json!({ "text": format!("*{}*\n{}", escaped(&self.title), escaped(&self.lines())) })
            }
            "teams" => self.card(),
            _ => {
                let mut facts = self.facts.clone();
                facts["title"] = json!(self.title);
                facts["text"] = json!(self.text);
                facts
            }
        }
    }

    /// An adaptive card, which incoming webhooks and workflows of Teams take.
    fn card(&self) -> Value {
        let block = |text: &str, more: Value| {
            let mut block = json!({ "type": "TextBlock", "text": text, "wrap": true });
            if let (Some(block), Value::Object(more)) = (block.as_object_mut(), more) {
                block.extend(more);
            }
            block
        };
        let actions: Vec<Value> = self
            .link
            .iter()
            .map(|link| json!({ "type": "Action.OpenUrl", "title": "Open the task", "url": link }))
            .collect();
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [
                        block(&self.title, json!({ "weight": "Bolder", "size": "Medium" })),
                        block(&self.text, json!({})),
                    ],
                    "actions": actions,
                },
            }],
        })
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: &str) -> Message {
        Message {
            id: 7,
            channel: "ops".into(),
            kind: kind.into(),
            target: "https://example.org".into(),
            secret_env: None,
            about: "opened".into(),
            name: Some("both".into()),
            title: "DFA: both has failed".into(),
            text: "1 < 2 & more".into(),
            link: Some("https://dfa.example.org/tasks/1".into()),
            facts: json!({ "delivery": 7, "state": "opened" }),
        }
    }

    #[test]
    fn each_receiver_gets_what_it_takes() {
        let slack = message("slack").body();
        assert_eq!(
            slack["text"],
            "*DFA: both has failed*\n1 &lt; 2 &amp; more\nhttps://dfa.example.org/tasks/1"
        );
        assert_eq!(message("google_chat").body(), slack);
        let card = message("teams").body();
        let content = &card["attachments"][0]["content"];
        assert_eq!((&card["type"], &content["type"]), (&"message".into(), &"AdaptiveCard".into()));
        assert_eq!(content["body"][1]["text"], "1 < 2 & more");
        assert_eq!(content["actions"][0]["url"], "https://dfa.example.org/tasks/1");
        let plain = message("webhook").body();
        assert_eq!((&plain["delivery"], &plain["text"]), (&7.into(), &"1 < 2 & more".into()));
    }
}
