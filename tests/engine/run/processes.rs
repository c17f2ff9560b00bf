//! Processes: their order, their choice, what counts as their rows, the map form, mockups, DataFrames.

use crate::session::Session;

/// A table `ai_t (a int)` with these processes, two blanks deeper than `update`.
fn table(processes: &str) -> Session {
    let indented: String = processes.lines().map(|line| format!("    {line}\n")).collect();
    Session::with(&format!("src_s: {{create: {{features: {{a: 'int'}}}}, initial: {{values: ['1', '2', '3']}}}}\nai_t:\n  create: {{features: {{a: 'int'}}}}\n  update:\n{indented}"))
}

fn run(session: &mut Session, arguments: &str) -> Vec<String> {
    session.rows(&format!("select process, rows, status from dfa.run_table('ai_t'{arguments})"))
}

const THREE: &str = "\
last: {statement: 'insert into ai.ai_t values (9)'}
first: {priority: 1, statement: 'insert into ai.ai_t values (1)'}
middle: {priority: 2.5, statement: 'insert into ai.ai_t values (2)'}";

#[test]
fn processes_run_by_priority_then_as_written() {
    assert_eq!(run(&mut table(THREE), ""), ["first|1|0", "middle|1|0", "last|1|0"]);
}

#[test]
fn choose_takes_the_named_processes() {
    let mut session = table(THREE);
    assert_eq!(run(&mut session, ", choose => '{last,first}'"), ["first|1|0", "last|1|0"]);
    assert_eq!(session.rows("select a from ai.ai_t order by a"), ["1", "9"]);
}

#[test]
fn choose_with_a_mark_takes_all_but_the_named_process() {
    assert_eq!(run(&mut table(THREE), ", choose => '{!middle}'"), ["first|1|0", "last|1|0"]);
}

#[test]
fn a_node_of_a_pipeline_runs_the_processes_that_it_chooses() {
    let mut session = table(THREE);
    session.load("some: {nodes: {ai_t: {choose: ['!last']}}}\none: {nodes: {ai_t: [middle]}}\n");
    assert_eq!(session.rows("select process from dfa.run_pipeline('some')"), ["first", "middle"]);
    assert_eq!(session.rows("select process from dfa.run_pipeline('one')"), ["middle"]);
}

#[test]
fn a_node_of_which_a_pipeline_takes_nothing_is_not_run() {
    let mut session = table("only: {statement: 'insert into ai.ai_t values (1)'}");
    session.load("none: {nodes: [{name: ai_t, choose: '!only'}]}");
    assert!(session.rows("select * from dfa.run_pipeline('none', '2021-01-02')").is_empty());
    assert_eq!(
        session
            .value("select status, process_number_put from dfa.task_process where process_name_put = 'none'"),
        "0|0"
    );
    assert_eq!(session.watermark("ai_t"), "2021-01-01|2021-01-01|0");
    assert_eq!(session.value("select count(*) from dfa.data_interval"), "0");
}

#[test]
fn the_rows_of_a_process_are_those_of_its_last_changing_statement() {
    let mut session = table("p: {statement: 'insert into ai.ai_t select a from ai.src_s; update ai.ai_t set a = 0 where a > 1; select 1'}");
    assert_eq!(run(&mut session, ""), ["p|2|0"]);
}

#[test]
fn a_count_called_row_number_counts() {
    let mut session = table(
        "p: {statement: 'insert into ai.ai_t values (1); select count(*) as row_number from ai.src_s'}",
    );
    assert_eq!(run(&mut session, ""), ["p|3|0"]);
}

#[test]
fn semicolons_in_quotes_and_bodies_do_not_separate() {
    let mut session = table(
        "p: {statement: \"insert into ai.ai_t select length('a;b'); -- no; none\\n do $$ begin insert into ai.ai_t values (7); end $$;\"}",
    );
    assert_eq!(run(&mut session, ""), ["p|1|0"]);
    assert_eq!(session.rows("select a from ai.ai_t"), ["3", "7"]);
}

#[test]
fn a_map_of_steps_makes_ctes_even_of_data_changing_statements() {
    let mut session = table(
        "p:
  statement:
    clear: delete from ai.ai_t
    with_big: select a from ai.src_s where a > 1
    with_moved: delete from ai.src_s using big where src_s.a = big.a returning src_s.a
    with_row_table: insert into ai.ai_t select a * 10 from moved",
    );
    assert_eq!(run(&mut session, ""), ["p|2|0"]);
    assert_eq!(session.rows("select a from ai.ai_t order by a"), ["20", "30"]);
    assert_eq!(session.rows("select a from ai.src_s"), ["1"]);
}

#[test]
fn a_merge_counts_its_rows() {
    let mut session = table(
        "p: {statement: 'merge into ai.ai_t as t using ai.src_s as s on t.a = s.a when matched then do nothing when not matched then insert values (s.a)'}",
    );
    assert_eq!(run(&mut session, ""), ["p|3|0"]);
    assert_eq!(run(&mut session, ""), ["p|0|0"]);
}

#[test]
fn returning_rows_count() {
    assert_eq!(
        run(&mut table("p: {statement: insert into ai.ai_t select a from ai.src_s returning a}"), ""),
        ["p|3|0"]
    );
}

#[test]
fn mockup_processes_are_left_out_while_the_parameter_says_so() {
    let mut session = table("mockup_data_one: {statement: insert into ai.ai_t values (1)}\nreal: {statement: insert into ai.ai_t values (2)}");
    session.run("insert into dfa.data_parameter (parameter_name, parameter_value) values ('data_normal_common_filter_mockup', 'Y')");
    let mut rows = run(&mut session, "");
    rows.sort();
    assert_eq!(rows, ["mockup_data_one|0|0", "real|1|0"]);
    assert_eq!(session.rows("select a from ai.ai_t"), ["2"]);
    session.run("update dfa.data_parameter set active_flg = 'N'");
    assert_eq!(run(&mut session, ""), ["mockup_data_one|1|0", "real|1|0"]);
}

#[test]
fn transaction_control_has_no_place_in_a_process() {
    for statement in ["commit", "rollback", "savepoint a"] {
        let mut session = table(&format!("p: {{statement: 'insert into ai.ai_t values (1); {statement}'}}"));
        let row = session.value("select status, message from dfa.run_table('ai_t')");
        assert!(row.starts_with("1|") && row.contains("transaction control"), "{row}");
        assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    }
}

#[test]
fn a_dataframe_process_fails_clearly_and_stops_its_readers_only() {
    let mut session = Session::with(
        "ai_forecast:
  create: {features: {a: 'int'}}
  update:
    predict:
      function: abc_class
      load: {statement: 'select 1 as id, 1 as y'}
      save: {statement: 'insert into {ai_schema_name}.ai_forecast select f.y from ({function_value}) as f (id, y)'}
ai_reader:
  create: {features: {a: 'int'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_reader select a from {ai_schema_name}.ai_forecast'}}
ai_alone:
  create: {features: {a: 'int'}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_alone values (1)'}}
all: {nodes: [ai_forecast, ai_reader, ai_alone]}
",
    );
    assert_eq!(
        session.rows("select node, process, status, message from dfa.run_pipeline('all')"),
        [
            "ai_forecast|predict|1|Error: process 'predict' of 'ai_forecast' is a DataFrame process, which the database cannot run by itself",
            "ai_reader||1|Error: 'ai_reader' was not run, because 'ai_forecast' failed",
            "ai_alone|fill|0|Success: Running 'ai_alone' in common mode with logging value (1 row, 0 sec)",
        ]
    );
    assert_eq!(
        session.value("select error ->> 'sqlstate' from dfa.task_step where node = 'ai_forecast'"),
        "0A000"
    );
}
