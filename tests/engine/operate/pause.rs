//! `dfa.pause` and `dfa.unpause`: what is refused, who may, and what is told.

use crate::session::Session;

const NIGHT: &str = "
src_s: {create: {features: {a: int, day: date}, primary_key: [a]}, retention: {column: day, months: 12}}
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
ai_broken: {create: {features: {a: int}}, update: {p: {statement: 'select 1 / 0'}}}
nightly: {id: n, nodes: [ai_t], schedule: \"0 * * * *\", timezone: UTC}
all: {id: everything, nodes: [ai_t]}
";

fn night() -> Session {
    Session::with(NIGHT)
}

fn paused(session: &mut Session) -> Vec<String> {
    session.rows("select kind, name, reason from dfa.paused_now order by 1, 2")
}

#[test]
fn a_maintenance_refuses_whatever_would_start_work_and_leaves_no_trace_of_it() {
    let mut session = night();
    session.run("select * from dfa.run_table('ai_broken', '2021-01-02')");
    let failed = session.value("select process_id from dfa.task_process where status = 1");
    session.run("select dfa.pause('all', 'new disks', now() + interval '1 hour')");
    let before = session.rows("select process_id, status from dfa.task_process order by 1");
    for door in [
        "select * from dfa.run_table('ai_t', '2021-01-02')",
        "select * from dfa.run_pipeline('nightly', '2021-01-02')",
        "call dfa.run('nightly', array[date '2021-01-02'])",
        "select dfa.submit('data', 'nightly')",
        "select dfa.submit('setup', null)",
        "select dfa.submit('retention', null)",
        "select dfa.backfill('ai_t', '2021-01-02', '2021-01-05')",
        &format!("select dfa.resume('{failed}')"),
        "select * from dfa.tick()",
        "select * from dfa.run_retention('src_s')",
        "select * from dfa.ingest('src_s', '{\"a\": 1}')",
        "select * from dfa.delete_rows('src_s', '{\"a\": 1}')",
        "select * from dfa.ingest_begin('src_s')",
    ] {
        let refusal = session.refused(door);
        assert_eq!(refusal.sqlstate, "DF014", "{door}: {refusal}");
        refusal.says(&[
            "nothing starts: everything is paused by",
            " until ",
            "new disks",
            "dfa.unpause('all')",
        ]);
    }
    assert_eq!(session.rows("select process_id, status from dfa.task_process order by 1"), before);
    assert_eq!(session.value("select dfa.unpause('all')"), "t");
    assert_eq!(session.run_table("ai_t", "2021-01-02"), ["ai_t|p|1|0"]);
}

#[test]
fn what_a_maintenance_is_for_goes_on_in_it() {
    let mut session = night();
    session.run("select dfa.pause('all', 'a new column')");
    session.load("ai_t: {version: 2022-01-01, create: {features: {a: int, b: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}");
    assert!(!session.rows("select * from dfa.plan()").is_empty());
    session.run("select * from dfa.migrate()");
    assert!(session.rows("select name from dfa.setup() where status <> 0").is_empty());
    assert!(session.rows("select * from dfa.plan()").is_empty());
}

#[test]
fn what_a_source_reports_in_a_maintenance_is_kept_for_the_first_tick_after_it() {
    let mut session = night();
    session.load("reader: {nodes: [ai_t], trigger: landed}");
    session.run("update dfa.task_schedule set started_at = now(); select dfa.pause('all', 'new disks')");
    assert!(session.rows("select * from dfa.notify_source('landed', '2021-01-05')").is_empty());
    session.run("select dfa.unpause('all'); update dfa.task_schedule set next_slot = null");
    assert_eq!(session.rows("select pipeline_name, reason from dfa.tick()"), ["reader|trigger landed"]);
}

#[test]
fn a_paused_pipeline_is_not_started_by_the_clock_but_by_whoever_asks_for_it() {
    let mut session = night();
    session.run(
        "update dfa.task_schedule set next_slot = '2021-03-01 00:00+00' where next_slot is not null;
         select dfa.pause('n', 'its source is wrong')",
    );
    assert_eq!(paused(&mut session), ["pipeline|nightly|its source is wrong"]);
    assert!(session.rows("select * from dfa.tick('2021-03-01 05:00+00')").is_empty());
    assert_eq!(session.value("select count(*) from dfa.schedule_slot"), "0");
    assert_eq!(session.value("select status from dfa.run_pipeline('nightly', '2021-03-01')"), "0");
    assert_eq!(session.value("select dfa.unpause('nightly'), dfa.unpause('nightly')"), "t|f");
    assert_eq!(session.rows("select pipeline_name from dfa.tick('2021-03-01 05:00+00')"), ["nightly"]);
}

#[test]
fn a_pause_ends_by_itself_at_its_moment_and_a_tick_takes_it_away() {
    let mut session = night();
    session.run(
        "update dfa.task_schedule set next_slot = null;
         select dfa.pause('all', 'new disks', now() + interval '1 hour');
         select dfa.pause('nightly', 'wait', now() + interval '1 hour')",
    );
    assert_eq!(session.refused("select * from dfa.tick()").sqlstate, "DF014");
    session.run("update dfa.paused set until = clock_timestamp()");
    assert!(paused(&mut session).is_empty());
    assert_eq!(session.run_table("ai_t", "2021-01-02"), ["ai_t|p|1|0"]);
    session.run("select * from dfa.tick()");
    assert_eq!(session.value("select count(*) from dfa.paused"), "0");
}

#[test]
fn paused_anew_it_has_the_new_reason_and_end_and_is_paused_since_it_was() {
    let mut session = night();
    session.run("select dfa.pause('nightly', 'first', now() + interval '1 hour')");
    let since = session.value("select since from dfa.paused_now");
    session.run("select dfa.pause('nightly', ' second ')");
    assert_eq!(
        session.value("select reason, until is null, since from dfa.paused_now"),
        format!("second|t|{since}")
    );
    session.run("update dfa.paused set until = clock_timestamp()");
    session.run("select dfa.pause('nightly', 'third')");
    assert_eq!(session.value(&format!("select since > '{since}' from dfa.paused_now")), "t");
}

#[test]
fn a_word_means_everything_and_a_pipeline_of_that_name_says_so() {
    let mut session = night();
    assert_eq!(session.value("select kind, name from dfa.pause('pipeline:all', 'x')"), "pipeline|all");
    assert_eq!(session.value("select kind, name from dfa.pause('everything', 'x')"), "pipeline|all");
    assert_eq!(session.value("select kind, name from dfa.pause('worker', 'x')"), "worker|worker");
    assert_eq!(session.value("select dfa.unpause('all')"), "f");
    assert_eq!(paused(&mut session), ["pipeline|all|x", "worker|worker|x"]);
}

#[test]
fn a_pipeline_that_is_in_no_catalog_any_more_can_be_let_go() {
    let mut session = night();
    session.run("select dfa.pause('nightly', 'x'); select * from dfa.retire('pipeline', 'nightly')");
    assert_eq!(session.value("select dfa.unpause('nightly')"), "t");
    assert_eq!(session.refused("select dfa.unpause('nightly')").sqlstate, "DF002");
}

#[test]
fn what_cannot_be_meant_is_refused_and_pauses_nothing() {
    let mut session = night();
    for (call, sqlstate, words) in [
        ("pause('nightly', 'x', now() - interval '1 second')", "22023", "moment to come"),
        ("pause('nightly', 'x', '-infinity')", "22023", "moment to come"),
        ("pause('nightly', '  ')", "22023", "reason"),
        ("pause('nightly', null)", "22004", "reason"),
        ("pause(null, 'x')", "22004", "what"),
        ("pause('nightli', 'x')", "DF002", "nightly"),
        ("pause('ai_t', 'x')", "DF002", "ai_t"),
        ("pause('', 'x')", "DF002", "pipeline"),
        ("unpause('nothing')", "DF002", "nothing"),
        ("unpause(null)", "22004", "what"),
    ] {
        let refusal = session.refused(&format!("select dfa.{call}"));
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[words]);
    }
    assert_eq!(session.value("select count(*) from dfa.paused"), "0");
}

#[test]
fn operators_hold_pipelines_admins_everything_readers_see_it() {
    let mut owner = night();
    let database = owner.value("select current_database()");
    let mut login = |role: &str| {
        let name = format!("{role}_of_{database}");
        owner.run(&format!("create role {name} login; grant dfa_{role} to {name}"));
        owner.another_as(&name)
    };
    let (mut reader, mut operator, mut admin) = (login("reader"), login("operator"), login("admin"));
    assert_eq!(reader.refused("select dfa.pause('nightly', 'x')").sqlstate, "42501");
    operator.run("select dfa.pause('nightly', 'mine')");
    for word in ["worker", "all"] {
        let refusal = operator.refused(&format!("select dfa.pause('{word}', 'x')"));
        assert_eq!(refusal.sqlstate, "42501", "{refusal}");
        refusal.says(&["dfa_admin"]);
        let by_hand = format!("insert into dfa.paused (kind, name, reason) values ('{word}', '{word}', 'x')");
        assert_eq!(operator.refused(&by_hand).sqlstate, "42501");
        admin.run(&format!("select dfa.pause('{word}', 'x')"));
        assert_eq!(operator.refused(&format!("select dfa.unpause('{word}')")).sqlstate, "42501");
    }
    let in_anothers_name =
        "insert into dfa.paused (kind, name, reason, paused_by) values ('pipeline', 'x', 'x', 'somebody')";
    assert_eq!(operator.refused(in_anothers_name).sqlstate, "42501");
    operator.run("delete from dfa.paused where kind <> 'pipeline'");
    assert_eq!(
        reader.rows("select kind, paused_by from dfa.paused_now order by 1"),
        [
            format!("all|admin_of_{database}"),
            format!("pipeline|operator_of_{database}"),
            format!("worker|admin_of_{database}")
        ]
    );
    admin.run("select dfa.unpause('all'), dfa.unpause('worker'), dfa.unpause('nightly')");
    assert_eq!(reader.value("select count(*) from dfa.paused"), "0");
}
