//! Tables partitioned by date: whole partitions go.

use super::retain;
use crate::session::Session;

fn shop(backup: &str) -> Session {
    let mut session = Session::with(&format!(
        "ai_sale:
  retention: {{column: day, months: 3{backup}}}
  create: {{features: {{day: 'date not null', amount: int}}, partition_by_range: [day]}}
  update: {{fill: {{statement: 'select 1'}}}}
"
    ));
    session.run(
        "insert into ai.ai_sale select make_date(2020, month, 15), month from generate_series(1, 12) as month;
         insert into ai.ai_sale values ('1999-01-01', 100); analyze ai.ai_sale",
    );
    session
}

fn partitions(session: &mut Session, table: &str) -> String {
    session.value(&format!("select count(*) from pg_inherits where inhparent = '{table}'::regclass"))
}

#[test]
fn whole_partitions_are_dropped_and_the_rest_is_deleted_by_row() {
    let mut session = shop("");
    let before: i32 = partitions(&mut session, "ai.ai_sale").parse().unwrap();
    assert_eq!(retain(&mut session, "'ai_sale', '2020-12-20'"), ["ai_sale|2020-09-01|9|0"]);
    let after: i32 = partitions(&mut session, "ai.ai_sale").parse().unwrap();
    assert_eq!(before - after, 8);
    assert_eq!(session.value("select min(day), count(*) from ai.ai_sale"), "2020-09-15|4");
}

#[test]
fn a_partition_moves_into_an_archive_that_is_partitioned_alike() {
    let mut session = shop(", backup: rows");
    assert_eq!(
        session.value("select rows, backup, backup_rows from dfa.run_retention('ai_sale', '2020-12-20')"),
        "9|ai_bk.ai_sale_bk|9"
    );
    assert_eq!(
        session.value("select sum(amount), count(distinct tableoid) from ai_bk.ai_sale_bk"),
        "136|9",
        "eight months, and the partition for the rest"
    );
    assert_eq!(session.value("select to_regclass('ai_bk.ai_sale_p2020_01') is not null"), "t");
    assert_eq!(session.value("select sum(amount) from ai.ai_sale"), "42");
    session.run("insert into ai.ai_sale values ('2020-01-20', 7)");
    retain(&mut session, "'ai_sale', '2020-12-20'");
    assert_eq!(session.value("select sum(amount) from ai_bk.ai_sale_bk"), "143");
    assert_eq!(session.value("select dfa.restore_backup('ai_sale', '2020-01-01', '2020-01-31')"), "2");
    assert_eq!(session.value("select sum(amount) from ai.ai_sale"), "50");
}

#[test]
fn a_copy_of_a_partitioned_table_is_made_before_partitions_go() {
    let mut session = shop("");
    assert_eq!(
        session.value("select rows, backup_rows from dfa.run_retention('ai_sale', '2020-12-20', 'Y', 'Y')"),
        "9|13"
    );
    assert_eq!(session.value("select sum(amount) from ai_bk.ai_sale_bk"), "178");
}

#[test]
fn a_partition_whose_rows_are_referred_to_stays() {
    let mut session = Session::with(
        "ai_sale:
  retention: {column: day, months: 3}
  create: {features: {day: 'date not null'}, primary_key: [day], partition_by_range: [day]}
  update: {fill: {statement: 'select 1'}}
src_note: {create: {features: {day: date}, foreign_key: {day: ai_sale.day}}}
",
    );
    session
        .run("insert into ai.ai_sale values ('2020-01-15'); insert into ai.src_note values ('2020-01-15')");
    let said = session.value("select message from dfa.run_retention('ai_sale', '2020-12-20')");
    assert!(said.contains("23503"), "{said}");
    assert_eq!(session.value("select count(*) from ai.ai_sale"), "1");
}

#[test]
fn rows_that_a_backup_holds_are_counted_exactly_whatever_the_statistics_say() {
    let mut session = shop("");
    session.run("insert into ai.ai_sale select '2020-02-03', n from generate_series(1, 1000) as n");
    assert_eq!(
        session.value("select rows, backup_rows, message like '%about%' from dfa.run_retention('ai_sale', '2020-12-20', 'Y', 'Y')"),
        "1009|1013|f"
    );
}

#[test]
fn of_a_range_of_several_columns_partitions_go_by_the_first() {
    let mut session = Session::with(
        "imp_two: {retention: {column: day, months: 3}, create: {features: {day: date, store: int}, primary_key: [day, store], partition_by_range: [day, store]}}",
    );
    session.run(
        "insert into ai.imp_two select make_date(2020, m, 15), m from generate_series(1, 12) as m;
         create table ai.odd partition of ai.imp_two for values from ('2019-01-01', 0) to ('2019-06-01', 50);
         insert into ai.imp_two values ('2019-05-31', 1), ('2019-06-01', 7); analyze ai.imp_two",
    );
    let before: i32 = partitions(&mut session, "ai.imp_two").parse().unwrap();
    assert_eq!(retain(&mut session, "'imp_two', '2020-12-20'"), ["imp_two|2020-09-01|10|0"]);
    let after: i32 = partitions(&mut session, "ai.imp_two").parse().unwrap();
    assert!(before - after >= 8, "{before} partitions, then {after}");
    assert_eq!(session.value("select min(day), count(*) from ai.imp_two"), "2020-09-15|4");
}

#[test]
fn the_rows_of_partitions_that_were_never_analyzed_are_counted() {
    let mut session = Session::with(
        "imp_p: {retention: {column: day, months: 3}, create: {features: {day: 'date not null', n: int}, partition_by_range: [day]}}",
    );
    session.run(
        // What is not committed nobody analyzes meanwhile.
        "begin; insert into ai.imp_p select date '2020-01-01' + n % 366, n from generate_series(1, 10000) as n",
    );
    let rows = session.value("select count(*) from ai.imp_p where day < '2020-09-01'");
    assert_eq!(
        session.value("select rows, message like '%about%' from dfa.run_retention('imp_p', '2020-12-20')"),
        format!("{rows}|f")
    );
    assert_eq!(
        session.value("select row_record from dfa.data_logging where table_name = 'imp_p' and action_type = 'retention'"),
        rows
    );
}

#[test]
fn statistics_of_a_partition_that_has_grown_since_are_none() {
    let mut session = shop("");
    session.run("insert into ai.ai_sale select '2020-02-03', n from generate_series(1, 5000) as n");
    assert_eq!(
        session.value("select rows from dfa.run_retention('ai_sale', '2020-12-20')"),
        "5009",
        "eight partitions by the statistics, the grown one by its rows"
    );
}
