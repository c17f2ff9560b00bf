//! The order of the nodes of a pipeline: as written, with a word where that is wrong; by lineage; by selection.

use crate::session::Session;

/// `src_s` → `ai_a` → `ai_b`; `ai_orders` refers to `ai_customers` by a test.
const TABLES: &str = "
src_s: {create: {features: {n: int}}, initial: {value: '1'}}
ai_a:
  tags: [sales]
  create: {features: {n: int}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_a select n from {ai_schema_name}.src_s'}}
ai_b:
  create: {features: {n: int}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_b select count(*) from {ai_schema_name}.ai_a'}}
ai_customers:
  tags: [sales]
  create: {features: {id: int}, primary_key: [id]}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_customers values (1) on conflict do nothing'}}
ai_orders:
  create: {features: {customer: int}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_orders values (1)'}}
  tests: [{relationships: {column: customer, to: ai_customers, field: id}}]
";

fn with(pipeline: &str) -> Session {
    Session::with(&format!("{TABLES}{pipeline}"))
}

fn run(session: &mut Session) -> Vec<String> {
    session.rows("select node, status, message from dfa.run_pipeline('p', '2021-01-02')")
}

#[test]
fn a_node_before_what_it_reads_is_told_in_the_result_of_the_run() {
    let mut session = with("p: {nodes: [ai_b, ai_a]}");
    let rows = run(&mut session);
    let told =
        "Warning: 'ai_b' reads 'ai_a', which comes after it: it takes what the run before left there; \
                the right order is ai_a, ai_b; `order: lineage` lets DFA order them";
    assert!(rows.contains(&format!("ai_b|0|{told}")), "{rows:#?}");
    assert!(session
        .value("select message from dfa.task_step where node = 'ai_b'")
        .contains("comes after it"));
    let mut right = with("p: {nodes: [ai_a, ai_b]}");
    assert!(run(&mut right).iter().all(|row| !row.contains("Warning")));
}

#[test]
fn by_lineage_each_node_comes_after_what_it_reads() {
    let mut session = with("p: {nodes: [ai_b, ai_a], order: lineage}");
    let nodes: Vec<String> =
        run(&mut session).iter().map(|row| row.split('|').next().unwrap().to_owned()).collect();
    assert_eq!(nodes, ["ai_a", "ai_b"]);
    assert_eq!(session.value("select n from ai.ai_b"), "1");
}

#[test]
fn tests_of_relationships_order_like_foreign_keys() {
    let mut session = with("p: {nodes: [ai_orders, ai_customers], order: lineage}");
    let rows = session.rows("select node, status from dfa.run_pipeline('p', '2021-01-02')");
    assert_eq!(rows, ["ai_customers|0", "ai_orders|0"]);
    let mut written = with("p: {nodes: [ai_orders, ai_customers]}");
    run(&mut written);
    assert_eq!(
        written.value("select (parameters -> 'order' ->> 'ai_orders') like '%which comes after it%' from dfa.task_process where process_module = 'framework|data'"),
        "t"
    );
}

#[test]
fn a_selection_takes_tables_by_name_tag_and_prefix_in_the_order_of_lineage() {
    for (select, expected) in [
        ("[+ai_b]", "ai_a ai_b"),
        ("['tag:sales']", "ai_a ai_customers"),
        ("['+ai_b', 'tag:sales']", "ai_a ai_b ai_customers"),
        ("['ai_*']", "ai_a ai_b ai_customers ai_orders"),
        ("[ai]", "ai_a ai_b ai_customers ai_orders"),
        ("[ai_orders, ai_b]", "ai_b ai_orders"),
    ] {
        let mut session = with(&format!("p: {{select: {select}}}"));
        session.run("select * from dfa.run_pipeline('p', '2021-01-03')");
        let nodes =
            session.rows("select node from dfa.task_step where run_date = '2021-01-03' order by step_order");
        assert_eq!(nodes.join(" "), expected, "{select}");
    }
}

#[test]
fn a_table_that_is_tagged_later_is_selected_from_then_on() {
    let mut session = with("p: {select: ['tag:sales']}");
    session.load("ai_late: {version: 2022-01-01, tags: [sales], create: {features: {n: int}}, update: {fill: {statement: 'insert into {ai_schema_name}.ai_late values (1)'}}}");
    session.run("select * from dfa.setup('ai_late', run_date => '2021-01-01'); select * from dfa.run_pipeline('p', '2021-01-02')");
    assert_eq!(session.value("select count(*) from ai.ai_late"), "1");
}

#[test]
fn a_selection_of_nothing_is_refused() {
    let mut session = Session::with(TABLES);
    for (select, word) in
        [("[ai_orderz]", "'ai_orderz' selects no table"), ("['tag:nobody']", "'tag:nobody' selects no table")]
    {
        let refusal = session.load_refused(&format!("p: {{select: {select}}}"));
        assert_eq!(refusal.sqlstate, "DF001", "{refusal}");
        refusal.says(&[word]);
    }
}
