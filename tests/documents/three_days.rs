//! The pipeline of README.md on its own schedule, over three days.

use crate::follow::{blocks, Kind};
use dfa_tests::{run_shell, Cluster, Session};
use jiff::civil::Date;
use jiff::{tz::TimeZone, ToSpan, Zoned};
use std::sync::Arc;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

/// A folder as the reader has it: the catalog at its path.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(README).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for block in blocks(&lines) {
        let Kind::File(path) = &block.kind else { continue };
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, lines[block.body].join("\n")).unwrap();
    }
    folder
}

/// Three nights of README's schedule, at 05:30 of today and the days before. Receipts come before and after each run, some
/// of them days late; nobody but the schedule runs anything, and in the end each receipt is in the day that it was sold on.
#[test]
fn three_days_on_the_schedule_of_the_readme_lose_nothing() {
    let database = Cluster::shared().database("three_days");
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
