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
fn a_value_that_means_nothing_is_refused_with_those_that_do() {
    let mut session = Session::with(TABLES);
    for (statement, words) in [
        ("update ai.ctr_data_pipeline set run_type = 'hourly'", "daily, weekly, monthly or yearly"),
        (
            "update ai.ctr_data_pipeline set table_type = ''",
            "master, transaction, report, adjustment or undefined",
        ),
        ("update ai.ctr_data_pipeline set active_flg = 'maybe'", "Y or N"),
        (
            "insert into ai.ctr_data_parameter values ('m', 'p', 'float', '1', now(), 'Y')",
            "int, str, list or dict",
        ),
        (
            "insert into ai.ctr_task_schedule values ('a', 'a', 'source', 'DONE', now(), 'Y')",
            "PROCESSING, SUCCESS or FAILED",
        ),
    ] {
        let refusal = session.refused(statement);
        assert_eq!(refusal.sqlstate, "23514", "{statement}: {refusal}");
        refusal.says(&[words]);
    }
}
