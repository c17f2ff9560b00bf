//! A machine dies in the middle: nothing is half done, and what is run again comes out right.

use crate::lies::CATALOG;
use crate::nodes::{turn, Nodes};

#[test]
fn a_run_without_one_of_its_machines_fails_whole_and_comes_out_right_afterwards() {
    let Some(_turn) = turn() else { return };
    let nodes = Nodes::start(2);
    let mut session = nodes.database("away");
    session.load(CATALOG);
    session.set_up();
    session.run("insert into ai.src_store select g, 'r' from generate_series(0, 6) as g");
    session.run("insert into ai.src_in select g, g % 7, date '2021-01-02' + g % 5, 1 from generate_series(1, 700) as g");
    assert_eq!(session.value("select max(status) from dfa.run_pipeline('p', '2021-01-03')"), "0");
    let state = "select table_name, data_date, run_date from dfa.data_pipeline where table_name like 'ai_%' order by 1";
    let (before, rows) = (session.rows(state), session.rows("select day, n from ai.ai_b order by 1"));
    nodes.clusters[2].crash();
    let failed = session.rows("select node, status, message from dfa.run_pipeline('p', '2021-01-10')");
    assert!(failed[0].starts_with("ai_a|1|"), "{failed:?}");
    assert_eq!(session.rows(state), before);
    nodes.clusters[2].start_again();
    session.until("select bool_and(success) from run_command_on_all_nodes('select 1')");
    assert_eq!(session.rows("select day, n from ai.ai_b order by 1"), rows);
    assert_eq!(session.value("select max(status) from dfa.run_pipeline('p', '2021-01-10')"), "0");
    assert_eq!(session.value("select sum(n) from ai.ai_b"), "700");
    // Nothing is left prepared on a machine for ever.
    session.run("select recover_prepared_transactions()");
    let prepared =
        "select sum(result::int) from run_command_on_all_nodes('select count(*) from pg_prepared_xacts')";
    assert_eq!(session.value(prepared), "0");
}
