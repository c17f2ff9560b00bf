//! Values from the far side: infinity, NaN and years that nobody meant.

use super::SALES;
use crate::session::Session;

fn events(kind: &str, column: &str) -> Session {
    let mut session = Session::fresh();
    session.load(&format!(
        "
src_ev: {{create: {{features: {{id: bigint, at: {kind}}}}}}}
ai_ev:
  create: {{features: {{id: bigint, at: {kind}}}}}
  retention: {{column: \"{column}\", months: 0}}
  update: {{p1: {{parameter: [data_date], statement: \"insert into {{ai_schema_name}}.ai_ev select * from {{ai_schema_name}}.src_ev where id not in (select id from {{ai_schema_name}}.ai_ev) and '{{data_date}}' <> ''\"}}}}
"
    ));
    session.run("select from dfa.setup(run_date => '2024-01-01')");
    session
}

#[test]
fn infinity_moves_no_watermark() {
    for kind in ["date", "timestamp", "timestamptz", "text"] {
        let mut session = events(kind, "at");
        session.run("insert into ai.src_ev values (1, '2024-01-05'), (2, 'infinity')");
        assert_eq!(session.run_table("ai_ev", "2024-02-28"), ["ai_ev|p1|2|0"], "{kind}");
        assert!(session.watermark("ai_ev").starts_with("2024-01-05|2024-02-28"), "{kind}");
        session.run("insert into ai.src_ev values (4, '2024-03-01'), (5, '-infinity')");
        assert_eq!(session.run_table("ai_ev", "2024-03-02"), ["ai_ev|p1|2|0"], "{kind}");
        assert!(session.watermark("ai_ev").starts_with("2024-03-01|2024-03-02"), "{kind}");
    }
}

#[test]
fn where_all_rows_are_infinite_the_watermark_stays() {
    for kind in ["date", "timestamp", "timestamptz"] {
        let mut session = events(kind, "at");
        session.run("insert into ai.src_ev values (1, '-infinity'), (2, 'infinity')");
        assert_eq!(session.run_table("ai_ev", "2024-02-28"), ["ai_ev|p1|2|0"]);
        assert!(session.watermark("ai_ev").starts_with("2024-01-01|2024-02-28"), "{kind}");
    }
}

#[test]
fn a_date_that_is_far_away_is_named() {
    let mut session = events("date", "at");
    session.run("insert into ai.src_ev values (1, '2024-12-31')");
    assert_eq!(
        session.run_table("ai_ev", "2024-01-02").len(),
        1,
        "targets and forecasts are nothing to speak of"
    );
    session.run("insert into ai.src_ev values (2, '2204-05-05')");
    let rows = session.rows("select status, message from dfa.run_table('ai_ev', '2024-02-02')");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1], "0|Warning: data_date of 'ai_ev' is 2204-05-05, more than a year after its run date 2024-02-02: a row has that date in at");
    assert!(session.watermark("ai_ev").starts_with("2204-05-05|2024-02-02"));
}

#[test]
fn a_value_without_a_date_stops_nothing() {
    let mut session = events("float8", "to_timestamp(at)");
    session.run("insert into ai.src_ev values (1, 1704412800)");
    session.run_table("ai_ev", "2024-01-06");
    assert!(session.watermark("ai_ev").starts_with("2024-01-05|2024-01-06"));
    session.run("insert into ai.src_ev values (2, 'NaN')");
    let rows = session.rows("select rows, status, message from dfa.run_table('ai_ev', '2024-01-07')");
    assert!(
        rows[0].starts_with("1|0|") && rows[1].contains("Warning: data_date of 'ai_ev' stays as it is"),
        "{rows:?}"
    );
    assert!(session.watermark("ai_ev").starts_with("2024-01-05|2024-01-07"));
    let mut session = events("text", "at");
    session.run("insert into ai.src_ev values (1, '2024-01-05'), (2, 'soon')");
    let rows = session.rows("select rows, status, message from dfa.run_table('ai_ev', '2024-01-07')");
    assert!(rows[0].starts_with("2|0|") && rows[1].contains("\"soon\""), "{rows:?}");
}

#[test]
fn a_column_that_needs_quoting_is_a_column() {
    for (column, kind) in
        [("saleDate", "date"), ("end", "timestamptz"), ("Sale Date", "date"), ("a\"b", "timestamp")]
    {
        let mut session = Session::fresh();
        let quoted = dfa_tests::session::quoted(column);
        session.load(&format!(
            "
ai_mix:
  create: {{features: [{{name: {quoted}, datatype: {kind}}}, {{name: n, datatype: bigint}}]}}
  retention: {{column: {quoted}, months: 0}}
  run: {{table_type: transaction}}
  update: {{p1: {{parameter: [run_date], statement: \"insert into {{ai_schema_name}}.ai_mix values (date '{{run_date}}', 1)\"}}}}
"
        ));
        session.run("select from dfa.setup(run_date => '2024-01-01')");
        session.run("insert into dfa.data_parameter (parameter_name, parameter_value) values ('data_normal_rerun_reset_data', 'Y')");
        for day in ["2024-01-02", "2024-01-03"] {
            assert_eq!(session.run_table("ai_mix", day), ["ai_mix|p1|1|0"], "{column}");
            assert!(session.watermark("ai_mix").starts_with(day), "{column}");
        }
        session.run("select from dfa.run_table('ai_mix', '2024-01-03', run_mode => 'rerun')");
        assert_eq!(session.value("select count(*) from ai.ai_mix"), "2", "{column}");
    }
}

#[test]
fn a_run_date_that_is_a_slip_of_the_hand_is_refused_in_every_door() {
    let mut session = Session::with(SALES);
    for call in [
        "select * from dfa.run_table('ai_total', '9999-12-31')",
        "select * from dfa.run_table('ai_total', '9999-12-31', 'rerun')",
        "select * from dfa.run_pipeline('nightly', '2926-01-02')",
        "call dfa.run('ai_total', array['2021-01-02', '9999-12-31']::date[])",
        "select dfa.submit('data', 'ai_total', array['9999-12-31']::date[])",
    ] {
        let refusal = session.refused(call);
        assert_eq!(refusal.sqlstate, "22023", "{call}: {refusal}");
        refusal.says(&["run_date", "at most 100 years ahead"]);
    }
    assert_eq!(session.value("select count(*) from dfa.task_step"), "0");
    assert_eq!(session.value("select count(*) from dfa.data_interval"), "0");
    assert_eq!(session.run_table("ai_total", "2031-12-31"), ["ai_total|fill|0|0"]);
}
