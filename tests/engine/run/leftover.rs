//! A node leaves nothing but its rows.

use crate::session::Session;

/// Nodes that leave something in their session, and one that looks for it.
const LEAVERS: &str = "
src_parent: {create: {features: {id: 'bigint not null'}, primary_key: [id]}}
src_aud: {create: {features: {node: text, found: text}}}
ai_setter:
  create: {features: {n: bigint}}
  update:
    p1:
      statement: >-
        set session_replication_role = replica; set search_path = nowhere; set timezone = 'Asia/Tokyo'; set datestyle = 'German';
        set work_mem = '77MB'; set dfa.ai_schema = 'other'; set app.mine = 'left';
        do $$ begin perform set_config('statement_timeout', '77min', false); perform set_config('default_transaction_read_only', 'on', false); end $$;
        set role nobody_special; insert into {ai_schema_name}.ai_setter select 1
ai_maker:
  create: {features: {n: bigint}}
  update:
    p1:
      statement: >-
        create temp table stage_x as select 1 as n; create temp view stage_v as select * from stage_x; create temp sequence stage_s;
        create function pg_temp.stage_f() returns int language sql as 'select 1';
        declare stage_c cursor with hold for select 1; prepare stage_p as select 1;
        select pg_advisory_lock(77), pg_advisory_lock_shared(7, 7), pg_advisory_lock(77); listen stage_l;
        do $$ declare c refcursor := 'stage_r'; begin open c for select 1; end $$;
        insert into {ai_schema_name}.ai_maker select n from stage_x
ai_failing:
  create: {features: {n: bigint}}
  update:
    p1: {statement: \"set timezone = 'Asia/Tokyo'; prepare stage_q as select 1; select pg_advisory_lock(78); create temp table stage_y (); select 1 / 0\"}
ai_child: {create: {features: {n: bigint}, foreign_key: {n: src_parent.id}}, update: {p1: {statement: 'insert into {ai_schema_name}.ai_child select 99'}}}
ai_looker:
  create: {features: {what: text}}
  update:
    p1:
      statement: >-
        insert into {ai_schema_name}.ai_looker
        select concat_ws(' ', current_user, current_setting('timezone'), current_setting('work_mem'), current_setting('session_replication_role'),
                         current_setting('statement_timeout'), nullif(current_setting('app.mine', true), ''), to_regclass('stage_x'),
                         (select count(*) from pg_cursors where name like 'stage%'), (select count(*) from pg_prepared_statements where name like 'stage%'),
                         (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and objid in (77, 78, 7)))
all: {nodes: [ai_setter, ai_maker, ai_failing, ai_looker, ai_child]}
";

fn leavers() -> Session {
    let mut session = Session::fresh();
    // Roles are of the whole server.
    session.run("do $$ begin create role nobody_special; exception when duplicate_object or unique_violation then null; end $$");
    session.load(LEAVERS);
    session.run("select from dfa.setup(run_date => '2021-01-01')");
    session.run(
        "grant all on schema ai to nobody_special; grant all on all tables in schema ai to nobody_special",
    );
    session
}

/// What a session has that a node could have left or taken.
const STATE: &str = "select concat_ws(' ', current_user, current_setting('timezone'), current_setting('datestyle'), current_setting('work_mem'),
    current_setting('search_path'), current_setting('session_replication_role'), current_setting('statement_timeout'), current_setting('default_transaction_read_only'),
    current_setting('dfa.ai_schema'), nullif(current_setting('app.mine', true), ''), current_setting('app.own', true),
    (select string_agg(relname, ',' order by relname) from pg_class where relnamespace = pg_my_temp_schema() and relkind in ('r', 'v', 'S')),
    (select string_agg(proname, ',') from pg_proc where pronamespace = pg_my_temp_schema()),
    (select string_agg(name, ',' order by name) from pg_cursors), (select string_agg(name, ',' order by name) from pg_prepared_statements),
    (select string_agg(objid::text, ',' order by objid) from pg_locks where locktype = 'advisory' and classid <> 3578 and pid = pg_backend_pid()),
    (select string_agg(channel, ',') from pg_listening_channels() as channel))";

#[test]
fn what_a_node_sets_and_makes_in_its_session_ends_with_it() {
    let mut session = leavers();
    let before = session.value(STATE);
    let rows = session.rows("select node, status from dfa.run_pipeline('all', '2021-01-02')");
    assert_eq!(rows, ["ai_setter|0", "ai_maker|0", "ai_failing|1", "ai_looker|0", "ai_child|1"]);
    let zone = session.value("select dfa.time_zone()");
    assert_eq!(
        session.value("select what from ai.ai_looker"),
        format!("postgres {zone} 4MB origin 0  0 0 0").replace("0  0", "0 0")
    );
    assert_eq!(session.value(STATE), before);
    // A second time nothing is there already, and nothing is told to anybody who listens to nothing.
    let rows = session.rows("select node, status from dfa.run_pipeline('all', '2021-01-03')");
    assert_eq!(rows, ["ai_setter|0", "ai_maker|0", "ai_failing|1", "ai_looker|0", "ai_child|1"]);
    session.run("call dfa.run('all', array[date '2021-01-04', date '2021-01-05'])");
    assert_eq!(session.value("select count(*) from ai.ai_maker"), "4");
    assert_eq!(session.value("select count(*) from ai.ai_child"), "0");
    assert_eq!(session.value(STATE), before);
}

#[test]
fn what_is_the_callers_stays_his() {
    let mut session = leavers();
    session.run("set timezone = 'Asia/Kathmandu'; set datestyle = 'SQL, DMY'; set app.own = 'mine'; listen own_l; select pg_advisory_lock(5), pg_advisory_lock(77)");
    session.run("create temp table own_x (n int); create function pg_temp.own_f() returns int language sql as 'select 1'; prepare own_p as select 1");
    session.run("begin; declare own_c cursor for select n from generate_series(1, 3) as n; fetch own_c; set local work_mem = '5MB'");
    let before = session.value(STATE);
    session.run("select from dfa.run_pipeline('all', '2021-01-02')");
    assert_eq!(session.value(STATE), before);
    assert_eq!(session.rows("fetch own_c"), ["2"]);
    session.run("commit; execute own_p; select pg_temp.own_f() from own_x");
    assert_eq!(session.value("show work_mem"), "4MB");
    session.run("notify own_l");
}

#[test]
fn a_node_cannot_throw_away_what_is_the_sessions() {
    let mut session = Session::fresh();
    for (number, statement) in ["discard temp", "deallocate all", "close all"].iter().enumerate() {
        session.load(&format!(
            "ai_n{number}: {{create: {{features: {{n: int}}}}, update: {{p: {{statement: '{statement}'}}}}}}"
        ));
        session.set_up();
        session
            .refused(&format!("select from dfa.run_table('ai_n{number}', '2021-01-02', raise => true)"))
            .says(&["has no place in a process"]);
    }
    session.run("prepare mine as select 1; deallocate all; discard temp");
}

/// A loop of PL/pgSQL has its cursor open while its body runs.
#[test]
fn runs_in_a_loop_over_a_cursor_warn_of_nothing() {
    let session = Session::with(
        "ai_x: {create: {features: {n: bigint}}, update: {p1: {statement: 'insert into {ai_schema_name}.ai_x select 1'}}}",
    );
    let output = session.database.psql(
        "do $$ declare day date; begin
           for day in select generate_series(date '2021-01-02', '2021-01-20', '1 day')::date loop
             perform dfa.run_table('ai_x', day);
           end loop;
         end $$; select count(*) from ai.ai_x",
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "19\n");
}

#[test]
fn a_query_and_a_plan_leave_nothing_either() {
    let mut session = leavers();
    session.load("query:q: {create: \"set work_mem = '77MB'; create temp table stage_q as select 1 as n; prepare stage_p as select 1; select * from stage_q\"}");
    let before = session.value(STATE);
    for _ in 0..2 {
        assert_eq!(session.value("select dfa.run_query('q')"), r#"[{"n":1}]"#);
        session.run("select from dfa.explain('ai_looker', execute => true)");
    }
    assert_eq!(session.value(STATE), before);
}
