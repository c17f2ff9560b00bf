//! `dfa.ingest` and `dfa.delete_rows`: which rows are taken, and what else changes with them.

use crate::session::{quoted, Refusal, Session};

mod chunks;
mod doubles;
mod far;
mod keys;
mod killed;
mod refused;
mod row_errors;
mod streams;
mod together;
mod types;
mod values;

/// A table that the platform sends rows to.
pub const TARGETS: &str = "
imp_target:
  retention: {column: day, months: 120}
  create:
    features:
      store: int
      day: date
      amount: 'numeric(14,2)'
      note: 'varchar(5)'
      ok: 'boolean not null default true'
      update_date: timestamp
    primary_key: [store, day]
src_log: {create: {features: {id: serial, line: 'text not null'}}}
";

pub fn platform() -> Session {
    Session::with(TARGETS)
}

/// `success|failed` of an ingest; `more` are further arguments, each with a comma before it.
pub fn ingest(session: &mut Session, table: &str, payload: &str, more: &str) -> String {
    session.value(&format!(
        "select success_rows, failed_rows from dfa.ingest({}, {}{more})",
        quoted(table),
        quoted(payload)
    ))
}

pub fn refused(session: &mut Session, table: &str, payload: &str, more: &str) -> Refusal {
    session.refused(&format!("select * from dfa.ingest({}, {}{more})", quoted(table), quoted(payload)))
}

fn targets(session: &mut Session) -> Vec<String> {
    session.rows("select store, day, amount, note, ok from ai.imp_target order by 1, 2")
}

#[test]
fn an_object_and_a_list_are_rows() {
    let mut session = platform();
    assert_eq!(ingest(&mut session, "it", r#"{"store":1,"day":"2021-02-01","amount":1.5}"#, ""), "1|0");
    let more = r#"[{"store":2,"day":"2021-02-01"},{"store":3,"day":"2021-02-01","ok":false}]"#;
    assert_eq!(ingest(&mut session, "imp_target", more, ""), "2|0");
    assert_eq!(targets(&mut session), ["1|2021-02-01|1.50||t", "2|2021-02-01|||t", "3|2021-02-01|||f"]);
}

#[test]
fn it_says_what_the_platform_expects() {
    let mut session = platform();
    let message = session.value(
        r#"select message from dfa.ingest('it', '[{"store":1,"day":"2021-02-01"},{"store":2,"day":"2021-02-01"},{"store":3,"day":"2021-02-01"}]')"#,
    );
    assert_eq!(
        message,
        "Success: Load data to 'imp_target' with logging value (success 3 rows, failed 0 rows, 0 sec)"
    );
}

#[test]
fn null_empty_text_zero_and_false_are_kept_as_such() {
    let mut session = platform();
    ingest(
        &mut session,
        "it",
        r#"[{"store":0,"day":"2021-02-01","amount":0,"note":"","ok":false},{"store":1,"day":"2021-02-01","amount":null,"note":null}]"#,
        "",
    );
    assert_eq!(
        session.rows("select store, amount, note is null, note = '', ok from ai.imp_target order by 1"),
        ["0|0.00|f|t|f", "1||t||t"]
    );
}

#[test]
fn a_row_that_is_there_is_replaced_unless_it_is_newer() {
    let mut session = platform();
    ingest(
        &mut session,
        "it",
        r#"{"store":1,"day":"2021-02-01","amount":1,"note":"old"}"#,
        ", update_date => '2021-03-01'",
    );
    let message = session.value(
        r#"select message from dfa.ingest('it', '{"store":1,"day":"2021-02-01","amount":2}', update_date => '2021-02-15')"#,
    );
    assert!(message.contains("1 row was left out, since the table has a newer update_date"), "{message}");
    assert_eq!(targets(&mut session), ["1|2021-02-01|1.00|old|t"]);
    assert_eq!(
        ingest(
            &mut session,
            "it",
            r#"{"store":1,"day":"2021-02-01","amount":3}"#,
            ", update_date => '2021-03-01'"
        ),
        "1|0",
        "one of the same age is taken"
    );
    assert_eq!(targets(&mut session), ["1|2021-02-01|3.00|old|t"], "what is not given stays");
}

#[test]
fn an_update_changes_only_the_columns_given() {
    let mut session = platform();
    ingest(&mut session, "it", r#"{"store":1,"day":"2021-02-01","amount":1,"note":"a"}"#, "");
    assert_eq!(
        ingest(&mut session, "it", r#"{"store":1,"day":"2021-02-01","note":"b"}"#, ", 'update'"),
        "1|0"
    );
    assert_eq!(targets(&mut session), ["1|2021-02-01|1.00|b|t"]);
}

#[test]
fn an_update_needs_the_key_a_column_and_a_row_that_is_there() {
    let mut session = platform();
    refused(&mut session, "it", r#"{"store":1,"amount":1}"#, ", 'update'").says(&["day", "is missing"]);
    refused(&mut session, "it", r#"{"store":1,"day":"2021-02-01"}"#, ", 'update'").says(&["beside the key"]);
    refused(&mut session, "it", r#"{"store":1,"day":"2021-02-01","amount":1}"#, ", 'update'")
        .says(&["row 1", "no row of the table has this key"]);
    refused(&mut session, "src_log", r#"{"id":1,"line":"x"}"#, ", 'update'").says(&["22023", "primary key"]);
}

#[test]
fn rows_that_give_different_columns_go_in_together() {
    let mut session = platform();
    ingest(
        &mut session,
        "it",
        r#"[{"store":1,"day":"2021-02-01","ok":false},{"day":"2021-02-01","store":2,"note":"x"},{"store":3,"day":"2021-02-01"}]"#,
        "",
    );
    assert_eq!(targets(&mut session), ["1|2021-02-01|||f", "2|2021-02-01||x|t", "3|2021-02-01|||t"]);
}

#[test]
fn merge_multiplies_rows_out_with_the_fields_around_them() {
    let mut session = platform();
    let payload = r#"[{"ok":false,"data_merge":[
        {"store":1,"data_merge":[{"day":"2021-02-01","amount":1},{"day":"2021-02-02","amount":2}]},
        {"store":2,"data_merge":{"day":"2021-02-01"}}]},
      {"store":3,"day":"2021-02-01"}]"#;
    assert_eq!(ingest(&mut session, "it", payload, ", mode => 'merge'"), "4|0");
    assert_eq!(
        targets(&mut session),
        ["1|2021-02-01|1.00||f", "1|2021-02-02|2.00||f", "2|2021-02-01|||f", "3|2021-02-01|||t"]
    );
}

#[test]
fn merge_goes_fifty_levels_deep_and_refuses_what_nobody_means() {
    let mut session = platform();
    let nested = |depth: usize| {
        format!(
            r#"{}{{"store":1,"day":"2021-02-01"}}{}"#,
            r#"{"data_merge":"#.repeat(depth),
            "}".repeat(depth)
        )
    };
    assert_eq!(ingest(&mut session, "it", &nested(50), ", mode => 'merge'"), "1|0");
    refused(&mut session, "it", &nested(101), ", mode => 'merge'").says(&["DF011", "nested deeper"]);
    refused(
        &mut session,
        "it",
        r#"{"store":1,"data_merge":[{"store":2,"day":"2021-02-01"}]}"#,
        ", mode => 'merge'",
    )
    .says(&["store", "twice"]);
    refused(&mut session, "it", r#"{"store":1,"data_merge":[]}"#, ", mode => 'merge'").says(&["empty"]);
    refused(&mut session, "it", r#"{"store":1,"data_merge":[]}"#, "").says(&["data_merge", "no column"]);
}

#[test]
fn the_log_the_task_and_the_data_date_follow() {
    let mut session = platform();
    ingest(
        &mut session,
        "it",
        r#"[{"store":1,"day":"2021-05-01"},{"store":1,"day":"2021-04-01"}]"#,
        ", run_date => '2021-05-02'",
    );
    assert_eq!(session.watermark("imp_target"), "2021-05-01|2021-01-01|0");
    assert_eq!(
        session.rows(
            "select table_name, data_date, run_date, row_record, action_type, status from dfa.data_logging"
        ),
        ["imp_target|2021-05-01|2021-05-02|2|ingestion|0"]
    );
    assert_eq!(
        session.value("select process_name_put, process_module, status, run_date_put from dfa.task_process where process_module = 'data|ingestion'"),
        "imp_target|data|ingestion|0|2021-05-02"
    );
    ingest(&mut session, "it", r#"{"store":1,"day":"2021-03-01"}"#, "");
    assert_eq!(session.watermark("imp_target"), "2021-05-01|2021-01-01|0", "it never goes back");
}

#[test]
fn an_update_date_before_the_data_date_is_refused() {
    let mut session = platform();
    refused(&mut session, "it", r#"{"store":1,"day":"2021-02-01"}"#, ", update_date => '2020-12-31'")
        .says(&["22023", "update_date", "2021-01-01"]);
}

#[test]
fn rows_that_land_below_make_the_readers_intervals_stale() {
    let mut session = Session::with(&format!(
        "{TARGETS}
ai_sum:
  create: {{features: {{n: bigint}}}}
  update: {{fill: {{statement: 'insert into {{ai_schema_name}}.ai_sum select count(*) from {{ai_schema_name}}.imp_target'}}}}
"
    ));
    session.run_table("ai_sum", "2021-01-05");
    ingest(&mut session, "it", r#"{"store":1,"day":"2021-01-03"}"#, "");
    assert_eq!(
        session.rows("select interval_start, state, reason from dfa.gaps('ai_sum')"),
        ["2021-01-03|stale|rows landed in imp_target"]
    );
}

#[test]
fn a_deletion_takes_the_rows_of_the_keys() {
    let mut session = platform();
    ingest(&mut session, "it", r#"[{"store":1,"day":"2021-02-01"},{"store":2,"day":"2021-02-01"}]"#, "");
    let answer = session.value(
        r#"select success_rows, failed_rows, message from dfa.delete_rows('it', '[{"store":1,"day":"2021-02-01","note":"whatever"}]')"#,
    );
    assert_eq!(
        answer,
        "1|0|Success: Delete data from 'imp_target' with logging value (success 1 row, failed 0 rows, 0 sec)"
    );
    assert_eq!(session.rows("select store from ai.imp_target"), ["2"]);
    let missing = r#"[{"store":2,"day":"2021-02-01"},{"store":9,"day":"2021-02-01"}]"#;
    session.refused(&format!("select * from dfa.delete_rows('it', '{missing}')")).says(&["row 2", "no row"]);
    assert_eq!(session.rows("select store from ai.imp_target"), ["2"], "all or nothing");
    assert_eq!(
        session.value(&format!(
            "select success_rows, failed_rows from dfa.delete_rows('it', '{missing}', on_error => 'skip')"
        )),
        "1|1"
    );
}

#[test]
fn a_row_that_another_session_inserts_meanwhile_is_updated() {
    let mut session = platform();
    let mut other = session.another();
    other.run("begin; insert into ai.imp_target (store, day, amount) values (1, '2021-02-01', 1)");
    let pid = session.pid();
    let ingesting = std::thread::spawn(move || {
        let taken = ingest(&mut session, "it", r#"{"store":1,"day":"2021-02-01","amount":2}"#, "");
        (taken, targets(&mut session))
    });
    other.until_waiting(&pid);
    other.run("commit");
    let (taken, rows) = ingesting.join().unwrap();
    assert_eq!((taken.as_str(), rows), ("1|0", vec!["1|2021-02-01|2.00||t".to_owned()]));
}

#[test]
fn an_operator_may_ingest_and_a_reader_may_not() {
    let session = platform();
    let name = session.database.name().to_owned();
    let mut admin = session.another();
    for (role, group) in [("operator", "dfa_operator"), ("reader", "dfa_reader")] {
        admin.run(&format!("create role {name}_{role} login in role {group}"));
    }
    let mut operator =
        Session { client: session.database.connect_as(&format!("{name}_operator")), ..session.another() };
    let rows = r#"[{"store":1,"day":"2021-02-01"},{"store":"x","day":"2021-02-01"}]"#;
    assert_eq!(ingest(&mut operator, "it", rows, ", on_error => 'skip', idempotency_key => 'k'"), "1|1");
    let mut reader =
        Session { client: session.database.connect_as(&format!("{name}_reader")), ..session.another() };
    assert_eq!(refused(&mut reader, "it", rows, "").sqlstate, "42501");
}

#[test]
fn quotas_do_not_apply_and_runs_are_not_counted() {
    let mut session = Session::with(
        "imp_q: {run: {quota: 1}, retention: {column: day, months: 1}, create: {features: {day: date, n: int}, primary_key: [day]}}",
    );
    for n in 1..=3 {
        assert_eq!(ingest(&mut session, "imp_q", &format!(r#"{{"day":"2021-01-01","n":{n}}}"#), ""), "1|0");
    }
    assert_eq!(session.watermark("imp_q"), "2021-01-01|2021-01-01|0");
    assert_eq!(session.value("select n from ai.imp_q"), "3");
}

#[test]
fn the_days_of_the_rows_are_known_whatever_dates_them() {
    for (dating, columns, value) in [
        ("day", "day: date", r#""day":"2022-03-04""#),
        ("at", "at: timestamp", r#""at":"2022-03-04 23:59:59.999""#),
        ("at", "at: timestamptz", r#""at":"2022-03-04 12:00+00""#),
        ("\"to_date(month, 'YYYYMM')\"", "month: text", r#""month":"202203""#),
        ("day", "day: 'date default date ''2022-03-04'''", r#""n":1"#),
    ] {
        let mut session = Session::with(&format!(
            "imp_d: {{retention: {{column: {dating}, months: 1}}, create: {{features: {{id: serial, n: int, {columns}}}, primary_key: [id]}}}}"
        ));
        session.run("set timezone = 'UTC'");
        ingest(&mut session, "imp_d", &format!("[{{{value}}}]"), "");
        let expected = if dating.contains("to_date") { "2022-03-01" } else { "2022-03-04" };
        assert_eq!(session.watermark("imp_d"), format!("{expected}|2021-01-01|0"), "{dating} {columns}");
    }
}

#[test]
fn a_trigger_that_changes_or_leaves_out_rows_is_counted_as_it_is() {
    let mut session = platform();
    session.run(
        "create function later() returns trigger language plpgsql as $$
         begin if new.store = 2 then return null; end if; new.day := '2021-06-01'; return new; end $$;
         create trigger later before insert on ai.imp_target for each row execute function later()",
    );
    assert_eq!(
        ingest(&mut session, "it", r#"[{"store":1,"day":"2021-02-01"},{"store":2,"day":"2021-07-01"}]"#, ""),
        "1|0"
    );
    assert_eq!(session.watermark("imp_target"), "2021-06-01|2021-01-01|0");
}
