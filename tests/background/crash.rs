//! What survives: killed workers, sessions, servers; a standby that takes over.

use crate::{ended, steps, submit};
use dfa_tests::{signal, Cluster, Session};
use std::fmt::Write;
use std::thread;
use std::time::{Duration, Instant};

const NODES: usize = 30;
const DATES: usize = 10;
const KILLS: usize = 50;

const HELD: &str = "
ai_quick: {create: {features: {a: int}}, update: {p: {statement: \"insert into {ai_schema_name}.ai_quick values (1)\"}}}
ai_held: {create: {features: {a: int}}, update: {p: {statement: \"select pg_advisory_xact_lock(1); insert into {ai_schema_name}.ai_held select 1 from {ai_schema_name}.ai_quick limit 1\"}}}
held: {nodes: [ai_quick, ai_held]}
";

/// Thirty tables, each of which adds up the two before it for each date; no key would hide a row that came twice.
fn thirty() -> String {
    let mut catalog = "src_s: {create: {features: {day: date, a: int}}}\n".to_owned();
    let mut nodes = Vec::new();
    for number in 0..NODES {
        let source = |back: usize| match number.checked_sub(back) {
            Some(source) => format!("ai_n{source}"),
            None => "src_s".to_owned(),
        };
        let _ = writeln!(
            catalog,
            "ai_n{number}: {{create: {{features: {{day: date, a: bigint}}}}, retention: {{column: day, months: 0}}, update: {{fill: {{parameter: [run_date, data_date], \
             statement: \"insert into {{ai_schema_name}}.ai_n{number} select day, sum(a) % 1000003 from (select day, a from {{ai_schema_name}}.{} union all select day, a + 1 from {{ai_schema_name}}.{}) as source \
             where day > date '{{data_date}}' and day <= date '{{run_date}}' group by day; select pg_sleep(0.05)\"}}}}}}",
            source(3),
            source(7),
        );
        nodes.push(format!("ai_n{number}"));
    }
    let _ = writeln!(catalog, "thirty: {{nodes: [{}]}}", nodes.join(", "));
    catalog
}

fn prepared(cluster: &Cluster, name: &str) -> Session {
    let mut session = Session::on(cluster, name);
    session.load(&thirty());
    session.set_up();
    session.run("insert into ai.src_s select date '2021-01-01' + n, n * 7 from generate_series(1, 20) as n, generate_series(1, 5)");
    session
}

/// All rows of all nodes, all watermarks, and how often each node was logged as done on each date.
fn outcome(session: &mut Session) -> Vec<String> {
    let tables: Vec<String> = (0..NODES)
        .map(|number| format!("select 'ai_n{number}', day::text, a::text from ai.ai_n{number}"))
        .collect();
    session.rows(&format!(
        "{} union all select 'watermark ' || table_name, data_date::text, run_date::text from dfa.data_pipeline
         union all select 'log ' || table_name, run_date::text, count(*)::text from dfa.data_logging
                   where status = 0 and action_type = 'common' group by 1, 2
         order by 1, 2, 3",
        tables.join(" union all ")
    ))
}

#[test]
fn a_backfill_under_fifty_kills_gives_what_an_undisturbed_one_gives() {
    let cluster = Cluster::start(&["shared_preload_libraries=dfa", "fsync=off", "log_min_messages=warning"]);
    let mut calm = prepared(&cluster, "calm");
    let id = calm.value("select dfa.backfill('thirty', '2021-01-02', '2021-01-11')");
    assert_eq!(ended(&mut calm, &id), "0");
    let expected = outcome(&mut calm);
    assert_eq!(expected.iter().filter(|row| row.starts_with("log ")).count(), NODES * DATES);
    drop(calm);

    let mut session = prepared(&cluster, "stormy");
    let id = session.value("select dfa.backfill('thirty', '2021-01-02', '2021-01-11')");
    let mut seed = 20_260_101_u64;
    let mut killed = 0;
    while killed < KILLS {
        // A generator of our own: the same points in each run of the test, as far as a machine allows.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        thread::sleep(Duration::from_millis((seed >> 33) % 120));
        killed += usize::from(kill_something(&cluster, (seed >> 20) % 10));
        let status =
            look(&cluster, &format!("select status from dfa.task_process where process_id = '{id}'"));
        if status != ["2"] {
            break;
        }
    }
    look(&cluster, &format!("select dfa.wait('{id}', '60 s')"));
    let mut session = Session::reach(&cluster, "stormy").expect("nobody kills any more");
    let status = ended(&mut session, &id);
    let left = session.rows(&format!("select node, run_date, state, message from dfa.task_step where process_id = '{id}' and state <> 'SUCCESS'"));
    assert_eq!((status.as_str(), left), ("0", Vec::new()), "after {killed} kills");
    assert_eq!(outcome(&mut session), expected, "after {killed} kills");
    assert_eq!(killed, KILLS, "the task ended before all kills: it is too short for them");
}

/// Kills a worker or another backend of the server, now and then the postmaster; false if there was nothing to kill.
fn kill_something(cluster: &Cluster, dice: u64) -> bool {
    if dice == 0 {
        cluster.crash();
        cluster.start_again();
        return true;
    }
    let kind = if dice < 8 { "dfa worker" } else { "client backend" };
    let pids = look(
        cluster,
        &format!("select pid from pg_stat_activity where backend_type = '{kind}' order by random() limit 1"),
    );
    let Some(pid) = pids.first().and_then(|pid| pid.parse().ok()) else { return false };
    signal(if dice < 4 { "TERM" } else { "KILL" }, pid);
    true
}

/// The answer to a question, asked again while the server comes back or the session is killed.
fn look(cluster: &Cluster, sql: &str) -> Vec<String> {
    let started = Instant::now();
    loop {
        let answer = Session::reach(cluster, "stormy").and_then(|mut session| session.try_rows(sql).ok());
        if let Some(rows) = answer {
            return rows;
        }
        assert!(started.elapsed() < dfa_tests::DEADLINE, "{}", cluster.log());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_a_server_left_goes_on_when_it_starts_again() {
    let cluster = Cluster::start(&["shared_preload_libraries=dfa"]);
    let mut session = Session::on(&cluster, "left");
    session.load(HELD);
    session.set_up();
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let id = submit(&mut session, "held", "2021-01-02");
    session
        .until("select exists (select from dfa.task_step where node = 'ai_held' and state = 'PROCESSING')");
    cluster.crash();
    cluster.start_again();
    let mut session = Session::reach(&cluster, "left").expect("the server is there");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(
        session.rows("select (select count(*) from ai.ai_quick), (select count(*) from ai.ai_held)"),
        ["1|1"]
    );
}

#[test]
fn a_call_whose_session_dies_says_so_and_can_be_resumed() {
    let mut session = Session::with(HELD);
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let mut caller = session.another();
    let pid = caller.pid();
    let call =
        thread::spawn(move || caller.client.simple_query("call dfa.run('held', '{2021-01-02}')").is_err());
    session
        .until("select exists (select from dfa.task_step where node = 'ai_held' and state = 'PROCESSING')");
    session.run(&format!("select pg_terminate_backend({pid})"));
    assert!(call.join().expect("the caller"));
    session.until("select exists (select from dfa.lost_task)");
    let id = session.value("select process_id from dfa.lost_task");
    assert_eq!(
        session.value(&format!("select status, message from dfa.process_status('{id}')")),
        "1|Error: the session that ran it has ended"
    );
    session.run("select * from dfa.tick()");
    assert_eq!(session.value(&format!("select status from dfa.task_process where process_id = '{id}'")), "1");
    assert_eq!(steps(&mut session, &id), ["ai_quick|2021-01-02|SUCCESS", "ai_held|2021-01-02|CANCELLED"]);
    holder.run("select pg_advisory_unlock(1)");
    assert_eq!(session.value(&format!("select dfa.resume('{id}')")), "1");
    assert_eq!(ended(&mut session, &id), "0");
}

#[test]
fn a_worker_that_is_terminated_comes_back_to_its_step() {
    let mut session = Session::with(HELD);
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let id = submit(&mut session, "held", "2021-01-02");
    session
        .until("select exists (select from dfa.task_step where node = 'ai_held' and state = 'PROCESSING')");
    session.run("select pg_terminate_backend(pid) from dfa.worker");
    holder.run("select pg_advisory_unlock(1)");
    assert_eq!(ended(&mut session, &id), "0");
    assert_eq!(session.value("select count(*) from ai.ai_held"), "1");
}

#[test]
fn a_standby_runs_nothing_until_it_is_promoted() {
    let primary = Cluster::start(&["shared_preload_libraries=dfa", "wal_level=replica", "max_wal_senders=3"]);
    let mut session = Session::on(&primary, "moves");
    session.load(HELD);
    session.set_up();
    let mut holder = session.another();
    holder.run("select pg_advisory_lock(1)");
    let id = submit(&mut session, "held", "2021-01-02");
    session
        .until("select exists (select from dfa.task_step where node = 'ai_held' and state = 'PROCESSING')");
    let standby = primary.standby();
    let mut there = Session::reach(&standby, "moves").expect("a hot standby");
    assert_eq!(there.value("select pg_is_in_recovery()"), "t");
    assert_eq!(there.value(&format!("select status from dfa.process_status('{id}')")), "2");
    assert_eq!(there.value("select count(*) from pg_stat_activity where backend_type like 'dfa%'"), "0");
    primary.crash();
    standby.promote();
    assert_eq!(ended(&mut there, &id), "0");
    assert_eq!(there.value("select count(*) from ai.ai_held"), "1");
}
