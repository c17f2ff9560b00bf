//! `dfa.run_retention`: which rows go, where they are kept, and what it says.

use crate::session::Session;

mod archive;
mod backup;
mod clock;
mod far;
mod killed;
mod names;
mod partitions;

/// Rows on the 15th of each month of 2020 in a table that keeps three months.
pub const SALES: &str = "
ai_sale:
  retention: {column: day, months: 3}
  create: {features: {id: 'serial', day: 'date', amount: 'int'}, primary_key: [id]}
  update: {fill: {statement: 'select 1'}}
src_other: {create: {features: {day: 'date'}}}
sales: {nodes: [ai_sale]}
";

pub fn shop(catalog: &str) -> Session {
    let mut session = Session::with(catalog);
    session.run(
        "insert into ai.ai_sale (day, amount)
         select make_date(2020, month, 15), month from generate_series(1, 12) as month",
    );
    session
}

pub fn retain(session: &mut Session, arguments: &str) -> Vec<String> {
    session.rows(&format!("select table_name, cut, rows, status from dfa.run_retention({arguments})"))
}

fn message(session: &mut Session, arguments: &str) -> String {
    session.value(&format!("select message from dfa.run_retention({arguments})"))
}

#[test]
fn rows_before_the_first_of_the_month_go() {
    let mut session = shop(SALES);
    assert_eq!(retain(&mut session, "'ai_sale', '2020-12-20'"), ["ai_sale|2020-09-01|8|0"]);
    assert_eq!(session.value("select min(day), count(*) from ai.ai_sale"), "2020-09-15|4");
    assert_eq!(
        message(&mut session, "'ai_sale', '2020-12-20'"),
        "Success: Retention 'ai_sale' with logging value (0 rows before 2020-09-01, 0 sec)"
    );
}

#[test]
fn by_data_date_the_newest_row_counts() {
    let mut session = shop(SALES);
    session.run("insert into dfa.data_parameter (parameter_name, parameter_value) values ('data_retention_mode', 'data_date')");
    assert_eq!(retain(&mut session, "'ai_sale', '2031-01-01'"), ["ai_sale|2020-09-01|8|0"]);
}

#[test]
fn a_row_without_a_date_stays() {
    let mut session = shop(SALES);
    session.run("insert into ai.ai_sale (day) values (null)");
    retain(&mut session, "'ai_sale', '2031-01-01'");
    assert_eq!(session.rows("select day from ai.ai_sale"), [""]);
}

#[test]
fn a_table_that_keeps_all_is_skipped_and_says_so() {
    let mut session = shop(SALES);
    assert_eq!(retain(&mut session, "'src_other'"), ["src_other||0|0"]);
    assert_eq!(
        message(&mut session, "'src_other'"),
        "Skipped: retention of 'src_other' is 0 months, so all rows are kept"
    );
}

#[test]
fn an_expression_can_date_the_rows() {
    let mut session = Session::with(
        "ai_m: {retention: {column: \"to_date(month, 'YYYYMM')\", months: 1}, create: {features: {month: text}}, update: {f: {statement: 'select 1'}}}",
    );
    session.run("insert into ai.ai_m values ('202001'), ('202002'), ('202003')");
    assert_eq!(retain(&mut session, "'ai_m', '2020-03-31'"), ["ai_m|2020-02-01|1|0"]);
}

#[test]
fn a_master_table_keeps_months_of_each_key() {
    let mut session = Session::with(
        "ai_price:
  run: {table_type: master}
  retention: {column: since, months: 2}
  create: {features: {article: int, since: date}, primary_key: [article, since]}
  update: {f: {statement: 'select 1'}}
",
    );
    session.run("insert into ai.ai_price select 1, make_date(2020, m, 1) from generate_series(1, 6) as m");
    session.run("insert into ai.ai_price select 2, make_date(2010, m, 1) from generate_series(1, 6) as m");
    assert_eq!(session.value("select rows from dfa.run_retention('ai_price', '2030-01-01')"), "6");
    assert_eq!(
        session.rows("select article, min(since), count(*) from ai.ai_price group by article order by 1"),
        ["1|2020-04-01|3", "2|2010-04-01|3"]
    );
}

#[test]
fn a_master_table_with_a_key_that_is_not_enforced_keeps_the_newest_of_its_doubles() {
    let mut session = Session::with(
        "ai_price:
  run: {table_type: master}
  retention: {column: since, months: 1}
  create: {features: {article: int, since: date}, primary_key_dummy: [article]}
  update: {f: {statement: 'select 1'}}
",
    );
    session.run("insert into ai.ai_price values (1, '2019-01-01'), (1, '2020-05-01'), (1, '2020-05-01'), (2, '2001-01-01')");
    retain(&mut session, "'ai_price', '2030-01-01'");
    assert_eq!(
        session.rows("select * from ai.ai_price order by 1, 2"),
        ["1|2020-05-01", "1|2020-05-01", "2|2001-01-01"]
    );
}

#[test]
fn everything_means_all_tables_with_months_children_before_parents() {
    let mut session = Session::with(
        "ai_child: {retention: {column: day, months: 1}, create: {features: {id: int, day: date}, foreign_key: {id: ai_parent.id}}, update: {f: {statement: 'select 1'}}}
ai_parent: {retention: {column: day, months: 1}, create: {features: {id: int, day: date}, primary_key: [id]}, update: {f: {statement: 'select 1'}}}
ai_free: {create: {features: {day: date}}, update: {f: {statement: 'select 1'}}}
",
    );
    session.run("set dfa.log_retention = ''; insert into ai.ai_parent values (1, '2020-01-01'); insert into ai.ai_child values (1, '2020-01-01')");
    assert_eq!(
        retain(&mut session, "run_date => '2021-01-01'"),
        ["ai_child|2020-12-01|1|0", "ai_parent|2020-12-01|1|0"]
    );
}

#[test]
fn a_failure_undoes_one_table_and_is_logged_while_the_others_go_on() {
    let mut session = Session::with(
        "ai_child: {create: {features: {id: int}, foreign_key: {id: ai_parent.id}}, update: {f: {statement: 'select 1'}}}
ai_parent: {retention: {column: day, months: 1}, create: {features: {id: int, day: date}, primary_key: [id]}, update: {f: {statement: 'select 1'}}}
ai_free: {retention: {column: day, months: 1}, create: {features: {day: date}}, update: {f: {statement: 'select 1'}}}
",
    );
    session.run("set dfa.log_retention = ''; insert into ai.ai_parent values (1, '2020-01-01'), (2, '2020-01-01'); insert into ai.ai_child values (1); insert into ai.ai_free values ('2020-01-01')");
    let mut rows = retain(&mut session, "run_date => '2021-01-01'");
    rows.sort();
    assert_eq!(rows, ["ai_free|2020-12-01|1|0", "ai_parent||0|1"]);
    assert_eq!(session.value("select count(*) from ai.ai_parent"), "2");
    assert_eq!(
        session.rows("select table_name, row_record, status from dfa.data_logging where action_type = 'retention' order by 1"),
        ["ai_free|1|0", "ai_parent|0|1"]
    );
    let task = session.value("select process_module, status, process_message from dfa.task_process where process_module = 'framework|retention'");
    assert!(task.starts_with("framework|retention|1|") && task.contains("23503"), "{task}");
}

#[test]
fn a_pipeline_means_its_nodes() {
    let mut session = shop(SALES);
    assert_eq!(retain(&mut session, "'sales', '2020-12-20'"), ["ai_sale|2020-09-01|8|0"]);
    assert_eq!(
        session.value("select process_type, process_name_put, status from dfa.task_process where process_module = 'framework|retention'"),
        "foreground|pipeline|sales|0"
    );
}

#[test]
fn rows_that_a_lookback_needs_are_kept_with_a_notice() {
    let mut session = shop(
        "ai_sale:
  retention: {column: day, months: 3}
  create: {features: {id: serial, day: date, amount: int}, primary_key: [id]}
  update: {fill: {statement: 'select 1'}}
ai_reader:
  lookback: 30
  create: {features: {day: date}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_reader select day from {ai_schema_name}.ai_sale'}}
",
    );
    session.run("update dfa.data_pipeline set data_date = '2020-04-20' where table_name = 'ai_reader'");
    assert_eq!(retain(&mut session, "'ai_sale', '2020-12-20'"), ["ai_sale|2020-03-21|3|0"]);
    assert!(message(&mut session, "'ai_sale', '2020-12-20'").contains("lookback"));
}

#[test]
fn a_column_that_is_no_date_is_refused_by_name() {
    let mut session = shop(SALES);
    session.run("update dfa.data_pipeline set rtt_column = 'amount' where table_name = 'ai_sale'");
    let said = message(&mut session, "'ai_sale'");
    assert!(said.starts_with("Error:") && said.contains("amount") && said.contains("integer"), "{said}");
    assert_eq!(session.value("select count(*) from ai.ai_sale"), "12");
}

#[test]
fn months_are_never_negative() {
    let mut session = shop(SALES);
    assert_eq!(session.refused("update ai.ctr_data_pipeline set rtt_value = -1").sqlstate, "23514");
    session
        .load_refused("src_n: {retention: {column: day, months: -1}, create: {features: {day: date}}}")
        .says(&["-1", "months"]);
}

#[test]
fn unknown_names_and_infinite_dates_are_refused() {
    let mut session = shop(SALES);
    session.refused("select * from dfa.run_retention('ai_sal')").says(&["DF002", "ai_sale"]);
    session.refused("select * from dfa.run_retention('ai_sale', 'infinity')").says(&["22023"]);
    session.refused("select * from dfa.run_retention('ai_sale', null)").says(&["run_date"]);
}

#[test]
fn old_logs_go_with_a_retention_of_everything_and_open_tasks_stay() {
    let mut session = shop(SALES);
    session.run(
        "insert into dfa.data_logging (table_name, update_date) values ('old', '2001-01-01');
         insert into dfa.task_process (process_id, process_type, process_name_put, process_module, created_at, status)
         values ('done', 'x', 'x', 'x', '2001-01-01', 0), ('open', 'x', 'x', 'x', '2001-01-01', 2)",
    );
    let rows = session.rows(
        "select table_name, rows from dfa.run_retention() where table_name in ('data_logging', 'task_process')",
    );
    assert_eq!(rows, ["data_logging|1", "task_process|1"]);
    assert_eq!(
        session.rows("select process_id from dfa.task_process where process_id in ('done', 'open')"),
        ["open"]
    );
}

#[test]
fn a_retention_waits_for_a_run_of_the_table_and_says_who_holds_it() {
    let mut session = shop(SALES);
    let mut runner = session.another();
    runner.run("begin");
    runner.run_table("ai_sale", "2021-01-02");
    session.run("set dfa.lock_timeout = '50ms'");
    let said = message(&mut session, "'ai_sale'");
    assert!(said.contains("55P03") && said.contains(&runner.pid()), "{said}");
    runner.run("rollback");
}

#[test]
fn an_operator_may_run_it_and_a_reader_may_not() {
    let session = shop(SALES);
    let name = session.database.name().to_owned();
    let mut admin = session.another();
    for (role, group) in [("operator", "dfa_operator"), ("reader", "dfa_reader")] {
        admin.run(&format!("create role {name}_{role} login in role {group}"));
    }
    let mut operator =
        Session { client: session.database.connect_as(&format!("{name}_operator")), ..session.another() };
    assert_eq!(retain(&mut operator, "'ai_sale', '2020-12-20'"), ["ai_sale|2020-09-01|8|0"]);
    let mut reader =
        Session { client: session.database.connect_as(&format!("{name}_reader")), ..session.another() };
    assert_eq!(reader.refused("select * from dfa.run_retention()").sqlstate, "42501");
}
