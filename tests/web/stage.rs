//! What the pages show: a small set of catalogs, three people, runs that went well and runs that did not.

use dfa_tests::{dfa_fed, Cluster, Database, Service};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// `daily` runs two tables; `broken` divides by zero in its second node, and its third waits for that.
pub const CATALOG: &str = r"
src_in: {create: {features: {id: bigint not null, day: date}}}
ai_sales:
  description: Sales by day
  create: {features: {id: bigint primary key, seen: date}}
  update: {fill: {parameter: [run_date], statement: 'insert into {ai_schema_name}.ai_sales select id, date ''{run_date}'' from {ai_schema_name}.src_in on conflict do nothing'}}
ai_share:
  create: {features: {id: bigint primary key, share: numeric}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_share select id, 1 / (id - 2) from {ai_schema_name}.ai_sales on conflict do nothing'}}
ai_report:
  create: {features: {id: bigint primary key, share: numeric}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_report select id, share from {ai_schema_name}.ai_share on conflict do nothing'}}
pipeline:daily: {id: daily, description: What runs every night, nodes: [ai_sales], schedule: '30 5 * * *', owner: sales}
pipeline:broken: {id: broken, nodes: [ai_sales, ai_share, ai_report], trigger: daily}
";

pub const PASSWORD: &str = "correct horse battery";

/// A user for each role.
pub const USERS: [(&str, &str); 3] = [("vera", "viewer"), ("otto", "operator"), ("ada", "admin")];

static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// A database that one test has for itself, with catalogs and people, and nothing run.
pub fn database() -> Database {
    on(Cluster::shared(), &format!("web_{}", DATABASES.fetch_add(1, Ordering::Relaxed)))
}

/// The same in a cluster of one's own.
pub fn on(cluster: &Cluster, name: &str) -> Database {
    let database = cluster.database(name);
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&CATALOG]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    for (name, role) in USERS {
        dfa_fed(&database, &["user", "add", name, "--role", role], &format!("{PASSWORD}\n")).assert_success();
    }
    database
}

/// [`database`] with a past: two good nights, and one in which `broken` failed.
pub fn with_past() -> Database {
    past(database())
}

/// The same in a cluster of one's own.
pub fn with_past_on(cluster: &Cluster, name: &str) -> Database {
    past(on(cluster, name))
}

fn past(database: Database) -> Database {
    let mut client = database.connect();
    for line in [
        "insert into ai.src_in values (1, '2021-01-01')",
        "call dfa.run('daily', array['2021-01-02'::date])",
        "call dfa.run('broken', array['2021-01-02'::date])",
        "insert into ai.src_in values (2, '2021-01-03')",
        "call dfa.run('daily', array['2021-01-03'::date])",
        "call dfa.run('broken', array['2021-01-03'::date])",
        "select dfa.mark_stale('ai_sales', '2021-01-02', '2021-01-02', 'corrected by hand')",
        "select dfa.pause('daily', 'the source is being moved', now() + interval '2 days')",
        "insert into dfa.data_parameter (parameter_name, parameter_type, parameter_value) values ('factor', 'int', '3')",
        "select dfa.add_note('pipeline', 'daily', 'the source is late this week')",
        "select dfa.add_key('erp', 'operator', '{src_*}')",
        "select dfa.add_channel('ops', 'slack', 'env:SLACK_URL')",
        "select dfa.add_rule('nights', '{failed,late}', '{ops}', '{ai_*}', quiet_from => '22:00', quiet_to => '06:00')",
    ] {
        client.simple_query(line).unwrap();
    }
    database
}

/// The service and database that tests share which change nothing; it ends with the last of them.
pub fn shared() -> Arc<(Database, Service)> {
    static SHARED: Mutex<Weak<(Database, Service)>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let database = with_past();
        let service = Service::start(&database);
        let stage = Arc::new((database, service));
        *shared = Arc::downgrade(&stage);
        stage
    })
}

/// The task of a pipeline that failed last.
pub fn failed_task(database: &Database) -> String {
    let sql = "select process_id from dfa.task_process where status = 1 order by created_at desc limit 1";
    database.connect().query_one(sql, &[]).unwrap().get(0)
}
