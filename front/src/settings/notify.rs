//! Settings of the messages that the service sends.

use super::flag;
use crate::failure::{Failure, Result};

/// Where messages may go, and by which server e-mail goes.
#[derive(Debug, Clone, Default)]
pub struct Notify {
    /// `DFA_NOTIFY_HOSTS`: hosts that webhooks may be at; with a dot before it, all below. Empty: any.
    pub hosts: Vec<String>,
    /// `DFA_NOTIFY_PRIVATE` is False: addresses of private networks are refused.
    pub refuse_private: bool,
    /// `DFA_SMTP_URL`: `smtps://user:password@host:465`, `smtp://host:25`.
    pub smtp_url: Option<String>,
    /// `DFA_MAIL_FROM`: who writes.
    pub mail_from: Option<String>,
    /// `DFA_TASK_URL`: where people look at a task, with `{process_id}`.
    pub task_url: Option<String>,
}

impl Notify {
    pub(super) fn from(value: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let hosts = value("DFA_NOTIFY_HOSTS").unwrap_or_default();
        let task_url = value("DFA_TASK_URL");
        if task_url.as_ref().is_some_and(|url| !url.contains("{process_id}") || !url.starts_with("http")) {
            return Err(Failure::usage("setting DFA_TASK_URL is no address with {process_id} in it")
                .hint("Such as https://dfa.example.org/tasks/{process_id}"));
        }
        Ok(Notify {
            hosts: hosts
                .split(',')
                .map(|host| host.trim().to_ascii_lowercase())
                .filter(|host| !host.is_empty())
                .collect(),
            refuse_private: value("DFA_NOTIFY_PRIVATE").is_some() && !flag(value, "DFA_NOTIFY_PRIVATE")?,
            smtp_url: value("DFA_SMTP_URL"),
            mail_from: value("DFA_MAIL_FROM"),
            task_url,
        })
    }

    /// Where people look at this task.
    pub fn link(&self, process_id: &str) -> Option<String> {
        self.task_url.as_ref().map(|url| url.replace("{process_id}", process_id))
    }
}
