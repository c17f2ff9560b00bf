//! `dfa.lineage`, `dfa.dependency`, `dfa.neighbours` and `dfa.pipeline_nodes`.

use crate::session::{quoted, Session};

/// The sources of a statement of a table `ai_t`, as `target<source kind`.
fn lineage_of(statement: &str) -> Vec<String> {
    let mut session = Session::fresh();
    session.load(&format!(
        "ai_t:\n  create: {{features: {{a: 'int'}}}}\n  update:\n    p:\n      statement: \"{}\"\n
src_a: {{create: {{features: {{a: 'int'}}}}}}
src_b: {{create: {{features: {{a: 'int'}}}}}}
view:vw_a: {{create: 'create view {{ai_schema_name}}.vw_a as select a from {{ai_schema_name}}.src_a'}}
func:fn_b: {{create: 'create function {{ai_schema_name}}.fn_b() returns int language sql as $$ select a from ai.src_b $$'}}
",
        statement.replace('"', "\\\"")
    ));
    session.rows("select target || '<' || coalesce(source, '') || ' ' || coalesce(source_kind, '') from dfa.lineage('ai_t')")
}

#[test]
fn ctes_are_no_sources_and_what_they_read_is() {
    assert_eq!(
        lineage_of("with src_b as (select a from ai.src_a), w as (select * from src_b) insert into ai.ai_t select a from w"),
        ["ai_t<src_a table"]
    );
}

#[test]
fn the_name_of_a_cte_hides_a_table_inside_its_statement_only() {
    assert_eq!(
        lineage_of("insert into ai.ai_t with src_b as (select 1 as a) select a from src_b; insert into ai.ai_t select a from src_b"),
        ["ai_t< ", "ai_t<src_b table"]
    );
}

#[test]
fn a_table_named_with_its_schema_is_never_a_cte() {
    assert_eq!(
        lineage_of("with src_b as (select 1 as a) insert into ai.ai_t select b.a from src_b, ai.src_b as b"),
        ["ai_t<src_b table"]
    );
}

#[test]
fn set_operations_and_subqueries_count() {
    assert_eq!(
        lineage_of("insert into ai.ai_t select a from ai.src_a union all select a from ai.src_b where a in (select oid::int from pg_catalog.pg_class)"),
        ["ai_t<pg_catalog.pg_class relation", "ai_t<src_a table", "ai_t<src_b table"]
    );
}

#[test]
fn views_and_functions_of_the_catalog_count_by_their_kind() {
    assert_eq!(
        lineage_of("insert into ai.ai_t select a + ai.fn_b() from ai.vw_a"),
        ["ai_t<fn_b function", "ai_t<vw_a view"]
    );
}

#[test]
fn updates_deletes_and_merges_have_target_and_sources() {
    for statement in [
        "update ai.ai_t as t set a = s.a from ai.src_a as s where s.a = t.a",
        "delete from ai.ai_t as t using ai.src_a as s where s.a = t.a",
        "merge into ai.ai_t as t using ai.src_a as s on s.a = t.a when not matched then insert values (s.a)",
        "insert into ai.ai_t select 1 on conflict do nothing returning (select max(a) from ai.src_a)",
        "update ai.ai_t set a = 0 where exists (select from ai.src_a)",
        "create table ai.ai_t as select a from ai.src_a",
        "insert into ai.ai_t select s.a from generate_series(1, 2) as n, lateral (select a from ai.src_a) as s",
        "insert into ai.ai_t values ((select a from ai.src_a limit 1))",
        "insert into ai.ai_t select case when exists (select from ai.src_a) then 1 end",
    ] {
        assert_eq!(lineage_of(statement), ["ai_t<src_a table"], "{statement}");
    }
}

#[test]
fn data_changing_ctes_are_targets() {
    assert_eq!(
        lineage_of("with moved as (delete from ai.src_b returning a) insert into ai.ai_t select moved.a from moved, ai.src_a"),
        ["ai_t<src_a table", "src_b<src_a table"]
    );
}

#[test]
fn definitions_of_views_and_functions_have_lineage() {
    let mut session = Session::fresh();
    session.load(
        "view:vw_a: {create: 'create view {ai_schema_name}.vw_a as select a from {ai_schema_name}.src_a'}
func:fn_a: {create: 'create function {ai_schema_name}.fn_a() returns bigint language sql as $$ select count(*) from ai.src_a $$'}
query:q_a: {create: 'select a from {ai_schema_name}.vw_a'}
src_a: {create: {features: {a: 'int'}}}
",
    );
    assert_eq!(
        session.rows("select node, process, target, source, source_kind from dfa.lineage() order by 1"),
        ["fn_a|create|fn_a|src_a|table", "q_a|create|q_a|vw_a|view", "vw_a|create|vw_a|src_a|table"]
    );
}

#[test]
fn dependency_lists_each_process_with_target_and_sources() {
    let mut session = Session::fresh();
    session.load(
        "ai_t:
  create: {features: {a: 'int'}}
  update:
    one: {statement: 'insert into {ai_schema_name}.ai_t select a from {ai_schema_name}.src_a join {ai_schema_name}.src_b using (a)'}
    two: {statement: 'delete from {ai_schema_name}.ai_t'}
",
    );
    for name in ["ai_t", "at"] {
        assert_eq!(
            session.rows(&format!("select process, target, sources from dfa.dependency({})", quoted(name))),
            ["one|ai_t|{src_a,src_b}", "two|ai_t|{}"]
        );
    }
    assert_eq!(session.refused("select * from dfa.dependency('xx')").sqlstate, "DF002");
}

#[test]
fn a_pipeline_tells_its_nodes_in_order_and_a_table_its_neighbours() {
    let mut session = Session::fresh();
    session.load(
        "
src_a: {create: {features: {a: 'int'}}}
view:vw_a: {create: 'create view {ai_schema_name}.vw_a as select a from {ai_schema_name}.src_a'}
ai_x: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_x select a from {ai_schema_name}.vw_a'}}}
ai_y: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_y select a from {ai_schema_name}.ai_x'}}}
one: {id: one, nodes: [ai_x, ai_y]}
two: {id: two, nodes: [ai_y]}
",
    );
    let nodes = "select pipeline, place, node, reads from dfa.pipeline_nodes";
    assert_eq!(session.rows(&format!("{nodes}('one')")), ["one|1|ai_x|{}", "one|2|ai_y|{ai_x}"]);
    assert_eq!(session.rows(&format!("{nodes}()")).len(), 3);
    let neighbours = "select direction, table_name from dfa.neighbours('ai_x')";
    assert_eq!(session.rows(neighbours), ["up|src_a", "down|ai_y"]);
    let around = "select distance, table_name, reads from dfa.neighbourhood";
    assert_eq!(
        session.rows(&format!("{around}('ai_x')")),
        ["-1|src_a|{}", "0|ai_x|{src_a}", "1|ai_y|{ai_x}"]
    );
    assert_eq!(
        session.rows(&format!("{around}('ai_y', 9, 9)")),
        ["-2|src_a|{}", "-1|ai_x|{src_a}", "0|ai_y|{ai_x}"]
    );
    assert_eq!(session.rows(&format!("{around}('src_a', 0, -1)")), ["0|src_a|{}"]);
    assert_eq!(session.refused("select * from dfa.pipeline_nodes('three')").sqlstate, "DF002");
}
