//! Common runs: how the watermark moves, what it refuses, the quota.

use super::sales;
use crate::session::Session;

#[test]
fn a_common_run_moves_both_dates() {
    let mut session = sales();
    assert_eq!(session.run_table("ai_total", "2021-01-03"), ["ai_total|fill|2|0"]);
    assert_eq!(session.watermark("ai_total"), "2021-01-03|2021-01-03|0");
    assert_eq!(session.rows("select * from ai.ai_total order by day"), ["2021-01-02|2", "2021-01-03|3"]);
}

#[test]
fn the_data_date_follows_the_rows_and_not_the_run_date() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-31");
    assert_eq!(session.watermark("ai_total"), "2021-01-05|2021-01-31|0");
}

#[test]
fn a_day_without_rows_moves_the_run_date_alone() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-05");
    assert_eq!(session.run_table("ai_total", "2021-01-20"), ["ai_total|fill|0|0"]);
    assert_eq!(session.watermark("ai_total"), "2021-01-05|2021-01-20|0");
}

#[test]
fn the_rtt_column_may_be_an_expression() {
    let mut session = sales();
    session.run("update ai.ctr_data_pipeline set rtt_column = 'day + 10' where table_name = 'ai_total'");
    session.run_table("ai_total", "2021-01-05");
    assert_eq!(session.watermark("ai_total"), "2021-01-15|2021-01-05|0");
}

#[test]
fn without_an_rtt_column_the_data_date_stays() {
    let mut session = sales();
    session.run("update ai.ctr_data_pipeline set rtt_column = null where table_name = 'ai_total'");
    session.run_table("ai_total", "2021-01-05");
    assert_eq!(session.watermark("ai_total"), "2021-01-01|2021-01-05|0");
}

#[test]
fn the_same_date_again_counts_if_rows_changed() {
    let mut session = sales();
    session.run("update dfa.data_pipeline set run_count_max = 0, rtt_column = null");
    session.run_table("ai_total", "2021-01-05");
    assert_eq!(session.watermark("ai_total"), "2021-01-01|2021-01-05|0");
    session.run_table("ai_total", "2021-01-05");
    assert_eq!(session.watermark("ai_total"), "2021-01-01|2021-01-05|1");
    session.run("truncate ai.src_sale");
    session.run_table("ai_total", "2021-01-05");
    assert_eq!(session.watermark("ai_total"), "2021-01-01|2021-01-05|0");
}

#[test]
fn a_used_up_quota_skips_the_run_with_a_warning() {
    let mut session = sales();
    session.run("update dfa.data_pipeline set rtt_column = null");
    session.run_table("ai_total", "2021-01-05");
    session.run_table("ai_total", "2021-01-05");
    session.run("delete from ai.ai_total");
    assert_eq!(
        session
            .rows("select node, process, rows, status, message from dfa.run_table('ai_total', '2021-01-05')"),
        ["ai_total||0|0|Warning: the running quota of 'ai_total' has been reached"]
    );
    assert_eq!(session.value("select count(*) from ai.ai_total"), "0");
    assert_eq!(session.value("select count(*) from dfa.data_logging where table_name = 'ai_total'"), "2");
    assert_eq!(session.value("select count(*) from dfa.task_step where state = 'SKIPPED'"), "1");
    assert_eq!(session.run_table("ai_total", "2021-01-06"), ["ai_total|fill|4|0"]);
}

#[test]
fn a_date_before_the_watermark_is_refused_with_the_customary_words() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-02");
    let refusal = session.refused("select * from dfa.run_table('ai_total', '2021-01-01', raise => true)");
    assert_eq!(refusal.sqlstate, "DF003");
    assert_eq!(
        refusal.message,
        "Please check value of `run_date`, which less than the current control running date: '2021-01-02'"
    );
    refusal.says(&["'ai_total'", "'2021-01-01'", "rerun"]);
}

#[test]
fn a_date_before_the_watermark_is_a_failed_row_unless_raised() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-02");
    assert_eq!(session.run_table("ai_total", "2021-01-01"), ["ai_total||0|1"]);
    assert_eq!(session.watermark("ai_total"), "2021-01-02|2021-01-02|0");
    assert_eq!(session.value("select status, row_record from dfa.data_logging where run_date = '2021-01-01' and table_name = 'ai_total'"), "1|0");
}

#[test]
fn the_watermark_of_a_node_does_not_move_others() {
    let mut session = sales();
    session.run_table("ai_total", "2021-01-04");
    assert_eq!(session.watermark("ai_report"), "2021-01-01|2021-01-01|0");
}

/// Somebody moves the watermark by hand while a run is under way, which a trigger of the target makes sure of.
fn moved_meanwhile(by: &str) -> (Session, String) {
    let mut session = Session::with(
        "ai_t: {create: {features: {day: date}}, retention: {column: day, months: 0},
         update: {fill: {statement: \"insert into {ai_schema_name}.ai_t select date '2024-03-14' from pg_advisory_xact_lock(7)\"}}}",
    );
    let mut other = session.another();
    other.run("begin; select pg_advisory_lock(7)");
    let mut runner = session.another();
    let pid = runner.pid();
    let run = std::thread::spawn(move || {
        runner.rows("select rows, status, coalesce(sqlstate, ''), coalesce(detail, '') from dfa.run_table('ai_t', '2024-03-15')")
    });
    session.until_waiting(&pid);
    session.run(by);
    other.run("select pg_advisory_unlock(7); commit");
    let rows = run.join().unwrap();
    (session, rows.join("\n"))
}

#[test]
fn a_watermark_that_somebody_moves_during_a_run_undoes_the_run() {
    let (mut session, row) =
        moved_meanwhile("update ai.ctr_data_pipeline set data_date = '2024-01-01', run_date = '2024-01-01'");
    assert!(
        row.starts_with("0|1|40001|It said data_date 20")
            && row.ends_with("and says 2024-01-01 and 2024-01-01 now."),
        "{row}"
    );
    assert_eq!(session.watermark("ai_t"), "2024-01-01|2024-01-01|0");
    assert_eq!(session.value("select count(*) from ai.ai_t"), "0");
    assert_eq!(session.run_table("ai_t", "2024-03-15"), ["ai_t|fill|1|0"]);
}

#[test]
fn other_columns_of_a_watermark_may_be_changed_during_a_run() {
    let (mut session, row) = moved_meanwhile("update ai.ctr_data_pipeline set run_count_max = 3");
    assert_eq!(row, "1|0||");
    assert_eq!(session.watermark("ai_t"), "2024-03-14|2024-03-15|0");
    assert_eq!(session.value("select run_count_max from dfa.data_pipeline where table_name = 'ai_t'"), "3");
}

#[test]
fn a_node_may_set_the_watermark_of_its_own_table() {
    let mut session = Session::with(
        "ai_t: {create: {features: {day: date}},
         update: {fill: {statement: \"update {ai_schema_name}.ctr_data_pipeline set run_count_max = 2, data_date = '2024-02-02' where table_name = 'ai_t'; insert into {ai_schema_name}.ai_t values ('2024-03-14')\"}}}",
    );
    assert_eq!(session.run_table("ai_t", "2024-03-15"), ["ai_t|fill|1|0"]);
    assert_eq!(session.watermark("ai_t"), "2024-02-02|2024-03-15|0");
}

/// Rows that are locked and then updated, by one subtransaction after the other, would have all of them as their lockers:
/// each look at them would cost more than the last.
#[test]
fn runs_in_one_transaction_leave_no_lists_of_lockers() {
    let mut session = Session::with(
        "ai_t: {create: {features: {day: date}}, retention: {column: day, months: 0},
         update: {fill: {statement: \"insert into {ai_schema_name}.ai_t values ('{run_date}')\", parameter: [run_date]}}}",
    );
    session.run("create extension pageinspect");
    session.run_table("ai_t", "2024-03-15");
    let runs = "select dfa.run_table('ai_t', '2024-03-15') from generate_series(1, 20)";
    session.run(&format!("begin; {runs}; {runs}; commit"));
    assert_eq!(session.value("select count(*) from ai.ai_t"), "41");
    for table in ["data_pipeline", "data_interval", "task_process"] {
        // HEAP_XMAX_IS_MULTI
        let lists = format!(
            "select count(*) from generate_series(0, pg_relation_size('dfa.{table}') / 8192 - 1) as page,
                 heap_page_items(get_raw_page('dfa.{table}', page::int)) where t_infomask & 4096 <> 0"
        );
        assert_eq!(session.value(&lists), "0", "{table}");
    }
}
