//! `dfa.load_catalog(strict => false)`: what is broken is refused alone.

use crate::session::{quoted, Session};

const MIXED: &str = "
src_s: {create: {features: {a: 'int'}}}
ai_good: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into ai.ai_good select a from ai.src_s'}}}
ai_unread: {create: {features: {a: 'int', a2: ''}}, update: {p: {statement: 'select 1'}}}
ai_unparsed: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert ino ai.ai_unparsed select 1'}}}
'view:v': {create: 'create view ai.v as selct 1'}
first: {nodes: [ai_good, ai_unread, ai_unparsed]}
second: {nodes: [ai_god]}
third: {id: first, nodes: [ai_good], deadline: banana}
";

fn loose(session: &mut Session, catalog: &str) -> Vec<String> {
    session.rows(&format!(
        "select kind, name, action, split_part(finding, ': error: ', 2) from dfa.load_catalog({}, 'x.yaml', strict => false)",
        quoted(catalog)
    ))
}

#[test]
fn sound_definitions_are_stored_and_each_broken_one_is_a_row() {
    let mut session = Session::fresh();
    let rows = loose(&mut session, MIXED);
    let starts = [
        "table|src_s|new|",
        "table|ai_good|new|",
        "pipeline|first|new|",
        "table|ai_unparsed|refused|ai_unparsed: process 'p': syntax error at or near \"ino\"",
        "table|ai_unread|refused|ai_unread: create.features.a2",
        "view|v|refused|v: create: syntax error at or near \"selct\"",
        "pipeline|second|refused|second: nodes: table 'ai_god' is not known",
        "pipeline|third|refused|third: deadline: 'banana' is no length of time",
    ];
    assert_eq!(rows.len(), starts.len(), "{rows:#?}");
    for (row, start) in rows.iter().zip(starts) {
        assert!(row.starts_with(start), "{row}\nexpected {start}");
    }
    assert_eq!(
        session.rows("select kind, name from dfa.catalog where current order by 1, 2"),
        ["table|ai_good", "table|src_s", "pipeline|first"]
    );
}

#[test]
fn strict_refuses_all_of_it_with_every_finding() {
    let mut session = Session::fresh();
    let refusal = session.load_refused(MIXED);
    assert_eq!(refusal.sqlstate, "DF001");
    for word in ["a2", "ino", "selct", "ai_god", "banana"] {
        assert!(refusal.detail.contains(word), "{word} is missing in {refusal}");
    }
    assert_eq!(session.value("select count(*) from dfa.catalog"), "0");
}

#[test]
fn a_node_that_was_refused_fails_with_that_reason_and_the_others_run() {
    let mut session = Session::fresh();
    loose(&mut session, MIXED);
    session.set_up();
    for call in ["dfa.run_pipeline('first', '2021-02-01')", "dfa.run_pipeline('first', '2021-02-02')"] {
        let rows = session.rows(&format!("select node, status, message from {call}"));
        assert_eq!(rows.len(), 3, "{rows:#?}");
        assert!(rows[0].starts_with("ai_good|0|"), "{rows:#?}");
        assert!(
            rows[1].starts_with("ai_unread|1|")
                && rows[1].contains("was refused when its catalog was loaded: x.yaml:4:"),
            "{rows:#?}"
        );
        assert!(rows[2].starts_with("ai_unparsed|1|") && rows[2].contains("ino"), "{rows:#?}");
    }
    // Whoever asks for the table itself is told the same.
    let refusal = session.refused("select * from dfa.run_table('ai_unparsed', '2021-02-01')");
    refusal.says(&["was refused", "ino", "x.yaml"]);
    // Loads of other documents go on, strict ones, too.
    session.load("src_other: {create: {features: {a: 'int'}}}");
    assert_eq!(session.value("select count(*) from dfa.refused_definition"), "5");
    session.load("ai_unparsed: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into ai.ai_unparsed select 1'}}}");
    assert_eq!(session.value("select count(*) from dfa.refused_definition"), "4");
    session.run("select * from dfa.setup('ai_unparsed', run_date => '2021-01-01')");
    let rows = session.rows("select node, status from dfa.run_pipeline('first', '2021-02-03')");
    assert_eq!(rows, ["ai_good|0", "ai_unread|1", "ai_unparsed|0"]);
}

#[test]
fn a_new_version_that_is_refused_leaves_the_old_one_in_force() {
    let mut session = Session::with("ai_x: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into ai.ai_x select 1'}}}\none: {nodes: {ai_x: [p]}}");
    let rows = loose(
        &mut session,
        "ai_x: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into ai.ai_x selct 1'}}}",
    );
    assert!(rows[0].starts_with("table|ai_x|refused|"), "{rows:?}");
    assert_eq!(session.value("select status from dfa.run_pipeline('one', '2021-02-01')"), "0");
}

#[test]
fn a_document_that_is_no_yaml_is_a_row() {
    let mut session = Session::fresh();
    let rows = loose(&mut session, "src_a: {create: [");
    assert!(matches!(rows.as_slice(), [row] if row.starts_with("document|x.yaml|refused|")), "{rows:?}");
}

#[test]
fn a_change_that_breaks_a_stored_pipeline_is_refused_strictly_and_told_otherwise() {
    let set = "ai_x: {create: {features: {a: 'int'}}, update: {p: {statement: 'select 1'}}}\none: {nodes: {ai_x: [p]}}";
    let mut session = Session::with(set);
    let renamed = "ai_x: {create: {features: {a: 'int'}}, update: {q: {statement: 'select 1'}}}";
    session.load_refused(renamed).says(&["one", "has no process 'p'"]);
    assert_eq!(loose(&mut session, renamed), ["table|ai_x|changed|"]);
    assert_eq!(session.load("src_other: {create: {features: {a: 'int'}}}"), ["table|src_other|new"]);
}
