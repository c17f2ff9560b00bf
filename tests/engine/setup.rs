//! `dfa.setup`: what it creates, in which order, and what a flag takes.

use crate::session::{quoted, Session};

mod first_rows;
mod ours;
mod tables;

/// One object of each kind; every arrow of a dependency points to something that comes earlier.
const SHOP: &str = "
func:fn_double:
  create: \"create or replace function {ai_schema_name}.fn_double(n int) returns int language sql as $$ select n * 2 $$\"
ctr_colour: {create: {features: {name: 'text'}}, initial: {value: \"'red'\"}}
src_sale: {create: {features: {day: 'date', amount: 'int'}}, initial: {value: \"'2021-01-01', 1\"}}
imp_target: {create: {features: {day: 'date'}}, initial: {value: \"'2021-01-01'\"}}
ai_total:
  create: {features: {amount: 'bigint'}}
  update: {fill: {statement: \"insert into {ai_schema_name}.ai_total select sum(fn_double(amount)) from {ai_schema_name}.src_sale\"}}
  initial: {value: '7'}
view:vw_total:
  create: \"create or replace view {ai_schema_name}.vw_total as select amount from {ai_schema_name}.ai_total\"
nightly: {nodes: [ai_total]}
";

fn shop() -> Session {
    let mut session = Session::fresh();
    session.load(SHOP);
    session
}

fn setup(session: &mut Session, arguments: &str) -> Vec<String> {
    session.rows(&format!("select kind, name, action, rows from dfa.setup({arguments})"))
}

fn exists(session: &mut Session, relation: &str) -> bool {
    session.value(&format!("select to_regclass({}) is not null", quoted(relation))) == "t"
}

#[test]
fn everything_is_made_functions_first_and_views_last() {
    let mut session = shop();
    assert_eq!(
        setup(&mut session, ""),
        [
            "function|fn_double|created|0",
            "table|ctr_colour|created|1",
            "table|src_sale|created|0",
            "table|imp_target|created|0",
            "table|ai_total|created|0",
            "view|vw_total|created|0",
        ]
    );
}

#[test]
fn a_second_setup_keeps_tables_and_rows() {
    let mut session = shop();
    setup(&mut session, "");
    session.run("insert into ai.src_sale values ('2021-02-02', 5)");
    let again = setup(&mut session, "initial_data => 'Y'");
    assert!(again.contains(&"table|src_sale|exists|0".to_owned()), "{again:?}");
    assert_eq!(session.rows("select * from ai.src_sale"), ["2021-02-02|5"]);
}

#[test]
fn control_tables_get_their_first_rows_once_whatever_the_flag() {
    let mut session = shop();
    setup(&mut session, "");
    assert_eq!(session.rows("select name from ai.ctr_colour"), ["red"]);
    setup(&mut session, "");
    assert_eq!(session.rows("select name from ai.ctr_colour"), ["red"]);
}

#[test]
fn prefix_letters_choose_the_tables_that_get_first_rows() {
    let mut session = shop();
    setup(&mut session, "initial_data => 'sa'");
    assert_eq!(
        session.value("select (select count(*) from ai.src_sale), (select count(*) from ai.ai_total), (select count(*) from ai.imp_target)"),
        "1|1|0"
    );
}

#[test]
fn a_name_sets_up_that_object_alone() {
    let mut session = shop();
    assert_eq!(setup(&mut session, "'src_sale'"), ["table|src_sale|created|0"]);
    assert!(!exists(&mut session, "ai.imp_target"));
    assert_eq!(setup(&mut session, "'it'"), ["table|imp_target|created|0"]);
    assert_eq!(setup(&mut session, "'nightly'"), ["table|ai_total|created|0"]);
    assert_eq!(setup(&mut session, "'vw_total'"), ["view|vw_total|created|0"]);
}

#[test]
fn a_kind_narrows_to_objects_of_it() {
    let mut session = shop();
    assert_eq!(setup(&mut session, "kind => 'function'"), ["function|fn_double|created|0"]);
    assert!(!exists(&mut session, "ai.src_sale"));
}

#[test]
fn an_unknown_name_is_refused_with_a_suggestion() {
    let refusal = shop().refused("select * from dfa.setup('src_sales')");
    assert_eq!(refusal.sqlstate, "DF002");
    refusal.says(&["'src_sales'", "'src_sale'"]);
}

#[test]
fn wrong_flags_are_refused() {
    for argument in [
        "initial_data => 'X'",
        "drop_before_create => ''",
        "drop_table => 'maybe'",
        "\"cascade\" => 'A'",
        "kind => 'index'",
    ] {
        let mut session = shop();
        let refusal = session.refused(&format!("select * from dfa.setup({argument})"));
        assert_eq!(refusal.sqlstate, "22023", "{argument}: {refusal}");
        assert!(!refusal.hint.is_empty(), "{refusal}");
        assert!(!exists(&mut session, "ai.src_sale"));
    }
}

#[test]
fn the_run_date_is_where_watermarks_begin() {
    let mut session = shop();
    session.set_up();
    assert_eq!(session.watermark("ai_total"), "2021-01-01|2021-01-01|0");
    assert_eq!(
        session.value("select system_type, table_type, run_type, run_count_max, rtt_value, active_flg from dfa.data_pipeline where table_name = 'src_sale'"),
        "external|undefined|daily|0|0|Y"
    );
}

#[test]
fn drop_before_create_makes_tables_anew_and_keeps_the_settings_of_the_watermark() {
    let mut session = shop();
    session.set_up();
    session.run(
        "insert into ai.src_sale values ('2021-02-02', 5); update dfa.data_pipeline set run_count_max = 3",
    );
    let rows = setup(&mut session, "run_date => '2021-05-05', drop_before_create => 'S'");
    assert!(rows.contains(&"table|src_sale|recreated|0".to_owned()), "{rows:?}");
    assert!(rows.contains(&"table|imp_target|exists|0".to_owned()), "{rows:?}");
    assert_eq!(session.value("select count(*) from ai.src_sale"), "0");
    assert_eq!(
        session.value("select run_count_max, run_date from dfa.data_pipeline where table_name = 'src_sale'"),
        "3|2021-05-05"
    );
    assert_eq!(
        session.value("select run_date from dfa.data_pipeline where table_name = 'imp_target'"),
        "2021-01-01"
    );
}

#[test]
fn views_come_back_after_their_tables_were_made_anew() {
    let mut session = shop();
    session.set_up();
    setup(&mut session, "drop_before_create => 'Y'");
    assert_eq!(session.value("select count(*) from ai.vw_total"), "0");
}

#[test]
fn a_table_that_others_need_is_dropped_with_cascade_only() {
    let mut session = shop();
    session.set_up();
    let refusal = session.refused("select * from dfa.setup('ai_total', drop_before_create => 'Y')");
    assert_eq!(refusal.sqlstate, "2BP01");
    refusal.says(&["ai.ai_total", "vw_total", "cascade"]);
    assert_eq!(session.rows("select amount from ai.vw_total"), ["7"]);
    assert_eq!(
        setup(&mut session, "'ai_total', drop_before_create => 'Y', \"cascade\" => 'Y'"),
        ["table|ai_total|recreated|0"]
    );
}

#[test]
fn drop_table_drops_the_table_with_its_watermark() {
    let mut session = shop();
    session.set_up();
    assert_eq!(setup(&mut session, "'src_sale', drop_table => 'Y'"), ["table|src_sale|dropped|0"]);
    assert!(!exists(&mut session, "ai.src_sale"));
    assert_eq!(session.value("select count(*) from dfa.data_pipeline where table_name = 'src_sale'"), "0");
    assert_eq!(setup(&mut session, "'src_sale', drop_table => 'Y'"), ["table|src_sale|missing|0"]);
}

#[test]
fn drop_schema_drops_all_that_is_of_the_catalog() {
    let mut session = shop();
    session.set_up();
    session.run("select * from dfa.setup(drop_schema => 'Y')");
    assert_eq!(
        session.value("select to_regnamespace('ai') is null, (select count(*) from dfa.data_pipeline)"),
        "t|0"
    );
    session.set_up();
}

#[test]
fn drop_schema_spares_what_is_not_of_the_catalog() {
    let mut session = shop();
    session.set_up();
    session.run("create table ai.my_notes (a int); create view public.peek as select * from ai.src_sale");
    for one in ["'src_sale'", "kind => 'view'"] {
        let refusal = session
            .refused(&format!("select * from dfa.setup({one}, drop_schema => 'Y', \"cascade\" => 'Y')"));
        assert_eq!(refusal.sqlstate, "22023", "{refusal}");
        refusal.says(&["drop_schema", "drop_table"]);
    }
    let refusal = session.refused("select * from dfa.setup(drop_schema => 'Y')");
    assert_eq!(refusal.sqlstate, "2BP01");
    refusal.says(&["my_notes", "peek", "cascade"]);
    session.run("select * from dfa.setup(drop_schema => 'Y', \"cascade\" => 'Y')");
    assert_eq!(session.value("select to_regnamespace('ai') is null"), "t");
}

#[test]
fn a_broken_view_and_a_broken_function_of_sixty_objects_are_reported_alone() {
    let mut catalog = String::new();
    for number in 0..29 {
        catalog.push_str(&format!("src_t{number}: {{create: {{features: {{a: 'int'}}}}}}\n"));
        catalog.push_str(&format!(
            "view:vw_t{number}: {{create: 'create or replace view {{ai_schema_name}}.vw_t{number} as select a from {{ai_schema_name}}.src_t{number}'}}\n"
        ));
    }
    catalog.push_str("view:vw_broken: {create: 'create view {ai_schema_name}.vw_broken as select b from {ai_schema_name}.src_t1'}\n");
    catalog.push_str(
        "func:fn_broken: {create: 'create function {ai_schema_name}.fn_broken() returns int language sql as $$ select a from nowhere $$'}\n",
    );
    let mut session = Session::fresh();
    session.load(&catalog);
    let failed = session.rows("create temp table answer as select * from dfa.setup(); select name, action, message from answer where status <> 0 order by name");
    assert_eq!(failed.len(), 2, "{failed:#?}");
    assert!(
        failed[0].starts_with("fn_broken|failed|")
            && failed[0].contains("42P01")
            && failed[0].contains("nowhere"),
        "{failed:#?}"
    );
    assert!(failed[1].starts_with("vw_broken|failed|") && failed[1].contains("42703"), "{failed:#?}");
    assert_eq!(session.value("select count(*), sum(status) from answer"), "60|2");
    assert_eq!(session.value("select count(*) from pg_class where relnamespace = 'ai'::regnamespace and relname ~ '^(src|vw)_t'"), "58");
}

#[test]
fn views_that_read_views_are_made_whatever_their_order() {
    let view = |name: &str, source: &str| {
        format!("view:{name}: {{create: 'create view {{ai_schema_name}}.{name} as select a from {{ai_schema_name}}.{source}'}}\n")
    };
    let mut session = Session::with(
        &[
            "src_t: {create: {features: {a: 'int'}}}\n".to_owned(),
            view("vw_a", "vw_b"),
            view("vw_b", "vw_c"),
            view("vw_c", "src_t"),
        ]
        .concat(),
    );
    assert_eq!(session.value("select count(*) from ai.vw_a"), "0");
}

#[test]
fn a_changed_view_replaces_the_old_one() {
    let mut session = shop();
    session.set_up();
    session.load("view:vw_total: {version: 2021-01-01, create: \"create or replace view {ai_schema_name}.vw_total as select amount, 1 as one from {ai_schema_name}.ai_total\"}");
    assert_eq!(setup(&mut session, "'vw_total'"), ["view|vw_total|replaced|0"]);
    assert_eq!(session.rows("select * from ai.vw_total"), ["7|1"]);
}

#[test]
fn a_materialized_view_is_one_because_its_sql_says_so() {
    let mut session = Session::with(
        "src_t: {create: {features: {a: 'int'}}, initial: {value: '3'}}\nview:mv_t: {create: 'create materialized view {ai_schema_name}.mv_t as select a from {ai_schema_name}.src_t'}\n",
    );
    assert_eq!(session.value("select relkind from pg_class where relname = 'mv_t'"), "m");
    assert_eq!(session.rows("select a from ai.mv_t"), ["3"]);
}

#[test]
fn a_setup_is_written_down_as_a_task() {
    let mut session = shop();
    session.set_up();
    assert_eq!(
        session.value(
            "select process_module, process_name_put, status, process_number_get from dfa.task_process"
        ),
        "framework|setup|all|0|6"
    );
}

#[test]
fn the_data_schema_follows_its_setting() {
    let mut session = shop();
    session.run("set dfa.ai_schema = 'my data'");
    session.set_up();
    assert_eq!(session.rows("select amount from \"my data\".vw_total"), ["7"]);
}
