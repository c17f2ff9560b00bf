//! `dfa.freshness`: since when a table is late, by what its catalog, its schedule or its landings say, and what holds it.

use crate::session::Session;

const NIGHT: &str = "
src_sale: {create: {features: {a: int, day: date}}, fresh_within: 26h, owner: shop, tags: [sale]}
src_rare: {create: {features: {a: int, day: date}}}
ai_sum: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_sum select a from {ai_schema_name}.src_sale'}}}
ai_report: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_report select a from {ai_schema_name}.ai_sum'}}}
ai_free: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_free values (1)'}}}
nightly: {id: n, nodes: [ai_sum], schedule: \"30 5 * * *\", timezone: UTC, deadline: 2h}
reports: {id: r, nodes: [ai_report], trigger: n}
";

/// No slot is due yet.
fn night() -> Session {
    let mut session = Session::with(NIGHT);
    session.run(
        "update dfa.task_schedule set next_slot = now() + interval '20 hours' where next_slot is not null",
    );
    session
}

fn state(session: &mut Session, table: &str) -> String {
    session.value(&format!("select state, blocked_by from dfa.table_freshness('{table}')"))
}

/// A slot of the nightly pipeline that came some time ago, with its deadline.
fn slot(session: &mut Session, ago: &str) {
    session.run(&format!(
        "insert into dfa.schedule_slot (pipeline_id, slot, deadline_at)
         values ('n', now() - interval '{ago}', now() - interval '{ago}' + interval '2 hours')"
    ));
}

fn land(session: &mut Session, day: &str) {
    session.run(&format!(
        "insert into ai.src_sale values (1, '{day}'); select dfa.landed('src_sale', '{day}', '{day}', 1)"
    ));
}

#[test]
fn a_table_whose_last_run_failed_is_due_until_one_succeeds() {
    let mut session = night();
    land(&mut session, "2021-01-05");
    session.run("select * from dfa.run_pipeline('nightly', '2021-01-05')");
    assert_eq!(state(&mut session, "ai_sum"), "fresh|");
    session.run("alter table ai.ai_sum add constraint none check (false) not valid; select * from dfa.run_table('ai_sum', '2021-01-05', 'rerun')");
    assert_eq!(state(&mut session, "ai_sum"), "due|");
    let cause = session.value("select causes[1] from dfa.table_freshness('ai_sum')");
    assert!(cause.contains("its node failed"), "{cause}");
    session.run("alter table ai.ai_sum drop constraint none; select * from dfa.run_table('ai_sum', '2021-01-05', 'rerun')");
    assert_eq!(state(&mut session, "ai_sum"), "fresh|");
    // So is one with a file that cannot be taken, as long as files are to come.
    session.load("src_sale: {version: 2022-01-01, create: {features: {a: int, day: date}}, fresh_within: 26h, source: 'sale/*.csv'}");
    assert_eq!(state(&mut session, "src_sale"), "fresh|");
    session.run(
        "insert into dfa.file_source (table_name, path) values ('src_sale', 'sale/*.csv');
         insert into dfa.file (table_name, path, version, size, modified_at, state, message)
         values ('src_sale', 'a.csv', '1', 1, now(), 'refused', 'no rows')",
    );
    assert_eq!(state(&mut session, "src_sale"), "due|");
    assert_eq!(session.value("select cause from dfa.why('src_sale')"), "file");
    let wrong = "select count(*) from dfa.trouble where event = 'files'";
    assert_eq!(session.value(wrong), "1");
    session
        .load("src_sale: {version: 2022-01-02, create: {features: {a: int, day: date}}, fresh_within: 26h}");
    assert_eq!(state(&mut session, "src_sale"), "fresh|");
    assert_eq!(session.value("select cause from dfa.why('src_sale')"), "source");
    assert_eq!(session.value(wrong), "0");
}

#[test]
fn a_table_is_fresh_until_its_slot_comes_due_until_its_deadline_and_late_after_it() {
    let mut session = night();
    land(&mut session, "2021-01-05");
    session.run("select * from dfa.run_pipeline('nightly', '2021-01-05')");
    assert_eq!(state(&mut session, "ai_sum"), "fresh|");
    assert_eq!(
        session.value("select expected_by = next_slot, late_since is null, causes from dfa.table_freshness('ai_sum'), dfa.task_schedule where pipeline_id = 'n'"),
        "t|t|{}"
    );
    session.run("update dfa.task_step set finished_at = now() - interval '1 day'");
    slot(&mut session, "1 hour");
    assert_eq!(state(&mut session, "ai_sum"), "due|");
    session.run("update dfa.schedule_slot set slot = slot - interval '2 hours', deadline_at = deadline_at - interval '2 hours'");
    assert_eq!(state(&mut session, "ai_sum"), "late|");
    assert_eq!(
        session
            .value("select late_since = deadline_at from dfa.table_freshness('ai_sum'), dfa.schedule_slot"),
        "t"
    );
    session.run("select * from dfa.run_pipeline('nightly', '2021-01-06')");
    assert_eq!(state(&mut session, "ai_sum"), "fresh|");
}

#[test]
fn without_a_deadline_it_is_late_when_the_next_slot_has_come_too() {
    let mut session = night();
    session.run("insert into dfa.schedule_slot (pipeline_id, slot) values ('n', now() - interval '3 hours')");
    assert_eq!(state(&mut session, "ai_sum"), "due|");
    session.run("insert into dfa.schedule_slot (pipeline_id, slot) values ('n', now() - interval '1 hour')");
    assert_eq!(state(&mut session, "ai_sum"), "late|");
}

#[test]
fn a_triggered_table_is_due_by_the_slots_of_what_triggers_it_and_blocked_by_what_it_reads() {
    let mut session = night();
    land(&mut session, "2021-01-05");
    session.run("select * from dfa.run_pipeline('nightly', '2021-01-05'); select * from dfa.run_pipeline('reports', '2021-01-05')");
    assert_eq!(state(&mut session, "ai_report"), "fresh|");
    session.run("update dfa.task_step set finished_at = now() - interval '1 day'");
    slot(&mut session, "3 hours");
    assert_eq!(state(&mut session, "ai_report"), "blocked|ai_sum");
    let causes = session.rows("select unnest(causes) from dfa.table_freshness('ai_report')");
    assert!(
        causes.len() == 2 && causes[1].starts_with("ai_sum: pipeline nightly, which runs it: "),
        "{causes:?}"
    );
}

#[test]
fn the_chain_of_causes_ends_at_the_source_that_lacks() {
    let mut session = night();
    land(&mut session, "2021-01-05");
    session.run("select * from dfa.run_pipeline('nightly', '2021-01-05'); select * from dfa.run_pipeline('reports', '2021-01-05')");
    session.run(
        "update dfa.task_step set finished_at = now() - interval '3 days';
         update dfa.data_logging set update_date = now() - interval '3 days';
         update dfa.data_pipeline set update_date = now() - interval '3 days'",
    );
    slot(&mut session, "3 hours");
    assert_eq!(
        session.rows("select table_name, state, blocked_by from dfa.freshness order by 1"),
        [
            "ai_free|unknown|",
            "ai_report|blocked|src_sale",
            "ai_sum|blocked|src_sale",
            "src_rare|unknown|",
            "src_sale|late|"
        ]
    );
    let causes = session.rows("select unnest(causes) from dfa.table_freshness('ai_report')");
    assert!(causes[2].starts_with("src_sale: nothing has landed in it since "), "{causes:?}");
    assert_eq!(
        session.value(
            "select owner, tags, date_trunc('hour', now() - late_since) from dfa.table_freshness('src_sale')"
        ),
        "shop|{sale}|1 day 22:00:00"
    );
    assert_eq!(
        session.rows("select state, causes from dfa.table_freshness('ai_report', causes => false)"),
        ["late|{}"]
    );
}

#[test]
fn a_landed_table_has_the_age_of_its_data_and_not_of_its_setup() {
    let mut session = night();
    assert_eq!(
        session.value("select published_at is null, state from dfa.table_freshness('src_sale')"),
        "t|fresh"
    );
    land(&mut session, "2020-06-01");
    assert_eq!(
        session.value("select data_date, now() - published_at < interval '1 minute', state from dfa.table_freshness('src_sale')"),
        "2020-06-01|t|fresh"
    );
}

#[test]
fn where_no_catalog_says_it_a_landed_table_is_late_when_it_waits_longer_than_it_ever_did() {
    let mut session = night();
    for days in [1, 2, 3, 4] {
        session.run(&format!(
            "select dfa.landed('src_rare', '2021-01-0{days}', '2021-01-0{days}', 1);
             update dfa.data_logging set update_date = now() - interval '4 days' + interval '{days} days' - interval '30 hours'
             where id = (select max(id) from dfa.data_logging)"
        ));
        session.run("update dfa.data_pipeline set update_date = now() - interval '30 hours' where table_name = 'src_rare'");
    }
    assert_eq!(state(&mut session, "src_rare"), "late|");
    session.run("select dfa.landed('src_rare', '2021-01-05', '2021-01-05', 1)");
    assert_eq!(state(&mut session, "src_rare"), "fresh|");
}

#[test]
fn a_table_whose_pipeline_is_held_is_blocked_by_that() {
    let mut session = night();
    slot(&mut session, "1 hour");
    session.run("select dfa.pause('nightly', 'its source is wrong')");
    assert_eq!(state(&mut session, "ai_sum"), "blocked|ai_sum");
    let cause = session.value("select causes[1] from dfa.table_freshness('ai_sum')");
    assert!(cause.contains("paused by") && cause.contains("its source is wrong"), "{cause}");
    let refusal = session.refused("select * from dfa.table_freshness('ai_su')");
    assert_eq!(refusal.sqlstate, "DF002");
}
