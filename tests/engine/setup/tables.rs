//! Tables as catalogs describe them: columns, keys, partitions, odd names, control views.

use super::{exists, setup};
use crate::session::Session;

#[test]
fn columns_keep_type_default_check_and_unique() {
    let mut session = Session::with(
        "src_t:
  create:
    features:
      id: serial
      name: {datatype: 'varchar( 32 )', nullable: false, unique: true}
      kind: {type: text, default: \"'none'\"}
      amount: 'NUMERIC( 24, 8 )  NOT NULL check (amount >= 0)'
    primary_key: [id]
",
    );
    session.run("insert into ai.src_t (name, amount) values ('a', 1.5)");
    assert_eq!(session.rows("select * from ai.src_t"), ["1|a|none|1.50000000"]);
    let mut refused = |values: &str| {
        session.refused(&format!("insert into ai.src_t (name, amount) values ({values})")).sqlstate
    };
    assert_eq!(refused("'a', 1"), "23505");
    assert_eq!(refused("'b', -1"), "23514");
    assert_eq!(refused("null, 1"), "23502");
    assert_eq!(refused("repeat('x', 33), 1"), "22001");
}

#[test]
fn parents_are_made_before_children_and_every_form_of_foreign_key_holds() {
    let mut session = Session::fresh();
    session.load(
        "src_a: {create: {features: {p: 'int', q: 'int'}, primary_key: [p], foreign_key: {q: src_z}}}
src_b: {create: {features: {p: 'int'}, foreign_key: {p: src_z.z}}}
src_c: {create: {features: {p: 'int'}, foreign_key: {p: src_z(z)}}}
src_d: {create: {features: {p: 'int'}, foreign_key: {p: {ref_table: src_z, ref_column: z}}}}
src_e: {create: {features: {p: 'int'}, foreign_key: [{name: p, ref_table: src_z, ref_column: z}]}}
src_z: {create: {features: {z: 'int'}, primary_key: [z]}}
",
    );
    assert_eq!(setup(&mut session, "")[0], "table|src_z|created|0");
    for table in ["src_a (q)", "src_b (p)", "src_c (p)", "src_d (p)", "src_e (p)"] {
        assert_eq!(
            session.refused(&format!("insert into ai.{table} values (1)")).sqlstate,
            if table.starts_with("src_a") { "23502" } else { "23503" }
        );
    }
    assert_eq!(session.refused("insert into ai.src_a values (1, 1)").sqlstate, "23503");
    session.run("insert into ai.src_z values (1); insert into ai.src_a values (1, 1)");
}

#[test]
fn a_range_of_dates_has_monthly_partitions_and_a_default() {
    let mut session =
        Session::with("src_t: {create: {features: {day: 'date not null'}, partition_by_range: [day]}}");
    session.run("insert into ai.src_t values ('2021-01-31'), ('2021-02-01'), ('1999-01-01')");
    assert_eq!(
        session.rows("select tableoid::regclass, day from ai.src_t order by day"),
        ["ai.src_t_default|1999-01-01", "ai.src_t_p2021_01|2021-01-31", "ai.src_t_p2021_02|2021-02-01"]
    );
}

#[test]
fn lists_and_hashes_take_every_row() {
    let mut session = Session::with(
        "src_l: {create: {features: {a: 'text'}, partition_by_list: [a]}}
src_h: {create: {features: {a: 'int', b: 'int'}, partition_by_hash: [a, b]}}
",
    );
    session.run("insert into ai.src_l values ('x'), (null); insert into ai.src_h select n, n from generate_series(1, 100) as n");
    assert_eq!(
        session.value("select (select count(*) from ai.src_l), (select count(*) from ai.src_h)"),
        "2|100"
    );
    assert_eq!(session.value("select count(*) from pg_inherits where inhparent = 'ai.src_h'::regclass"), "4");
}

#[test]
fn a_name_that_looks_like_sql_is_a_name() {
    let mut session = Session::fresh();
    session.run("create table public.x (a int)");
    session.load(
        "'src_\"; drop table x; --':
  create:
    features: {'a\"; drop table x; --': 'int', '{brace}': 'int'}
    primary_key: ['a\"; drop table x; --']
  initial: {value: '1, 2'}
  tests:
    - unique: ['a\"; drop table x; --']
    - not_null: ['{brace}']
",
    );
    session.set_up();
    assert!(exists(&mut session, "public.x"));
    assert_eq!(session.rows("select * from ai.\"src_\"\"; drop table x; --\""), ["1|2"]);
    assert_eq!(
        session
            .rows("select node, status from dfa.run_table('src_\"; drop table x; --', '2021-01-02')")
            .len(),
        0,
        "a table without processes has no rows to tell of"
    );
    assert_eq!(session.value("select run_date from dfa.data_pipeline"), "2021-01-02");
    assert!(exists(&mut session, "public.x"));
}

#[test]
fn names_with_blanks_and_upper_case_are_kept() {
    let mut session = Session::with(
        "src_My Table: {create: {features: {Day: 'date', select: 'int'}, partition_by_range: [Day]}}",
    );
    session.run("insert into ai.\"src_My Table\" (\"Day\", \"select\") values ('2021-01-01', 1)");
    assert_eq!(
        session.value("select tableoid::regclass from ai.\"src_My Table\""),
        "ai.\"src_My Table_p2021_01\""
    );
}

#[test]
fn a_type_that_does_not_exist_fails_this_table_alone() {
    let mut session = Session::fresh();
    session
        .load("src_bad: {create: {features: {a: 'colour'}}}\nsrc_good: {create: {features: {a: 'int'}}}\n");
    assert_eq!(
        session.rows("select name, action, status from dfa.setup() order by name"),
        ["src_bad|failed|1", "src_good|created|0"]
    );
    assert_eq!(session.value("select count(*) from dfa.data_pipeline"), "1");
}

#[test]
fn a_relation_in_the_way_that_is_no_table_is_an_error() {
    let mut session = Session::fresh();
    session.load("src_t: {create: {features: {a: 'int'}}}");
    session.run("create schema ai; create view ai.src_t as select 1 as a");
    let row = session.value("select status, message from dfa.setup('src_t')");
    assert!(row.starts_with("1|") && row.contains("is no table"), "{row}");
}

#[test]
fn the_control_views_take_inserts_upserts_and_updates() {
    let mut session = Session::with("src_t: {create: {features: {a: 'int'}}}");
    session.run(
        "insert into ai.ctr_data_parameter (module_type, parameter_name, parameter_type, parameter_value)
         values ('framework', 'colour', 'str', 'red')
         on conflict (parameter_name) do update set parameter_value = excluded.parameter_value;
         insert into ai.ctr_data_parameter values ('framework', 'colour', 'str', 'blue', now(), 'Y')
         on conflict (module_type, parameter_name) do update set parameter_value = excluded.parameter_value;
         update ai.ctr_data_pipeline set run_count_max = 2, rtt_column = 'a' where lower(active_flg) = 'y';
         insert into ai.ctr_data_logging (table_name, row_record, status) values ('src_t', 3, 0);
         delete from ai.ctr_task_process",
    );
    assert_eq!(session.value("select parameter_value from dfa.data_parameter"), "blue");
    assert_eq!(session.value("select run_count_max, rtt_column from dfa.data_pipeline"), "2|a");
    assert_eq!(session.value("select row_record, action_type from dfa.data_logging"), "3|common");
}

#[test]
fn the_control_views_have_the_columns_that_people_know() {
    let mut session = Session::with("src_t: {create: {features: {a: 'int'}}}");
    let columns = |view: &str| {
        format!("select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = 'ai.{view}'::regclass and attnum > 0")
    };
    for (view, names) in [
        ("ctr_data_pipeline", "system_type table_name table_type data_date update_date run_date run_type run_count_now run_count_max rtt_value rtt_column active_flg"),
        ("ctr_data_parameter", "module_type parameter_name parameter_type parameter_value update_date active_flg"),
        ("ctr_data_logging", "table_name data_date update_date run_date row_record process_time action_type status"),
        ("ctr_task_process", "process_id process_type process_name_put process_name_get run_date_put run_date_get update_date process_message process_time process_number_put process_number_get process_module status"),
        ("ctr_task_schedule", "pipeline_id pipeline_name pipeline_type tracking update_date active_flg"),
    ] {
        assert_eq!(session.value(&columns(view)), names, "{view}");
    }
}

#[test]
fn a_sets_own_control_catalog_gives_rows_and_no_table() {
    let mut session = Session::with(
        "ctr_data_pipeline:
  create: {features: {table_name: 'varchar(64) not null', run_type: 'varchar(16)'}, primary_key: [table_name]}
  initial:
    statement: >-
      insert into {ai_schema_name}.ctr_data_pipeline (system_type, table_name, table_type, data_date, run_date, run_type)
      values ('internal', 'ai_x', 'report', '2020-01-01', '2020-01-01', 'weekly') on conflict (table_name) do nothing
",
    );
    assert_eq!(
        session.value("select relkind from pg_class where oid = 'ai.ctr_data_pipeline'::regclass"),
        "v"
    );
    assert_eq!(
        session.rows("select table_name, run_type, data_date from ai.ctr_data_pipeline"),
        ["ai_x|weekly|2020-01-01"]
    );
}

#[test]
fn what_a_drop_takes_with_it_is_told() {
    let mut session = Session::with(
        "src_a: {create: {features: {day: date}, partition_by_range: [day]}}
src_b: {create: {features: {n: int}}}
\"view:v_b\": {create: 'select n from {ai_schema_name}.src_b'}
\"func:f_one\": {create: 'create or replace function {ai_schema_name}.f_one() returns int language sql as $$ select 1 $$'}",
    );
    session.run("insert into ai.src_a select date '2021-01-01' + n from generate_series(1, 99) as n; insert into ai.src_b values (1), (2); create view public.on_b as select n from ai.src_b");
    let told = session
        .value("select action, message from dfa.setup('src_b', drop_table => 'Y', \"cascade\" => 'Y')");
    assert!(
        told.contains("dropped with its 2 rows")
            && told.contains("view public.on_b")
            && told.contains("view ai.v_b"),
        "{told}"
    );
    session.set_up();
    session.run("insert into ai.src_b values (1), (2), (3)");
    let told = session.value(
        "select action, message from dfa.setup('src_b', drop_before_create => 'Y', \"cascade\" => 'Y')",
    );
    assert!(told.starts_with("recreated|") && told.contains("the 3 rows that it had are gone"), "{told}");
    session.set_up();
    session.run("insert into ai.src_b values (1)");
    assert_eq!(
        session.rows(
            "select kind, name, action, split_part(message, ': ', 3), status from dfa.setup(drop_schema => 'Y', \"cascade\" => 'Y')"
        ),
        [
            "schema|ai|dropped||0",
            "table|src_a|dropped|dropped with its 99 rows|0",
            "table|src_b|dropped|dropped with its 1 row|0",
            "view|v_b|dropped||0",
            "function|f_one|dropped||0"
        ]
    );
}

#[test]
fn a_table_that_cannot_be_created_again_stays_and_the_cause_is_told() {
    let mut session = Session::with(
        "ai_t: {create: {features: {a: int}}, initial: {value: '1'}, update: {p: {statement: 'select 1'}}}",
    );
    session.run(
        "create function public.closed() returns event_trigger language plpgsql as
             'begin raise exception ''no tables today'' using errcode = ''P0099''; end';
         create event trigger closed on ddl_command_start when tag in ('CREATE TABLE') execute function public.closed()",
    );
    let refusal = session.refused("select * from dfa.setup('ai_t', drop_before_create => 'Y')");
    session.run("drop event trigger closed");
    refusal.says(&["P0099", "'ai_t' could not be created again", "no tables today", "Nothing was changed"]);
    assert_eq!(session.value("select a from ai.ai_t"), "1");
}

#[test]
fn a_table_that_is_to_be_distributed_is_a_plain_one_where_there_is_no_citus() {
    let mut session = Session::fresh();
    let catalog = "
src_ref: {create: {features: {id: int}, primary_key: [id]}, reference: true}
src_t: {create: {features: {id: int, day: date}, primary_key: [id], foreign_key: {id: src_ref}}, distribute_by: id}
ai_t:
  create: {features: {id: int, n: int}, primary_key: [id]}
  distribute_by: id
  colocate_with: src_t
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_t select id, 1 from {ai_schema_name}.src_t on conflict do nothing'}}
";
    session.load(catalog);
    session.set_up();
    session.run("insert into ai.src_ref values (1); insert into ai.src_t values (1, '2021-01-02')");
    assert_eq!(session.run_table("ai_t", "2021-01-02"), ["ai_t|fill|1|0"]);
    assert!(session.rows("select * from dfa.plan()").is_empty());
    let again = session.database.psql("select * from dfa.setup('ai_t', drop_before_create => 'Y')");
    let told = String::from_utf8(again.stderr).unwrap();
    assert!(told.contains("WARNING") && told.contains("'ai_t' is a plain table"), "{told}");
}
