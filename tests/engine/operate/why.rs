//! `dfa.why`: the one sentence, and its facts, for what does not run.

use crate::session::Session;

const NIGHT: &str = "
src_s: {create: {features: {a: int, day: date}}, retention: {column: day, months: 12}}
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}, run: {quota: 1}}
ai_alone: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_alone values (1)'}}}
ai_broken: {create: {features: {a: int}}, update: {p: {statement: 'select 1 / 0'}}}
ai_reader: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_reader select a from {ai_schema_name}.ai_broken'}}}
nightly: {id: n, nodes: [ai_t], schedule: \"30 5 * * *\", timezone: UTC}
broken: {id: b, nodes: [ai_broken, ai_reader]}
after: {id: a, nodes: [ai_t], trigger: b & landed}
either: {id: e, nodes: [ai_t], trigger: landed | b}
by_hand: {nodes: [ai_alone]}
";

fn night() -> Session {
    let mut session = Session::with(NIGHT);
    session.run(
        "update dfa.task_schedule set started_at = now(), next_slot = case when next_slot is not null then now() + interval '1 hour' end",
    );
    session
}

/// `cause|waits_for` of something, whose sentence has these words.
fn why(session: &mut Session, name: &str, words: &[&str]) -> String {
    let sentence = session.value(&format!("select sentence from dfa.why('{name}')"));
    for word in words {
        assert!(sentence.contains(word), "{name}: {sentence}, without {word}");
    }
    session.value(&format!("select cause, waits_for from dfa.why('{name}')"))
}

#[test]
fn a_pipeline_waits_for_its_slot_or_for_nothing() {
    let mut session = night();
    assert_eq!(why(&mut session, "nightly", &["its next slot is "]), "scheduled|");
    assert_eq!(
        session.value(
            "select until = next_slot from dfa.why('nightly'), dfa.task_schedule where pipeline_id = 'n'"
        ),
        "t"
    );
    assert_eq!(why(&mut session, "by_hand", &["nothing schedules it"]), "unscheduled|");
    assert_eq!(
        why(&mut session, "ai_alone", &["pipeline by_hand, which runs it", "nothing schedules"]),
        "unscheduled|"
    );
    session.load("both: {id: both, nodes: [ai_t], schedule: '30 5 * * *', trigger: landed}");
    assert_eq!(
        why(&mut session, "both", &["waits for external source landed", "; its next slot is "]),
        "source|landed"
    );
    session.run("update dfa.task_schedule set next_slot = now() where pipeline_id = 'n'");
    assert_eq!(why(&mut session, "nightly", &["is due, and nobody has called dfa.tick"]), "due|");
}

#[test]
fn a_trigger_names_what_has_not_come_and_says_when_it_is_true() {
    let mut session = night();
    assert_eq!(
        why(
            &mut session,
            "after",
            &["external source landed", "has not reported", "broken, which has not succeeded"]
        ),
        "trigger|broken, landed"
    );
    session.run("select * from dfa.run_pipeline('broken', '2021-01-02')");
    let failed = session.value("select process_id from dfa.task_process where status = 1");
    assert_eq!(
        why(&mut session, "after", &["broken, which failed ", &format!("(task {failed})")]),
        "trigger|broken, landed"
    );
    session.run("update dfa.task_schedule set tracking = 'SUCCESS', update_date = clock_timestamp() where pipeline_id = 'landed'");
    assert_eq!(why(&mut session, "either", &["its trigger is true"]), "due|");
    assert_eq!(why(&mut session, "after", &["broken, which failed"]), "trigger|broken");
}

#[test]
fn a_pause_says_who_why_and_until_when() {
    let mut session = night();
    session.run("select dfa.pause('nightly', 'its source is wrong', now() + interval '1 hour')");
    assert_eq!(
        why(&mut session, "nightly", &["it is paused by", "until ", ": its source is wrong"]),
        "paused|"
    );
    session.run("select dfa.pause('all', 'new disks')");
    assert_eq!(why(&mut session, "by_hand", &["everything is paused by", "new disks"]), "paused|");
    session.run("update dfa.paused set until = clock_timestamp()");
    assert_eq!(why(&mut session, "nightly", &["its next slot"]), "scheduled|");
}

#[test]
fn what_failed_names_its_node_its_task_and_the_message() {
    let mut session = night();
    session.run("select * from dfa.run_pipeline('broken', '2021-01-02')");
    let failed = session.value("select process_id from dfa.task_process where status = 1");
    for name in ["broken", "ai_broken"] {
        assert_eq!(why(&mut session, name, &["failed: ", "division by zero", &failed]), "failed|");
        assert_eq!(
            session.value(&format!("select process_id, node, run_date from dfa.why('{name}')")),
            format!("{failed}|ai_broken|2021-01-02")
        );
    }
    assert_eq!(why(&mut session, "ai_reader", &["was blocked", "ai_broken"]), "blocked|");
    session.load("ai_broken: {create: {features: {a: int}}, update: {p: {statement: 'select 1'}}}");
    session.run("select * from dfa.run_pipeline('broken', '2021-01-03')");
    assert_eq!(why(&mut session, "broken", &["nothing schedules it"]), "unscheduled|");
}

#[test]
fn a_table_says_that_it_is_switched_off_used_up_or_that_nothing_landed() {
    let mut session = night();
    // The first run of a date is not counted.
    session.run("select * from dfa.run_table('ai_t'); select * from dfa.run_table('ai_t')");
    assert_eq!(why(&mut session, "ai_t", &["its quota of ", "run_count_now is 1"]), "quota|");
    session.run("select * from dfa.run_table('ai_t')");
    assert_eq!(
        session.value("select state from dfa.task_step where node = 'ai_t' order by id desc limit 1"),
        "SKIPPED"
    );
    assert_eq!(why(&mut session, "src_s", &["nothing has landed in it yet"]), "source|");
    session.run("select dfa.landed('src_s', '2021-03-01', '2021-03-05', 100)");
    assert_eq!(why(&mut session, "src_s", &["nothing has landed in it since 20"]), "source|");
    session.run("update dfa.data_pipeline set active_flg = 'N' where table_name = 'ai_t'");
    assert_eq!(why(&mut session, "ai_t", &["switched off", "active_flg"]), "inactive|");
    session.run("update dfa.task_schedule set active_flg = 'no' where pipeline_id = 'n'");
    assert_eq!(why(&mut session, "nightly", &["switched off: active_flg is no"]), "inactive|");
}

#[test]
fn readers_ask_and_unknown_names_have_a_suggestion() {
    let mut owner = night();
    let login = format!("asker_of_{}", owner.value("select current_database()"));
    owner.run(&format!("create role {login} login; grant dfa_reader to {login}"));
    let mut reader = owner.another_as(&login);
    for name in ["nightly", "after", "ai_t", "src_s"] {
        assert_eq!(reader.value(&format!("select count(*) from dfa.why('{name}')")), "1", "{name}");
    }
    let refusal = owner.refused("select * from dfa.why('nightli')");
    assert_eq!(refusal.sqlstate, "DF002");
    refusal.says(&["nightly"]);
    assert_eq!(owner.refused("select * from dfa.why(null)").sqlstate, "22004");
}

#[test]
fn a_slot_that_missed_its_deadline_is_told_until_a_later_one_is_there() {
    let mut session = night();
    session.run(
        "insert into dfa.schedule_slot (pipeline_id, slot, deadline_at, late_at)
         values ('n', '2021-03-01 05:30+00', '2021-03-01 07:30+00', '2021-03-01 07:31+00')",
    );
    let late = "select late_since = '2021-03-01 07:30+00' from dfa.why('nightly')";
    assert_eq!(session.value(late), "t");
    session.run("insert into dfa.schedule_slot (pipeline_id, slot) values ('n', '2021-03-02 05:30+00')");
    assert_eq!(session.value(late), "");
}
