//! What an older version stored and this one would refuse: it stays in force, says why it cannot be used, and holds up nothing.

use crate::session::Session;

const SET: &str = "
ai_good: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_good values (1)'}}}
ai_old: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_old values (1)'}}}
vw_old: {statement: 'create view {ai_schema_name}.vw_old as select 1 as a'}
query:q_old: {statement: 'select 1 as a'}
good: {nodes: [ai_good], schedule: everyday_at_05_30}
mixed: {nodes: [ai_good, ai_old]}
late: {nodes: [ai_good], schedule: everyday_at_05_30}
";

/// The set, in force and set up, with rows planted that a version without some rule would have stored.
fn planted() -> Session {
    let mut session = Session::with(SET);
    for (name, document) in [
        (
            "ai_old",
            r#"{"create": {"features": {"a": "int"}}, "run": {"type": "hourly"}, "update": {"p": {"statement": "select 1"}}}"#,
        ),
        ("vw_old", r#"{"parameter": "x", "statement": {}}"#),
        ("q_old", r#"{"statement": "select '"}"#),
        ("late", r#"{"nodes": ["ai_good"], "deadline": "banana", "schedule": "everyday_at_05_30"}"#),
    ] {
        session
            .run(&format!("update dfa.catalog set document = $json${document}$json$ where name = '{name}'"));
    }
    // A session knows what it has read.
    session.another()
}

const RULE: &str = "breaks a rule of this version";

#[test]
fn what_names_the_whole_catalog_goes_on_without_it() {
    let mut session = planted();
    for call in [
        "dfa.plan()",
        "dfa.migrate()",
        "dfa.setup(run_date => '2021-01-01')",
        "dfa.tick()",
        "dfa.lineage()",
        "dfa.make_partitions()",
        "dfa.run_retention(run_date => '2021-01-02')",
        "dfa.run_pipeline('good', '2021-01-02')",
    ] {
        session.run(&format!("select * from {call}"));
    }
    assert_eq!(session.value("select count(*) from dfa.catalog where current"), "7");
    session.load("src_new: {create: {features: {a: int}}}\nnew: {nodes: [ai_good, ai_old]}");
}

#[test]
fn who_needs_it_is_told_which_rule_it_breaks() {
    let mut session = planted();
    for (call, finding) in [
        ("dfa.run_table('ai_old', '2021-01-02')", "run.type: 'hourly' is none of daily"),
        ("dfa.setup('ai_old')", "run.type: 'hourly' is none of daily"),
        ("dfa.plan('ai_old')", "run.type: 'hourly' is none of daily"),
        ("dfa.ingest('ai_old', '{\"a\": 1}')", "run.type: 'hourly' is none of daily"),
        ("dfa.run_pipeline('late', '2021-01-02')", "deadline: 'banana' is no length of time"),
        ("dfa.setup('vw_old')", "statement"),
        ("dfa.run_query('q_old')", "is not closed"),
    ] {
        let refusal = session.refused(&format!("select * from {call}"));
        assert_eq!(refusal.sqlstate, "DF001", "{call}: {refusal}");
        refusal.says(&[RULE, finding]);
    }
}

#[test]
fn a_node_of_it_fails_with_the_reason_and_the_others_run() {
    let mut session = planted();
    let rows = session.rows("select node, status, message from dfa.run_pipeline('mixed', '2021-01-02')");
    assert_eq!(rows.len(), 2, "{rows:#?}");
    assert!(rows[0].starts_with("ai_good|0|"), "{rows:#?}");
    assert!(
        rows[1].starts_with("ai_old|1|") && rows[1].contains(RULE) && rows[1].contains("'hourly'"),
        "{rows:#?}"
    );
}

#[test]
fn it_can_be_mended_and_taken_out_of_force() {
    let mut session = planted();
    session.load("late: {nodes: [ai_good], deadline: 2 hours}\nai_old: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_old values (2)'}}}");
    assert_eq!(session.value("select status from dfa.run_pipeline('late', '2021-01-02')"), "0");
    assert_eq!(session.value("select status from dfa.run_table('ai_old', '2021-01-02')"), "0");
    assert_eq!(session.value("select action from dfa.retire('query', 'q_old')"), "retired");
    assert_eq!(session.value("select action from dfa.retire('view', 'vw_old')"), "retired");
}
