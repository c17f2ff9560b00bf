//! Partitions for months to come, and for rows that need them.

use crate::session::{quoted, Session};

mod kinds;

const SALES: &str = "
ai_sale:
  retention: {column: day, months: 3}
  create: {features: {id: serial, day: 'date not null', n: int}, partition_by_range: [day]}
  update:
    fill: {parameter: [run_date], statement: \"insert into {ai_schema_name}.ai_sale (day, n) select date '{run_date}' - n, n from generate_series(0, 60, 30) as n\"}
imp_sale:
  create: {features: {day: 'date not null', store: int}, primary_key: [day, store], partition_by_range: [day, store]}
imp_region: {create: {features: {region: text, n: int}, partition_by_list: [region]}}
";

fn shop() -> Session {
    Session::with(SALES)
}

/// Where the rows of a table are: `partition|rows`.
fn places(session: &mut Session, table: &str) -> Vec<String> {
    session.rows(&format!(
        "select replace(tableoid::regclass::text, 'ai.', ''), count(*) from ai.{table} group by 1 order by 1"
    ))
}

fn has(session: &mut Session, partition: &str) -> bool {
    session.value(&format!("select to_regclass('ai.{partition}') is not null")) == "t"
}

fn ingest(session: &mut Session, table: &str, payload: &str) {
    session.run(&format!("select * from dfa.ingest({}, {})", quoted(table), quoted(payload)));
}

#[test]
fn a_run_has_partitions_for_its_days_and_makes_those_of_the_year_to_come() {
    let mut session = shop();
    assert!(!has(&mut session, "ai_sale_p2024_03"));
    session.run_table("ai_sale", "2024-03-31");
    assert_eq!(
        places(&mut session, "ai_sale"),
        ["ai_sale_p2024_01|1", "ai_sale_p2024_03|2"],
        "31 January, 1 and 31 March"
    );
    assert!(has(&mut session, "ai_sale_p2025_03"));
    assert!(!has(&mut session, "ai_sale_p2025_04"));
    session.run_table("ai_sale", "2024-04-01");
    assert!(!has(&mut session, "ai_sale_p2025_04"), "not until the month after a run has none");
}

#[test]
fn rows_of_any_day_move_into_partitions_of_their_own() {
    let mut session = shop();
    session.run("insert into ai.ai_sale (day, n) select date '1995-01-01' + 10 * n, n from generate_series(1, 100) as n");
    assert_eq!(places(&mut session, "ai_sale"), ["ai_sale_default|100"]);
    let answer = session.value("select partitions, rows, message from dfa.make_partitions('ai_sale')");
    assert_eq!(
        answer,
        "33|100|Success: 'ai_sale' has 33 new partitions, with 100 rows of its default partition"
    );
    assert_eq!(
        session
            .value("select count(*), sum(n), count(distinct tableoid), count(distinct id) from ai.ai_sale"),
        "100|5050|33|100"
    );
    assert_eq!(session.value("select count(*) from only ai.ai_sale_default"), "0");
    assert_eq!(
        session.value("select message from dfa.make_partitions('ai_sale')"),
        "Success: 'ai_sale' needs no new partition"
    );
    session.run("insert into ai.ai_sale (day, n) values ('1995-01-02', 1)");
    assert_eq!(session.value("select max(id) from ai.ai_sale"), "101", "numbers go on");
}

#[test]
fn an_ingest_and_what_comes_back_from_a_backup_have_their_partitions() {
    let mut session = shop();
    ingest(
        &mut session,
        "imp_sale",
        r#"[{"day":"2031-05-01","store":1},{"day":"2031-05-31","store":2},{"day":"0001-01-01","store":3},{"day":"9999-12-31","store":4},{"day":"0044-03-15 BC","store":5}]"#,
    );
    assert_eq!(
        places(&mut session, "imp_sale"),
        ["imp_sale_default|1", "imp_sale_p0001_01|1", "imp_sale_p2031_05|2", "imp_sale_p9999_12|1"],
        "what lies before our era stays in the default partition"
    );
    session.run("insert into ai.ai_sale (day, n) values ('2020-03-05', 1)");
    session.run("select * from dfa.run_retention('ai_sale', '2020-12-20', 'Y', 'Y')");
    assert!(!has(&mut session, "ai_sale_p2020_03"));
    assert_eq!(session.value("select dfa.restore_backup('ai_sale')"), "1");
    assert_eq!(places(&mut session, "ai_sale"), ["ai_sale_p2020_03|1"]);
}

#[test]
fn each_value_of_a_list_has_a_partition_unless_there_are_too_many() {
    let mut session = shop();
    ingest(
        &mut session,
        "imp_region",
        r#"[{"region":"north","n":1},{"region":"it''s","n":2},{"region":null,"n":3},{"region":"north","n":4}]"#,
    );
    assert_eq!(
        session.rows("select tableoid::regclass = 'ai.imp_region_default'::regclass, count(distinct tableoid), count(*) from ai.imp_region group by 1 order by 1"),
        ["f|2|3", "t|1|1"]
    );
    assert!(has(&mut session, "imp_region_v_north"));
    session.run("insert into ai.imp_region select 'r' || n, n from generate_series(1, 500) as n");
    session.run("select * from dfa.make_partitions('imp_region')");
    assert_eq!(
        session.value("select count(*) from pg_inherits where inhparent = 'ai.imp_region'::regclass"),
        "100"
    );
    assert_eq!(session.value("select count(*), count(distinct region) from ai.imp_region"), "504|502");
}

#[test]
fn rows_stay_where_they_are_while_another_session_uses_the_default_partition() {
    let mut session = shop();
    let mut reader = session.another();
    reader.run("begin; select * from ai.imp_sale");
    ingest(&mut session, "imp_sale", r#"[{"day":"2031-05-01","store":1}]"#);
    assert_eq!(places(&mut session, "imp_sale"), ["imp_sale_default|1"]);
    let said = session.value("select message from dfa.make_partitions('imp_sale')");
    assert!(said.starts_with("Warning:") && said.contains("in use"), "{said}");
    reader.run("rollback");
    session.run("select * from dfa.make_partitions('imp_sale')");
    assert_eq!(places(&mut session, "imp_sale"), ["imp_sale_p2031_05|1"]);
}

#[test]
fn a_table_that_the_statement_reads_itself_is_no_error() {
    let mut session = shop();
    session.run("insert into ai.imp_sale values ('2021-01-01', 1)");
    session.run(
        "select dfa.ingest('imp_sale', json_build_object('day', day + 9999, 'store', 2)) from ai.imp_sale",
    );
    assert_eq!(places(&mut session, "imp_sale"), ["imp_sale_default|1", "imp_sale_p2021_01|1"]);
}

#[test]
fn ten_at_once_lose_no_row() {
    let session = shop();
    let callers: Vec<_> = (0..10)
        .map(|caller| {
            let mut session = session.another();
            std::thread::spawn(move || {
                for month in 1..=12 {
                    ingest(
                        &mut session,
                        "imp_sale",
                        &format!(r#"[{{"day":"2031-{month:02}-01","store":{caller}}}]"#),
                    );
                }
            })
        })
        .collect();
    for caller in callers {
        caller.join().unwrap();
    }
    let mut session = session.another();
    session.run("select * from dfa.make_partitions('imp_sale')");
    assert_eq!(session.value("select count(*), count(distinct tableoid) from ai.imp_sale"), "120|12");
    assert_eq!(session.value("select count(*) from only ai.imp_sale_default"), "0");
}

#[test]
fn partitions_made_by_hand_are_left_alone() {
    let mut session = shop();
    session.run(
        "create table ai.by_hand partition of ai.ai_sale for values from ('2030-01-01') to ('2030-12-15');
         insert into ai.ai_sale (day) values ('2030-06-01'), ('2030-12-20'), ('2031-01-01')",
    );
    session.run("select * from dfa.make_partitions('ai_sale')");
    assert_eq!(
        places(&mut session, "ai_sale"),
        ["ai_sale_default|1", "ai_sale_p2031_01|1", "by_hand|1"],
        "December is covered in part, so that its rest stays in the default partition"
    );
}

#[test]
fn triggers_generated_columns_keys_and_checks_are_as_before() {
    let mut session = Session::with(
        "src_p: {create: {features: {id: int}, primary_key: [id]}}
imp_t:
  create:
    features: {day: date, id: int, n: 'int check (n > 0)'}
    primary_key: [day, id]
    foreign_key: {id: src_p.id}
    partition_by_range: [day]
",
    );
    session.run(
        "insert into ai.src_p values (1); create table public.fired (n int);
         create function note() returns trigger language plpgsql as $$ begin insert into public.fired values (new.n); return new; end $$;
         create trigger note before insert on ai.imp_t for each row execute function note();
         alter table ai.imp_t add twice int generated always as (n * 2) stored",
    );
    ingest(&mut session, "imp_t", r#"[{"day":"2031-05-01","id":1,"n":5}]"#);
    assert_eq!(places(&mut session, "imp_t"), ["imp_t_p2031_05|1"]);
    assert_eq!(session.value("select twice, (select count(*) from public.fired) from ai.imp_t"), "10|1");
    for (row, sqlstate) in
        [("'2031-05-01', 1, 5", "23505"), ("'2031-05-02', 2, 5", "23503"), ("'2031-05-02', 1, 0", "23514")]
    {
        let refusal = session.refused(&format!("insert into ai.imp_t values ({row})"));
        assert_eq!(refusal.sqlstate, sqlstate, "{row}");
    }
}

#[test]
fn rows_that_others_refer_to_stay_in_the_default_partition() {
    let mut session = Session::with(
        "src_day: {create: {features: {day: date}, primary_key: [day], partition_by_range: [day]}}
src_note: {create: {features: {day: date}, foreign_key: {day: src_day.day}}}
",
    );
    session
        .run("insert into ai.src_day values ('2031-05-01'); insert into ai.src_note values ('2031-05-01')");
    session.run("select * from dfa.make_partitions('src_day')");
    assert_eq!(places(&mut session, "src_day"), ["src_day_default|1"]);
    session.run("update dfa.data_pipeline set run_date = '2031-04-20' where table_name = 'src_day'");
    assert_eq!(
        session.value("select partitions from dfa.make_partitions('src_day')"),
        "11",
        "a year from May on, but for May itself"
    );
    assert_eq!(places(&mut session, "src_day"), ["src_day_default|1"]);
}

#[test]
fn days_begin_in_the_zone_of_dfa() {
    let mut session = Session::fresh();
    let name = session.database.quoted_name();
    session.run(&format!("alter database {name} set dfa.timezone = 'Asia/Bangkok'"));
    session = session.another();
    session.load("src_z: {create: {features: {at: 'timestamptz not null'}, partition_by_range: [at]}}");
    session.set_up();
    session.run("set timezone = 'America/New_York'; insert into ai.src_z values ('2031-04-30 17:00+00'), ('2031-04-30 16:59+00'), ('2021-01-31 17:00+00')");
    session.run("select * from dfa.make_partitions('src_z')");
    assert_eq!(places(&mut session, "src_z"), ["src_z_p2021_02|1", "src_z_p2031_04|1", "src_z_p2031_05|1"]);
}

#[test]
fn long_names_and_names_that_are_taken_are_no_error() {
    let long = format!("imp_{}", "x".repeat(58));
    let mut session = Session::with(&format!(
        "{long}a: {{create: {{features: {{day: date}}, partition_by_range: [day]}}}}
{long}b: {{create: {{features: {{day: date}}, partition_by_range: [day]}}}}
imp_d: {{create: {{features: {{day: date}}, partition_by_range: [day]}}}}
"
    ));
    for table in ["a", "b"] {
        ingest(&mut session, &format!("{long}{table}"), r#"[{"day":"2031-05-01"}]"#);
        let at = session.value(&format!("select tableoid::regclass from ai.{long}{table}"));
        assert!(at.ends_with("_p2031_05"), "{at}");
    }
    session.run("create table ai.imp_d_p2031_05 (a int)");
    ingest(&mut session, "imp_d", r#"[{"day":"2031-05-01"}]"#);
    assert_eq!(places(&mut session, "imp_d"), ["imp_d_p2031_05_2|1"]);
}

#[test]
fn an_operator_makes_and_drops_partitions_and_a_reader_does_not() {
    let mut session = Session::with(&SALES.replace("months: 3}", "months: 3, backup: rows}"));
    let name = session.database.name().to_owned();
    session.run(&format!(
        "create role {name}_operator login in role dfa_operator; create role {name}_reader login in role dfa_reader;
         create schema ai_bk; grant create, usage on schema ai_bk to {name}_operator;
         insert into ai.ai_sale (day, n) values ('2020-03-05', 1), ('2020-11-05', 2)"
    ));
    let mut operator = session.another_as(&format!("{name}_operator"));
    // A function of the operator's own, where the statements of the upkeep might find it.
    operator.run("set search_path = pg_temp, public");
    operator.run_table("ai_sale", "2024-03-31");
    ingest(&mut operator, "imp_sale", r#"[{"day":"2031-05-01","store":1}]"#);
    assert_eq!(places(&mut session, "imp_sale"), ["imp_sale_p2031_05|1"]);
    assert_eq!(
        session.value("select count(distinct relowner) from pg_class where relname like '%_p20__\\___'"),
        "1",
        "all belong to the owner of the table"
    );
    let answer =
        operator.value("select rows, backup_rows, status from dfa.run_retention('ai_sale', '2020-12-20')");
    assert_eq!(answer, "1|1|0");
    assert!(!has(&mut session, "ai_sale_p2020_03"), "an empty partition before the cut goes as well");
    assert_eq!(session.value("select n from ai_bk.ai_sale_bk"), "1");
    let mut reader = session.another_as(&format!("{name}_reader"));
    assert_eq!(reader.refused("select * from dfa.make_partitions()").sqlstate, "42501");
    operator.refused("drop table ai.ai_sale_p2024_03").says(&["42501"]);
}

#[test]
fn unknown_tables_are_refused_and_tables_without_partitions_have_nothing_to_tell() {
    let mut session = Session::with("src_plain: {create: {features: {a: int}}}");
    session.refused("select * from dfa.make_partitions('src_plan')").says(&["DF002", "src_plain"]);
    assert!(session.rows("select * from dfa.make_partitions()").is_empty());
}
