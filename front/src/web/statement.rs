//! A statement of SQL, line by line, with the one that is meant marked.

/// So many lines before and after the marked one are shown of a long statement.
const AROUND: usize = 40;
/// What nobody reads in a browser.
const LONGEST: usize = 500;

pub struct Statement {
    pub lines: Vec<Line>,
    /// Lines that are left out before and after.
    pub before: usize,
    pub after: usize,
}

pub struct Line {
    pub number: usize,
    pub text: String,
    pub marked: bool,
}

impl Statement {
    /// The lines of a text; of a long one those around the marked one.
    pub fn of(text: &str, marked: Option<usize>) -> Option<Self> {
        if text.trim().is_empty() {
            return None;
        }
        let all: Vec<&str> = text.trim_end().lines().collect();
        let at = marked.unwrap_or(1).clamp(1, all.len());
        let (first, last) = match all.len() > LONGEST || marked.is_some() && all.len() > 2 * AROUND + 1 {
            true => (at.saturating_sub(AROUND + 1), (at + AROUND).min(all.len())),
            false => (0, all.len()),
        };
        let lines = (first..last).map(|place| Line {
            number: place + 1,
            text: all[place].chars().take(2000).collect(),
            marked: marked == Some(place + 1),
        });
        Some(Statement { lines: lines.collect(), before: first, after: all.len() - last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_statement_the_lines_around_the_marked_one_are_shown() {
        let text: String = (1..=10_000).map(|number| format!("line {number}\n")).collect();
        let long = Statement::of(&text, Some(5000)).unwrap();
        assert_eq!((long.before, long.lines.len(), long.after), (4959, 81, 4960));
        let marked: Vec<usize> =
            long.lines.iter().filter(|line| line.marked).map(|line| line.number).collect();
        assert_eq!(marked, [5000]);
        let short = Statement::of("select 1\nfrom nowhere", Some(99)).unwrap();
        assert!(short.lines.len() == 2 && short.lines.iter().all(|line| !line.marked));
        assert!(Statement::of(" \n", None).is_none());
    }
}
