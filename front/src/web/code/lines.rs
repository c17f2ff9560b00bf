//! A text by lines, as much of it as a page shows.

use super::marks::{line_html, with_placeholders, Mark};
use super::{sql, yaml, Language, LONGEST};
use askama::filters::Safe;
use std::fmt::Write;

/// So many lines of a long text are shown at once.
pub const LINES: usize = 500;
/// What nobody reads of one line in a browser.
const WIDEST: usize = 2000;

/// Some lines of a text.
pub struct Code {
    lines: Vec<Line>,
    /// Lines before and after those that are shown.
    pub before: usize,
    pub after: usize,
}

struct Line {
    /// From 1.
    number: usize,
    html: String,
}

impl Code {
    /// The lines of a text from `first` on, counted from 1; what comes before and after is told.
    pub fn from(language: Language, text: &str, first: usize) -> Code {
        let ranges = ranges(text);
        let first = first.clamp(1, ranges.len().max(1)) - 1;
        let last = (first + LINES).min(ranges.len());
        let marks = marks(language, text);
        let mut lines = Vec::with_capacity(last - first);
        let mut place =
            marks.partition_point(|mark| ranges.get(first).is_some_and(|line| mark.range.end <= line.start));
        for (number, range) in ranges.iter().enumerate().take(last).skip(first) {
            let mut html = String::new();
            let cut = cut(text, range.start, range.end);
            place = line_html(text, range.start..cut, &marks, place, &mut html);
            if cut < range.end {
                html.push('…');
                while marks.get(place).is_some_and(|mark| mark.range.end <= range.end) {
                    place += 1;
                }
            }
            lines.push(Line { number: number + 1, html });
        }
        Code { lines, before: first, after: ranges.len() - last }
    }

    /// The lines with their numbers, which are links where `anchor` names them: `L12`.
    pub fn html(&self, anchor: &str) -> Safe<String> {
        let mut html = String::new();
        for Line { number, html: line } in &self.lines {
            let _ = match anchor.is_empty() {
                true => writeln!(html, "<span class=\"line\"><span class=\"no\">{number}</span>{line}</span>"),
                false => writeln!(
                    html,
                    "<span class=\"line\" id=\"{anchor}{number}\"><a class=\"no\" href=\"#{anchor}{number}\">{number}</a>{line}</span>"
                ),
            };
        }
        Safe(html)
    }

    /// Where the lines before those that are shown begin.
    pub fn earlier(&self) -> usize {
        self.before.saturating_sub(LINES) + 1
    }

    /// Where the lines after those that are shown begin.
    pub fn later(&self) -> usize {
        self.before + self.lines.len() + 1
    }
}

/// The parts of a text, in their order.
pub fn marks(language: Language, text: &str) -> Vec<Mark> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut marks = match language {
        Language::Sql => sql::marks(text, 0),
        Language::Yaml => yaml::marks(text),
    };
    marks.sort_by_key(|mark| mark.range.start);
    with_placeholders(text, marks)
}

/// The lines of a text, without what ends them.
pub fn ranges(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        found.push(start..start + bare.len());
        start += line.len();
    }
    found
}

/// Where a line that is too wide is cut.
pub fn cut(text: &str, start: usize, end: usize) -> usize {
    text[start..end].char_indices().nth(WIDEST).map_or(end, |(at, _)| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_some_lines_are_shown_and_the_others_can_be_reached() {
        let text: String = (1..=10_000).map(|number| format!("k{number}: select {number}\n")).collect();
        let code = Code::from(Language::Yaml, &text, 5001);
        assert_eq!((code.before, code.lines.len(), code.after), (5000, 500, 4500));
        assert_eq!((code.earlier(), code.later()), (4501, 5501));
        assert_eq!(
            code.lines[0].html,
            "<span class=\"k\">k5001</span>: <span class=\"k\">select</span> <span class=\"s\">5001</span>"
        );
        let end = Code::from(Language::Yaml, &text, 99_999);
        assert_eq!((end.lines.len(), end.after, end.lines[0].number), (1, 0, 10_000));
        assert!(Code::from(Language::Sql, "", 1).lines.is_empty());
    }

    #[test]
    fn a_line_that_is_too_wide_is_cut_and_the_next_one_is_whole() {
        let text = format!("select '{}', 'x'\nfrom t", "é".repeat(3000));
        let code = Code::from(Language::Sql, &text, 1);
        assert!(code.lines[0].html.ends_with("</span>…") && code.lines[0].html.len() < 4200);
        assert_eq!(code.lines[1].html, "<span class=\"k\">from</span> t");
    }
}
