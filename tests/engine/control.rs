//! The control views of the data schema: statements that people wrote for plain tables go on working.

use crate::session::Session;

const TABLES: &str = "
src_s: {create: {features: {a: 'int'}}}
ai_t: {create: {features: {a: 'int'}}, update: {p: {statement: 'insert into ai.ai_t select a from ai.src_s'}}, run: {type: weekly}}
";

#[test]
fn rows_come_in_from_queries_whose_columns_are_text() {
    let mut session = Session::with(TABLES);
    session.run(
        "insert into ai.ctr_data_pipeline as ctr
             (system_type, table_name, table_type, data_date, update_date, run_date, run_type, run_count_now,
              run_count_max, rtt_value, rtt_column, active_flg)
         select * from (values ('internal', 'ai_t', 'report', date '2021-01-01', now(), date '2021-01-01', 'monthly', 0, 0, 0,
                                'a', 'Y')) as given
         on conflict (table_name) do update set table_type = excluded.table_type, run_type = excluded.run_type
         where ctr.run_type <> excluded.run_type;
         with given as (select 'common'::varchar as action) insert into ai.ctr_data_logging (table_name, action_type) select 'ai_t', action from given;
         insert into ai.ctr_data_parameter select 'shop', 'p' || n, 'int', n::text, now(), 'Y' from generate_series(1, 2) as n;
         insert into ai.ctr_task_schedule select 'landed', 'landed', 'source', upper('success'), now(), 'Y'",
    );
    assert_eq!(
        session.value("select table_type, run_type from ai.ctr_data_pipeline where table_name = 'ai_t'"),
        "report|monthly"
    );
    session.run(
        "update ai.ctr_data_pipeline as ctr set run_type = given.run_type
         from (values ('ai_t', 'yearly')) as given (table_name, run_type) where given.table_name = ctr.table_name",
    );
    assert_eq!(session.value("select run_type from dfa.data_pipeline where table_name = 'ai_t'"), "yearly");
    assert_eq!(
        session.value("select tracking from dfa.task_schedule where pipeline_id = 'landed'"),
        "SUCCESS"
    );
}

#[test]
fn types_and_states_are_text_to_a_query() {
    let mut session = Session::with(TABLES);
    for condition in [
        "lower(run_type) = 'weekly'",
        "run_type like 'week%'",
        "run_type in ('weekly', 'fortnightly')",
        "coalesce(table_type, '') = 'undefined'",
        "system_type || '' = 'internal'",
        "lower(active_flg) = 'y'",
    ] {
        assert_eq!(
            session.value(&format!(
                "select table_name from {}.ai.ctr_data_pipeline where table_name = 'ai_t' and {condition}",
                session.database.name()
            )),
            "ai_t",
            "{condition}"
        );
    }
}

#[test]
fn any_text_is_taken_and_found_again() {
    let mut session = Session::with(TABLES);
    session.run(
        "update ai.ctr_data_pipeline set table_type = 'P', system_type = '' where table_name = 'ai_t';
         insert into ai.ctr_data_parameter values ('m', 'p', 'float', '1.5', now(), 'true');
         insert into ai.ctr_task_schedule values ('a', 'a', 'schedule', 'DONE', now(), 'P');
         insert into ai.ctr_data_logging (table_name, action_type, status) values ('ai_t', 'vacuum', 0)",
    );
    for (question, answer) in [
        ("select table_type from ai.ctr_data_pipeline where table_type = 'P'", "P"),
        ("select parameter_value from ai.ctr_data_parameter where parameter_type = 'float' and active_flg = 'true'", "1.5"),
        ("select tracking from ai.ctr_task_schedule where pipeline_type = 'schedule' and active_flg = 'P'", "DONE"),
        ("select table_name from ai.ctr_data_logging where action_type = 'vacuum'", "ai_t"),
    ] {
        assert_eq!(session.value(question), answer, "{question}");
    }
}

#[test]
fn a_run_type_without_meaning_is_refused_with_those_that_have_one() {
    let mut session = Session::with(TABLES);
    let refusal = session.refused("update ai.ctr_data_pipeline set run_type = 'hourly'");
    assert_eq!(refusal.sqlstate, "23514", "{refusal}");
    refusal.says(&["daily, weekly, monthly or yearly"]);
}

#[test]
fn active_is_what_says_yes_in_any_of_its_spellings() {
    let mut session = Session::with(TABLES);
    let mut run = |flag: &str, date: u32| {
        session
            .run(&format!("update ai.ctr_data_pipeline set active_flg = '{flag}' where table_name = 'ai_t'"));
        session.value(&format!("select status, message from dfa.run_table('ai_t', '2021-02-{date:02}')"))
    };
    for (date, flag) in (1..).zip(["Y", "y", "yes", "true", "t", "1", " TRUE "]) {
        assert!(run(flag, date).starts_with("0|"), "{flag}");
    }
    for flag in ["N", "no", "false", "P", "", "0"] {
        let answer = run(flag, 20);
        assert!(answer.starts_with("1|") && answer.contains("switched off"), "{flag}: {answer}");
    }
}

#[test]
fn a_parameter_counts_while_it_is_active_however_that_is_said() {
    let mut session = Session::with(TABLES);
    session.load("query:q: {create: {parameter: [p], statement: 'select {p} as n'}}");
    session.run("insert into ai.ctr_data_parameter values ('m', 'p', 'int', '7', now(), 'true')");
    assert!(session.value("select dfa.run_query('q')").contains('7'));
    session.run("update ai.ctr_data_parameter set active_flg = 'P'");
    assert!(session.value("select dfa.run_query('q')").contains('0'));
}

#[test]
fn statements_of_three_part_names_insert_update_and_delete() {
    let mut session = Session::with(TABLES);
    let database = session.database.name().to_owned();
    let view = format!("\"{database}\".ai.ctr_task_schedule");
    session.run(&format!(
        "insert into {view} as ctr (pipeline_id, pipeline_name, pipeline_type, tracking, update_date, active_flg)
         values ('x', 'x', 'schedule', 'SUCCESS', now(), 'true'), ('y', 'y', 'P', 'P', '2021-01-01 00:00:00', 'yes')
         on conflict (pipeline_id) do update set tracking = excluded.tracking;
         insert into {view} as ctr (pipeline_id, pipeline_name, tracking) values ('x', 'x', 'FAILED')
         on conflict ( pipeline_id ) do update set tracking = excluded.tracking where ctr.tracking <> excluded.tracking;
         update {view} set pipeline_type = 'trigger' where pipeline_id = 'y';
         delete from {view} where pipeline_type = 'nothing'"
    ));
    assert_eq!(
        session.rows(&format!("select pipeline_id, pipeline_type, tracking from {view} order by 1")),
        ["x|schedule|FAILED", "y|trigger|P"]
    );
    session.run(&format!("delete from {view} where pipeline_id = 'x'"));
    assert_eq!(session.value(&format!("select count(*) from {view}")), "1");
}

#[test]
fn loading_a_pipeline_again_keeps_what_people_call_it() {
    let mut session = Session::with(TABLES);
    session.load("daily: {id: d, nodes: [ai_t]}");
    session.run(
        "update ai.ctr_task_schedule set pipeline_type = 'P', active_flg = 'yes' where pipeline_id = 'd'",
    );
    session.load("daily: {id: d, nodes: [ai_t], priority: 2}");
    assert_eq!(
        session.value("select pipeline_type, active_flg from ai.ctr_task_schedule where pipeline_id = 'd'"),
        "P|yes"
    );
    assert_eq!(session.value("select status from dfa.run_pipeline('d', '2021-02-01')"), "0");
}
