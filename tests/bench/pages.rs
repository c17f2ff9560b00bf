//! The pages on a year of work: 1,000 tables, 200 pipelines, 1,000,000 tasks and as many rows of the log. What a request takes,
//! from its first byte to the last of its answer, and how long the answer is, in plain and as it is sent.

use crate::measure::{seconds, Aim, Comparison};
use dfa_tests::{dfa_fed, Database, Service};
use ureq::http::Request;
use ureq::Agent;

const PASSWORD: &str = "correct horse battery";
/// Requests of each page; a first one is not counted.
const REQUESTS: usize = 40;
/// Milliseconds at the 95th percentile: of the pages that one has open, and of all others.
const AT_ONCE: f64 = 15.0;
const SOON: f64 = 50.0;
/// Kilobytes of a page: as it is sent, and unpacked.
const SENT: f64 = 40.0;
const PLAIN: f64 = 250.0;

pub fn measure(database: &Database) -> Vec<Comparison> {
    let mut client = database.connect();
    client.execute("select count(*) from dfa.load_catalog($1, 'bench.yaml')", &[&catalog()]).expect("loads");
    client.batch_execute("select * from dfa.setup(run_date => '2021-01-01')").expect("sets up");
    client.batch_execute(include_str!("pages.sql")).expect("a past");
    client.batch_execute("vacuum analyze").expect("statistics");
    dfa_fed(database, &["user", "add", "ada", "--role", "admin"], &format!("{PASSWORD}\n")).assert_success();
    let service = Service::start(database);
    let reader = Reader::sign_in(&service);
    let failed: String = client
        .query_one(
            "select process_id from dfa.task_process where status = 1 order by created_at desc limit 1",
            &[],
        )
        .expect("a task")
        .get(0);
    let pages: [(&str, f64); 27] = [
        ("/", AT_ONCE),
        ("/pipelines", AT_ONCE),
        ("/pipelines?sort=-seconds", SOON),
        ("/pipelines/pipeline_p007", SOON),
        ("/pipelines/pipeline_p007?grid=runs", SOON),
        ("/tables", SOON),
        ("/tables?sort=-size", SOON),
        ("/tables?sort=-seconds", SOON),
        ("/freshness", SOON),
        ("/tables/ai_t0500", SOON),
        ("/tables/ai_t0500?up=5&down=5", SOON),
        ("/tasks", SOON),
        ("/tasks?status=1", SOON),
        ("/tasks?name=pipeline_p007", SOON),
        ("/tasks?sort=-seconds", SOON),
        ("/tasks?error=no+such+words", SOON),
        ("/log", SOON),
        ("/log?table=ai_t0500", SOON),
        ("/log?status=1", SOON),
        ("/log?error=no+such+words", SOON),
        ("/catalog", SOON),
        ("/catalog/table/ai_t0500", SOON),
        ("/edit?kind=table&name=ai_t0500", SOON),
        ("/run?name=pipeline_p007", SOON),
        ("/audit", SOON),
        ("/search?q=ai_t05", SOON),
        ("/admin", SOON),
    ];
    let mut all: Vec<Comparison> = Vec::new();
    for (path, limit) in pages.into_iter().chain([(format!("/t/{failed}").as_str(), SOON)]) {
        reader.get(path, false);
        let figures = (0..REQUESTS).map(|_| 1000.0 * seconds(|| drop(reader.get(path, true)))).collect();
        let told = |against: &str, aim, figures| Comparison {
            what: path.to_owned(),
            against: against.to_owned(),
            aim,
            figures,
        };
        all.push(told("95th percentile", Aim::P95MsAtMost(limit), figures));
        let kilobytes = |packed| reader.get(path, packed).len() as f64 / 1024.0;
        all.push(told("as it is sent", Aim::KilobytesAtMost(SENT), vec![kilobytes(true)]));
        all.push(told("unpacked", Aim::KilobytesAtMost(PLAIN), vec![kilobytes(false)]));
    }
    all
}

/// Each table reads some before it in its block of fifty; each pipeline runs five.
fn catalog() -> String {
    let mut text = String::new();
    for number in 0..1000 {
        let reads: Vec<usize> =
            [1, 7].into_iter().filter(|back| number % 50 >= *back).map(|back| number - back).collect();
        let select: Vec<String> =
            reads.iter().map(|read| format!("select id from ai.ai_t{read:04}")).collect();
        let select = if select.is_empty() { "select 1".to_owned() } else { select.join(" union ") };
        text.push_str(&format!(
            "ai_t{number:04}:\n  description: Table {number}\n  owner: team {}\n  create: {{features: {{id: bigint primary key, day: date, amount: numeric}}}}\n  update: {{fill: {{statement: 'insert into ai.ai_t{number:04} (id) {select} on conflict do nothing'}}}}\n",
            number % 9
        ));
    }
    for number in 0..200 {
        let nodes: Vec<String> = (0..5).map(|node| format!("ai_t{:04}", number * 5 + node)).collect();
        text.push_str(&format!(
            "pipeline:pipeline_p{number:03}: {{id: p{number:03}, nodes: [{}], schedule: '{} 5 * * *'}}\n",
            nodes.join(", "),
            number % 60
        ));
    }
    text
}

struct Reader {
    agent: Agent,
    home: String,
    cookie: String,
}

impl Reader {
    fn sign_in(service: &Service) -> Reader {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let (agent, home) = (Agent::new_with_config(config), service.url(""));
        let form = format!("user=ada&password={}", PASSWORD.replace(' ', "+"));
        let request = Request::post(format!("{home}/login"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Origin", &home)
            .body(form)
            .expect("a request");
        let reply = agent.run(request).expect("an answer");
        let cookie = reply.headers().get("set-cookie").and_then(|it| it.to_str().ok()).expect("a session");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Reader { agent, home, cookie }
    }

    /// The bytes of a page, packed as a browser asks for it or not.
    fn get(&self, path: &str, packed: bool) -> Vec<u8> {
        let mut request = Request::get(format!("{}{path}", self.home)).header("Cookie", &self.cookie);
        request = request.header("Accept", "text/html");
        if packed {
            request = request.header("Accept-Encoding", "gzip");
        }
        let mut reply = self.agent.run(request.body(()).expect("a request")).expect("an answer");
        assert_eq!(reply.status().as_u16(), 200, "{path}");
        reply.body_mut().read_to_vec().expect("its body")
    }
}
