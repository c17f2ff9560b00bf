//! `dfa.audit`: who changed what, by which way, what it was before; and that nobody changes that.

use crate::session::Session;

const NIGHT: &str = "
src_s: {create: {features: {a: int, day: date}, primary_key: [a]}, retention: {column: day, months: 12}}
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
nightly: {id: n, nodes: [ai_t]}
";

fn night() -> Session {
    let mut session = Session::with(NIGHT);
    session.run("set dfa.person = 'anna'; set dfa.way = 'web'; set dfa.reason = 'a test'");
    session
}

/// `person|way|action|before|after` of what was done to an object, the oldest first.
fn history(session: &mut Session, kind: &str, name: &str) -> Vec<String> {
    let mut rows = session
        .rows(&format!("select person, way, action, before, after from dfa.history('{kind}', '{name}')"));
    rows.reverse();
    rows
}

#[test]
fn changes_by_functions_and_by_plain_sql_are_written_down_with_what_was_before() {
    let mut session = night();
    session.run(
        "insert into ai.ctr_data_parameter (parameter_name, parameter_type, parameter_value) values ('factor', 'int', '10');
         update dfa.data_parameter set parameter_value = '20' where parameter_name = 'factor';
         update dfa.data_parameter set parameter_value = parameter_value;
         set dfa.person = ''; set dfa.way = '';
         delete from dfa.data_parameter where parameter_name = 'factor'",
    );
    let rows = history(&mut session, "parameter", "factor");
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(
        rows[0].starts_with("anna|web|insert||{") && rows[0].contains("\"parameter_value\": \"10\""),
        "{rows:?}"
    );
    assert_eq!(rows[1], r#"anna|web|update|{"parameter_value": "10"}|{"parameter_value": "20"}"#);
    assert!(rows[2].starts_with("postgres|sql|delete|{") && rows[2].ends_with('|'), "{rows:?}");
    assert_eq!(
        session.value("select distinct role, reason from dfa.audit where kind = 'parameter'"),
        "postgres|a test"
    );
}

#[test]
fn each_kind_of_object_has_its_history() {
    let mut session = night();
    session.load("ai_t: {version: 2022-01-01, create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (2)'}}}");
    session.run(
        "select dfa.pause('nightly', 'its source is wrong'); select dfa.unpause('nightly');
         update ai.ctr_data_pipeline set run_count_max = 3 where table_name = 'ai_t';
         update ai.ctr_task_schedule set active_flg = 'N' where pipeline_id = 'n';
         select dfa.add_user('bert', '$argon2id$secret', 'viewer');
         select dfa.add_key('erp', 'operator')",
    );
    for (kind, name, actions) in [
        ("table", "ai_t", "insert|update|insert"),
        ("pause", "nightly", "insert|delete"),
        ("watermark", "ai_t", "update"),
        ("schedule", "nightly", "update"),
        ("user", "bert", "insert"),
        ("key", "erp", "insert"),
    ] {
        let found = session.value(&format!(
            "select string_agg(action, '|' order by at, id) from dfa.audit where kind = '{kind}' and name = '{name}' and action in ('insert', 'update', 'delete')"
        ));
        let mut wanted: Vec<&str> = actions.split('|').collect();
        let mut found: Vec<&str> = found.split('|').collect();
        wanted.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, wanted, "{kind} {name}");
    }
    assert_eq!(
        session.value("select reason from dfa.audit where kind = 'pause' and action = 'insert'"),
        "its source is wrong"
    );
    assert_eq!(
        history(&mut session, "watermark", "ai_t"),
        [r#"anna|web|update|{"run_count_max": 0}|{"run_count_max": 3}"#]
    );
    let all = session.rows("select before, after from dfa.audit").join("\n");
    assert!(!all.contains("argon2id") && !all.contains("key_hash"), "secrets are never in it");
}

#[test]
fn a_task_says_who_began_it_by_which_way_and_what_was_done_to_it() {
    let mut session = night();
    session.run("select * from dfa.run_table('ai_t', '2021-01-02')");
    assert_eq!(
        session.value("select person, way, role, action, after ->> 'run_date' from dfa.audit where kind = 'table' and action = 'run'"),
        "anna|web|postgres|run|2021-01-02"
    );
    assert_eq!(
        session.value("select count(*) from dfa.audit where kind = 'watermark'"),
        "0",
        "a run moves it, and is there"
    );
    session.run(
        "insert into dfa.task_process (process_id, process_type, process_name_put, process_module)
         values ('7', 'background|table', 'ai_t', 'framework|data');
         select dfa.cancel('7');
         update dfa.task_process set process_message = 'forged' where process_id = '7';
         delete from dfa.task_process where process_id = '7'",
    );
    assert_eq!(
        session.rows("select action from dfa.audit where kind = 'task' and process_id = '7' order by at, id"),
        ["cancel", "update", "delete"]
    );
}

#[test]
fn what_the_scheduler_starts_says_so() {
    let mut session = night();
    session.load("slots: {nodes: [ai_t], schedule: \"0 * * * *\", timezone: UTC}\nreader: {nodes: [ai_t], trigger: landed}");
    session.run(
        "set dfa.max_workers = 4; update dfa.task_schedule set next_slot = '2021-03-01 00:00+00' where next_slot is not null;
         update dfa.task_schedule set started_at = now() - interval '1 day' where pipeline_id = 'reader';
         select dfa.notify_source('landed', '2021-01-05'); select * from dfa.tick('2021-03-01 00:00+00')",
    );
    assert_eq!(
        session.rows("select name, way, person from dfa.audit where kind = 'pipeline' and action = 'run' order by name"),
        ["reader|trigger|anna", "slots|scheduler|anna"]
    );
    assert_eq!(session.value("select dfa.way()"), "web", "the caller's is as it was");
}

#[test]
fn readers_read_it_and_nobody_changes_or_forges_it() {
    let mut owner = night();
    let database = owner.value("select current_database()");
    let mut login = |role: &str| {
        let name = format!("{role}_of_{database}");
        owner.run(&format!("create role {name} login; grant dfa_{role} to {name}"));
        owner.another_as(&name)
    };
    let (mut reader, mut operator, mut admin) = (login("reader"), login("operator"), login("admin"));
    admin.run("insert into dfa.data_parameter (parameter_name) values ('x')");
    operator.run("select dfa.pause('nightly', 'mine')");
    assert_eq!(
        reader.rows(
            "select role, kind from dfa.audit_entry where kind in ('parameter', 'pause') order by kind"
        ),
        [format!("admin_of_{database}|parameter"), format!("operator_of_{database}|pause")]
    );
    // A superuser, too, as long as he does not switch that off.
    for session in [&mut reader, &mut operator, &mut admin, &mut owner] {
        for statement in [
            "update dfa.audit_entry set role = 'x'",
            "delete from dfa.audit_entry",
            "truncate dfa.audit_entry",
        ] {
            assert_eq!(session.refused(statement).sqlstate, "42501", "{statement}");
        }
    }
    let forged =
        "insert into dfa.audit_entry (kind, name, action, role) values ('user', 'x', 'delete', 'postgres')";
    assert_eq!(operator.refused(forged).sqlstate, "42501");
    assert_eq!(reader.refused(forged).sqlstate, "42501");
    // The setting that pg_dump uses hides nothing: what cannot be written down is not done.
    let hidden = "set row_security = off; update dfa.data_parameter set parameter_value = '2' where parameter_name = 'x'";
    assert_eq!(admin.refused(hidden).sqlstate, "42501");
}

#[test]
fn it_is_trimmed_by_its_age_alone_and_never_what_is_younger_than_a_month() {
    let mut session = night();
    session.run(
        "set dfa.max_workers = 0;
         alter table dfa.audit_entry disable trigger kept;
         update dfa.audit_entry set at = now() - interval '2 years' where kind = 'table';
         update dfa.audit_entry set at = now() - interval '3 weeks' where kind = 'pipeline';
         alter table dfa.audit_entry enable trigger kept;
         set dfa.log_retention = '1 day'; select * from dfa.tick()",
    );
    assert_eq!(
        session.rows("select distinct kind from dfa.audit_entry where kind in ('table', 'pipeline', 'schema') order by 1"),
        ["pipeline", "schema"]
    );
}
