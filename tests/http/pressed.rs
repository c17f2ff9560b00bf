//! When the database has no time, no connection, no writes or no life left: who is told what, and when.

use crate::{ready, rows};
use dfa_tests::{children, signal, Cluster, Reply, Service};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

const RUN: &str = "/api/ai/run/data";
const FORM: &str = "application/x-www-form-urlencoded";
/// No answer may take this long, however busy the machine is; without its bound none of them would ever come.
const LONG: Duration = Duration::from_secs(300);

fn in_time(ask: impl FnOnce() -> Reply) -> Reply {
    let started = Instant::now();
    let reply = ask();
    assert!(started.elapsed() < LONG, "{:?}: {}", started.elapsed(), reply.text);
    reply
}

#[test]
fn a_frozen_database_is_told_to_everybody_who_waits_for_it() {
    let cluster = Cluster::start(&[]);
    let database = cluster.database("frozen");
    rows::fill(&database);
    let service = Service::start(&database);
    service.get("/ready").assert_status(200);
    service.post(RUN, "table_name=ai_a&run_date=2021-01-05&background=N").assert_status(200);
    let under_way = std::thread::scope(|scope| {
        let running = scope
            .spawn(|| in_time(|| service.post(RUN, "table_name=ai_slow&run_date=2021-01-05&background=N")));
        service.until("the node sleeps", |_| ready::sleeps(&database));
        let postmaster = cluster.postmaster();
        // First whoever makes new sessions: else one that is made meanwhile goes on.
        signal("STOP", postmaster);
        let mut all = children(postmaster);
        all.iter().for_each(|pid| signal("STOP", *pid));
        all.push(postmaster);
        in_time(|| service.get("/ready")).assert_problem(503, &["does not answer"]);
        in_time(|| service.get("/health")).assert_status(200);
        for background in ["Y", "N"] {
            let body = format!("table_name=ai_a&run_date=2021-01-06&background={background}");
            in_time(|| service.post(RUN, &body)).assert_problem(503, &[]);
        }
        let row = br#"{"data": {"store": 1, "day": "2021-02-01"}}"#;
        in_time(|| service.request("PUT", "/api/ai/put/it", "application/json", &[], row))
            .assert_problem(503, &[]);
        let reply = running.join().unwrap();
        all.iter().for_each(|pid| signal("CONT", *pid));
        reply
    });
    under_way.assert_problem(503, &["the database does not answer", "/api/ai/tasks"]);
    service.until("it is ready again", |service| service.get("/ready").status == 200);
    service.until("the run that was given up is cancelled", |_| !ready::sleeps(&database));
}

#[test]
fn what_stops_a_run_is_possible_while_runs_have_all_connections() {
    let database = ready::database();
    let service = Service::start_with(&database, &[("DFA_POOL_SIZE", "2")], &[]);
    let streams: Vec<_> = ["ai_slow", "ai_b"]
        .iter()
        .map(|table| {
            let body = format!("table_name={table}&run_date=2021-01-05&background=N");
            ready::send(&service, "POST /api/ai/run/data HTTP/1.1", &body)
        })
        .collect();
    // ai_b ends at once; a third takes its place and waits for the first one's table.
    service.until("the node sleeps", |_| ready::sleeps(&database));
    let mut more = vec![ready::send(
        &service,
        "POST /api/ai/run/data HTTP/1.1",
        "table_name=ai_slow&run_date=2021-01-06&background=N",
    )];
    let waits =
        "select exists (select from pg_locks where not granted and locktype = 'object' and database = (
        select oid from pg_database where datname = current_database()))";
    service.until("both connections are taken", |_| ready::value(&database, waits) == "t");
    service.get("/ready").assert_status(200);
    assert_eq!(service.get("/health").json()["database"], "up");
    service.post(RUN, "table_name=ai_a&run_date=2021-01-05").assert_status(200);
    let id = ready::value(
        &database,
        "select min(process_id) from dfa.task_process where process_name_put = 'ai_slow'",
    );
    service.post(&format!("/api/ai/tasks/{id}/cancel"), "").assert_status(200);
    service.until("it is cancelled", |_| {
        ready::value(&database, &format!("select status from dfa.task_process where process_id = '{id}'"))
            == "1"
    });
    more.extend(streams);
}

#[test]
fn a_database_that_takes_no_writes_is_not_ready_until_it_does() {
    let database = ready::database();
    let service = Service::start(&database);
    service.get("/ready").assert_status(200);
    let name = database.quoted_name();
    let mut client = database.connect();
    client.batch_execute(&format!("alter database {name} set default_transaction_read_only = on")).unwrap();
    // What is connected keeps its settings; what connects from now on takes no writes.
    let early = Service::start(&database);
    early.get("/ready").assert_problem(503, &["the database is read-only"]);
    let refused = early.post(RUN, "table_name=ai_a&run_date=2021-01-05");
    refused.assert_problem(503, &["the database is read-only"]);
    assert!(!refused.header("retry-after").is_empty());
    early.get("/api/ai/tables").assert_status(200);
    client.batch_execute(&format!("set default_transaction_read_only = off; alter database {name} reset default_transaction_read_only")).unwrap();
    early.until("it is ready", |service| service.get("/ready").status == 200);
    // Connections that it had meanwhile are found out one by one.
    early.until("it takes writes", |service| {
        service.post(RUN, "table_name=ai_a&run_date=2021-01-05").status == 200
    });
}

#[test]
fn after_a_failover_the_server_that_takes_writes_is_found() {
    let cluster = Cluster::start(&[]);
    let database = cluster.database("failed_over");
    rows::fill(&database);
    let standby = cluster.standby();
    let (first, second) = (cluster.folder().to_string_lossy(), standby.folder().to_string_lossy());
    let hosts = format!("{second},{first}");
    let service = Service::start_with(&database, &[("DB_HOST", hosts.as_str())], &[]);
    let row = |store: u32| {
        let body = format!(r#"{{"data": {{"store": {store}, "day": "2021-02-01"}}}}"#);
        service.request("PUT", "/api/ai/put/it", "application/json", &[], body.as_bytes())
    };
    row(1).assert_status(200);
    let there = "select count(*) from ai.imp_target";
    let copied = standby.existing_database("failed_over");
    service.until("the standby has it", |_| ready::value(&copied, there) == "1");
    cluster.stop();
    standby.promote();
    service.until("it is ready again", |service| service.get("/ready").status == 200);
    row(2).assert_status(200);
    assert_eq!(ready::value(&copied, there), "2");
}

#[test]
fn a_conflict_that_passes_is_no_answer_for_a_day() {
    let (database, service) = ready::service();
    let mut holder = database.connect();
    let name = database.quoted_name();
    holder.batch_execute(&format!("alter database {name} set dfa.lock_timeout = '200ms'")).unwrap();
    holder.batch_execute("begin; insert into ai.src_in values (9)").unwrap();
    let key = [("Idempotency-Key", "passing")];
    let body = b"table_name=ai_a&run_date=2021-01-05&background=N";
    let busy = service.post_as(RUN, FORM, &key, body);
    busy.assert_problem(500, &[]);
    holder.batch_execute("commit").unwrap();
    let done = service.post_as(RUN, FORM, &key, body);
    assert_eq!(done.assert_status(200).header("idempotency-replayed"), "");
    assert_eq!(
        service.post_as(RUN, FORM, &key, body).assert_status(200).header("idempotency-replayed"),
        "true"
    );
}

#[test]
fn the_log_says_why_the_database_is_not_reached_and_no_secret() {
    let cluster = Cluster::listening(&[]);
    let database = cluster.database("log_says_why");
    ready::fill(&database);
    database.connect().batch_execute("create role guarded login password 'right-password'").unwrap();
    cluster.write("pg_hba.conf", b"local all all trust\nhost all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n");
    database.connect().batch_execute("select pg_reload_conf()").unwrap();
    let port = cluster.port().to_string();
    let tcp = [("DB_HOST", "127.0.0.1"), ("DB_PORT", port.as_str())];
    let cases: [(&[(&str, &str)], &[&str]); 4] = [
        (
            &[("DB_USER", "guarded"), ("DB_PASS", "wrong-password")],
            &["password authentication failed", "guarded", "28P01", "DB_PASS"],
        ),
        (&[("DB_NAME", "nosuch")], &["nosuch", "3D000", "DB_NAME"]),
        (&[("DB_SSLMODE", "require")], &["TLS", "127.0.0.1"]),
        (&[("DB_HOST", "nowhere.invalid")], &["nowhere.invalid"]),
    ];
    for (wrong, words) in cases {
        let environment: Vec<(&str, &str)> = tcp.iter().chain(wrong).copied().collect();
        let service = Service::start_with(&database, &environment, &[]);
        service.until("the log says why", |service| {
            let log = service.log();
            let line = log.iter().find(|line| line["message"] == "the database cannot be reached");
            line.is_some_and(|line| {
                words.iter().all(|word| line.to_string().contains(word)) && line["port"] == port.as_str()
            })
        });
        assert!(!format!("{:?}", service.log()).contains("-password"), "{:?}", service.log());
        service.get("/ready").assert_problem(503, &[]);
    }
}

#[test]
fn a_zone_that_is_none_stops_the_service_before_it_starts() {
    let database = ready::database();
    dfa_tests::dfa_with(
        &database,
        &[("DFA_TIMEZONE", "Mars/Base"), ("APIKEY", dfa_tests::KEY)],
        &["run", "--port", "0"],
    )
    .assert_failure(2, &["setting DFA_TIMEZONE is not a time zone: 'Mars/Base'"]);
    let service = Service::start_with(&database, &[("TZ", ":/etc/localtime")], &[]);
    service.get("/ready").assert_status(200);
}

#[test]
fn what_a_request_made_of_its_session_does_not_reach_the_next() {
    const RUDE: &str = "
ai_rude:
  create: {features: {id: bigint}}
  update: {fill: {statement: \"insert into {ai_schema_name}.ai_rude select 1 from set_config('timezone', 'Asia/Tokyo', false) as a, set_config('session_replication_role', 'replica', false) as c\"}}
imp_rude: {create: {features: {id: bigint primary key}}}
";
    let database = ready::database();
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&RUDE]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    client
        .batch_execute(
            "create table public.seen (zone text);
             create function public.rude() returns trigger language plpgsql as $$ begin
                 insert into public.seen values (current_setting('timezone') || current_setting('session_replication_role'));
                 perform set_config('timezone', 'Asia/Tokyo', false), pg_advisory_lock(4711);
                 create temp table if not exists left_over (id int);
                 return new; end $$;
             create trigger rude before insert on ai.imp_rude for each row execute function public.rude()",
        )
        .unwrap();
    client
        .batch_execute(&format!(
            "alter database {} set dfa.timezone = 'Europe/Paris'",
            database.quoted_name()
        ))
        .unwrap();
    let service =
        Service::start_with(&database, &[("DFA_POOL_SIZE", "1"), ("DFA_TIMEZONE", "America/New_York")], &[]);
    service.post(RUN, "table_name=ai_rude&run_date=2021-01-05&background=N").assert_status(200);
    for id in 1..=3 {
        let body = format!(r#"{{"data": {{"id": {id}}}}}"#);
        service
            .request("PUT", "/api/ai/put/imp_rude", "application/json", &[], body.as_bytes())
            .assert_status(200);
    }
    assert_eq!(
        ready::value(&database, "select string_agg(distinct zone, ',') from public.seen"),
        "Europe/Parisorigin"
    );
    assert_eq!(
        ready::value(&database, "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711"),
        "0"
    );
}

#[test]
fn a_body_that_pauses_is_no_forgotten_transaction() {
    let (database, _) = rows::platform();
    let name = database.quoted_name();
    database
        .connect()
        .batch_execute(&format!("alter database {name} set idle_in_transaction_session_timeout = '1s'"))
        .unwrap();
    let service = Service::start(&database);
    let head = format!(
        "PUT /api/ai/put/it HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAPIKEY: {}\r\nIdempotency-Key: pauses\r\n\
         Content-Type: application/x-ndjson\r\nContent-Length: 68\r\n\r\n",
        dfa_tests::KEY
    );
    let mut stream = std::net::TcpStream::connect(service.address()).unwrap();
    let row = "{\"store\": 1, \"day\": \"2021-02-01\"}\n";
    assert_eq!(row.len(), 34);
    stream.write_all(format!("{head}{row}").as_bytes()).unwrap();
    let idle = "select exists (select from pg_stat_activity where state = 'idle in transaction'
        and datname = current_database() and state_change < clock_timestamp() - interval '2 seconds')";
    service.until("the transaction has been idle for longer than the server likes", |_| {
        ready::value(&database, idle) == "t"
    });
    stream.write_all(row.replace("\"store\": 1", "\"store\": 2").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
