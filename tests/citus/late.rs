//! Rows that are written before a run and commit after it, by any machine of the cluster.

use crate::lies::CATALOG;
use crate::nodes::{another, pair, shared, turn};
use dfa_tests::Session;

const TAKEN: &str = "select coalesce(sum(n), 0) from ai.ai_a";

fn ready() -> Session {
    let (mut session, _) = pair(CATALOG);
    session.run("insert into ai.src_store select g, 'r' from generate_series(0, 6) as g");
    session
}

#[test]
fn a_run_waits_for_writers_whichever_machine_they_came_to() {
    let Some(_turn) = turn() else { return };
    let mut session = ready();
    let name = session.database.name().to_owned();
    for node in 0..3_i32 {
        let mut writer = Session::reach(&shared().clusters[usize::try_from(node).unwrap()], &name).unwrap();
        writer.run("begin");
        writer.run(&format!(
            "insert into ai.src_in select g, g % 7, date '2021-01-0{}', 1 from generate_series(1, 70) as g",
            node + 2
        ));
        let (_database, mut runner) = another(&session);
        let run = format!("select status from dfa.run_table('ai_a', '2021-01-0{}')", node + 2);
        let run = std::thread::spawn(move || {
            let pid: i32 = runner.query_one("select pg_backend_pid()", &[]).unwrap().get(0);
            (pid, runner.query_one(&run, &[]).unwrap().get::<_, i32>(0))
        });
        // It holds its table by now, and looks who writes.
        session.until(
            "select exists (select from pg_stat_activity where query like '%dfa.run_table%' and state = 'active'
                            and pid <> pg_backend_pid() and datname = current_database()
                            and now() - query_start > interval '1 second')",
        );
        assert!(!run.is_finished(), "a run did not wait for a writer of node {node}");
        writer.run("commit");
        assert_eq!(run.join().unwrap().1, 0);
        assert_eq!(session.value(TAKEN), (70 * (node + 1)).to_string(), "after the writer of node {node}");
    }
}

#[test]
fn a_commit_that_was_cut_between_its_phases_is_waited_for() {
    let Some(_turn) = turn() else { return };
    let mut session = ready();
    let name = session.database.name().to_owned();
    // What is left on a worker when the machine that it came to dies: prepared, and not yet committed.
    let mut worker = Session::reach(&shared().clusters[1], &name).unwrap();
    worker.run("set citus.enable_manual_changes_to_shards to on");
    let shard = worker.value(
        "select shard_name('ai.src_in_p2021_01', shardid) || '|' || shardminvalue
         from pg_dist_shard join pg_dist_placement using (shardid)
              join pg_dist_node using (groupid)
         where logicalrelid = 'ai.src_in_p2021_01'::regclass and groupid = (select groupid from pg_dist_local_group)
         order by 1 limit 1",
    );
    let shard = shard.split('|').next().unwrap().to_owned();
    worker.run("begin");
    worker.run(&format!("lock table {shard} in row exclusive mode"));
    worker.run("prepare transaction 'cut_in_two'");
    session.run("set dfa.lock_timeout = '1s'");
    let rows = session.rows("select status, message from dfa.run_table('ai_a', '2021-01-05')");
    assert!(rows[0].starts_with("1|") && rows[0].contains("src_in"), "{rows:?}");
    worker.run("commit prepared 'cut_in_two'");
    assert_eq!(session.value("select status from dfa.run_table('ai_a', '2021-01-05')"), "0");
}

#[test]
fn a_run_waits_for_none_that_begins_later_and_not_for_itself() {
    let Some(_turn) = turn() else { return };
    let mut session = ready();
    session.run("set dfa.lock_timeout = '5s'");
    session.run("insert into ai.src_in select g, g % 7, '2021-01-02', 1 from generate_series(1, 70) as g");
    // Both nodes in one transaction: the second reads what the first has just written.
    let rows = session.rows("select node, status from dfa.run_pipeline('p', '2021-01-02')");
    assert_eq!(rows, ["ai_a|0", "ai_b|0"]);
    assert_eq!(session.value("select sum(n) from ai.ai_b"), "70");
}
