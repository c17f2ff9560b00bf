//! Notes on tables, pipelines and tasks: who leaves, sees and removes them.

use crate::session::Session;

const NIGHT: &str = "
ai_t: {create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_t values (1)'}}}
nightly: {id: n, nodes: [ai_t]}
";

const STANDING: &str = "select kind, name, text, person from dfa.note_now order by id";

#[test]
fn a_note_stands_until_its_end_or_until_it_is_removed_and_the_audit_keeps_it() {
    let mut session = Session::with(NIGHT);
    session.run("select * from dfa.run_table('ai_t', '2021-01-02')");
    session.run("set dfa.person = 'anna'");
    session.run(
        "select dfa.add_note('table', 'at', ' wrong before June '), dfa.add_note('pipeline', 'nightly', 'slow', '2999-01-01'),
                dfa.add_note('task', (select max(process_id) from dfa.task_process), 'the disk was full')",
    );
    let task = session.value("select max(process_id) from dfa.task_process");
    assert_eq!(
        session.rows(STANDING),
        [
            "table|ai_t|wrong before June|anna".to_owned(),
            "pipeline|nightly|slow|anna".to_owned(),
            format!("task|{task}|the disk was full|anna")
        ]
    );
    session.run("update dfa.note set until = now() - interval '1 s' where kind = 'pipeline'");
    session.run("select dfa.remove_note((select id from dfa.note where kind = 'task'))");
    assert_eq!(session.rows(STANDING), ["table|ai_t|wrong before June|anna"]);
    assert_eq!(
        session.rows("select action from dfa.history('note', 'ai_t') union all select action from dfa.history('note') where action = 'delete'"),
        ["insert", "delete"]
    );
}

#[test]
fn what_is_not_known_or_says_nothing_takes_no_note() {
    let mut session = Session::with(NIGHT);
    for (call, sqlstate, words) in [
        ("dfa.add_note('table', 'ai_x', 'a')", "DF002", ["table 'ai_x' is not known", "full name"]),
        ("dfa.add_note('task', '12', 'a')", "DF002", ["task '12' is not known", "task_process"]),
        ("dfa.add_note('shop', 'ai_t', 'a')", "22023", ["notes are on no 'shop'", "pipeline"]),
        ("dfa.add_note('table', 'ai_t', '  ')", "22023", ["1 to 10,000 characters", "has 0"]),
        ("dfa.add_note('table', 'ai_t', repeat('a', 10001))", "22023", ["1 to 10,000", "10001"]),
        ("dfa.add_note('table', 'ai_t', 'a', '2001-01-01')", "22023", ["has passed already", "to come"]),
        ("dfa.add_note(null, 'ai_t', 'a')", "22004", ["a kind", "dfa.add_note"]),
        ("dfa.remove_note(7)", "DF002", ["note 7 is not known", "note_now"]),
    ] {
        let refusal = session.refused(&format!("select {call}"));
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&words);
    }
    assert_eq!(session.value("select count(*) from dfa.note"), "0");
}

#[test]
fn operators_remove_their_own_notes_and_admins_all() {
    let mut session = Session::with(NIGHT);
    session.run(
        "create role note_operator login in role dfa_operator; create role note_reader login in role dfa_reader;
         select dfa.add_note('table', 'ai_t', 'of an admin')",
    );
    let mut operator = session.another_as("note_operator");
    operator.run("select dfa.add_note('table', 'ai_t', 'of an operator')");
    let refusal = operator.refused("select dfa.remove_note((select min(id) from dfa.note))");
    assert_eq!(refusal.sqlstate, "42501");
    refusal.says(&["permission denied to remove note", "Role postgres wrote it", "dfa_admin"]);
    let mut reader = session.another_as("note_reader");
    assert_eq!(reader.value("select count(*) from dfa.note_now"), "2");
    assert_eq!(reader.refused("select dfa.add_note('table', 'ai_t', 'a')").sqlstate, "42501");
    session.run("select dfa.remove_note(id) from dfa.note where role = 'note_operator'");
    assert_eq!(session.value("select string_agg(text, ',') from dfa.note_now"), "of an admin");
    operator.run("set dfa.key = 'erp'; set dfa.key_patterns = 'src_*'");
    operator
        .refused("select dfa.add_note('table', 'ai_t', 'a')")
        .says(&["key 'erp' is not for 'ai_t'", "src_*"]);
}

#[test]
fn notes_that_are_over_go_with_the_logs() {
    let mut session = Session::with(NIGHT);
    session.run(
        "select dfa.add_note('table', 'ai_t', 'stays'), dfa.add_note('table', 'ai_t', 'goes', '2999-01-01');
         update dfa.note set created_at = '2001-01-01', until = '2001-01-02' where text = 'goes';
         update dfa.note set created_at = '2001-01-01' where text = 'stays';
         insert into dfa.note (kind, name, text, created_at) values ('task', 'gone', 'goes, too', '2001-01-01');
         set dfa.log_retention = '1 year'",
    );
    session.run("select * from dfa.tick()");
    assert_eq!(session.rows("select text from dfa.note"), ["stays"]);
}
