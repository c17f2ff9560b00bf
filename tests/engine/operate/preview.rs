//! `dfa.preview` and its token: what is shown is what runs, and a token that is no longer true is refused.

use crate::session::Session;

const NIGHT: &str = "
src_s: {create: {features: {a: int, day: date}, primary_key: [a]}, retention: {column: day, months: 12}}
ai_day: {create: {features: {day: date}}, retention: {column: day, months: 0},
  update: {fill: {parameter: [interval_start], statement: \"insert into {ai_schema_name}.ai_day select date '{interval_start}' from (select count(*) from {ai_schema_name}.src_s) as s\"}}}
ai_week: {run: {type: weekly}, create: {features: {day: date}}, retention: {column: day, months: 0},
  update: {fill: {parameter: [interval_start], statement: \"insert into {ai_schema_name}.ai_week select date '{interval_start}' from (select count(*) from {ai_schema_name}.ai_day) as s\"}}}
ai_once: {run: {quota: 1}, create: {features: {a: int}}, update: {p: {statement: 'insert into {ai_schema_name}.ai_once values (1)'}}}
nightly: {id: n, nodes: [ai_day, ai_week]}
";

fn night() -> Session {
    Session::with(NIGHT)
}

/// `name run_date action` of each row of a preview.
fn shown(session: &mut Session, arguments: &str) -> Vec<String> {
    session.rows(&format!(
        "select concat_ws(' ', name, run_date, action) from dfa.preview({arguments}) order by step_order"
    ))
}

fn token(session: &mut Session, arguments: &str) -> String {
    session.value(&format!("select dfa.preview_token({arguments})"))
}

/// `node run_date mode` of each step of a task, in its order.
fn ran(session: &mut Session, process_id: &str) -> Vec<String> {
    session.rows(&format!(
        "select concat_ws(' ', node, step.run_date, coalesce(action_type, lower(state::text)))
         from dfa.task_step as step left join dfa.data_logging on step_id = step.id
         where step.process_id = '{process_id}' order by step_order"
    ))
}

#[test]
fn it_shows_what_runs_in_which_order_and_why_and_changes_nothing() {
    let mut session = night();
    session.run("select * from dfa.run_pipeline('nightly', '2021-01-04')");
    let before = session
        .value("select md5(string_agg(task::text, '' order by process_id)) from dfa.task_process as task");
    let arguments = "'data', 'nightly', '{2021-01-12}'";
    assert_eq!(
        session.rows(&format!(
            "select step_order, kind, name, run_date, last_day, processes, action, cause, reason, last_rows, expected_seconds is not null
             from dfa.preview({arguments})"
        )),
        [
            "1|table|ai_day|2021-01-12|2021-01-12|{fill}|common|asked|no run has covered it|1|t",
            "2|table|ai_week|2021-01-12|2021-01-17|{fill}|common|asked|no run has covered it|1|t"
        ]
    );
    let after = session
        .value("select md5(string_agg(task::text, '' order by process_id)) from dfa.task_process as task");
    assert_eq!(before, after);
}

#[test]
fn a_backfill_says_gap_stale_and_downstream_and_runs_in_the_modes_it_showed() {
    let mut session = night();
    for day in ["2021-01-03", "2021-01-04", "2021-01-05", "2021-01-06"] {
        session.run(&format!("select * from dfa.run_table('ai_day', '{day}')"));
    }
    session.run("select * from dfa.run_table('ai_week', '2021-01-04'); select dfa.mark_stale('src_s', '2021-01-04', '2021-01-04', 'a correction')");
    let arguments = "'data', 'ai_day', \"from\" => '2021-01-04', \"to\" => '2021-01-09', only_gaps => true, downstream => true";
    assert_eq!(
        shown(&mut session, arguments),
        [
            "ai_day 2021-01-04 rerun",
            "ai_day 2021-01-07 common",
            "ai_day 2021-01-08 common",
            "ai_day 2021-01-09 common",
            "ai_week 2021-01-04 common"
        ]
    );
    let reasons =
        session.rows(&format!("select cause, reason from dfa.preview({arguments}) order by step_order"));
    assert!(
        reasons[0].starts_with("asked|stale since ") && reasons[0].ends_with(": a correction"),
        "{reasons:?}"
    );
    assert_eq!(reasons[1], "asked|no run has covered it");
    assert!(reasons[4].starts_with("downstream|downstream of ai_day; "), "{reasons:?}");
    let token = token(&mut session, arguments);
    let task = session.value(&format!(
        "select dfa.backfill('ai_day', '2021-01-04', '2021-01-09', only_gaps => true, downstream => true, if_preview => '{token}')"
    ));
    let shown = shown(&mut session, arguments);
    session.run(&format!("select dfa.wait('{task}', '60 s')"));
    assert_eq!(ran(&mut session, &task), shown);
}

#[test]
fn a_token_that_is_no_longer_true_is_refused_with_what_there_is_to_do_by_now() {
    let mut session = night();
    let arguments = "'data', 'nightly', '{2021-01-05}'";
    let token = token(&mut session, arguments);
    let doors = [
        format!("select * from dfa.run_pipeline('nightly', '2021-01-05', if_preview => '{token}')"),
        format!("call dfa.run('nightly', '{{2021-01-05}}', if_preview => '{token}')"),
        format!("select dfa.submit('data', 'nightly', '{{2021-01-05}}', if_preview => '{token}')"),
    ];
    session.run("select * from dfa.run_table('ai_day', '2021-01-04')");
    let before = session.value("select count(*) from dfa.task_process");
    for door in &doors {
        let refusal = session.refused(door);
        assert_eq!(refusal.sqlstate, "DF015", "{door}: {refusal}");
        refusal.says(&[
            "ai_day 2021-01-05 (fill) common, watermark 2021-01-04",
            "ai_week 2021-01-05",
            "if_preview => '",
        ]);
    }
    assert_eq!(session.value("select count(*) from dfa.task_process"), before);
    let again = self::token(&mut session, arguments);
    assert_ne!(again, token);
    let rows = session.rows(&format!(
        "select node, status from dfa.run_pipeline('nightly', '2021-01-05', if_preview => ' {again} ')"
    ));
    assert_eq!(rows, ["ai_day|0", "ai_week|0"]);
}

#[test]
fn another_catalog_choice_or_range_has_another_token() {
    let mut session = night();
    let mut tokens: Vec<String> = [
        "'data', 'nightly', '{2021-01-05}'",
        "'data', 'nightly', '{2021-01-06}'",
        "'data', 'nightly', '{2021-01-05,2021-01-06}'",
        "'data', 'nightly', '{2021-01-05}', run_mode => 'rerun'",
        "'data', 'ai_day', '{2021-01-05}'",
        "'data', 'ai_day', \"from\" => '2021-01-05', \"to\" => '2021-01-05'",
        "'setup'",
        "'retention'",
    ]
    .map(|arguments| token(&mut session, arguments))
    .to_vec();
    session.load("nightly: {id: n, version: 2022-01-01, nodes: [ai_week]}");
    tokens.push(token(&mut session, "'data', 'nightly', '{2021-01-05}'"));
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 9);
    assert_eq!(
        token(&mut session, "'data', 'nightly', '{2021-01-05}', choose => '{fill}'"),
        token(&mut session, "'data', 'nightly', '{2021-01-05}'")
    );
}

#[test]
fn what_would_be_refused_or_skipped_says_so() {
    let mut session = night();
    session.run("select * from dfa.run_table('ai_once', '2021-01-05'); select * from dfa.run_table('ai_once', '2021-01-05'); select * from dfa.run_table('ai_day', '2021-01-05')");
    assert_eq!(shown(&mut session, "'data', 'ai_once', '{2021-01-05}'"), ["ai_once 2021-01-05 skipped"]);
    let row = session.value("select action, reason from dfa.preview('data', 'ai_day', '{2021-01-04}')");
    assert!(row.starts_with("refused|Please check value of `run_date`"), "{row}");
    session.run("update dfa.data_pipeline set active_flg = 'N' where table_name = 'ai_week'");
    let row = session.value("select action, reason from dfa.preview('data', 'ai_week')");
    assert!(row.starts_with("refused|table 'ai_week' is switched off"), "{row}");
}

#[test]
fn a_setup_is_shown_as_it_would_be_done_and_is_not() {
    let mut session = night();
    session.load("src_new: {create: {features: {a: int}}}");
    let arguments = "'setup', 'src_new', '{2021-01-01}'";
    assert_eq!(
        session.value(&format!("select kind, name, action, reason from dfa.preview({arguments})")),
        "table|src_new|created|it is not there yet"
    );
    assert_eq!(session.value("select to_regclass('ai.src_new') is null"), "t");
    let token = token(&mut session, arguments);
    let done = |token: &str| {
        format!("select name, action from dfa.setup('src_new', run_date => '2021-01-01', if_preview => '{token}')")
    };
    assert_eq!(session.rows(&done(&token)), ["src_new|created"]);
    assert_eq!(
        session.value(&format!("select action, reason from dfa.preview({arguments})")),
        "exists|it is there, and stays as it is"
    );
    let refusal = session.refused(&done(&token));
    assert_eq!(refusal.sqlstate, "DF015");
    refusal.says(&["table src_new exists"]);
}

#[test]
fn a_retention_is_counted_and_its_token_is_that_of_the_cut() {
    let mut session = night();
    session.run("insert into ai.src_s values (1, '2019-05-01'), (2, '2019-06-01'), (3, '2021-01-01')");
    let arguments = "'retention', 'src_s', '{2021-01-15}'";
    assert_eq!(
        session.value(&format!(
            "select name, action, last_day, last_rows, reason from dfa.preview({arguments})"
        )),
        "src_s|delete|2020-01-01|2|rows before 2020-01-01 are older than it keeps them"
    );
    let token = token(&mut session, arguments);
    let call = |date: &str| {
        format!("select table_name, rows from dfa.run_retention('src_s', '{date}', if_preview => '{token}')")
    };
    assert_eq!(session.refused(&call("2021-02-15")).sqlstate, "DF015");
    assert_eq!(session.value("select count(*) from ai.src_s"), "3");
    assert_eq!(session.rows(&call("2021-01-31")), ["src_s|2"], "the same month has the same cut");
    assert_eq!(session.value("select action from dfa.preview('retention', 'ai_day')"), "keep");
    let all = shown(&mut session, "'retention', null, '{2021-01-15}'");
    assert!(all.iter().any(|row| row == "data_logging 2021-01-15 delete"), "{all:?}");
    assert_eq!(
        session
            .refused("select dfa.submit('retention', 'src_s', '{2021-02-15}', if_preview => 'x')")
            .sqlstate,
        "DF015"
    );
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let mut session = night();
    for (arguments, sqlstate, words) in [
        ("'dat'", "22023", "module"),
        ("'migrate'", "22023", "module"),
        ("null", "22004", "module"),
        ("'data'", "22004", "name"),
        ("'data', 'nightli'", "DF002", "nightly"),
        ("'data', 'nightly', '{}'", "22023", "run_dates"),
        ("'data', 'nightly', \"from\" => '2021-01-02'", "22004", "to"),
        ("'data', 'nightly', \"from\" => '2021-01-02', \"to\" => '2021-01-01'", "22023", "from"),
        ("'data', 'nightly', only_gaps => true", "22023", "backfill"),
        ("'data', 'nightly', choose => '{nothing}'", "22023", "nothing"),
        ("'data', 'nightly', run_mode => 'again'", "22023", "again"),
        ("'setup', 'nightly', \"from\" => '2021-01-02', \"to\" => '2021-01-03'", "22023", "backfill"),
        ("'setup', params => '{\"x\": 1}'", "22023", "x"),
    ] {
        let refusal = session.refused(&format!("select * from dfa.preview({arguments})"));
        assert_eq!(refusal.sqlstate, sqlstate, "{arguments}: {refusal}");
        refusal.says(&[words]);
    }
    assert_eq!(session.refused("select dfa.submit('setup', 'nightly', if_preview => 'x')").sqlstate, "DF015");
}
