//! What was there under the release goes on under this version: after an upgrade, and out of a dump.

use crate::{install_release, plain, FROM};
use dfa_tests::session::Session;

/// The backfill that was under way, of this role.
const BACKFILL: &str = "20261126064445590392000009";
const ROLE: &str = "night_operator";
/// The stream of rows that was open.
const STREAM: &str = "20261126064429616827000006";

/// All rows of a table of the release, in the columns that it had there, as one text; a statement for each table.
const STATEMENTS: &str = "
select format('select %L, count(*), md5(string_agg(row(%s)::text, '''' order by row(%s)::text)) from dfa.%I',
              relname, columns.list, columns.list, relname)
from pg_class
     cross join lateral (select string_agg(quote_ident(attname), ', ' order by attnum) as list
                         from pg_attribute where attrelid = pg_class.oid and attnum > 0) as columns
where relnamespace = 'dfa'::regnamespace and relkind = 'r'
order by relname";

/// A database with the rows of the release, made by its dump; `extension` takes the place of its statement.
fn restored(extension: &str) -> Session {
    install_release();
    let mut session = plain();
    session.run(&format!(
        "do $$ begin create role {ROLE} login; exception when duplicate_object then null; end $$"
    ));
    let dump =
        include_str!("0.1.0.sql").replace("CREATE EXTENSION IF NOT EXISTS dfa WITH SCHEMA dfa;", extension);
    assert!(dump.contains(extension), "{extension}");
    let answer = session.database.psql(&dump);
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    session.run(&format!("grant dfa_operator to {ROLE}"));
    // It was open a moment ago.
    session.run(&format!(
        "update dfa.task_process set update_date = clock_timestamp() where process_id = '{STREAM}';
         update dfa.ingest_chunk set taken_at = clock_timestamp() where process_id = '{STREAM}'"
    ));
    session
}

fn of_the_release() -> Session {
    restored(&format!("CREATE EXTENSION dfa WITH SCHEMA dfa VERSION '{FROM}';"))
}

/// Each kind of work takes up what the release left.
fn goes_on(mut session: Session) {
    assert_eq!(
        session.rows("select pipeline_id, kind from dfa.task_schedule order by pipeline_id"),
        ["after|pipeline", "nightly|pipeline", "shops|source"]
    );

    assert_eq!(session.value("select dfa.restore_backup('ai_month')"), "1");

    let mut operator = session.another_as(ROLE);
    operator.run(&format!("select dfa.wait('{BACKFILL}', '60 seconds')"));
    assert_eq!(
        session.rows(&format!(
            "select node, run_date, state, error ->> 'message' from dfa.task_step where process_id = '{BACKFILL}' and state <> 'SUCCESS'"
        )),
        [""; 0]
    );
    assert_eq!(
        session.value("select count(*) from ai.ai_day where day between '2021-01-26' and '2021-01-30'"),
        "5"
    );

    session.run(&format!("select dfa.ingest_chunk('{STREAM}', 2, '[{{\"shop\": \"d\", \"day\": \"2021-01-03\", \"target\": 8}}]')"));
    assert_eq!(
        session
            .value(&format!("select success_rows, failed_rows, table_name from dfa.ingest_end('{STREAM}')")),
        "2|0|imp_target"
    );
    assert_eq!(
        session.rows("select node, status from dfa.run_pipeline('pipeline_nightly', '2021-02-10')"),
        ["ai_day|0", "ai_month|0"]
    );
    assert_eq!(
        session
            .value("select min(amount / 10), max(day) from ai.ai_day where day > '2021-02-01'")
            .split('|')
            .next_back(),
        Some("2021-02-10")
    );
    let claimed = "select claimed, same, status from dfa.claim_request('key:1', 'k1', 'PUT /x', 'f')";
    assert!(["f|t|200", "t|t|"].contains(&session.value(claimed).as_str()));
    assert_eq!(session.rows("select name, message from dfa.setup() where status <> 0"), [""; 0]);
    assert_eq!(session.rows("select * from dfa.plan()"), [""; 0]);
    assert_eq!(session.value("select name from dfa.data_schema"), "ai");
}

#[test]
fn an_upgrade_changes_no_row_of_the_release() {
    let mut session = of_the_release();
    let statements = session.rows(STATEMENTS);
    let rows = |session: &mut Session| -> Vec<String> {
        let all = statements.iter().filter(|statement| !statement.contains("dfa.idempotent_request"));
        all.map(|statement| session.value(statement)).collect()
    };
    let before = rows(&mut session);
    assert!(before.iter().filter(|line| !line.contains("|0|")).count() > 13, "{before:#?}");
    session.run("alter extension dfa update");
    assert_eq!(rows(&mut session), before);
    assert_eq!(
        session.rows("select key, made_by from dfa.idempotent_request"),
        ["k1|postgres"],
        "whose a request without a task was, nobody knows"
    );
}

#[test]
fn work_goes_on_after_an_upgrade() {
    let mut session = of_the_release();
    session.run("alter extension dfa update");
    goes_on(session);
}

#[test]
fn work_goes_on_from_a_dump_of_the_release() {
    goes_on(restored("CREATE EXTENSION IF NOT EXISTS dfa WITH SCHEMA dfa;"));
}

#[test]
fn background_work_waits_while_library_and_objects_are_of_two_versions() {
    let mut session = Session::with(
        "src_s: {create: {features: {a: int}}}\nai_t: {create: {features: {a: int}}, update: {u: {statement: 'insert into {ai_schema_name}.ai_t select 1'}}}",
    );
    let of_another = |session: &mut Session, version: &str| {
        session.run(&format!("update pg_extension set extversion = '{version}' where extname = 'dfa'"));
    };
    of_another(&mut session, "0.0.1");
    let task = session.value("select dfa.submit('data', 'ai_t')");
    session.run(&format!("select dfa.wait('{task}', '1 second')"));
    assert_eq!(session.value("select state, attempts from dfa.task_step"), "WAITING|0");
    of_another(&mut session, env!("CARGO_PKG_VERSION"));
    session.run("select dfa.call_workers()");
    session.until("select state = 'SUCCESS' from dfa.task_step");
}
