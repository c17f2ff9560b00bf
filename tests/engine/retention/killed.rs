//! Killed at any moment, a retention has either happened or not: what was there is kept, archived, or said to be gone.

use crate::killed::Victim;
use crate::session::Session;

const KILLS: u32 = 50;
const ROWS: i64 = 24_000;
const CATALOG: &str = "
ai_plain:
  retention: {column: day, months: 3}
  create: {features: {day: 'date not null', n: int}}
  update: {fill: {statement: 'select 1'}}
ai_copied:
  retention: {column: day, months: 3, backup: table}
  create: {features: {day: 'date not null', n: int}}
  update: {fill: {statement: 'select 1'}}
ai_archived:
  retention: {column: day, months: 3, backup: rows}
  create: {features: {day: 'date not null', n: int}}
  update: {fill: {statement: 'select 1'}}
ai_parts:
  retention: {column: day, months: 3}
  create: {features: {day: 'date not null', n: int}, partition_by_range: [day]}
  update: {fill: {statement: 'select 1'}}
ai_parts_archived:
  retention: {column: day, months: 3, backup: rows}
  create: {features: {day: 'date not null', n: int}, partition_by_range: [day]}
  update: {fill: {statement: 'select 1'}}
";
const TABLES: [&str; 5] = ["ai_plain", "ai_copied", "ai_archived", "ai_parts", "ai_parts_archived"];
const RUN: &str = "select * from dfa.run_retention(run_date => '2020-12-20')";

/// As it was before the first retention.
fn fill(session: &mut Session) {
    session.run("drop schema if exists ai_bk cascade; truncate dfa.data_logging, dfa.table_backup");
    for table in TABLES {
        session.run(&format!("drop table ai.{table}"));
    }
    session.set_up();
    for table in TABLES {
        session.run(&format!(
            "insert into ai.{table} select make_date(2020, 1 + n % 12, 15), n from generate_series(1, {ROWS}) as n"
        ));
    }
}

/// Rows and their sum.
fn total(session: &mut Session, relation: &str) -> (i64, i64) {
    if session.value(&format!("select to_regclass('{relation}') is null")) == "t" {
        return (0, 0);
    }
    let both = session.value(&format!("select count(*), coalesce(sum(n), 0) from {relation}"));
    let (count, sum) = both.split_once('|').expect("two numbers");
    (count.parse().expect("a count"), sum.parse().expect("a sum"))
}

#[test]
fn every_row_is_accounted_for_whenever_its_backend_is_killed() {
    let mut victim = Victim::with(CATALOG);
    fill(&mut victim.session);
    victim.measure(RUN);
    for kill in 0..KILLS {
        fill(&mut victim.session);
        let all = total(&mut victim.session, "ai.ai_plain");
        assert_eq!(all.0, ROWS);
        victim.kill_during(RUN, kill, KILLS);
        let session = &mut victim.session;
        let happened = session.value("select count(*) from dfa.data_logging where action_type = 'retention' and table_name like 'ai_%'");
        assert!(["0", "5"].contains(&happened.as_str()), "all tables or none, not {happened}");
        for table in TABLES {
            let kept = total(session, &format!("ai.{table}"));
            let archived = total(session, &format!("ai_bk.{table}_bk"));
            let expected = match (happened.as_str(), table) {
                ("0", _) => (all, (0, 0)),
                (_, "ai_plain" | "ai_parts") => ((ROWS / 3, kept.1), (0, 0)),
                (_, "ai_copied") => ((ROWS / 3, kept.1), all),
                _ => ((ROWS / 3, kept.1), (ROWS - ROWS / 3, all.1 - kept.1)),
            };
            assert_eq!((kept, archived), expected, "{table} after kill {kill}");
        }
    }
    victim.assert_most_died(KILLS);
}
