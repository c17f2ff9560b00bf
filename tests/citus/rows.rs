//! What is done with distributed rows comes out as with plain ones.

use crate::lies::CATALOG;
use crate::nodes::{both, pair, turn};
use dfa_tests::Session;

const EVERYTHING: [&str; 4] = [
    "select * from ai.src_store order by 1",
    "select * from ai.src_in order by 1, 2, 3",
    "select * from ai.ai_a order by 1, 2",
    "select * from ai.ai_b order by 1",
];

fn land(session: &mut Session) {
    session.run("insert into ai.src_store select g, 'r' || g % 3 from generate_series(0, 6) as g");
    // Of the days of the run, of days long gone, and of days to come: each has rows in the default partition.
    for begin in ["2021-01-01", "2018-01-01", "2023-01-01"] {
        session.run(&format!(
            "insert into ai.src_in select g, g % 7, date '{begin}' + g % 40, g from generate_series(1, 400) as g"
        ));
    }
}

fn landed() -> (Session, Session) {
    let (mut distributed, mut plain) = pair(CATALOG);
    land(&mut distributed);
    land(&mut plain);
    (distributed, plain)
}

#[test]
fn pipelines_make_the_rows_that_they_make_of_plain_tables() {
    let Some(_turn) = turn() else { return };
    let (mut distributed, mut plain) = landed();
    for run in [
        "select node, rows, status from dfa.run_pipeline('p', '2021-01-20')",
        "select node, rows, status from dfa.run_pipeline('p', '2021-02-15')",
        "select node, rows, status from dfa.run_pipeline('p', '2021-01-10', 'rerun')",
    ] {
        both(&mut distributed, &mut plain, run);
        EVERYTHING.iter().for_each(|sql| both(&mut distributed, &mut plain, sql));
        both(
            &mut distributed,
            &mut plain,
            "select table_name, data_date, run_date from dfa.data_pipeline order by 1",
        );
    }
}

#[test]
fn ingests_put_change_and_delete_by_key() {
    let Some(_turn) = turn() else { return };
    let (mut distributed, mut plain) = landed();
    let put = |rows: &str| format!("select success_rows, failed_rows from dfa.ingest('src_in', '{rows}')");
    for sql in [
        put(r#"[{"id":1,"store":1,"day":"2021-03-01","amount":1},{"id":2,"store":2,"day":"2021-03-02","amount":2},{"id":1,"store":1,"day":"2021-03-01","amount":3}]"#),
        put(r#"[{"id":1,"store":1,"day":"2021-03-01","amount":9},{"id":3,"store":6,"day":"2020-12-31","amount":4}]"#),
        r#"select success_rows, failed_rows from dfa.ingest('src_in', '[{"id":1,"store":1,"day":"2021-03-01","amount":7},{"id":99,"store":1,"day":"2021-03-01","amount":7}]', 'update', on_error => 'skip')"#.to_owned(),
        r#"select success_rows, failed_rows from dfa.delete_rows('src_in', '[{"id":2,"store":2,"day":"2021-03-02"}]')"#.to_owned(),
        put(r#"[{"id":5,"store":77,"day":"2021-03-01","amount":1}]"#).replace("')", "', on_error => 'skip')"),
    ] {
        both(&mut distributed, &mut plain, &sql);
        both(&mut distributed, &mut plain, EVERYTHING[1]);
    }
    let refused = distributed.refused(&put(r#"[{"id":5,"store":77,"day":"2021-03-01","amount":1}]"#));
    assert_eq!(refused.sqlstate, "DF011", "{refused:?}");
}

#[test]
fn upkeep_makes_partitions_for_rows_in_the_default_one() {
    let Some(_turn) = turn() else { return };
    let (mut distributed, mut plain) = landed();
    let upkeep = "select table_name, partitions, rows from dfa.make_partitions() order by 1";
    both(&mut distributed, &mut plain, upkeep);
    both(&mut distributed, &mut plain, EVERYTHING[1]);
    let parts =
        "select inhrelid::regclass::text from pg_inherits where inhparent = 'ai.src_in'::regclass order by 1";
    both(&mut distributed, &mut plain, parts);
    both(&mut distributed, &mut plain, "select count(*) from ai.src_in_default");
    assert_eq!(distributed.value("select count(*) from ai.src_in_default"), "0");
    // All of them lie on the machines.
    let here = "select count(*) from pg_inherits where inhparent = 'ai.src_in'::regclass
                and not exists (select from pg_dist_partition where logicalrelid = inhrelid)";
    assert_eq!(distributed.value(here), "0");
}

#[test]
fn retention_archives_and_a_restore_brings_rows_back() {
    let Some(_turn) = turn() else { return };
    let (mut distributed, mut plain) = landed();
    let archive = "select * from ai_bk.src_in_bk order by 1, 2, 3";
    for sql in [
        "select table_name, cut, rows, backup_rows, status from dfa.run_retention('src_in', run_date => '2021-02-15')",
        EVERYTHING[1],
        archive,
        "select dfa.restore_backup('src_in', '2018-01-01', '2018-01-20')",
        EVERYTHING[1],
        archive,
        "select dfa.restore_backup('src_in')",
        EVERYTHING[1],
        archive,
        "select table_name, rows, backup_rows, status from dfa.run_retention('src_in', run_date => '2022-02-15', backup_table => 'copy_of_in')",
        EVERYTHING[1],
        "select count(*) from ai_bk.copy_of_in",
    ] {
        both(&mut distributed, &mut plain, sql);
    }
}
