//! Out of force: `dfa.retire` and loads that prune.

use crate::session::{quoted, Session};

const SET: &str = "
src_s: {create: {features: {a: 'int'}}}
ai_t: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into ai.ai_t select a from ai.src_s'}}}
ai_u: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into ai.ai_u select a from ai.src_s'}}}
daily: {id: d, nodes: [ai_t], schedule: everyday_at_05_30}
after: {id: a, nodes: [ai_t], trigger: d}
";

fn load_all(session: &mut Session, documents: &[&str], arguments: &str) -> Vec<String> {
    let texts: Vec<String> = documents.iter().map(|text| quoted(text)).collect();
    let sources: Vec<String> = (1..=documents.len()).map(|number| format!("'{number}.yaml'")).collect();
    session.rows(&format!(
        "select kind, name, action from dfa.load_catalogs(array[{}], array[{}]{arguments})",
        texts.join(","),
        sources.join(",")
    ))
}

#[test]
fn a_retired_pipeline_starts_no_more_and_keeps_its_history() {
    let mut session = Session::with(SET);
    session.run("select * from dfa.run_pipeline('daily', '2021-02-01')");
    assert_eq!(
        session.rows("select kind, name, action from dfa.retire('pipeline', 'after')"),
        ["pipeline|after|retired"]
    );
    session.run("select * from dfa.retire('pipeline', 'daily')");
    assert_eq!(session.rows("select * from dfa.tick(now() + interval '3 days')"), [""; 0]);
    assert_eq!(session.value("select count(*) from dfa.schedule_trigger"), "0");
    assert_eq!(session.value("select count(*) from dfa.task_process where process_name_put = 'daily'"), "1");
    let refusal = session.refused("select * from dfa.run_pipeline('daily', '2021-02-02')");
    assert_eq!(refusal.sqlstate, "DF002", "{refusal}");
    // A later load brings it back with what it was.
    session.run("update dfa.task_schedule set active_flg = 'N' where pipeline_id = 'd'");
    assert!(session.load(SET).contains(&"pipeline|daily|new".to_owned()));
    assert_eq!(
        session.value(
            "select kind, active_flg, next_slot is not null from dfa.task_schedule where pipeline_id = 'd'"
        ),
        "pipeline|N|t"
    );
}

#[test]
fn a_table_that_a_pipeline_names_is_not_retired() {
    let mut session = Session::with(SET);
    let refusal = session.refused("select * from dfa.retire('table', 'ai_t')");
    assert_eq!(refusal.sqlstate, "2BP01", "{refusal}");
    refusal.says(&["ai_t", "daily"]);
    session.run("insert into ai.ai_u values (1)");
    session.run("select * from dfa.retire('table', 'ai_u')");
    assert_eq!(session.value("select count(*) from ai.ai_u"), "1");
    let refusal = session.refused("select * from dfa.retire('table', 'ai_u')");
    assert_eq!(refusal.sqlstate, "DF002", "{refusal}");
    session
        .refused("select * from dfa.retire('planet', 'x')")
        .says(&["function, table, view, query or pipeline"]);
}

#[test]
fn a_load_that_prunes_retires_what_no_document_holds() {
    let mut session = Session::with(SET);
    let kept = "
src_s: {create: {features: {a: 'int'}}}
ai_t: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into ai.ai_t select a from ai.src_s'}}}
";
    let daily = "daily: {id: d, nodes: [ai_t], schedule: everyday_at_05_30}";
    let rows = load_all(&mut session, &[daily, kept], ", prune => true");
    assert_eq!(
        rows,
        [
            "pipeline|daily|same",
            "table|src_s|same",
            "table|ai_t|same",
            "table|ai_u|retired",
            "pipeline|after|retired",
        ]
    );
    assert_eq!(load_all(&mut session, &[daily, kept], ""), rows[..3]);
    // What stays must not name what goes.
    let texts = quoted(daily);
    let refusal = session
        .refused(&format!("select * from dfa.load_catalogs(array[{texts}], array['1.yaml'], prune => true)"));
    assert_eq!(refusal.sqlstate, "DF001", "{refusal}");
    assert_eq!(session.value("select count(*) from dfa.catalog where current"), "3");
}

#[test]
fn a_document_that_cannot_be_read_prunes_nothing() {
    let mut session = Session::with(SET);
    let refusal = session.refused(
        "select * from dfa.load_catalogs(array['a: [', ''], array['1.yaml', '2.yaml'], strict => false, prune => true)",
    );
    refusal.says(&["prune", "1.yaml"]);
    assert_eq!(session.value("select count(*) from dfa.catalog where current"), "5");
}

#[test]
fn documents_come_in_any_order() {
    let mut session = Session::fresh();
    let (pipeline, tables) = SET.split_at(SET.find("daily:").unwrap_or(0));
    let rows = load_all(&mut session, &[tables, pipeline], "");
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row.ends_with("|new")), "{rows:?}");
}
