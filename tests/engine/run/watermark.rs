//! Common runs: how the watermark moves, what it refuses, the quota.

use super::sales;

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
