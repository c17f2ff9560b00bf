//! Who may do what: nobody without a role, readers read, operators run, admins change.

use crate::session::Session;
use std::sync::Arc;

const TOTAL: &str = "
src_s: {create: {features: {a: 'int'}}, initial: {value: '1'}}
ai_total:
  create: {features: {id: serial, a: 'bigint'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_total (a) select sum(a) from {ai_schema_name}.src_s'}}
query:q_total: {create: 'select a from {ai_schema_name}.ai_total'}
nightly: {nodes: [ai_total]}
";

/// Two sessions: the superuser's, and that of a new login in this role (or in none).
fn with_login(role: Option<&str>) -> (Session, Session) {
    let mut owner = Session::with(TOTAL);
    // Logins are of the whole cluster; the database's name makes this one unique.
    let login = format!("login_of_{}", owner.value("select current_database()"));
    owner.run(&format!("create role {login} login"));
    if let Some(role) = role {
        owner.run(&format!("grant {role} to {login}"));
    }
    let client = owner.database.connect_as(&login);
    let guest = Session { database: Arc::clone(&owner.database), client };
    (owner, guest)
}

fn denied(session: &mut Session, statements: &[&str]) {
    for statement in statements {
        let refusal = session.refused(statement);
        assert_eq!(refusal.sqlstate, "42501", "{statement}: {refusal}");
    }
}

#[test]
fn everybody_else_has_nothing() {
    let (mut owner, mut guest) = with_login(None);
    denied(
        &mut guest,
        &[
            "select * from dfa.catalog",
            "select * from ai.ctr_data_pipeline",
            "select * from ai.ai_total",
            "select * from dfa.run_table('ai_total')",
            "select * from dfa.lineage()",
            "call dfa.run('nightly')",
            "select * from dfa.load_catalog('')",
        ],
    );
    let open = owner.rows(
        "select oid::regprocedure::text from pg_proc where pronamespace = 'dfa'::regnamespace
           and (proacl is null or exists (select from aclexplode(proacl) where grantee = 0))
         union all
         select oid::regclass::text from pg_class where relnamespace = 'dfa'::regnamespace
           and exists (select from aclexplode(relacl) where grantee = 0)
         union all
         select nspname from pg_namespace, aclexplode(nspacl) where nspname in ('dfa', 'ai') and grantee = 0",
    );
    assert!(open.is_empty(), "PUBLIC may use {open:?}");
}

#[test]
fn a_reader_sees_everything_and_runs_nothing() {
    let (mut owner, mut reader) = with_login(Some("dfa_reader"));
    owner.run_table("ai_total", "2021-01-02");
    assert_eq!(reader.value("select count(*) from dfa.catalog"), "4");
    assert_eq!(
        reader.value("select table_name from ai.ctr_data_pipeline where run_date = '2021-01-02'"),
        "ai_total"
    );
    assert_eq!(reader.value("select a from ai.ai_total"), "1");
    assert_eq!(reader.value("select dfa.run_query('q_total')"), "[{\"a\":1}]");
    for look in ["dfa.lineage()", "dfa.dependency('ai_total')", "dfa.render('ai_total')"] {
        assert!(!reader.rows(&format!("select * from {look}")).is_empty(), "{look}");
    }
    denied(
        &mut reader,
        &[
            "select * from dfa.run_table('ai_total')",
            "select * from dfa.run_pipeline('nightly')",
            "call dfa.run('nightly')",
            "select dfa.mark_stale('src_s', '2021-01-01')",
            "select * from dfa.explain('ai_total', execute => true)",
            "select * from dfa.setup()",
            "select * from dfa.load_catalog('')",
            "update ai.ctr_data_pipeline set run_date = '2000-01-01'",
            "insert into ai.ctr_data_parameter (parameter_name) values ('x')",
            "insert into ai.src_s values (2)",
            "delete from dfa.data_logging",
        ],
    );
}

#[test]
fn an_operator_runs_tables_and_pipelines() {
    let (mut owner, mut operator) = with_login(Some("dfa_operator"));
    assert_eq!(operator.run_table("ai_total", "2021-01-02"), ["ai_total|fill|1|0"]);
    assert_eq!(operator.rows("select status from dfa.run_pipeline('nightly', '2021-01-03')"), ["0"]);
    assert!(operator.value("call dfa.run('nightly', '{2021-01-04}')").contains("|0|"));
    assert_eq!(operator.rows("select status from dfa.run_table('ai_total', '2021-01-02', 'rerun')"), ["0"]);
    operator.run("select dfa.mark_stale('src_s', '2021-01-02')");
    assert_eq!(owner.watermark("ai_total"), "2021-01-01|2021-01-04|0");
    assert_eq!(
        owner.value(
            "select count(distinct logged_by) from dfa.data_logging where logged_by like 'login_of_%'"
        ),
        "1"
    );
}

#[test]
fn an_operator_changes_no_sql_that_others_run() {
    let (_, mut operator) = with_login(Some("dfa_operator"));
    denied(
        &mut operator,
        &[
            "insert into ai.ctr_data_parameter (parameter_name) values ('x')",
            "update dfa.data_parameter set parameter_value = ''",
            "update ai.ctr_data_pipeline set rtt_column = 'now()'",
            "update dfa.data_pipeline set rtt_column = 'now()'",
            "update dfa.data_pipeline set active_flg = 'N'",
            "insert into dfa.data_pipeline (table_name) values ('x')",
            "update dfa.catalog set document = '{}'",
            "insert into dfa.catalog_file values ('a', '[]')",
            "select * from dfa.load_catalog('src_y: {create: {features: {a: int}}}')",
            "select dfa.load_catalog_file('a', '[]')",
            "select * from dfa.setup()",
            "delete from dfa.task_process",
            "delete from dfa.data_logging",
        ],
    );
}

#[test]
fn an_admin_loads_sets_up_and_changes_parameters() {
    let (mut owner, mut admin) = with_login(Some("dfa_admin"));
    admin.load("src_new: {create: {features: {a: 'int'}}, initial: {value: '5'}}");
    admin.run("insert into ai.ctr_data_parameter (parameter_name, parameter_value) values ('x', 'y')");
    admin.run("update ai.ctr_data_pipeline set rtt_column = 'a' where table_name = 'src_s'");
    assert_eq!(
        admin.rows("select action, rows, status from dfa.setup('src_new', initial_data => 'Y')"),
        ["created|1|0"]
    );
    assert_eq!(owner.rows("select a from ai.src_new"), ["5"]);
}

#[test]
fn a_pipeline_gives_nobody_rights_on_a_table() {
    let (mut owner, mut operator) = with_login(Some("dfa_operator"));
    owner.run("revoke insert on ai.ai_total from dfa_operator");
    let row = operator.value("select status, message from dfa.run_table('ai_total', '2021-01-02')");
    assert_eq!(row, "1|Error: permission denied for table ai_total");
    owner.run("grant insert on ai.ai_total to dfa_operator; revoke select on ai.src_s from dfa_reader, dfa_operator");
    let row = operator.value("select status, message from dfa.run_table('ai_total', '2021-01-02')");
    assert_eq!(row, "1|Error: permission denied for table src_s");
    assert_eq!(
        owner.value("select error ->> 'sqlstate' from dfa.task_step order by id desc limit 1"),
        "42501"
    );
}

#[test]
fn no_function_runs_with_the_rights_of_its_owner() {
    let mut session = Session::fresh();
    assert!(session
        .rows("select oid::regprocedure from pg_proc where pronamespace = 'dfa'::regnamespace and prosecdef")
        .is_empty());
}

#[test]
fn every_object_has_a_comment() {
    let mut session = Session::fresh();
    let functions = session.rows(
        "select oid::regprocedure from pg_proc where pronamespace = 'dfa'::regnamespace and obj_description(oid, 'pg_proc') is null",
    );
    assert!(functions.is_empty(), "without comment: {functions:?}");
    let tables = session.rows(
        "select oid::regclass from pg_class where relnamespace = 'dfa'::regnamespace and relkind in ('r', 'v') and obj_description(oid, 'pg_class') is null",
    );
    assert!(tables.is_empty(), "without comment: {tables:?}");
    let columns = session.rows(
        "select attrelid::regclass || '.' || attname from pg_attribute join pg_class on pg_class.oid = attrelid
         where relnamespace = 'dfa'::regnamespace and relkind in ('r', 'v') and attnum > 0 and not attisdropped
           and col_description(attrelid, attnum) is null order by 1",
    );
    assert!(columns.is_empty(), "without comment: {columns:?}");
}

#[test]
fn every_argument_has_a_name() {
    let mut session = Session::fresh();
    let unnamed = session.rows(
        "select oid::regprocedure from pg_proc where pronamespace = 'dfa'::regnamespace and pronargs > 0
           and (proargnames is null or '' = any(proargnames))",
    );
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

/// A grant that was forgotten would leave a function to superusers, and nobody would notice.
#[test]
fn every_function_is_granted_to_one_of_the_roles() {
    let mut session = Session::fresh();
    let forgotten = session.rows(
        "select oid::regprocedure from pg_proc
         where pronamespace = 'dfa'::regnamespace and prorettype <> 'trigger'::regtype
           and not exists (select from aclexplode(proacl)
                           where grantee in ('dfa_reader'::regrole, 'dfa_operator'::regrole, 'dfa_admin'::regrole))",
    );
    assert!(forgotten.is_empty(), "{forgotten:?}");
}
