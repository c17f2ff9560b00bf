//! What will happen, as the database says it before it does it, and what has changed since it was looked at.

use super::Values;
use crate::db::Session;
use crate::http::Problem;
use crate::web::number::{Count, Maybe, Seconds};
use crate::web::state::State;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// So many rows are shown, and so many are compared with what was seen.
const SHOWN: usize = 200;
const COMPARED: usize = 5000;
/// So many changes are told.
const TOLD: usize = 12;

/// What is asked for: the arguments of `dfa.preview`.
#[derive(Default)]
pub struct Wish<'a> {
    pub module: &'static str,
    pub name: Option<&'a str>,
    pub dates: Option<&'a str>,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub mode: Option<&'a str>,
    pub only_gaps: bool,
    pub downstream: bool,
    pub params: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    today: String,
    token: String,
    rows: Vec<Row>,
    left_out: Option<i64>,
}

/// A step, or an object of a setup.
#[derive(Deserialize)]
pub struct Row {
    pub kind: String,
    pub name: String,
    pub run_date: Maybe<String>,
    pub last_day: Maybe<String>,
    #[serde(default)]
    pub processes: Vec<String>,
    pub action: String,
    pub reason: String,
    pub last_rows: Maybe<Count>,
    pub expected_seconds: Option<Seconds>,
    #[serde(skip)]
    pub is_new: bool,
}

impl Row {
    /// As one line, which the form sends back.
    fn line(&self) -> String {
        format!("{}\t{}\t{}", self.name, self.run_date, self.action)
    }

    /// Whether it is what one expects of it.
    pub fn is_plain(&self) -> bool {
        !["refused", "skipped", "delete", "rolled back"].contains(&self.action.as_str())
    }

    /// The state that its action stands for.
    pub fn state(&self) -> State {
        match self.action.as_str() {
            "refused" => State::of("FAILED"),
            "delete" | "rolled back" => State::of("CANCELLED"),
            "skipped" => State::of("WAITING"),
            _ => State::of("PROCESSING"),
        }
    }
}

/// What a dialog shows of it.
pub struct Preview {
    /// Of a run or backfill (steps), of a setup (objects), of a retention (tables), of a task.
    pub of: &'static str,
    pub today: String,
    pub token: String,
    pub rows: Vec<Row>,
    /// All rows as lines, as far as they are compared.
    pub seen: String,
    pub total: Count,
    pub nodes: Count,
    pub refused: Count,
    pub expected: Seconds,
    pub lost: Count,
    /// Tables that read what runs, and do not run with it.
    pub left_out: Count,
    /// What is not as it was seen.
    pub change: Option<Change>,
}

/// How a list differs from the one that was seen.
pub struct Change {
    pub sentence: String,
    pub lines: Vec<String>,
}

impl Preview {
    /// Asks the database. `left_out`: also for what reads it, and would not run.
    ///
    /// # Errors
    /// What the call itself would be refused for.
    pub async fn look(session: &mut Session, wish: &Wish<'_>, left_out: bool) -> Result<Preview, Problem> {
        let params = wish.params.clone().unwrap_or_else(|| "{}".to_owned());
        let found: Found = session
            .one(
                include_str!("preview.sql"),
                &[
                    &wish.module,
                    &wish.name,
                    &wish.dates,
                    &wish.from,
                    &wish.to,
                    &wish.mode,
                    &wish.only_gaps,
                    &wish.downstream,
                    &params,
                    &left_out,
                ],
            )
            .await?;
        let mut preview = Preview::of(wish.module, found.rows);
        (preview.today, preview.token) = (found.today, found.token);
        preview.left_out = Count(found.left_out.unwrap_or_default());
        Ok(preview)
    }

    /// Of rows.
    pub fn of(of: &'static str, rows: Vec<Row>) -> Preview {
        let lines: Vec<String> = rows.iter().map(Row::line).collect();
        let seen = if lines.len() <= COMPARED { lines.join("\n") } else { String::new() };
        let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        let count = |number: usize| Count(i64::try_from(number).unwrap_or(i64::MAX));
        let runs = |row: &&Row| !["refused", "skipped", "keep"].contains(&row.action.as_str());
        Preview {
            of,
            today: String::new(),
            token: String::new(),
            seen,
            total: count(rows.len()),
            nodes: count(names.len()),
            refused: count(rows.iter().filter(|row| row.action == "refused").count()),
            expected: Seconds(
                rows.iter().filter(runs).filter_map(|row| row.expected_seconds).map(|it| it.0).sum(),
            ),
            lost: Count(
                rows.iter()
                    .filter(|row| row.action == "delete")
                    .filter_map(|row| row.last_rows.0)
                    .map(|it| it.0)
                    .sum(),
            ),
            rows,
            left_out: Count(0),
            change: None,
        }
    }

    /// Marks what differs from what the form showed that was sent.
    pub fn compare(&mut self, values: &Values) {
        let seen = values.exact("seen");
        let before: BTreeMap<&str, &str> =
            seen.lines().filter_map(|line| line.trim_end().rsplit_once('\t')).collect();
        let lines: Vec<String> = self.rows.iter().map(Row::line).collect();
        let now: BTreeMap<&str, &str> = lines.iter().filter_map(|line| line.rsplit_once('\t')).collect();
        let told = |key: &str| {
            let (name, date) = key.split_once('\t').unwrap_or((key, ""));
            if date.is_empty() {
                name.to_owned()
            } else {
                format!("{name} for {date}")
            }
        };
        let mut changes = Vec::new();
        let (mut more, mut less, mut other) = (0, 0, 0);
        for (key, action) in &now {
            match before.get(key) {
                None => {
                    more += 1;
                    changes.push(format!("new: {}, {action}", told(key)));
                }
                Some(was) if was != action => {
                    other += 1;
                    changes.push(format!("{}: {action}, was {was}", told(key)));
                }
                Some(_) => {}
            }
        }
        for (key, action) in before.iter().filter(|(key, _)| !now.contains_key(*key)) {
            less += 1;
            changes.push(format!("gone: {}, {action}", told(key)));
        }
        let counted = [(more, "new"), (less, "gone"), (other, "different")];
        let parts: Vec<String> = counted
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        let sentence = match (before.is_empty(), parts.is_empty()) {
            (true, _) => "What there is to do is not what was shown.".to_owned(),
            (_, true) => "The list is the same, but watermarks have moved since it was shown.".to_owned(),
            _ => format!("What there is to do is not what was shown: {}.", parts.join(", ")),
        };
        let hidden = changes.len().saturating_sub(TOLD);
        changes.truncate(TOLD);
        if hidden > 0 {
            changes.push(format!("and {hidden} more"));
        }
        let keys: BTreeSet<String> = before.keys().map(|key| (*key).to_owned()).collect();
        for row in &mut self.rows {
            row.is_new = !keys.is_empty() && !keys.contains(&format!("{}\t{}", row.name, row.run_date));
        }
        self.change = Some(Change { sentence, lines: changes });
    }

    pub fn shown(&self) -> &[Row] {
        &self.rows[..self.rows.len().min(SHOWN)]
    }

    pub fn hidden(&self) -> usize {
        self.rows.len().saturating_sub(SHOWN)
    }

    /// What will happen, in a line.
    pub fn title(&self) -> String {
        let many =
            |number: Count, one: &str| format!("{number} {one}{}", if number.0 == 1 { "" } else { "s" });
        let time =
            if self.expected.0 > 0.0 { format!(", about {} in all", self.expected) } else { String::new() };
        match self.of {
            "setup" => format!("{} are set up", many(self.total, "object")),
            "retention" => format!("{} of {} go", many(self.lost, "row"), many(self.nodes, "table")),
            "cancel" | "resume" => many(self.total, "step"),
            _ if self.total.0 == 0 => "There is nothing to do".to_owned(),
            _ if self.total.0 == self.nodes.0 => format!("{} will run{time}", many(self.nodes, "node")),
            _ => format!("{} of {} will run{time}", many(self.total, "step"), many(self.nodes, "node")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, date: &str, action: &str) -> Row {
        let row = serde_json::json!({ "kind": "table", "name": name, "run_date": date, "last_day": null, "action": action,
                                      "reason": "", "last_rows": 3, "expected_seconds": 1.5 });
        serde_json::from_value(row).unwrap()
    }

    fn sent(seen: &str) -> Values {
        Values::of_pairs(&[("seen", seen)])
    }

    #[test]
    fn what_has_changed_since_it_was_seen_is_told() {
        let mut preview =
            Preview::of("data", vec![row("a", "2021-01-01", "rerun"), row("b", "2021-01-02", "common")]);
        assert_eq!(preview.title(), "2 nodes will run, about 3.0 s in all");
        let seen = preview.seen.clone();
        preview.compare(&sent(&seen));
        assert!(preview.change.as_ref().unwrap().sentence.contains("watermarks"));
        preview.compare(&sent("a\t2021-01-01\tcommon\r\nc\t2021-01-01\tcommon"));
        let change = preview.change.as_ref().unwrap();
        assert!(change.sentence.ends_with(": 1 new, 1 gone, 1 different."), "{}", change.sentence);
        assert_eq!(change.lines[0], "a for 2021-01-01: rerun, was common");
        assert!(preview.rows[1].is_new && !preview.rows[0].is_new);
    }
}
