//! A large set that another team wrote and that works elsewhere: it loads unchanged, sets up and runs; what is broken in it is
//! reported alone.

mod folder;

use crate::session::Session;
use dfa_tests::dfa;
use folder::{BROKEN_FUNCTION, BROKEN_TABLE, BROKEN_VIEW, LONG_PROCESS};
use tempfile::TempDir;

fn folder(broken: bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    folder::write(folder.path(), broken);
    folder
}

/// Loaded and set up at 2021-03-01.
fn set_up(broken: bool) -> (Session, TempDir) {
    let (session, folder) = (Session::fresh(), folder(broken));
    let path = folder.path().to_str().unwrap();
    let answer =
        dfa(&session.database, &["init", "--catalog", path, "--run-date", "2021-03-01", "--keep-going"]);
    assert_eq!(answer.code, i32::from(broken), "{}\n{}", answer.stdout, answer.stderr);
    (session, folder)
}

#[test]
fn it_loads_sets_up_and_runs() {
    let (mut session, folder) = set_up(false);
    assert_eq!(
        session.rows("select kind, count(*) from dfa.catalog where current group by 1 order by 1"),
        ["function|2", "table|60", "view|9", "query|2", "pipeline|15"]
    );
    dfa(&session.database, &["catalog", "check", folder.path().to_str().unwrap()]).assert_success();
    let names =
        session.rows("select name from dfa.catalog where current and kind = 'pipeline' order by name");
    for name in names.iter().filter(|name| *name != "pipeline_forecast") {
        let rows = session.rows(&format!(
            "select node, process, status, message from dfa.run_pipeline('{name}', '2021-03-01')"
        ));
        assert!(!rows.is_empty() && rows.iter().all(|row| row.contains("|0|")), "{name}: {rows:#?}");
    }
    assert_eq!(session.value("select dfa.run_query('top_days') ->> 0 is not null"), "t");
    let forecast = session.value("select message from dfa.run_pipeline('pipeline_forecast', '2021-03-01')");
    assert!(forecast.contains("DataFrame process"), "{forecast}");
}

#[test]
fn the_initial_of_its_control_tables_decides_the_watermarks() {
    let (mut session, folder) = set_up(false);
    let watermark = "select data_date, run_date, run_count_max, run_type, table_type, active_flg from ai.ctr_data_pipeline where table_name = ";
    let first = format!("{watermark}'ai_daily_01'");
    assert_eq!(session.value(&first), "2021-02-28|2021-03-01|9|daily|transaction|true");
    assert_eq!(
        session.value(&format!("{watermark}'ai_report_01'")),
        "2021-03-01|2021-03-01|0|daily|undefined|Y"
    );
    assert_eq!(
        session.rows("select pipeline_id, pipeline_name, pipeline_type, tracking, active_flg from ai.ctr_task_schedule where pipeline_type in ('schedule', 'trigger', 'anything') order by 1"),
        ["landed|landed files|anything|SUCCESS|N", "sales_1|pipeline_sales_1|schedule|SUCCESS|true", "sales_2|pipeline_sales_2|trigger|P|yes"]
    );
    // Fifteen pipelines and the source that triggers name.
    assert_eq!(
        session.value("select count(*), count(*) filter (where kind = 'pipeline') from dfa.task_schedule"),
        "16|15"
    );
    // Again: nothing of it is overwritten.
    let path = folder.path().to_str().unwrap();
    session.run("update ai.ctr_data_pipeline set data_date = '2021-02-20' where table_name = 'ai_daily_01'");
    dfa(&session.database, &["catalog", "load", path]).assert_success();
    dfa(&session.database, &["init", "--catalog", path, "--run-date", "2021-03-09"]).assert_success();
    assert_eq!(session.value(&first), "2021-02-20|2021-03-01|9|daily|transaction|true");
    assert_eq!(session.value("select count(*) from ai.ctr_note"), "1");
}

#[test]
fn its_long_names_of_processes_are_in_steps_rows_logs_and_choices() {
    let (mut session, _folder) = set_up(false);
    let name = LONG_PROCESS.replace('\'', "''");
    assert!(LONG_PROCESS.len() > 80);
    assert_eq!(
        session.rows(&format!(
            "select process, status from dfa.run_table('ai_daily_03', '2021-03-01', choose => array['{name}'])"
        )),
        [format!("{LONG_PROCESS}|0")]
    );
    assert_eq!(session.value("select choose[1] from dfa.task_step where node = 'ai_daily_03'"), LONG_PROCESS);
    let rendered =
        session.value(&format!("select count(*) from dfa.render('ai_daily_03', '{name}', '2021-03-01')"));
    assert_eq!(rendered, "1");
    session.run("alter table ai.ai_daily_03 add constraint never check (false) not valid");
    let failed = session.value("select process, message from dfa.run_table('ai_daily_03', '2021-03-01')");
    assert!(failed.starts_with(LONG_PROCESS) && failed.contains("never"), "{failed}");
}

#[test]
fn strict_refuses_the_whole_folder_with_every_finding() {
    let (mut session, folder) = (Session::fresh(), folder(true));
    let answer = dfa(&session.database, &["catalog", "load", folder.path().to_str().unwrap()]);
    answer.assert_failure(
        1,
        &[BROKEN_VIEW, BROKEN_FUNCTION, BROKEN_TABLE, "selct", "functoin", "ino", "SQLSTATE: DF001"],
    );
    assert_eq!(session.value("select count(*) from dfa.catalog"), "0");
}

#[test]
fn what_is_broken_is_refused_alone_when_asked_to_keep_going() {
    let (mut session, folder) = (Session::fresh(), folder(true));
    let path = folder.path().to_str().unwrap();
    let answer =
        dfa(&session.database, &["init", "--catalog", path, "--run-date", "2021-03-01", "--keep-going"]);
    answer.assert_failure(
        1,
        &[
            "3 of 93 definitions refused, 1 of",
            BROKEN_VIEW,
            BROKEN_FUNCTION,
            BROKEN_TABLE,
            "vw_of_nothing",
            "catalog_ai_broken.yaml:4:19",
        ],
    );
    assert_eq!(
        session.rows("select kind, name from dfa.refused_definition order by 1"),
        ["function|fn_broken", "table|ai_broken", "view|vw_broken"]
    );
    let rows = session.rows("select node, status, message from dfa.run_pipeline('broken', '2021-03-01')");
    assert!(rows.iter().any(|row| row.starts_with("ai_daily_20|0|")), "{rows:#?}");
    let last = rows.last().unwrap();
    assert!(
        last.starts_with("ai_broken|1|") && last.contains("was refused") && last.contains("ino"),
        "{last}"
    );
    // Mended and loaded again, it is a table as any other.
    let file = folder.path().join("catalog/catalog_ai_broken.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replace(
            "ino {ai_schema_name}.ai_broken select 1",
            "into {ai_schema_name}.ai_broken values (null)",
        ),
    )
    .unwrap();
    let answer = dfa(&session.database, &["catalog", "load", path, "--keep-going"]);
    answer.assert_failure(1, &["2 of 93 definitions refused"]);
    session.run("select * from dfa.setup('ai_broken', run_date => '2021-03-01')");
    let rows = session.rows("select status from dfa.run_pipeline('broken', '2021-03-02')");
    assert!(rows.iter().all(|row| row == "0"), "{rows:#?}");
}
