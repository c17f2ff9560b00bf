//! The service under 64 connections, driven by wrk: `GET /api` against a bare axum, reads and puts against the statements
//! that they send, driven by pgbench.
//!
//! `DFA_BENCH_SECONDS` is how long each load lasts (default: 3).

use crate::hello::Hello;
use crate::measure::{in_turns, Aim, Comparison};
use crate::payload;
use dfa_tests::{Database, Service, KEY};
use std::path::{Path, PathBuf};
use std::process::Command;

const CONNECTIONS: &str = "64";
const CATALOG: &str = "
imp_put:
  create:
    features: {store: int, article: int, amount: 'numeric(14,2)', note: text}
    primary_key: [store, article]
ai_one:
  create: {features: {id: int}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_one values (1)'}}
";

pub fn measure(database: &Database) -> Vec<Comparison> {
    let mut client = database.connect();
    client.execute("select count(*) from dfa.load_catalog($1, 'bench.yaml')", &[&CATALOG]).expect("loads");
    client.batch_execute("select * from dfa.setup(run_date => '2021-01-01')").expect("sets up");
    client.batch_execute("select * from dfa.run_table('ai_one', '2021-01-01')").expect("runs");
    let process_id: String = client
        .query_one(
            "select max(process_id) from dfa.task_process where process_module = 'framework|data'",
            &[],
        )
        .expect("a task")
        .get(0);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let service = Service::start_with_log_file(database, &[], &folder.path().join("log"));
    let load = Load { database, service, folder: folder.path().to_owned() };
    let mut all = vec![load.hello(), load.read(&process_id), load.definition(), load.put(1), load.put(1000)];
    all.push(payload::against_copy(database, &load.service));
    all.extend(payload::memory(database, folder.path()));
    all
}

struct Load<'a> {
    database: &'a Database,
    service: Service,
    folder: PathBuf,
}

impl Load<'_> {
    fn hello(&self) -> Comparison {
        let hello = Hello::start();
        let (ours, theirs) = (self.service.url("/api"), hello.url());
        compare("GET /api", "a bare axum hello", 0.9, |_| wrk(&ours, None), |_| wrk(&theirs, None))
    }

    fn read(&self, process_id: &str) -> Comparison {
        let url = self.service.url(&format!("/api/ai/get/opt/{process_id}"));
        let query = include_str!("../../front/src/http/api/sql/process.sql");
        let script = self.script("read.sql", &query.replace("$1", &format!("'{process_id}'")));
        compare("GET of a task", "its statement", 0.7, |_| wrk(&url, None), |_| self.pgbench(&script))
    }

    fn definition(&self) -> Comparison {
        let url = self.service.url("/api/ai/catalogs/imp_put");
        let query = include_str!("../../front/src/http/api/sql/catalog.sql");
        let script = self.script("definition.sql", &query.replace("$1", "'imp_put'"));
        let what = "GET of a definition";
        compare(what, "its statement", 0.7, |_| wrk(&url, None), |_| self.pgbench(&script))
    }

    /// Each put has keys of its own: what is measured is not how they wait for each other.
    fn put(&self, rows: usize) -> Comparison {
        let url = self.service.url("/api/ai/put/imp_put");
        let lua = self.script("put.lua", &format!("{LUA_HEAD}rows = {rows}\n{LUA}"));
        let payload = format!(
            "\\set first random(1, 2000000000)\nselect message from dfa.ingest('imp_put', (select json_agg(json_build_object(\
             'store', :first::int, 'article', n, 'amount', 1.5, 'note', 'a note of a row')) from generate_series(1, {rows}) n));"
        );
        let script = self.script("put.sql", &payload);
        let what = format!("PUT of {rows} row{}", if rows == 1 { "" } else { "s" });
        let empty = || self.database.connect().batch_execute("truncate ai.imp_put").expect("empties");
        compare(
            &what,
            "its statement",
            0.7,
            |_| {
                empty();
                wrk(&url, Some(&lua))
            },
            |_| {
                empty();
                self.pgbench(&script)
            },
        )
    }

    fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// Transactions per second of as many sessions, with prepared statements as the service has them.
    fn pgbench(&self, script: &Path) -> f64 {
        let duration = duration().to_string();
        let script = script.to_string_lossy();
        let words = ["-n", "-M", "prepared", "-c", CONNECTIONS, "-j", "1", "-T", &duration, "-f", &script];
        let output = self.database.tool("pgbench", &words, "");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        figure(&text, "tps =")
    }
}

const LUA_HEAD: &str = "-- Made by tests/bench/serving.rs\n";
const LUA: &str = r#"
wrk.method = "PUT"
wrk.headers["Content-Type"] = "application/json"
function request()
  local first = math.random(1, 2000000000)
  local list = {}
  for n = 1, rows do
    list[n] = '{"store": ' .. first .. ', "article": ' .. n .. ', "amount": 1.5, "note": "a note of a row"}'
  end
  return wrk.format(nil, nil, nil, '{"data": [' .. table.concat(list, ",") .. ']}')
end
"#;

/// Requests per second, all of which must succeed.
fn wrk(url: &str, script: Option<&Path>) -> f64 {
    let mut command = Command::new("wrk");
    command.args(["-t", "1", "-c", CONNECTIONS, "-d", &format!("{}s", duration())]);
    command.args(["--timeout", "30s", "-H", &format!("APIKEY: {KEY}")]);
    if let Some(script) = script {
        command.arg("-s").arg(script);
    }
    let output = command.arg(url).output().unwrap_or_else(|error| panic!("wrk: {error}: apt install wrk"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && !text.contains("Non-2xx") && !text.contains("Socket errors"),
        "{text}"
    );
    figure(&text, "Requests/sec:")
}

/// How long a load lasts, in seconds.
fn duration() -> usize {
    std::env::var("DFA_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

fn pairs() -> usize {
    (15 / duration().max(1)).clamp(2, 5)
}

/// The number after these words.
fn figure(text: &str, words: &str) -> f64 {
    let rest = text.split(words).nth(1).unwrap_or_else(|| panic!("'{words}' is not in: {text}"));
    rest.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}

fn compare(
    what: &str,
    against: &str,
    aim: f64,
    ours: impl FnMut(usize) -> f64,
    theirs: impl FnMut(usize) -> f64,
) -> Comparison {
    let rates = in_turns(pairs(), ours, theirs);
    let (mine, other) = rates[rates.len() / 2];
    eprintln!("{what}: {mine:.0}/s; {against}: {other:.0}/s");
    Comparison {
        what: format!("{what}, {CONNECTIONS} connections"),
        against: against.to_owned(),
        aim: Aim::RateAtLeast(aim),
        figures: rates.iter().map(|(ours, theirs)| ours / theirs).collect(),
    }
}
