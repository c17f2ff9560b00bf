//! Whether a document shows what a command prints, but for what differs from run to run: ids, seconds, and days of the clock.
//!
//! A document may write `…` for what it leaves out: as a line, for any lines; within a line, for any text.

/// What a reader would call the same.
pub fn same(shown: &[&str], now: &[&str]) -> bool {
    let Some((first, rest)) = shown.split_first() else { return now.is_empty() };
    if first.trim() == "…" {
        return (0..=now.len()).any(|skipped| same(rest, &now[skipped..]));
    }
    now.split_first().is_some_and(|(line, others)| same_line(first, line) && same(rest, others))
}

fn same_line(shown: &str, now: &str) -> bool {
    let (shown, now) = (steady(shown), steady(now));
    if shown == now {
        return true;
    }
    let mut pieces = shown.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| now.strip_prefix(first.trim_end())) else {
        return false;
    };
    let mut last = None;
    for piece in pieces.map(str::trim) {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
        last = Some(piece);
    }
    // Behind the last piece is nothing, unless the line ends with the sign.
    last.is_some_and(|last| last.is_empty() || rest.is_empty())
}

/// A line without ids, seconds, moments and the spaces of tables that hold them.
fn steady(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let is_table = line.starts_with('│');
    for word in line.split_whitespace() {
        let known = words.last().map_or("", String::as_str);
        if known == "<day>" && is_clock(word) {
            continue;
        }
        let word = match () {
            () if is_of_the_clock(word) => "<day>".to_owned(),
            // The tables of `dfa` have seconds in a column.
            () if is_table && is_fraction(word) => "<seconds>".to_owned(),
            () => without_numbers(word),
        };
        words.push(word);
    }
    for index in 1..words.len() {
        // `0.0 s`, `12 sec`, `5000 rows/s`
        if matches!(words[index].trim_end_matches([')', ',']), "s" | "sec" | "rows/s") {
            let number = words[index - 1].trim_start_matches('(');
            if number.starts_with(|letter: char| letter.is_ascii_digit()) {
                words[index - 1] = "<number>".to_owned();
            }
        }
    }
    let mut steady = String::new();
    for letter in words.join(" ").chars() {
        // Rules of tables are as long as their columns are wide.
        if !(matches!(letter, '-' | '─' | '═') && steady.ends_with(letter)) {
            steady.push(letter);
        }
    }
    steady
}

/// Whether a day, perhaps with a time behind a T, is one on which documents are followed: those that they speak of lie before
/// 2025 or after 2090.
fn is_of_the_clock(word: &str) -> bool {
    let day =
        word.trim_matches(|letter: char| !letter.is_ascii_digit()).split('T').next().unwrap_or_default();
    let year = day.split('-').next().and_then(|year| year.parse().ok());
    day.len() == 10
        && day.matches('-').count() == 2
        && year.is_some_and(|year: u16| (2025..=2090).contains(&year))
}

/// `05:30`, `05:30:00.123+00`
fn is_clock(word: &str) -> bool {
    let time = word.trim_matches(|letter: char| !letter.is_ascii_digit());
    time.contains(':') && time.bytes().all(|byte| byte.is_ascii_digit() || b":.+-".contains(&byte))
}

/// `0.02`
fn is_fraction(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    word.split_once('.').is_some_and(|(whole, part)| digits(whole) && digits(part)) || word == "0"
}

/// A text without process ids (26 digits), and without seconds: numbers with three digits or more behind their point, and those
/// that JSON has as a `…_time`.
fn without_numbers(text: &str) -> String {
    let mut without = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        without.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        let number = rest[..end].trim_end_matches('.');
        rest = &rest[number.len()..];
        let parts = number.split_once('.');
        let is_fine = parts.is_some_and(|(whole, part)| whole.len() < 3 && part.len() >= 3);
        without.push_str(match number.len() {
            26 => "<id>",
            _ if is_fine || without.ends_with("_time\":") => "<seconds>",
            _ => number,
        });
    }
    without + rest
}

#[test]
fn only_what_differs_from_run_to_run_is_passed_over() {
    let same =
        |shown: &str, now: &str| same(&shown.lines().collect::<Vec<_>>(), &now.lines().collect::<Vec<_>>());
    for (shown, now) in [
        ("in 0.0 s (162 rows/s)", "in 1.2 s (9 rows/s)"),
        ("  a | b \n----+---\n", " a  | b\n------+-----"),
        ("ok 20210105060000000000000001", "ok 20260105060000000000000009"),
        ("at 2026-01-01 05:30:00.123+00 | x", "at 2025-02-02 06:30:01.5+00 | x"),
        ("│ a ┆ 0.02 │", "│ a ┆   0.137 │"),
        (
            r#"{"id":"20210105060000000000000001","process_time":0.02,"a":1}"#,
            r#"{"id":"20260105060000000000000009","process_time":1,"a":1}"#,
        ),
        ("done 2026-01-01 05:30 by", "done 2027-02-02 06:31 by"),
        ("one\n…\nlast", "one\ntwo\nthree\nlast"),
        ("a … c", "a b b c"),
        ("waits for … (session …)", "waits for 12 (session 13)"),
    ] {
        assert!(same(shown, now), "{shown}\n{now}");
    }
    for (shown, now) in [
        ("12.50", "12.51"),
        ("2024-01-01 09:30:00+00", "2024-01-01 09:31:00+00"),
        ("a … c", "a b d"),
        ("a … c", "a b c d"),
        ("done 2024-01-01 05:30", "done 2024-01-02 05:30"),
        ("one\n…", "two"),
        ("one", "one\ntwo"),
        ("3 rows", "4 rows"),
    ] {
        assert!(!same(shown, now), "{shown}\n{now}");
    }
}
