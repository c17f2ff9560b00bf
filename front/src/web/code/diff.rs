//! Two texts compared, by lines.

use super::lines::{cut, marks, ranges};
use super::marks::{escape, line_html};
use super::Language;
use askama::filters::Safe;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::time::Duration;

/// Lines that stay the same around a change.
const AROUND: usize = 3;
/// So many lines are shown.
const MOST: usize = 2000;
/// Two texts that have nothing in common are compared coarsely after this.
const TIME: Duration = Duration::from_millis(300);

/// What differs between two texts.
pub struct Diff {
    hunks: Vec<Hunk>,
    pub added: usize,
    pub removed: usize,
    /// Lines that are not shown.
    pub more: usize,
}

/// Lines that changed, with those around them.
struct Hunk {
    lines: Vec<Changed>,
}

struct Changed {
    /// `add`, `del` or nothing.
    class: &'static str,
    sign: &'static str,
    old: Option<usize>,
    new: Option<usize>,
    html: String,
}

impl Diff {
    pub fn of(language: Language, old: &str, new: &str) -> Diff {
        let compared = TextDiff::configure().timeout(TIME).diff_lines(old, new);
        let (of_old, of_new) = (htmls(language, old), htmls(language, new));
        let mut diff = Diff { hunks: Vec::new(), added: 0, removed: 0, more: 0 };
        let mut shown = 0;
        for group in compared.grouped_ops(AROUND) {
            let mut lines = Vec::new();
            for change in group.iter().flat_map(|operation| compared.iter_changes(operation)) {
                let (class, sign) = match change.tag() {
                    ChangeTag::Equal => ("", " "),
                    ChangeTag::Delete => ("del", "−"),
                    ChangeTag::Insert => ("add", "+"),
                };
                diff.added += usize::from(class == "add");
                diff.removed += usize::from(class == "del");
                shown += 1;
                if shown > MOST {
                    diff.more += 1;
                    continue;
                }
                let html = match (change.new_index(), change.old_index()) {
                    (Some(index), _) => of_new.get(index),
                    (None, Some(index)) => of_old.get(index),
                    (None, None) => None,
                };
                lines.push(Changed {
                    class,
                    sign,
                    old: change.old_index().map(|index| index + 1),
                    new: change.new_index().map(|index| index + 1),
                    html: html.cloned().unwrap_or_default(),
                });
            }
            if !lines.is_empty() {
                diff.hunks.push(Hunk { lines });
            }
        }
        diff
    }

    /// The lines that changed and those around them, with both numbers and a sign.
    pub fn html(&self) -> Safe<String> {
        let mut html = String::new();
        let number = |number: Option<usize>| number.map_or(String::new(), |number| number.to_string());
        for hunk in &self.hunks {
            html.push_str("<span class=\"hunk\">");
            for line in &hunk.lines {
                let _ = writeln!(
                    html,
                    "<span class=\"line {}\"><span class=\"no\">{}</span><span class=\"no\">{}</span><span class=\"sign\">{}</span> {}</span>",
                    line.class,
                    number(line.old),
                    number(line.new),
                    line.sign,
                    line.html
                );
            }
            html.push_str("</span>");
        }
        Safe(html)
    }

    pub fn is_same(&self) -> bool {
        self.hunks.is_empty()
    }
}

fn htmls(language: Language, text: &str) -> Vec<String> {
    let marks = marks(language, text);
    let mut place = 0;
    let mut found = Vec::new();
    for range in ranges(text) {
        let mut html = String::new();
        let end = cut(text, range.start, range.end);
        match end < range.end {
            true => {
                escape(&text[range.start..end], &mut html);
                html.push('…');
                while marks.get(place).is_some_and(|mark| mark.range.end <= range.end) {
                    place += 1;
                }
            }
            false => place = line_html(text, range, &marks, place, &mut html),
        }
        found.push(html);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_shown_with_the_lines_around_and_both_numbers() {
        let old: String = (1..=50).map(|number| format!("k{number}: v\n")).collect();
        let new = old.replace("k20: v\n", "k20: select 1\nk20b: v\n").replace("k45: v\n", "");
        let diff = Diff::of(Language::Yaml, &old, &new);
        assert_eq!((diff.hunks.len(), diff.added, diff.removed, diff.more), (2, 2, 2, 0));
        let told: Vec<(&str, Option<usize>, Option<usize>)> =
            diff.hunks[0].lines.iter().map(|line| (line.sign, line.old, line.new)).collect();
        assert_eq!(
            told[2..6],
            [(" ", Some(19), Some(19)), ("−", Some(20), None), ("+", None, Some(20)), ("+", None, Some(21))]
        );
        assert!(diff.hunks[0].lines[4].html.contains("<span class=\"k\">select</span>"));
        assert!(Diff::of(Language::Yaml, &old, &old).is_same());
    }

    #[test]
    fn texts_without_anything_in_common_take_no_time_and_little_room() {
        let text = |word: &str| -> String {
            (0..20_000).map(|number| format!("{word}{}\n", number * 7919 % 20_011)).collect()
        };
        let diff = Diff::of(Language::Sql, &text("a"), &text("b"));
        let shown: usize = diff.hunks.iter().map(|hunk| hunk.lines.len()).sum();
        assert_eq!((shown, diff.added, diff.removed), (2000, 20_000, 20_000));
        assert_eq!(diff.more, 38_000);
    }
}
