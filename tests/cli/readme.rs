//! README.md, followed to the letter: its catalog, its commands and what they print; then three days on its own schedule.
//!
//! `UPDATE_DOCS=1 cargo test --release -p dfa_tests --test cli readme` writes what the commands print into it anew.

use dfa_tests::{run_shell, Cluster, Database, Session};
use jiff::civil::Date;
use jiff::{tz::TimeZone, ToSpan, Zoned};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
/// Where README says that the catalog is.
const CATALOG: &str = "catalog/mine/catalog/catalog_ai_sales.yaml";
/// Where its own chapter begins and ends.
const CHAPTER: (&str, &str) = ("## Your first pipeline", "\n## ");

fn readme() -> String {
    std::fs::read_to_string(README).unwrap()
}

/// The chapter that a reader follows.
fn chapter(text: &str) -> &str {
    let from = text.find(CHAPTER.0).expect("README has the chapter");
    let rest = &text[from..];
    &rest[..rest[3..].find(CHAPTER.1).map_or(rest.len(), |end| end + 3)]
}

/// The first fenced block of a language.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let fence = format!("```{language}\n");
    let from = text.find(&fence).expect("README has the block") + fence.len();
    &text[from..from + text[from..].find("```").expect("a block has an end")]
}

/// A folder as the reader has it: the catalog at its path, and files of receipts.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join(CATALOG);
    std::fs::create_dir_all(catalog.parent().unwrap()).unwrap();
    std::fs::write(catalog, block(chapter(&readme()), "yaml")).unwrap();
    folder
}

/// A database as `make fresh-db` makes it.
fn database(name: &str) -> Database {
    Cluster::shared().database(name)
}

/// What differs from run to run: seconds, and the spaces of a table that hold them.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    for line in text.lines() {
        // How fast a file was loaded.
        let line = if line.ends_with(" rows/s)") { line.split(" in ").next().unwrap_or(line) } else { line };
        let words: Vec<String> = line.split_whitespace().map(without_time).collect();
        let _ = writeln!(steady, "{}", words.join(" "));
    }
    steady
}

/// `0.02`, as a column or before `s` and `sec`, is a time.
fn without_time(word: &str) -> String {
    let number = word.trim_matches(|mark: char| !mark.is_ascii_digit());
    let is_time = number.split_once('.').is_some_and(|(whole, part)| {
        whole.len() < 3 && !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit())
    });
    if is_time {
        word.replace(number, "0.0")
    } else {
        word.to_owned()
    }
}

/// The chapter with what its commands print now.
fn as_it_is(text: &str, database: &Database, folder: &Path) -> String {
    let mut now = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let _ = writeln!(now, "{line}");
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| *line != "```") {
            let Some(command) = line.strip_prefix("$ ") else { continue };
            let _ = writeln!(now, "{line}");
            let answer = run_shell(database, folder, command);
            assert_eq!(answer.code, 0, "{command}\n{}{}", answer.stdout, answer.stderr);
            for printed in answer.stdout.trim_end().lines() {
                let _ = writeln!(now, "{}", printed.trim_end());
            }
        }
    }
    now
}

#[test]
fn the_commands_of_the_readme_print_what_it_shows() {
    let text = readme();
    let database = database("cli_readme");
    let folder = folder();
    let known = chapter(&text);
    let now = as_it_is(known, &database, folder.path());
    if std::env::var_os("UPDATE_DOCS").is_some() && steady(&now) != steady(known) {
        std::fs::write(README, text.replace(known, &now)).unwrap();
        return;
    }
    let (now, known) = (steady(&now), steady(known));
    let differs = now.lines().zip(known.lines()).find(|(now, then)| now != then);
    assert!(now == known, "README.md shows something else: {differs:#?}\nUPDATE_DOCS=1 writes it anew");
}

/// Three nights of README's schedule, at 05:30 of today and the days before. Receipts come before and after each run, some
/// of them days late; nobody but the schedule runs anything, and in the end each receipt is in the day that it was sold on.
#[test]
fn three_days_on_the_schedule_of_the_readme_lose_nothing() {
    let database = database("cli_readme_days");
    let folder = folder();
    let today = Zoned::now().with_time_zone(TimeZone::UTC).date();
    let first = today.checked_sub(3.days()).unwrap();
    let mut session = Session { client: database.connect(), database: Arc::new(database) };
    let init = format!("dfa init --catalog catalog/mine --run-date {first}");
    assert_eq!(run_shell(&session.database, folder.path(), &init).code, 0);
    session.run(&format!(
        "update dfa.task_schedule set next_slot = '{first} 05:30Z' where next_slot is not null"
    ));

    let mut days = Receipts { session, sold: 0 };
    days.sell(first, &["00:00", "12:00", "23:59:59.999"]);
    for day in (1..=3).map(|days| first.checked_add(days.days()).unwrap()) {
        days.sell(day, &["00:00", "03:00"]);
        days.night(day);
        days.sell(day, &["05:29", "06:00", "18:00"]);
        // Late: of the day before, and of the first.
        days.sell(day.checked_sub(1.day()).unwrap(), &["20:00"]);
        days.sell(first, &["07:00"]);
    }
    // The night that takes what came after the last one, and then a rerun of the first day, which changes nothing.
    days.night(today.checked_add(1.day()).unwrap());
    days.agree();
    let rerun = format!("dfa pipeline rerun pipeline_sales --run-date {first}");
    assert_eq!(run_shell(&days.session.database, folder.path(), &rerun).code, 0);
    days.agree();
}

struct Receipts {
    session: Session,
    sold: usize,
}

impl Receipts {
    fn sell(&mut self, day: Date, times: &[&str]) {
        for time in times {
            self.sold += 1;
            let number = self.sold;
            self.session
                .run(&format!("insert into ai.src_receipt values ({number}, '{day} {time}', {number})"));
        }
    }

    fn night(&mut self, day: Date) {
        let started = self.session.rows(&format!("select pipeline_name from dfa.tick('{day} 05:30:10Z')"));
        assert_eq!(started, ["pipeline_sales"], "{day}");
        self.session.until("select not exists (select from dfa.task_process where status = 2)");
        let failed = "select process_message from dfa.task_process where status = 1";
        assert_eq!(self.session.rows(failed), [""; 0]);
    }

    /// What the pipeline made equals what was sold.
    fn agree(&mut self) {
        let made = "select sales_date, receipts, amount from ai.ai_daily_sales order by 1";
        let sold = "select sold_at::date, count(*), sum(amount) from ai.src_receipt group by 1 order by 1";
        assert_eq!(self.session.rows(made), self.session.rows(sold));
    }
}
