//! `pg_dump` and restore: a new database goes on where the old one was.

use crate::session::Session;
use dfa_tests::Cluster;
use std::sync::Arc;

const TOTAL: &str = "
src_s:
  create:
    features:
      day: date
      a: int
      state: varchar(10) default 'new' check (state in ('new', 'old'))
      share: numeric(5,2) default 0.5 check (share between 0 and 1)
ai_total:
  version: 2021-01-01
  create: {features: {id: serial, day: 'date', a: 'bigint'}, primary_key: [id]}
  retention: {column: day, months: 0}
  update:
    fill:
      parameter: [run_date, data_date, factor]
      statement: >-
        insert into {ai_schema_name}.ai_total (day, a)
        select day, sum(a) * {factor} from {ai_schema_name}.vw_s where day > date '{data_date}' and day <= date '{run_date}' group by day
view:vw_s: {create: 'create view {ai_schema_name}.vw_s as select day, a from {ai_schema_name}.src_s'}
nightly: {id: n, nodes: [ai_total]}
";

/// What must be the same before and after.
const STATE: &str = "
select 'catalog', (select string_agg(kind || ' ' || name || ' ' || version || ' ' || current || ' ' || document::text, ', ' order by id) from dfa.catalog)
union all select 'file', (select string_agg(path || content, ', ') from dfa.catalog_file)
union all select 'watermark', (select string_agg(w::text, ', ' order by table_name) from dfa.data_pipeline as w)
union all select 'parameter', (select string_agg(p::text, ', ' order by parameter_name) from dfa.data_parameter as p)
union all select 'log', (select string_agg(l::text, ', ' order by id) from dfa.data_logging as l)
union all select 'task', (select string_agg(t.process_id || t.status || t.process_message, ', ' order by process_id) from dfa.task_process as t)
union all select 'step', (select string_agg(s.id || s.node || s.state || coalesce(s.error::text, ''), ', ' order by id) from dfa.task_step as s)
union all select 'schedule', (select string_agg(s::text, ', ' order by pipeline_id) from dfa.task_schedule as s)
union all select 'ledger', (select string_agg(i::text, ', ' order by table_name, interval_start) from dfa.data_interval as i)
union all select 'rows', (select string_agg(t::text, ', ' order by id) from ai.ai_total as t)
union all select 'sequence', (select string_agg(sequencename || last_value, ', ' order by sequencename) from pg_sequences where schemaname in ('dfa', 'ai'))
";

#[test]
fn a_restored_database_has_the_same_state_and_runs_on() {
    let mut old = Session::with(TOTAL);
    old.load(&TOTAL.replace("2021-01-01", "2021-02-02"));
    old.run(
        "insert into ai.ctr_data_parameter (parameter_name, parameter_type, parameter_value) values ('factor', 'int', '10');
         select dfa.load_catalog_file('a.json', '[{\"b\": 1, \"a\": 2}]');
         insert into ai.src_s select date '2021-01-01' + n, n from generate_series(1, 4) as n;
         select * from dfa.run_pipeline('nightly', '2021-01-03');
         select * from dfa.run_table('ai_total', '2021-01-01');
         select dfa.mark_stale('src_s', '2021-01-02', '2021-01-02')",
    );
    let before = old.rows(STATE);
    assert!(before.iter().all(|line| !line.ends_with('|')), "an empty part proves nothing: {before:#?}");

    let dump = old.database.tool("pg_dump", &["--no-sync"], "");
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let name = format!("{}_restored", old.database.name());
    let database = Arc::new(Cluster::shared().plain_database(&name));
    let restored = database.psql(&String::from_utf8_lossy(&dump.stdout));
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));

    let client = database.connect();
    let mut new = Session { database, client };
    assert_eq!(new.rows(STATE), before);
    assert_eq!(
        new.rows("select node, rows, status from dfa.run_pipeline('nightly', '2021-01-05')"),
        ["ai_total|2|0"]
    );
    assert_eq!(
        new.rows("select id, day, a from ai.ai_total order by id"),
        ["1|2021-01-02|10", "2|2021-01-03|20", "3|2021-01-04|30", "4|2021-01-05|40"]
    );
    assert_eq!(new.watermark("ai_total"), "2021-01-05|2021-01-05|0");
    assert!(new.rows("select * from dfa.setup() where status <> 0").is_empty());
    assert_eq!(new.load(TOTAL).join(" ").matches("same").count(), 3);
    // Though Postgres prints a check that it has printed before in another way.
    assert_eq!(new.rows("select * from dfa.plan()"), [""; 0]);
}

#[test]
fn dropping_the_extension_leaves_the_data() {
    let mut session = Session::with(TOTAL);
    session.run("insert into ai.src_s values ('2021-01-01', 1); drop extension dfa cascade");
    assert_eq!(session.value("select a from ai.src_s"), "1");
    // The schema itself was made for the extension, not by it: it stays, empty, and takes the extension again.
    assert_eq!(session.value("select count(*) from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = 'dfa'::regnamespace"), "0");
    session.run("create extension dfa");
    assert_eq!(session.load(TOTAL).join(" ").matches("new").count(), 4);
}
