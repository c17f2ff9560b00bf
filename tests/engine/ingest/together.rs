//! Ingests of the same keys at the same time, and failures that pass by themselves.

use super::refused;
use crate::session::{quoted, Session};
use std::thread;

const CATALOG: &str = "
imp_k: {create: {features: {a: int, b: text, v: int}, primary_key: [a, b]}}
imp_logical: {create: {features: {a: int, b: text, v: int}, primary_key_dummy: [a, b]}}
";

/// Four hundred rows, in an order that `seed` says.
fn rows(seed: u64) -> String {
    let mut order: Vec<u64> = (0..400).collect();
    order.sort_by_key(|n| {
        n.wrapping_mul(2_654_435_761).wrapping_add(seed * 7919).wrapping_mul(seed * 40_503 + 1) % 65_537
    });
    let rows: Vec<String> =
        order.iter().map(|n| format!(r#"{{"a":{},"b":"k{}","v":{seed}}}"#, n % 20, n / 20)).collect();
    format!("[{}]", rows.join(","))
}

/// Six sessions send the same keys in orders of their own; none of them ever stood in a cycle.
fn queue(session: &Session, statement: impl Fn(u64, u64) -> String + Send + Clone + 'static) {
    let callers: Vec<_> = (1..=6)
        .map(|caller| {
            let mut session = session.another();
            let statement = statement.clone();
            thread::spawn(move || (1..=6).for_each(|round| session.run(&statement(caller, round))))
        })
        .collect();
    for caller in callers {
        caller.join().unwrap();
    }
    let circles = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(session.another().value(circles), "0");
}

#[test]
fn the_same_keys_in_any_order_queue() {
    let session = Session::with(CATALOG);
    queue(&session, |caller, round| {
        format!("select * from dfa.ingest('imp_k', '{}')", rows(caller * 31 + round))
    });
    assert_eq!(session.another().value("select count(*) from ai.imp_k"), "400");
}

#[test]
fn updates_and_deletions_of_the_same_keys_queue_as_well() {
    for table in ["imp_k", "imp_logical"] {
        let mut session = Session::with(CATALOG);
        session.run(&format!("select * from dfa.ingest('{table}', '{}')", rows(1)));
        queue(&session, move |caller, round| {
            let rows = rows(caller * 31 + round);
            if caller % 3 == 0 {
                format!("select * from dfa.delete_rows('{table}', '{rows}', on_error => 'skip')")
            } else {
                format!("select * from dfa.ingest('{table}', '{rows}', 'update', on_error => 'skip')")
            }
        });
    }
}

/// The first rows written fail `times` times with an SQLSTATE; a sequence counts, which no rollback turns back.
fn failing(sqlstate: &str, times: u32) -> Session {
    let mut session = Session::with(CATALOG);
    session.run(&format!(
        "create sequence public.tries;
         create function public.fail() returns trigger language plpgsql as $$
         begin
             if nextval('public.tries') <= {times} then raise exception 'others are at work' using errcode = '{sqlstate}'; end if;
             return null;
         end $$;
         create trigger fail before insert on ai.imp_k for each statement execute function public.fail()"
    ));
    session
}

const TWO: &str = r#"[{"a":1,"b":"x","v":1},{"a":2,"b":"x","v":1}]"#;

#[test]
fn what_passes_by_itself_is_tried_again_and_takes_effect_once() {
    for sqlstate in ["40P01", "40001"] {
        let mut session = failing(sqlstate, 3);
        assert_eq!(session.value(&format!("select success_rows from dfa.ingest('imp_k', '{TWO}')")), "2");
        assert_eq!(session.value("select last_value from public.tries"), "4");
        assert_eq!(
            session.value("select count(*), (select count(*) from dfa.data_logging) from ai.imp_k"),
            "2|1"
        );
        session.run("truncate ai.imp_k; select setval('public.tries', 1)");
        let id = session.value("select dfa.ingest_begin('imp_k')");
        let chunk = format!("select dfa.ingest_chunk('{id}', 1, '{TWO}')");
        assert_eq!((session.value(&chunk), session.value(&chunk)), ("2".to_owned(), "2".to_owned()));
        assert_eq!(session.value(&format!("select success_rows from dfa.ingest_end('{id}')")), "2");
        assert_eq!(session.value("select count(*) from ai.imp_k"), "2");
    }
}

#[test]
fn what_an_ingest_leaves_beside_its_rows_is_tried_again_with_them() {
    let mut session = Session::with(
        "imp_d: {retention: {column: day, months: 9}, create: {features: {id: int, day: date}, primary_key: [id]}}",
    );
    session.run(
        "create sequence public.tries;
         create function public.fail() returns trigger language plpgsql as $$
         begin
             if nextval('public.tries') <= 2 then raise exception 'others are at work' using errcode = '40P01'; end if;
             return null;
         end $$;
         create trigger fail after update on dfa.data_pipeline for each statement execute function public.fail()",
    );
    let row = r#"[{"id":1,"day":"2021-02-03"},{"id":"x","day":"2021-02-03"}]"#;
    let call =
        format!("select success_rows, failed_rows from dfa.ingest('imp_d', '{row}', on_error => 'skip')");
    assert_eq!(session.value(&call), "1|1");
    assert_eq!(session.value("select last_value from public.tries"), "3");
    assert_eq!(session.watermark("imp_d"), "2021-02-03|2021-01-01|0");
    assert_eq!(
        session.value(
            "select (select count(*) from ai.imp_d), (select count(*) from dfa.rejected_row), (select count(*) from dfa.data_logging),
                    (select count(*) from dfa.task_process where process_module = 'data|ingestion')"
        ),
        "1|1|1|1"
    );
}

#[test]
fn what_does_not_pass_is_told_after_a_few_tries() {
    let mut session = failing("40P01", 1_000_000);
    assert_eq!(refused(&mut session, "imp_k", TWO, "").sqlstate, "40P01");
    assert_eq!(session.value("select last_value from public.tries"), "5");
    session.run("begin isolation level repeatable read");
    let refusal = session.refused(&format!("select * from dfa.ingest('imp_k', {})", quoted(TWO)));
    assert_eq!(refusal.sqlstate, "40P01");
    session.run("rollback");
    let mut session = failing("40001", 1_000_000);
    session.run("begin isolation level repeatable read");
    assert_eq!(refused(&mut session, "imp_k", TWO, "").sqlstate, "40001");
    session.run("rollback");
    assert_eq!(
        session.value("select last_value from public.tries"),
        "1",
        "another try would see the same snapshot"
    );
}
