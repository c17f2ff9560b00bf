//! Copies and archives: nothing is deleted that is not somewhere else.

use super::{retain, shop, SALES};
use crate::session::Session;

const ARCHIVED: &str = "
ai_sale:
  retention: {column: day, months: 3, backup: rows}
  create: {features: {id: serial, day: date, amount: int}, primary_key: [id]}
  update: {fill: {statement: 'select 1'}}
";

fn backup_of(session: &mut Session, arguments: &str) -> String {
    session.value(&format!("select rows, backup, backup_rows, status from dfa.run_retention({arguments})"))
}

/// A retention that fails with all of these words and deletes nothing.
fn refused(session: &mut Session, arguments: &str, words: &[&str]) {
    let said = session.value(&format!("select message from dfa.run_retention({arguments})"));
    assert!(said.starts_with("Error:"), "{said}");
    for word in words {
        assert!(said.contains(word), "'{word}' is not in: {said}");
    }
    assert_eq!(session.value("select count(*) from ai.ai_sale"), "12");
}

#[test]
fn yes_names_the_copy_after_the_table() {
    let mut session = shop(SALES);
    assert_eq!(
        backup_of(&mut session, "'ai_sale', '2020-12-20', 'Y', 'Y'"),
        "8|ai_bk.ai_sale_bk|12|0",
        "the whole table is copied, and then 8 rows go"
    );
    assert_eq!(
        session.value(
            "select (select count(*) from ai_bk.ai_sale_bk), (select count(*) from ai.ai_sale), (select sum(amount) from ai_bk.ai_sale_bk)"
        ),
        "12|4|78"
    );
}

#[test]
fn a_copy_is_replaced_by_the_next_one() {
    let mut session = shop(SALES);
    backup_of(&mut session, "'ai_sale', '2020-12-20', 'keep', 'safe'");
    assert_eq!(backup_of(&mut session, "'ai_sale', '2020-12-20', 'keep', 'safe'"), "0|safe.keep|4|0");
    assert_eq!(session.value("select count(*) from safe.keep"), "4");
}

#[test]
fn an_archive_keeps_what_goes_and_grows() {
    let mut session = shop(ARCHIVED);
    assert_eq!(backup_of(&mut session, "'ai_sale', '2020-08-20'"), "4|ai_bk.ai_sale_bk|4|0");
    assert_eq!(backup_of(&mut session, "'ai_sale', '2020-12-20'"), "4|ai_bk.ai_sale_bk|4|0");
    assert_eq!(
        session
            .value("select (select sum(amount) from ai_bk.ai_sale_bk), (select sum(amount) from ai.ai_sale)"),
        "36|42"
    );
}

#[test]
fn the_log_has_a_row_for_the_backup_and_one_for_the_deletion() {
    let mut session = shop(ARCHIVED);
    retain(&mut session, "'ai_sale', '2020-12-20'");
    assert_eq!(
        session.rows("select action_type, row_record, status from dfa.data_logging where table_name = 'ai_sale' order by id"),
        ["backup|8|0", "retention|8|0"]
    );
    let said = session.value("select message from dfa.data_logging where action_type = 'backup'");
    assert!(
        said.contains("Success: Backup 'ai_sale' to 'ai_bk.ai_sale_bk' with logging value (8 rows)"),
        "{said}"
    );
}

#[test]
fn archived_rows_come_back_and_leave_the_archive() {
    let mut session = shop(ARCHIVED);
    retain(&mut session, "'ai_sale', '2020-12-20'");
    assert_eq!(session.value("select dfa.restore_backup('ai_sale', '2020-02-01', '2020-03-31')"), "2");
    assert_eq!(
        session.value("select (select count(*) from ai_bk.ai_sale_bk), (select count(*) from ai.ai_sale)"),
        "6|6"
    );
    assert_eq!(session.value("select dfa.restore_backup('ai_sale')"), "6");
    assert_eq!(session.value("select sum(amount) from ai.ai_sale"), "78");
}

#[test]
fn rows_of_a_copy_come_back_once() {
    let mut session = Session::with(
        "ai_sale: {retention: {column: day, months: 3}, create: {features: {day: date, amount: int}}, update: {f: {statement: 'select 1'}}}",
    );
    session.run("insert into ai.ai_sale select make_date(2020, m, 15), m from generate_series(1, 12) as m");
    retain(&mut session, "'ai_sale', '2020-12-20', 'Y', 'Y'");
    assert_eq!(session.value("select dfa.restore_backup('ai_sale')"), "8");
    assert_eq!(session.value("select dfa.restore_backup('ai_sale')"), "0");
    assert_eq!(session.value("select count(*), sum(amount) from ai.ai_sale"), "12|78");
}

#[test]
fn without_a_backup_there_is_nothing_to_restore() {
    let mut session = shop(SALES);
    session.refused("select dfa.restore_backup('ai_sale')").says(&["DF002", "backup"]);
    session
        .refused("select dfa.restore_backup('ai_sale', '2020-02-01', '2020-01-01')")
        .says(&["22023", "2020-02-01"]);
}

#[test]
fn a_name_of_the_catalog_is_no_place_for_a_backup() {
    let mut session = shop(SALES);
    refused(&mut session, "'ai_sale', '2020-12-20', 'src_other', 'ai'", &["src_other", "catalog"]);
    assert_eq!(session.value("select to_regnamespace('ai_bk') is null"), "t");
}

#[test]
fn a_backup_with_other_columns_is_refused_with_their_names() {
    let mut session = shop(SALES);
    session.run("create schema safe; create table safe.odd (id int, day text, colour text)");
    refused(
        &mut session,
        "'ai_sale', '2020-12-20', 'odd', 'safe'",
        &["amount", "missing", "colour", "day: date"],
    );
    session.run("create view safe.seen as select 1 as one");
    refused(&mut session, "'ai_sale', '2020-12-20', 'seen', 'safe'", &["no table"]);
}

#[test]
fn odd_names_are_names() {
    let mut session = shop(SALES);
    assert_eq!(
        backup_of(&mut session, "'ai_sale', '2020-12-20', '\"; drop table x; --', 'Da ta'"),
        "8|Da ta.\"; drop table x; --|12|0"
    );
    assert_eq!(session.value("select count(*) from \"Da ta\".\"\"\"; drop table x; --\""), "12");
    for (name, schema) in [("x", "pg_catalog"), ("x", "dfa"), ("", "Y")] {
        let call = format!("select * from dfa.run_retention('ai_sale', '2020-12-20', '{name}', '{schema}')");
        assert_eq!(session.refused(&call).sqlstate, "22023", "{call}");
    }
}

#[test]
fn one_name_cannot_hold_several_tables() {
    let mut session = Session::with(
        "ai_a: {retention: {column: day, months: 1}, create: {features: {day: date}}, update: {f: {statement: 'select 1'}}}
ai_b: {retention: {column: day, months: 1}, create: {features: {day: date}}, update: {f: {statement: 'select 1'}}}
",
    );
    session
        .refused("select * from dfa.run_retention(backup_table => 'one', backup_schema => 'Y')")
        .says(&["22023", "one", "2 tables"]);
}

#[test]
fn a_trigger_that_swallows_archived_rows_undoes_the_deletion() {
    let mut session = shop(ARCHIVED);
    session.run(
        "create schema ai_bk; create table ai_bk.ai_sale_bk (like ai.ai_sale);
         create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
         create trigger swallow before insert on ai_bk.ai_sale_bk for each row execute function swallow()",
    );
    refused(&mut session, "'ai_sale', '2020-12-20'", &["DF010", "do not match"]);
}

#[test]
fn an_unknown_kind_of_backup_is_refused_when_the_catalog_is_loaded() {
    let mut session = Session::fresh();
    session
        .load_refused(
            "src_n: {retention: {column: day, months: 1, backup: sometimes}, create: {features: {day: date}}}",
        )
        .says(&["sometimes", "rows", "table"]);
}
