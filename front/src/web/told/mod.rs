//! What went wrong, in the words of pages: the database speaks to who writes SQL, and says how to go on by SQL.

use crate::http::Problem;
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A problem as a page tells it, where the person is: `told/told.html` shows it.
pub struct Told {
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    pub sqlstate: Option<String>,
    /// By field: its name and what is wrong with it.
    pub errors: Vec<(String, String)>,
}

impl Told {
    /// Of a part of a page, such as a list or a dialog.
    pub fn of(problem: &Problem) -> Told {
        let hint = match &problem.said {
            Some(said) => for_pages(said),
            // Ours, and written for programs where it names a request.
            None => problem.hint.clone().filter(|hint| !is_for_programs(hint)),
        };
        Told {
            message: problem.message.clone(),
            detail: problem.detail.clone(),
            hint,
            sqlstate: problem.sqlstate.clone(),
            errors: problem.errors.clone(),
        }
    }
}

/// A hint that the database kept, such as that of a step that failed.
#[derive(Debug, Clone)]
pub struct Hint(pub Option<String>);

impl<'de> Deserialize<'de> for Hint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said = Option::<String>::deserialize(deserializer)?;
        Ok(Hint(said.and_then(|said| for_pages(&said))))
    }
}

impl Hint {
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or_default())
    }
}

/// What a hint says to do by SQL, as what one does on pages; the first part of it that fits is meant.
const ON_PAGES: [(&str, &str); 17] = [
    (
        "if_preview",
        "Nothing was changed. Look at what there is to do by now, and start it if that is what you want.",
    ),
    ("dfa.unpause", "Whoever may hold it lets it go on: on its page, or for everything on Admin."),
    ("dfa.resume", "Resume on the page of the task does what is left."),
    ("dfa.wait", "The page of the task shows when it has ended."),
    ("dfa.cancel", "Cancel on the page of the task stops it."),
    ("dfa.process_status", "The page of the task shows how far it is."),
    ("dfa.setup(", "Set up on the page of the table or pipeline makes it."),
    ("dfa.migrate", "Catalog shows what differs from what is there."),
    ("dfa.load_catalog", "Load its catalog first: Catalog shows what is there."),
    (
        "dfa.catalog ",
        "Tables, Pipelines and Catalog list what is loaded; the search finds it by a part of its name.",
    ),
    ("dfa.task_process", "Tasks lists all of them."),
    ("dfa.task_schedule", "Pipelines shows what starts each of them."),
    ("dfa.api_key", "Keys, on Admin, lists all."),
    ("dfa.add_channel", "Notifications, on Admin, lists the channels, and makes one."),
    ("dfa.notify_channel", "Notifications, on Admin, lists the channels."),
    ("dfa.notify_rule", "Notifications, on Admin, lists the rules."),
    ("dfa user ", "People, on Admin, lists all."),
];

/// A hint of the database for who looks at a page; `None`: it says nothing that one could do here.
pub fn for_pages(said: &str) -> Option<String> {
    if let Some((_, here)) = ON_PAGES.iter().find(|(sql, _)| said.contains(sql)) {
        return Some((*here).to_owned());
    }
    let by_sql = ["SELECT ", "CALL ", "ALTER SYSTEM", "dfa.", "=> "].iter().any(|sql| said.contains(sql));
    (!by_sql).then(|| said.to_owned())
}

/// Whether a hint speaks to who calls by REST or at a terminal.
fn is_for_programs(hint: &str) -> bool {
    ["GET /", "POST /", "/api/", "Idempotency-Key", "header"].iter().any(|word| hint.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_says_what_to_do_on_a_page_or_nothing() {
        let paused = for_pages("Try again later; SELECT dfa.unpause('all') ends the pause.").unwrap();
        assert!(paused.contains("Admin") && !paused.contains("dfa."), "{paused}");
        assert_eq!(for_pages("Cast it to date."), Some("Cast it to date.".to_owned()));
        assert_eq!(for_pages("SELECT * FROM dfa.worker; shows them."), None);
        assert_eq!(for_pages("Raise it (ALTER SYSTEM SET dfa.max_workers = 4)."), None);
        for (_, here) in ON_PAGES {
            assert!(!here.contains("dfa.") && !is_for_programs(here), "{here}");
        }
    }

    #[test]
    fn of_a_problem_the_words_for_programs_are_left_out() {
        let silent = Told::of(&Problem::silent());
        assert!(silent.hint.is_none(), "{:?}", silent.hint);
        let busy = Told::of(&Problem::busy());
        assert!(busy.hint.is_some());
    }
}
