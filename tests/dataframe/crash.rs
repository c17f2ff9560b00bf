//! Whatever dies, each result is there once.

use dfa_tests::{Cluster, Service, Session};
use std::thread;
use std::time::{Duration, Instant};

const JOBS: usize = 100;
const KILLS: u64 = 20;
const LONG: Duration = Duration::from_secs(300);

/// A hundred tables, each filled by a DataFrame process; no key would hide a row that came twice.
fn hundred() -> String {
    let mut catalog = String::new();
    let mut nodes = Vec::new();
    for number in 0..JOBS {
        catalog.push_str(&format!(
            "ai_n{number}: {{create: {{features: {{id: text, y: numeric}}}}, update: {{p: {{function: abc_class, \
             load: {{statement: \"select i::text as id, i as y from generate_series(1, 200) as i\"}}, \
             save: {{statement: \"insert into {{ai_schema_name}}.ai_n{number} select id, y from ({{function_value}}) as f (id, y)\"}}}}}}}}\n"
        ));
        nodes.push(format!("ai_n{number}"));
    }
    catalog.push_str(&format!("hundred: {{nodes: [{}]}}\n", nodes.join(", ")));
    catalog
}

fn prepared(cluster: &Cluster, name: &str) -> Session {
    let mut session = Session::on(cluster, name);
    session.load(&hundred());
    session.set_up();
    session
}

/// The tables that do not have their two hundred rows once.
fn wrong(session: &mut Session) -> Vec<String> {
    let counts: Vec<String> =
        (0..JOBS).map(|number| format!("select {number} as n, count(*) from ai.ai_n{number}")).collect();
    session.rows(&format!("select * from ({}) as it where count <> 200", counts.join(" union all ")))
}

fn until_ended(mut look: impl FnMut() -> Option<String>) -> String {
    let started = Instant::now();
    loop {
        if let Some(status) = look().filter(|status| status != "2") {
            return status;
        }
        assert!(started.elapsed() < LONG, "the task does not end");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn two_services_share_a_hundred_jobs_and_none_is_done_twice() {
    let cluster = Cluster::start(&["fsync=off"]);
    let mut session = prepared(&cluster, "shared");
    let services = [Service::start(&session.database), Service::start(&session.database)];
    let id = session.value("select dfa.submit('data', 'hundred', '{2021-01-02}')");
    assert_eq!(
        until_ended(|| Some(session.value(&format!("select status from dfa.process_status('{id}')")))),
        "0"
    );
    assert_eq!(wrong(&mut session), [""; 0]);
    assert_eq!(session.value("select count(*), sum(attempts), sum(crashes) from dfa.task_step"), "100|100|0");
    assert_eq!(
        session.value("select count(*) from dfa.data_logging where status = 0 and action_type = 'common'"),
        "100"
    );
    drop(services);
}

#[test]
fn services_workers_and_servers_that_are_killed_leave_each_result_once() {
    let cluster = Cluster::start(&["shared_preload_libraries=dfa", "fsync=off", "log_min_messages=warning"]);
    let mut session = prepared(&cluster, "stormy");
    let database = std::sync::Arc::clone(&session.database);
    let id = session.value("select dfa.submit('data', 'hundred', '{2021-01-02}')");
    let mut service = Some(Service::start(&database));
    let mut seed = 20_261_126_u64;
    for kill in 0..KILLS {
        // The same points in each run of the test, as far as a machine allows.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        thread::sleep(Duration::from_millis(50 + (seed >> 33) % 400));
        match kill % 5 {
            // A service ends by SIGKILL when it is dropped.
            0 | 1 => {
                drop(service.take());
                service = Some(Service::start(&database));
            }
            2 | 3 => {
                // Whoever is at a step: a worker, or the session of a service. By SIGKILL the server starts anew.
                let signal = if kill % 5 == 2 { "TERM" } else { "KILL" };
                let pids = Session::reach(&cluster, "stormy").map(|mut session| {
                    session.rows("select pid from dfa.front_session union select pid from dfa.worker limit 1")
                });
                for pid in pids.unwrap_or_default() {
                    let _ = std::process::Command::new("kill").args(["-s", signal, &pid]).status();
                }
                // A server that is killed while it recovers has processes that keep the next one from starting.
                let started = Instant::now();
                while Session::reach(&cluster, "stormy").is_none() {
                    assert!(started.elapsed() < LONG, "the server does not come back");
                    thread::sleep(Duration::from_millis(20));
                }
            }
            _ => {
                cluster.crash();
                cluster.start_again();
            }
        }
    }
    let status = until_ended(|| {
        let mut session = Session::reach(&cluster, "stormy")?;
        Some(session.value(&format!("select status from dfa.process_status('{id}')")))
    });
    let mut session = Session::reach(&cluster, "stormy").expect("a server");
    assert_eq!(
        status,
        "0",
        "{:?}",
        session.rows("select node, state, message from dfa.task_step where state <> 'SUCCESS'")
    );
    assert_eq!(wrong(&mut session), [""; 0]);
    assert_eq!(
        session.value("select count(*) from dfa.data_logging where status = 0 and action_type = 'common'"),
        "100"
    );
    drop(service);
}
