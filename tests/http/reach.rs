//! Ways to the database: TLS, a pooler, an SSH tunnel, each with the real thing at the other end.

use crate::pooler::Pooler;
use crate::ready;
use dfa_tests::{dfa_with, free_port, Cluster, Daemon, Service};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;

fn run(program: &str, arguments: &[&str], folder: &Path) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn tls_proves_what_its_mode_asks_for() {
    let cluster = Cluster::listening(&[]);
    let database = cluster.database("tls");
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    run(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.crt",
            "-subj",
            "/CN=test authority",
            "-days",
            "2",
        ],
        here,
    );
    run(
        "openssl",
        &[
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "server.key",
            "-out",
            "server.csr",
            "-subj",
            "/CN=localhost",
        ],
        here,
    );
    std::fs::write(here.join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
    run(
        "openssl",
        &[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            "server.crt",
            "-days",
            "2",
            "-extfile",
            "names",
        ],
        here,
    );

    let port = cluster.port().to_string();
    let authority = here.join("ca.crt").to_string_lossy().into_owned();
    let try_with = |host: &str, mode: &str| {
        let environment =
            [("DB_HOST", host), ("DB_PORT", &port), ("DB_SSLMODE", mode), ("DB_SSLROOTCERT", &authority)];
        dfa_with(&database, &environment, &["pipeline", "list"])
    };
    try_with("127.0.0.1", "prefer").assert_success();
    try_with("127.0.0.1", "require").assert_failure(1, &["cannot connect to the database", "DB_SSLMODE"]);
    // A socket is of this machine: nothing is encrypted there, whatever the mode, as libpq has it.
    dfa_with(&database, &[("PGSSLMODE", "verify-full")], &["pipeline", "list"]).assert_success();

    for name in ["server.key", "server.crt"] {
        cluster.write(name, &std::fs::read(here.join(name)).unwrap());
    }
    let mut client = database.connect();
    client.batch_execute("alter system set ssl = on").unwrap();
    client.batch_execute("select pg_reload_conf()").unwrap();
    let service = Service::start_with(
        &database,
        &[
            ("DB_HOST", "localhost"),
            ("DB_PORT", &port),
            ("DB_SSLMODE", "verify-full"),
            ("DB_SSLROOTCERT", &authority),
        ],
        &[],
    );
    service.until("the server has taken its certificate", |service| service.get("/ready").status == 200);
    let plain = "select count(*) from pg_stat_ssl join pg_stat_activity using (pid)
        where application_name = 'dfa' and not ssl";
    assert_eq!(ready::value(&database, plain), "0");
    try_with("127.0.0.1", "require").assert_success();
    try_with("127.0.0.1", "verify-ca").assert_success();
    try_with("127.0.0.1", "verify-full").assert_failure(1, &["cannot connect to the database"]);
    std::fs::write(here.join("ca.crt"), std::fs::read(here.join("server.crt")).unwrap()).unwrap();
    try_with("localhost", "verify-ca").assert_failure(1, &["cannot connect to the database"]);
}

#[test]
fn a_pooler_may_give_each_statement_another_session() {
    let database = ready::database();
    let pooler = Pooler::start(4);
    let mut environment = pooler.environment();
    environment.push(("AI_SCHEMA", "ai"));
    let service = Service::start_with(&database, &environment, &[]);
    std::thread::scope(|scope| {
        for day in 2..=9 {
            let service = &service;
            scope.spawn(move || {
                let key = format!("pooled-{day}");
                let form = format!("table_name=ai_b&run_mode=rerun&run_date=2021-01-0{day}&background=N");
                for _ in 0..5 {
                    service.get("/api/ai/tables?sort=-run_date").assert_status(200);
                    let kind = "application/x-www-form-urlencoded";
                    let headers = [("Idempotency-Key", key.as_str())];
                    service.post_as("/api/ai/run/data", kind, &headers, form.as_bytes()).assert_status(200);
                }
            });
        }
    });
    assert_eq!(
        ready::value(
            &database,
            "select count(*) from dfa.task_process where process_module = 'framework|data'"
        ),
        "8"
    );
    // Nobody can listen by a pooler: the service looks, and tells the same events.
    let mut lines = BufReader::new(ready::send(&service, "GET /api/ai/events HTTP/1.1", "")).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "HTTP/1.1 200 OK");
    service.until("it looks", |it| it.log().iter().any(|line| line["message"] == "looking for events"));
    let begun =
        service.post("/api/ai/run/data", "table_name=ai_b&run_date=2021-01-10").assert_status(200).json();
    let mut events =
        lines.map_while(Result::ok).filter_map(|line| Some(line.strip_prefix("data: ")?.to_owned()));
    for state in ["\"step\"", "\"SUCCESS\""] {
        let id = begun["process_id"].as_str().unwrap();
        events.find(|text| text.contains(id) && text.contains(state)).expect("the stream goes on");
    }
    // A schema of one's own has to be a setting of the database: a session is anybody's.
    environment.pop();
    environment.push(("AI_SCHEMA", "shop"));
    let service = Service::start_with(&database, &environment, &[]);
    service.get("/ready").assert_problem(503, &[]);
    service.until("the log says what to do", |service| {
        format!("{:?}", service.log()).contains("ALTER DATABASE")
    });
}

/// Started by root, sshd separates its privileges: by a user and a folder of its own, which a container may lack.
fn make_sshd_ready() {
    if !std::path::Path::new("/run").exists() {
        return;
    }
    let _ = std::fs::create_dir("/run/sshd");
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let has_user = Command::new("id").arg("sshd").output().unwrap().status.success();
    assert!(
        has_user || !is_root,
        "sshd, started by root, needs the user sshd: scripts/prerequisites.sh tests makes it (useradd --system sshd)"
    );
}

#[test]
fn a_tunnel_leads_to_the_database_by_a_host_that_is_known() {
    let cluster = Cluster::listening(&[]);
    let database = cluster.database("tunnelled");
    ready::fill(&database);
    let folder = tempfile::Builder::new().prefix("dfa-test-ssh-").tempdir().unwrap();
    let here = folder.path();
    for key in ["host", "other", "user.pem"] {
        run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", key], here);
    }
    std::fs::copy(here.join("user.pem.pub"), here.join("authorized")).unwrap();
    let port = free_port();
    let configuration = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {0}/host\nAuthorizedKeysFile {0}/authorized\nStrictModes no\n\
         UsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPidFile none\nAllowTcpForwarding yes\n",
        here.display()
    );
    std::fs::write(here.join("sshd_config"), configuration).unwrap();
    let known = |key: &str| {
        let public = std::fs::read_to_string(here.join(format!("{key}.pub"))).unwrap();
        let path = here.join(format!("known_{key}"));
        std::fs::write(&path, format!("[127.0.0.1]:{port} {public}")).unwrap();
        path.to_string_lossy().into_owned()
    };
    make_sshd_ready();
    let configuration = here.join("sshd_config").to_string_lossy().into_owned();
    let sshd = || Daemon::start(&["/usr/sbin/sshd", "-D", "-e", "-f", &configuration], port, false);
    let server = sshd();

    let (ssh_port, db_port) = (port.to_string(), cluster.port().to_string());
    let user = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
    let key = here.join("user.pem").to_string_lossy().into_owned();
    let (right, wrong) = (known("host"), known("other"));
    let good = [
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", db_port.as_str()),
        ("SSH_FLAG", "True"),
        ("SSH_HOST", "127.0.0.1"),
        ("SSH_PORT", ssh_port.as_str()),
        ("SSH_USER", user.trim()),
        ("SSH_PRIVATE_KEY", key.as_str()),
        ("SSH_KNOWN_HOSTS", right.as_str()),
    ];
    let mut bad = good;
    bad[7].1 = wrong.as_str();
    dfa_with(&database, &good, &["pipeline", "list"]).assert_success();
    dfa_with(&database, &bad, &["pipeline", "list"])
        .assert_failure(1, &["no tunnel through", "its key is not the one"]);
    let service = Service::start_with(&database, &good, &[]);
    service.get("/api/ai/tables").assert_status(200);
    // With the connections that it carries.
    drop(server);
    service.until("the way is closed", |service| service.get("/ready").status == 503);
    let _server = sshd();
    service.until("the way is open again", |service| service.get("/ready").status == 200);
}
