//! Keys of the service, as the database keeps them.

use crate::session::Session;

#[test]
fn what_is_no_key_is_refused_and_nothing_is_made() {
    let mut session = Session::with("src_sale: {create: {features: {a: int}}}");
    for (call, sqlstate, words) in [
        ("'a b'", "22023", "'a b' is no name of a key"),
        ("null", "22023", "is no name of a key"),
        ("'x', null", "22004", "role is null"),
        ("'x', 'reader', '{}'", "22023", "a key for nothing"),
        ("'x', 'reader', array['src_a,src_b']", "22023", "is no pattern of names"),
        ("'x', 'reader', array['']", "22023", "is no pattern of names"),
        ("'x', 'reader', array[null]", "22023", "is no pattern of names"),
        ("'x', 'admin', array['src_*']", "22023", "a key of an admin is for everything"),
        ("'x', 'reader', null, '2001-01-01'", "22023", "has passed already"),
    ] {
        let refusal = session.refused(&format!("select dfa.add_key({call})"));
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[words]);
    }
    assert_eq!(session.value("select count(*) from dfa.api_key"), "0");
    session.run("select dfa.add_key('x')");
    session.refused("select dfa.add_key('x')").says(&["there is a key 'x' already"]);
}

#[test]
fn a_pattern_has_one_mark_and_all_else_is_itself() {
    let mut session = Session::fresh();
    for (name, pattern, fits) in [
        ("src_sale", "src_*", "t"),
        ("srcXsale", "src_*", "f"),
        ("src_sale", "*", "t"),
        ("src_sale", "src_sale", "t"),
        ("src_sale", "src%", "f"),
        ("a.b", "a?b", "f"),
        ("SRC_sale", "src_*", "f"),
        ("src_sale_day", "*_day", "t"),
        ("back\\slash", "back\\*", "t"),
    ] {
        let asked = format!(
            "select dfa.name_fits({}, {})",
            crate::session::quoted(name),
            crate::session::quoted(pattern)
        );
        assert_eq!(session.value(&asked), fits, "{name} {pattern}");
    }
}

#[test]
fn the_patterns_of_a_key_hold_wherever_a_name_is_given() {
    let mut session = Session::with(
        "src_sale: {create: {features: {a: int}}}\nsrc_other: {create: {features: {a: int}}}\n\
         ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into ai.ai_t select a from ai.src_sale'}}}\n\
         pipeline:night: {id: n1, nodes: [ai_t]}",
    );
    session.run("set dfa.key = 'erp'; set dfa.key_patterns = 'src_sale,n*'");
    session.run("select dfa.ingest('src_sale', '[{\"a\": 1}]')");
    // A pipeline that the key is for runs its nodes, whose names it is not for.
    session.run("call dfa.run('night', array[date '2021-01-05'], 'common', null, false, null, null)");
    assert_eq!(session.value("select a from ai.ai_t"), "1");
    for call in [
        "select dfa.ingest('src_other', '[{\"a\": 1}]')",
        "select dfa.ingest('so', '[{\"a\": 1}]')",
        "select dfa.delete_rows('src_other', '[{\"a\": 1}]')",
        "select * from dfa.run_table('ai_t', '2021-01-06')",
        "select * from dfa.run_table('sql:ai_t', '2021-01-06')",
        "select dfa.submit('data', 'ai_t')",
        "select dfa.submit('retention', null)",
        "select * from dfa.run_retention()",
        "select dfa.landed('src_other')",
        "select * from dfa.gaps('src_other', '2021-01-01', '2021-01-02')",
        "select * from dfa.plan()",
        "select * from dfa.notify_source('erp_ready')",
        "select dfa.cancel((select max(process_id) from dfa.task_process where process_name_put = 'all'))",
    ] {
        let refusal = session.refused(call);
        assert_eq!(refusal.sqlstate, "42501", "{call}: {refusal}");
        refusal.says(&["key 'erp' is not for", "It is for src_sale, n*."]);
    }
    session.run("reset dfa.key_patterns; select dfa.ingest('src_other', '[{\"a\": 1}]')");
}
