//! Catalogs out of what runs elsewhere: jobs of schedulers, and a dbt project with the rows that dbt builds.

use dfa_tests::{dfa, dfa_in, Cluster, Database};
use serde_json::Value;
use std::path::{Path, PathBuf};

const JAFFLE_SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cli/jaffle_shop");

fn import(database: &Database, folder: &Path, words: &[&str]) -> Value {
    let words = [&["--json", "import"], words, &["-o", "made"]].concat();
    let made = dfa_in(folder, database, &words).assert_success().json();
    dfa_in(folder, database, &["catalog", "check", "made"]).assert_success();
    made
}

/// `place: why` of what was not carried over.
fn left(made: &Value) -> Vec<String> {
    let line =
        |left: &Value| format!("{}: {}", left["place"].as_str().unwrap(), left["why"].as_str().unwrap());
    made["left"].as_array().unwrap().iter().map(line).collect()
}

fn value(database: &Database, sql: &str) -> String {
    database.connect().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn the_jaffle_shop_has_the_rows_that_dbt_builds() {
    let database = Cluster::shared().plain_database("import_jaffle");
    let folder = tempfile::tempdir().unwrap();
    let made = import(&database, folder.path(), &["dbt", JAFFLE_SHOP]);
    // Tests of views are the only thing that is not carried over.
    let left = left(&made);
    assert!(
        left.len() == 8
            && left.iter().all(|line| line.starts_with("models/staging/schema.yml:")
                && line.contains("audits are of tables")),
        "{left:#?}"
    );
    let listed = std::fs::read_to_string(folder.path().join("made/NOT_CARRIED_OVER.md")).unwrap();
    assert!(
        listed.contains("| models/staging/schema.yml:8 | test unique of view 'stg_customers'"),
        "{listed}"
    );
    dfa_in(folder.path(), &database, &["init", "--catalog", "made", "--run-date", "2021-01-01"])
        .assert_success();
    for day in ["2021-01-02", "2021-01-03"] {
        dfa_in(folder.path(), &database, &["pipeline", "run", "jaffle_shop", "--run-date", day])
            .assert_success();
    }
    for (model, relation) in [
        ("customers", "ai_customers"),
        ("orders", "ai_orders"),
        ("stg_customers", "stg_customers"),
        ("stg_orders", "stg_orders"),
        ("stg_payments", "stg_payments"),
    ] {
        let built =
            std::fs::read_to_string(PathBuf::from(JAFFLE_SHOP).join(format!("built/{model}.csv"))).unwrap();
        let mut rows = String::new();
        let copy =
            format!("copy (select * from ai.{relation} order by 1) to stdout with (format csv, header)");
        let mut client = database.connect();
        std::io::Read::read_to_string(&mut client.copy_out(&copy).unwrap(), &mut rows).unwrap();
        assert!(rows.lines().count() > 90, "{rows}");
        assert_eq!(rows, built, "{model}");
    }
    let types = "select string_agg(format_type(atttypid, atttypmod), ' ' order by attnum) from pg_attribute
                 where attrelid = 'ai.ai_orders'::regclass and attnum > 0";
    assert_eq!(value(&database, types), "integer integer date text bigint bigint bigint bigint bigint");
    // Its tests hold: an order of nobody is one too many.
    database
        .connect()
        .batch_execute("insert into ai.src_raw_orders values (1000, 1000, '2018-05-01', 'placed')")
        .unwrap();
    dfa_in(folder.path(), &database, &["pipeline", "run", "jaffle_shop", "--run-date", "2021-01-04"])
        .assert_failure(1, &["relationships"]);
}

/// A small project with all that makes importing hard.
fn project(folder: &Path) -> PathBuf {
    let write = |path: &str, text: &str| {
        let path = folder.join("project").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("dbt_project.yml", "name: hard\nvars: {since: '2020-01-01'}\nmodels: {hard: {+materialized: table}}\non-run-end: 'grant select on all tables to x'\n");
    write(
        "models/sources.yml",
        "sources: [{name: shop, schema: raw, tables: [{name: sale}, {name: paid, identifier: payment}]}]\n",
    );
    write("models/day.sql", "{{ config(materialized='incremental', unique_key='day') }}\nselect day, sum(amount) as amount, '{}'::json as said\nfrom {{ source('shop', 'sale') }}\nwhere day >= '{{ var(\"since\") }}'\n{% if is_incremental() %} and day >= (select max(day) from {{ this }}) {% endif %}\ngroup by day\n");
    write(
        "models/inner_one.sql",
        "{{ config(materialized='ephemeral') }}\nselect day from {{ ref('day') }}\n",
    );
    write("models/reads_inner.sql", "select count(*) as days from {{ ref('inner_one') }}\n");
    write("models/by_macro.sql", "select 1 as one,\n{{ dbt_utils.star(ref('day')) }}\n");
    write("models/reads_macro.sql", "select * from {{ ref('by_macro') }}\n");
    write("models/wrong.sql", "select nothing from {{ ref('day') }}\n");
    write("models/code.py", "def model(dbt, session): return None\n");
    write("models/old.sql", "{{ config(enabled=false) }}\nselect 1 as one\n");
    write("models/circle.sql", "select * from {{ ref('square') }}\n");
    write("models/square.sql", "select * from {{ ref('circle') }}\n");
    write("macros/cents.sql", "{% macro cents(x) %}{{ x }} / 100{% endmacro %}\n");
    write("snapshots/s.sql", "{% snapshot s %}{% endsnapshot %}\n");
    write("tests/no_minus.sql", "select * from {{ ref('day') }} where amount < 0\n");
    write("models/day.yml", "models:\n  - name: day\n    columns:\n      - name: amount\n        tests:\n          - not_null\n          - dbt_utils.accepted_range: {min_value: 0}\n");
    folder.join("project")
}

#[test]
fn what_of_a_project_is_more_than_sql_is_listed_with_file_and_line() {
    let database = Cluster::shared().plain_database("import_hard");
    database
        .connect()
        .batch_execute("create schema raw; create table raw.sale (day date, amount numeric); create table raw.payment (day date);
            insert into raw.sale values ('2019-12-31', 1), ('2020-01-01', 2), ('2020-01-01', 3)")
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let made = import(&database, folder.path(), &["dbt", project.to_str().unwrap()]);
    let left = left(&made);
    for line in [
        "dbt_project.yml:4: `on-run-end`: a pipeline has no such hook",
        "macros/cents.sql: a macro",
        "models/by_macro.sql:2: Jinja that is more than SQL",
        "models/circle.sql: it reads, by way of others, itself",
        "models/code.py: it is a model in Python",
        "models/day.yml:7: test dbt_utils.accepted_range of 'day': it is no test of dbt itself",
        "models/inner_one.sql: it is ephemeral, and a view here",
        "models/old.sql: it is not enabled",
        "models/reads_macro.sql: PostgreSQL refuses its SQL: relation \"by_macro\" does not exist",
        "models/square.sql: it reads, by way of others, itself",
        "models/wrong.sql: PostgreSQL refuses its SQL: column \"nothing\" does not exist",
        "snapshots/s.sql: a snapshot",
        "tests/no_minus.sql: a test of its own",
    ] {
        assert!(left.iter().any(|found| found.starts_with(line)), "'{line}' is not in {left:#?}");
    }
    assert_eq!(left.len(), 13, "{left:#?}");
    assert_eq!(
        value(&database, "select count(*)::text from pg_namespace where nspname like 'import_probe%'"),
        "0"
    );
    dfa_in(folder.path(), &database, &["init", "--catalog", "made", "--run-date", "2021-01-01"])
        .assert_success();
    let run = |day: &str| {
        dfa_in(folder.path(), &database, &["pipeline", "run", "hard", "--run-date", day]).assert_success();
        value(&database, "select string_agg(concat_ws(' ', day, amount), ', ' order by day) from ai.ai_day")
    };
    assert_eq!(run("2021-01-02"), "2020-01-01 5");
    // Rows of days before the greatest are not taken again, as dbt does not; those of it replace it.
    database
        .connect()
        .batch_execute("insert into raw.sale values ('2020-01-01', 4), ('2020-01-02', 7)")
        .unwrap();
    assert_eq!(run("2021-01-03"), "2020-01-01 9, 2020-01-02 7");
    assert_eq!(value(&database, "select days::text from ai.ai_reads_inner"), "2");
}

#[test]
fn jobs_of_pg_cron_become_pipelines() {
    let database = Cluster::shared().plain_database("import_cron");
    database
        .connect()
        .batch_execute(
            // In the form of pg_cron 1.6.
            "create schema cron;
             create table cron.job (jobid bigint primary key, schedule text, command text, nodename text default 'localhost',
                 nodeport int default 5432, database text default current_database(), username text default current_user,
                 active boolean default true, jobname text);
             create table public.log (at timestamptz default now(), said json);
             insert into cron.job (jobid, schedule, command, jobname) values
                 (1, '30 5 * * *', 'insert into public.log (said) values (''{\"a\": 1}'');', 'Nightly log'),
                 (2, '@daily', 'vacuum public.log', null), (3, '10 seconds', 'select 1', 'often'), (4, '0 0 1 * *', 'select 2', 'often');
             insert into cron.job (jobid, schedule, command, jobname, active) values (5, '* * * * *', 'select 3', 'off', false);
             insert into cron.job (jobid, schedule, command, jobname, database) values (6, '* * * * *', 'select 4', 'other', 'elsewhere');
             insert into cron.job (jobid, schedule, command, jobname, username) values (7, '0 12 * * mon', 'select 5', 'Anna', 'anna')",
        )
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let made = import(&database, folder.path(), &["pg_cron"]);
    assert_eq!(made["definitions"], 10, "{made}");
    let left = left(&made);
    for line in [
        "job 2 (job_2), job_2: PostgreSQL runs VACUUM in no transaction",
        "job 3 (often): its schedule is none of five fields",
        "job 5 (off): it is off: the pipeline has no schedule",
        "job 6 (other): it runs in database 'elsewhere'",
        "job 7 (Anna): it ran as 'anna'",
    ] {
        assert!(left.iter().any(|found| found.starts_with(line)), "'{line}' is not in {left:#?}");
    }
    dfa_in(folder.path(), &database, &["init", "--catalog", "made", "--run-date", "2021-01-01"])
        .assert_success();
    let schedules = "select string_agg(concat_ws(' ', name, document ->> 'schedule', document ->> 'timezone'), ', ' order by name) from dfa.catalog where current and kind = 'pipeline'";
    assert_eq!(
        value(&database, schedules),
        "anna 0 12 * * mon UTC, nightly_log 30 5 * * * UTC, off, often, often_2 0 0 1 * * UTC"
    );
    dfa(&database, &["pipeline", "run", "nightly_log", "--run-date", "2021-01-02"]).assert_success();
    assert_eq!(value(&database, "select said ->> 'a' from public.log"), "1");
    assert_eq!(
        value(&database, "select string_agg(run_date::text, ',') from ai.ai_nightly_log"),
        "2021-01-02"
    );
}

#[test]
fn chains_of_pg_timetable_and_jobs_of_pgagent_become_pipelines() {
    let database = Cluster::shared().plain_database("import_chains");
    database
        .connect()
        .batch_execute(
            // In the form of pg_timetable 5 and pgAgent 4.
            "create schema timetable; create type timetable.command_kind as enum ('SQL', 'PROGRAM', 'BUILTIN');
             create table timetable.chain (chain_id bigint primary key, chain_name text, run_at text, live boolean, self_destruct boolean);
             create table timetable.task (task_id bigint primary key, chain_id bigint, task_order float8, task_name text,
                 kind timetable.command_kind, command text, database_connection text);
             create table timetable.parameter (task_id bigint, order_id int, value jsonb);
             insert into timetable.chain values (1, 'load', '0 4 * * *', true, false), (2, 'once', '@reboot', true, true);
             insert into timetable.task values (1, 1, 20, 'second', 'SQL', 'insert into public.done values (''second'')', null),
                 (2, 1, 10, 'first', 'SQL', 'insert into public.done values (''first'')', null), (3, 1, 30, 'mail', 'BUILTIN', 'SendMail', null),
                 (4, 1, 40, 'given', 'SQL', 'select $1', null), (5, 2, 1, null, 'SQL', 'select 1', null);
             insert into timetable.parameter values (4, 1, '[7]');
             create schema pgagent;
             create table pgagent.pga_job (jobid int primary key, jobname text, jobenabled boolean);
             create table pgagent.pga_jobstep (jstid int, jstjobid int, jstname text, jstenabled boolean, jstkind char, jstcode text,
                 jstconnstr text default '', jstdbname name default '');
             create table pgagent.pga_schedule (jscid int, jscjobid int, jscname text, jscenabled boolean, jscend timestamptz,
                 jscminutes bool[], jschours bool[], jscweekdays bool[], jscmonthdays bool[], jscmonths bool[]);
             create table pgagent.pga_exception (jexscid int);
             insert into pgagent.pga_job values (1, 'Weekly', true), (2, 'Shell', true);
             insert into pgagent.pga_jobstep values (1, 1, 'a step', true, 's', 'insert into public.done values (''weekly'')'),
                 (2, 2, 'b step', true, 'b', 'ls');
             insert into pgagent.pga_schedule
             select 1, 1, 'mondays', true, null, array_agg(minute = 15 order by minute), array_fill(false, array[24]) || '{}'::bool[],
                    '{f,t,f,f,f,f,f}', array_fill(false, array[32]), array_fill(false, array[12])
             from generate_series(0, 59) as minute;
             update pgagent.pga_schedule set jschours[6] = true;
             create table public.done (what text)",
        )
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let chains = left(&import(&database, folder.path(), &["pg_timetable"]));
    assert_eq!(
        chains.iter().map(|line| line.split(": ").next().unwrap()).collect::<Vec<_>>(),
        ["chain 1 (load), mail", "chain 1 (load), given", "chain 2 (once)", "chain 2 (once)"],
        "{chains:#?}"
    );
    dfa_in(folder.path(), &database, &["init", "--catalog", "made", "--run-date", "2021-01-01"])
        .assert_success();
    dfa(&database, &["pipeline", "run", "load", "--run-date", "2021-01-02"]).assert_success();
    assert_eq!(value(&database, "select string_agg(what, ',') from public.done"), "first,second");

    let folder = tempfile::tempdir().unwrap();
    let jobs = left(&import(&database, folder.path(), &["pgagent"]));
    assert_eq!(jobs, ["job 2 (Shell), b step: it is a batch of the shell, and a process is SQL"]);
    let pipeline = std::fs::read_to_string(folder.path().join("made/pipeline/pipeline_jobs.yaml")).unwrap();
    assert!(pipeline.contains("schedule: \"15 5 * * 1\""), "{pipeline}");
}

#[test]
fn what_cannot_be_imported_says_so_and_writes_nothing() {
    let database = Cluster::shared().plain_database("import_nothing");
    let folder = tempfile::tempdir().unwrap();
    for (words, status, told) in [
        (vec!["pg_cron"], 1, "this database has no cron.job"),
        (vec!["pg_timetable"], 1, "this database has no timetable.chain"),
        (vec!["pgagent"], 1, "this database has no pgagent.pga_job"),
        (vec!["dbt", "nowhere"], 2, "'nowhere' is no dbt project"),
    ] {
        let words = [&["import"], words.as_slice(), &["-o", "made"]].concat();
        dfa_in(folder.path(), &database, &words).assert_failure(status, &[told]);
    }
    assert!(!folder.path().join("made").exists());
    std::fs::create_dir(folder.path().join("made")).unwrap();
    std::fs::write(folder.path().join("made/mine.txt"), "mine").unwrap();
    dfa_in(folder.path(), &database, &["import", "dbt", JAFFLE_SHOP, "-o", "made"])
        .assert_failure(2, &["folder 'made' is not empty"]);
}
