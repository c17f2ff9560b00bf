//! Writers of tables that lineage cannot see: what a node really reads is known when it reads.

use crate::session::Session;
use dfa_tests::Cluster;
use std::thread;

/// Ways to read `src_s`, `src_i` (with a child) or a view of the catalog, most of them opaque.
const HIDDEN: &str = "
src_s: {create: {features: {day: date, a: int}}}
src_i: {create: {features: {day: date, a: int}}}
func:fn_deep: {create: 'create function {ai_schema_name}.fn_deep() returns bigint language sql as $$ select ai.fn_inner() $$'}
func:fn_inner: {create: 'create function {ai_schema_name}.fn_inner() returns bigint language sql as $$ select count(*) from ai.src_s $$'}
ai_child: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_child select count(*) from {ai_schema_name}.src_i'}}}
ai_deep: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_deep select {ai_schema_name}.fn_deep()'}}}
ai_do: {create: {features: {n: bigint}}, update: {p: {statement: \"do $$ begin execute 'insert into ai.ai_do select count(*) from ai.src' || '_s'; end $$\"}}}
ai_opaque: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_opaque select public.hidden()'}}}
ai_caught: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_caught select public.caught()'}}}
ai_stable: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_stable select public.hidden_stable()'}}}
ai_overview: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_overview select n from public.over_function'}}}
ai_mview: {create: {features: {n: bigint}}, update: {p: {statement: 'refresh materialized view public.of_s; insert into {ai_schema_name}.ai_mview select count(*) from public.of_s'}}}
ai_prepared: {create: {features: {n: bigint}}, update: {p: {statement: 'prepare w as insert into {ai_schema_name}.ai_prepared select count(*) from {ai_schema_name}.src_s; execute w'}}}
ai_copied: {create: {features: {n: bigint}}, update: {p: {statement: 'create temp table copied as select * from {ai_schema_name}.src_s; insert into {ai_schema_name}.ai_copied select count(*) from copied'}}}
ai_two: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_two select public.hidden() + public.other()'}}}
all: {nodes: [ai_child, ai_deep, ai_do, ai_opaque, ai_caught, ai_stable, ai_overview, ai_mview, ai_prepared, ai_copied]}
";

fn hidden_on(mut session: Session) -> Session {
    session.load(HIDDEN);
    session.run("select from dfa.setup(run_date => '2021-01-01')");
    session.run(
        "create table ai.child () inherits (ai.src_i);
         create function public.hidden() returns bigint language plpgsql as $$ begin return (select count(*) from ai.src_s); end $$;
         create function public.other() returns bigint language plpgsql as $$ begin return (select count(*) from ai.child); end $$;
         create function public.hidden_stable() returns bigint stable language plpgsql as $$ begin return (select count(*) from ai.src_s); end $$;
         create function public.caught() returns bigint language plpgsql as $$ begin return public.hidden(); exception when others then return -1; end $$;
         create view public.over_function as select public.hidden() as n;
         create materialized view public.of_s as select * from ai.src_s",
    );
    session
}

#[test]
fn a_late_commit_is_seen_by_whatever_way_a_node_reads() {
    let mut session = hidden_on(Session::fresh());
    let nodes = session.rows("select name from dfa.catalog where kind = 'table' and name like 'ai%' and name <> 'ai_two' order by 1");
    assert_eq!(nodes.len(), 10);
    for node in nodes {
        let table = if node == "ai_child" { "child" } else { "src_s" };
        let mut writer = session.another();
        writer.run(&format!("begin; insert into ai.{table} values ('1999-01-01', 1)"));
        let mut runner = session.another();
        let pid = runner.pid();
        let call = format!("select status, message from dfa.run_table('{node}', '2021-01-02')");
        let run = thread::spawn(move || runner.rows(&call));
        session.until_waiting(&pid);
        writer.run("commit");
        let rows = run.join().unwrap();
        assert!(rows[0].starts_with("0|Success"), "{node}: {rows:?}");
        assert_eq!(session.rows(&format!("select n from ai.{node}")), ["1"], "{node}");
        session.run("truncate ai.src_s, ai.child");
    }
}

#[test]
fn each_table_that_is_being_written_is_waited_for() {
    let mut session = hidden_on(Session::fresh());
    let (mut one, mut two) = (session.another(), session.another());
    one.run("begin; insert into ai.src_s values ('1999-01-01', 1)");
    two.run("begin; insert into ai.child values ('1999-01-01', 1)");
    let mut runner = session.another();
    let pid = runner.pid();
    let run = thread::spawn(move || runner.rows("select status from dfa.run_table('ai_two', '2021-01-02')"));
    session.until_waiting(&pid);
    one.run("commit");
    session.until_waiting(&pid);
    two.run("commit");
    assert_eq!(run.join().unwrap(), ["0"]);
    assert_eq!(session.rows("select n from ai.ai_two"), ["2"]);
}

#[test]
fn a_writer_that_lineage_does_not_see_is_named_after_the_timeout() {
    let mut session = hidden_on(Session::fresh());
    let mut writer = session.another();
    writer.run("begin; insert into ai.src_s values ('1999-01-01', 1)");
    session.run("set dfa.lock_timeout = '50ms'");
    let refusal = session.refused("select from dfa.run_table('ai_opaque', '2021-01-02', raise => true)");
    assert_eq!(refusal.sqlstate, "55P03");
    refusal.says(&["ai.src_s", &format!("process {}", writer.pid())]);
    let refusal = session.refused("begin isolation level repeatable read; select from dfa.run_table('ai_opaque', '2021-01-02', raise => true)");
    assert_eq!(refusal.sqlstate, "25001");
    session.run("rollback");
    writer.run("rollback");
}

#[test]
fn a_prepared_transaction_is_a_writer() {
    let cluster = Cluster::start(&["max_prepared_transactions=5"]);
    let mut session = hidden_on(Session::on(&cluster, "prepared"));
    session.run("begin; insert into ai.src_s values ('1999-01-01', 1); prepare transaction 'late one'");
    session.run("set dfa.lock_timeout = '50ms'");
    for node in ["ai_prepared", "ai_opaque", "ai_deep"] {
        let refusal =
            session.refused(&format!("select from dfa.run_table('{node}', '2021-01-02', raise => true)"));
        assert_eq!(refusal.sqlstate, "55P03");
        refusal.says(&["ai.src_s", "late one"]);
    }
    session.run("commit prepared 'late one'");
    session.run("select from dfa.run_table('ai_opaque', '2021-01-02')");
    assert_eq!(session.rows("select n from ai.ai_opaque"), ["1"]);
}

#[test]
fn a_foreign_table_is_named() {
    let mut session = Session::fresh();
    session.load("ai_f: {create: {features: {n: bigint}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_f select count(*) from public.outside'}}}");
    session.run("select from dfa.setup(run_date => '2021-01-01')");
    session.run("create extension file_fdw; create server files foreign data wrapper file_fdw; create foreign table public.outside (line text) server files options (program 'echo 1')");
    let rows = session.rows("select status, message from dfa.run_table('ai_f', '2021-01-02')");
    assert!(rows[1].starts_with("0|Warning") && rows[1].contains("outside"), "{rows:?}");
}
