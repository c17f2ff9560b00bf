//! Incidents and whom to tell of them, as the database decides it; `tests/http/notify.rs` has them sent.

use crate::session::Session;

const CATALOG: &str = "
src_in: {create: {features: {id: bigint}}}
imp_t: {create: {features: {id: bigint, day: date}, primary_key: [id]}, owner: carla}
ai_half:
  create: {features: {half: numeric}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_half select 1 / id from {ai_schema_name}.src_in'}}
  owner: anna
  tags: [money, nightly]
ai_more:
  create: {features: {half: numeric}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_more select 1 from {ai_schema_name}.ai_half'}}
pipeline:night: {id: night, nodes: [ai_half, ai_more], owner: bert}
";

fn session() -> Session {
    let mut session = Session::with(CATALOG);
    session.run("select dfa.add_channel('ops', 'webhook', 'https://example.org/hook', 'DFA_SECRET')");
    session
}

fn run(session: &mut Session, name: &str, date: &str) {
    session.run(&format!("call dfa.run('{name}', array[date '{date}'], 'rerun', null, false, null, null)"));
}

/// Looks, and gives what is to be told: `event|name|about|state`.
fn told(session: &mut Session) -> Vec<String> {
    session.run("select dfa.note_incidents()");
    session.rows(
        "select incident.event, incident.name, told.about, told.state
         from dfa.delivery as told join dfa.incident on incident.id = told.incident_id order by told.id",
    )
}

#[test]
fn an_incident_is_told_once_however_often_it_fails_and_so_is_its_end() {
    let mut session = session();
    session.run("select dfa.add_rule('all', '{failed}', '{ops}'); insert into ai.src_in values (0)");
    for date in ["2021-01-05", "2021-01-06", "2021-01-06"] {
        run(&mut session, "night", date);
        assert_eq!(told(&mut session), ["failed|night|opened|waiting"]);
    }
    assert_eq!(session.value("select cause like '%division by zero%' from dfa.incident"), "t");
    session.run("delete from ai.src_in; select dfa.end_delivery(1)");
    run(&mut session, "night", "2021-01-06");
    let expected = ["failed|night|opened|sent", "failed|night|recovered|waiting"];
    assert_eq!(told(&mut session), expected);
    assert_eq!(told(&mut session), expected);
    // The next one is another.
    session.run("insert into ai.src_in values (0)");
    run(&mut session, "night", "2021-01-06");
    assert_eq!(told(&mut session).len(), 3);
    assert_eq!(session.value("select count(*), count(closed_at) from dfa.incident"), "2|1");
}

#[test]
fn a_rule_is_about_what_its_patterns_tags_and_owners_say() {
    let mut session = session();
    for (rule, about) in [
        ("by_name", "patterns => '{nig*}'"),
        ("by_node", "patterns => '{ai_half}'"),
        ("by_tag", "tags => '{money}'"),
        ("by_owner", "owners => '{bert}'"),
        ("both", "tags => '{money}', owners => '{anna}'"),
        ("other_name", "patterns => '{src_*,ai_more}'"),
        ("other_tag", "tags => '{weekly}'"),
        ("other_owner", "owners => '{zoe}'"),
        ("not_both", "tags => '{money}', owners => '{bert}'"),
    ] {
        session.run(&format!(
            "select dfa.add_channel('{rule}', 'slack', 'env:SLACK'), dfa.add_rule('{rule}', '{{failed}}', '{{{rule}}}', {about})"
        ));
    }
    session.run("insert into ai.src_in values (0)");
    run(&mut session, "night", "2021-01-05");
    told(&mut session);
    let channels = session.rows("select channel_name from dfa.delivery order by channel_name");
    assert_eq!(channels, ["both", "by_name", "by_node", "by_owner", "by_tag"]);
}

#[test]
fn in_quiet_hours_nobody_is_told_and_of_what_is_over_by_then_never() {
    let mut session = session();
    let hours = session.value("select (dfa.today() + localtime - interval '1 hour')::time || '|' || (localtime + interval '1 hour')::time");
    let (from, to) = hours.split_once('|').unwrap();
    session.run(&format!(
        "select dfa.add_rule('quiet', '{{failed}}', '{{ops}}', quiet_from => '{from}', quiet_to => '{to}'); insert into ai.src_in values (0)"
    ));
    run(&mut session, "night", "2021-01-05");
    assert_eq!(told(&mut session), ["failed|night|opened|waiting"]);
    assert_eq!(session.rows("select id from dfa.claim_delivery()"), Vec::<String>::new());
    assert_eq!(
        session.value("select due_at - created_at between '50 minutes' and '70 minutes' from dfa.delivery"),
        "t"
    );
    session.run("delete from ai.src_in");
    run(&mut session, "night", "2021-01-05");
    assert_eq!(told(&mut session), ["failed|night|opened|spared"]);
}

#[test]
fn the_title_of_a_message_says_of_each_event_what_happened() {
    let mut session = session();
    session.run(
        "insert into dfa.incident (event, name, cause)
         select event, event::text, 'why' from unnest(enum_range(null::dfa.incident_event)) as event;
         insert into dfa.delivery (incident_id, about, channel_name) select id, 'opened', 'ops' from dfa.incident",
    );
    let number: usize = session.value("select count(*) from dfa.incident").parse().unwrap();
    assert!(number > 5);
    for _ in 0..number {
        let said = session.value(
            "with claimed as (select * from dfa.claim_delivery())
             select event, replace(title, 'DFA: ' || name, ''), dfa.end_delivery(id) from claimed",
        );
        let (event, words) = said.trim_end_matches('|').split_once('|').unwrap();
        assert!(words.trim().len() > 5, "{event}: '{words}'");
    }
}

#[test]
fn quiet_hours_end_on_their_day() {
    let mut session = Session::fresh();
    session.run("set dfa.timezone = 'Europe/Berlin'");
    for (at, from, to, expected) in [
        ("2026-01-05 23:00+01", "22:00", "06:00", "2026-01-06 06:00+01"),
        ("2026-01-05 03:00+01", "22:00", "06:00", "2026-01-05 06:00+01"),
        ("2026-01-05 06:00+01", "22:00", "06:00", "2026-01-05 06:00+01"),
        ("2026-01-05 12:00+01", "22:00", "06:00", "2026-01-05 12:00+01"),
        ("2026-01-05 12:00+01", "11:00", "13:00", "2026-01-05 13:00+01"),
        ("2026-01-05 13:00+01", "11:00", "13:00", "2026-01-05 13:00+01"),
        // An hour is missing that night.
        ("2026-03-28 23:00+01", "22:00", "06:00", "2026-03-29 06:00+02"),
    ] {
        let asked = format!("select dfa.after_quiet('{at}', '{from}', '{to}') = '{expected}'::timestamptz");
        assert_eq!(session.value(&asked), "t", "{at} {from} {to}");
    }
}

#[test]
fn refused_rows_pauses_and_late_slots_are_incidents_that_end() {
    let mut session = session();
    session.run(
        "select dfa.add_rule('rows', '{refused_rows}', '{ops}', more_rows_than => 1),
                dfa.add_rule('held', '{paused}', '{ops}', longer_than => '1 hour'),
                dfa.add_rule('late', '{late}', '{ops}')",
    );
    session.run("select dfa.ingest('imp_t', '[{\"id\": 1, \"day\": \"never\"}]', on_error => 'skip')");
    assert_eq!(told(&mut session), Vec::<String>::new(), "one row is not more than one");
    session.run("select dfa.ingest('imp_t', '[{\"id\": 2}]')");
    told(&mut session);
    session.run("select dfa.ingest('imp_t', '[{\"id\": 1, \"day\": \"never\"}, {\"id\": 2, \"day\": \"never\"}]', on_error => 'skip')");
    assert_eq!(told(&mut session), ["refused_rows|imp_t|opened|waiting"]);
    session.run("select dfa.end_delivery((select max(id) from dfa.delivery)); select dfa.ingest('imp_t', '[{\"id\": 3}]')");
    assert_eq!(told(&mut session).last().unwrap(), "refused_rows|imp_t|recovered|waiting");

    session.run(
        "select dfa.pause('night', 'a fair'); update dfa.paused set since = now() - interval '59 minutes'",
    );
    assert_eq!(told(&mut session).len(), 2);
    session.run("update dfa.paused set since = now() - interval '61 minutes'");
    assert_eq!(told(&mut session).last().unwrap(), "paused|night|opened|waiting");
    session.run("select dfa.unpause('night')");
    assert_eq!(told(&mut session).last().unwrap(), "paused|night|recovered|waiting");

    session.run(
        "insert into dfa.schedule_slot (pipeline_id, slot, deadline_at, late_at)
         values ('night', now() - interval '3 hours', now() - interval '1 hour', now())",
    );
    assert_eq!(told(&mut session).last().unwrap(), "late|night|opened|waiting");
    run(&mut session, "night", "2021-01-07");
    session.run("update dfa.schedule_slot set process_id = (select max(process_id) from dfa.task_process where process_name_put = 'night')");
    assert_eq!(told(&mut session).last().unwrap(), "late|night|recovered|waiting");
}

#[test]
fn crashes_at_a_node_are_an_incident_until_it_succeeds() {
    let mut session = session();
    session.run("select dfa.add_rule('crash', '{worker_crash}', '{ops}', patterns => '{ai_*}'); insert into ai.src_in values (0)");
    run(&mut session, "night", "2021-01-05");
    assert_eq!(told(&mut session), Vec::<String>::new());
    session.run("update dfa.task_step set crashes = 2 where node = 'ai_half' and state = 'FAILED'");
    assert_eq!(told(&mut session), ["worker_crash|ai_half|opened|waiting"]);
    assert_eq!(
        session.value("select number, cause from dfa.incident where event = 'worker_crash'"),
        "2|2 server processes died while it ran"
    );
    session.run("delete from ai.src_in");
    run(&mut session, "night", "2021-01-05");
    assert_eq!(told(&mut session).last().unwrap(), "worker_crash|ai_half|recovered|waiting");
}

#[test]
fn a_claim_is_one_sessions_and_ends_with_it() {
    let mut session = session();
    let id = session.value("select dfa.test_channel('ops')");
    let (mut first, mut second) = (session.another(), session.another());
    first.run("begin");
    assert_eq!(
        first.rows("select id, kind, secret_env, title from dfa.claim_delivery()"),
        [format!("{id}|webhook|DFA_SECRET|DFA: a test")]
    );
    assert_eq!(second.rows("select id from dfa.claim_delivery()"), Vec::<String>::new());
    let pid = first.pid();
    session.run(&format!("select pg_terminate_backend({pid})"));
    session.until(&format!("select not exists (select from pg_stat_activity where pid = {pid})"));
    assert_eq!(second.rows("select id from dfa.claim_delivery()"), std::slice::from_ref(&id));
    // A test is tried once; the message of an incident again and again, later each time.
    second.run(&format!("select dfa.end_delivery({id}, 'no answer')"));
    assert_eq!(session.value("select state, attempts, error from dfa.delivery"), "failed|1|no answer");
    session.run("insert into dfa.incident (event, name, cause) values ('failed', 'x', 'y'); insert into dfa.delivery (incident_id, about, channel_name) select id, 'opened', 'ops' from dfa.incident");
    let mut waits = Vec::new();
    for _ in 0..14 {
        session.run("select dfa.end_delivery((select max(id) from dfa.delivery), 'no')");
        waits.push(session.value("select round(extract(epoch from due_at - clock_timestamp())) || ' ' || state from dfa.delivery where about = 'opened'"));
    }
    assert_eq!(
        (waits[0].as_str(), waits[2].as_str(), waits[12].as_str()),
        ("10 waiting", "40 waiting", "3600 waiting")
    );
    assert!(waits[13].ends_with("failed"), "{waits:?}");
}

#[test]
fn what_is_no_channel_and_no_rule_is_refused() {
    let mut session = session();
    for (call, words) in [
        ("add_channel('x y', 'slack', 'https://a.b')", "is no name of a channel"),
        ("add_channel('x', 'slack', null)", "a channel has a kind and a target"),
        ("add_channel('x', 'slack', 'ftp://a.b')", "'ftp://a.b' is no target of kind slack"),
        ("add_channel('x', 'webhook', 'file:///etc/passwd')", "is no target of kind webhook"),
        ("add_channel('x', 'webhook', 'https://me@a.b')", "is no target of kind webhook"),
        ("add_channel('x', 'webhook', 'env:A B')", "is no target of kind webhook"),
        ("add_channel('x', 'email', 'nobody')", "is no target of kind email"),
        ("add_channel('x', 'webhook', 'https://a.b', 'the secret itself!')", "is no variable with a secret"),
        ("add_channel('x', 'slack', 'https://a.b', 'NAME')", "is no variable with a secret"),
        ("add_rule('x', '{failed}', '{nobody}')", "channel 'nobody' is not known"),
        ("add_rule('x', '{}', '{ops}')", "a rule has events and channels"),
        ("add_rule('x', '{failed}', '{ops}', quiet_from => '22:00')", "quiet hours have a beginning"),
        ("add_rule('x', '{failed}', '{ops}', more_rows_than => -1)", "more_rows_than is 0 or more"),
        ("test_channel('nobody')", "channel 'nobody' is not known"),
        ("remove_rule('nobody')", "rule 'nobody' is not known"),
        ("remove_channel('nobody')", "channel 'nobody' is not known"),
    ] {
        session.refused(&format!("select dfa.{call}")).says(&[words]);
    }
    session.run("select dfa.add_channel('m', 'email', 'a@example.org, b@example.org'), dfa.add_rule('r', '{failed}', '{m}')");
    session.refused("select dfa.remove_channel('m')").says(&["still named by rules: r"]);
    session.run("select dfa.remove_rule('r')");
    session.run("select dfa.remove_channel('m')");
}

#[test]
fn what_was_wrong_before_a_rule_is_not_told() {
    let mut session = session();
    session.run("insert into ai.src_in values (0)");
    run(&mut session, "night", "2021-01-05");
    session.run("select dfa.note_incidents()");
    session.run("select dfa.add_rule('all', '{failed}', '{ops}')");
    assert_eq!(told(&mut session), Vec::<String>::new());
    run(&mut session, "ai_half", "2021-01-05");
    assert_eq!(told(&mut session), ["failed|ai_half|opened|waiting"]);
}
