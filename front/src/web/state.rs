//! States: a colour, a shape and a word. There are five of them, and what is told is put into one of these.

use askama::filters::Safe;
use serde::{Deserialize, Deserializer};

/// The state of a task, a step, a pipeline or an interval, as the database calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// ok, failed, running, waiting or held: colour and shape.
    pub class: &'static str,
    pub word: &'static str,
}

const STATES: [(&str, State); 22] = [
    ("SUCCESS", State { class: "ok", word: "succeeded" }),
    ("FAILED", State { class: "failed", word: "failed" }),
    ("PROCESSING", State { class: "running", word: "running" }),
    ("WAITING", State { class: "waiting", word: "waiting" }),
    ("SKIPPED", State { class: "waiting", word: "skipped" }),
    ("BLOCKED", State { class: "held", word: "blocked" }),
    ("CANCELLED", State { class: "held", word: "cancelled" }),
    ("LOST", State { class: "failed", word: "lost" }),
    ("PAUSED", State { class: "held", word: "paused" }),
    ("LATE", State { class: "held", word: "late" }),
    ("OFF", State { class: "waiting", word: "switched off" }),
    ("NEVER", State { class: "waiting", word: "never run" }),
    ("LANDED", State { class: "waiting", word: "rows land in it" }),
    ("done", State { class: "ok", word: "done" }),
    ("open", State { class: "waiting", word: "open" }),
    ("stale", State { class: "held", word: "stale" }),
    ("missing", State { class: "held", word: "missing" }),
    ("late", State { class: "held", word: "late" }),
    ("due", State { class: "waiting", word: "due" }),
    ("blocked", State { class: "held", word: "blocked" }),
    ("unknown", State { class: "waiting", word: "nothing says when" }),
    ("fresh", State { class: "ok", word: "fresh" }),
];

impl State {
    /// By its name in the database; what it does not know is shown as waiting.
    pub fn of(name: &str) -> State {
        let known = STATES.iter().find(|(known, _)| *known == name);
        known.map_or(State { class: "waiting", word: "other" }, |(_, state)| *state)
    }

    /// That of a table or pipeline for which `dfa.why` names this cause.
    pub fn of_cause(cause: &str) -> State {
        State::of(match cause {
            "running" => "PROCESSING",
            "failed" | "blocked" | "lost" | "orphaned" => "FAILED",
            "cancelled" => "CANCELLED",
            "paused" => "PAUSED",
            "inactive" => "OFF",
            _ => "WAITING",
        })
    }

    /// Shape and word.
    pub fn html(&self) -> Safe<String> {
        let State { class, word } = self;
        Safe(format!("<span class=\"is {class}\">{}{word}</span>", shape(class)))
    }

    /// The shape alone, with the word for who does not see it.
    pub fn sign(&self) -> Safe<String> {
        let State { class, word } = self;
        Safe(format!(
            "<span class=\"is {class}\" role=\"img\" aria-label=\"{word}\" title=\"{word}\">{}</span>",
            shape(class)
        ))
    }
}

fn shape(class: &str) -> String {
    format!("<svg class=\"state {class}\" width=\"12\" height=\"12\" aria-hidden=\"true\"><use href=\"#s-{class}\"/></svg>")
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(State::of(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_five_states_and_each_is_more_than_a_colour() {
        let classes: std::collections::BTreeSet<&str> = STATES.iter().map(|(_, state)| state.class).collect();
        assert_eq!(classes.len(), 5);
        for class in classes {
            let symbols = include_str!("frame/symbols.html");
            assert!(symbols.contains(&format!("id=\"s-{class}\"")), "{class}");
        }
        assert_eq!(State::of("<script>").word, "other");
    }
}
