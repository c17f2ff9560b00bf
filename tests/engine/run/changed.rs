//! Rows that a node changed count, by whatever way it changed them.

use crate::session::Session;

/// Ways to fill a table that report no number of rows, or another one.
const WAYS: [&str; 8] = [
    "select {ai_schema_name}.ld('{data_date}', '{run_date}')",
    "call {ai_schema_name}.ldp('{data_date}', '{run_date}')",
    "do $$ begin insert into {ai_schema_name}.ai_t select * from {ai_schema_name}.src_t where day > '{data_date}' and day <= '{run_date}'; end $$",
    "with x as (insert into {ai_schema_name}.ai_t select * from {ai_schema_name}.src_t where day > '{data_date}' and day <= '{run_date}' returning 1) select count(*) from x",
    "insert into {ai_schema_name}.vw_t select * from {ai_schema_name}.src_t where day > '{data_date}' and day <= '{run_date}'",
    "merge into {ai_schema_name}.ai_t as t using (select * from {ai_schema_name}.src_t where day > '{data_date}' and day <= '{run_date}') as s on false when not matched then insert values (s.day, s.id)",
    "prepare w as insert into {ai_schema_name}.ai_t select * from {ai_schema_name}.src_t where day > '{data_date}' and day <= '{run_date}'; execute w",
    "insert into {ai_schema_name}.ai_t select * from {ai_schema_name}.src_t where day > '{data_date}' and day <= '{run_date}'; select 1",
];

fn filled(way: &str, partition: &str) -> Session {
    let mut session = Session::fresh();
    session.load(&format!(
        "
src_t: {{create: {{features: {{day: date, id: bigint}}}}}}
func:ld: {{create: \"create function {{ai_schema_name}}.ld(a text, b text) returns void language plpgsql as $$ begin execute format('insert into ai.ai_t select * from ai.src_t where day > %L and day <= %L', a, b); end $$\"}}
func:ldp: {{create: \"create procedure {{ai_schema_name}}.ldp(a text, b text) language plpgsql as $$ begin perform ai.ld(a, b); end $$\"}}
ai_t:
  create: {{features: {{day: date, id: bigint}}{partition}}}
  retention: {{column: day, months: 0}}
  run: {{quota: 2}}
  update: {{fill: {{parameter: [run_date, data_date], statement: \"{way}\"}}}}
ai_reader: {{create: {{features: {{n: bigint}}}}, update: {{p: {{statement: 'insert into {{ai_schema_name}}.ai_reader select count(*) from {{ai_schema_name}}.ai_t'}}}}}}
"
    ));
    session.set_up();
    session.run(
        "create view ai.vw_t as select * from ai.ai_t;
         create function ai.io() returns trigger language plpgsql as $$ begin insert into ai.ai_t values (new.day, new.id); return null; end $$;
         create trigger io instead of insert on ai.vw_t for each row execute function ai.io()",
    );
    session.run("insert into ai.src_t select date '2021-01-01' + n / 2, n from generate_series(2, 9) as n");
    session
}

#[test]
fn the_watermark_moves_and_no_row_is_taken_twice() {
    for way in WAYS {
        for partition in ["", ", partition_by_range: [day]"] {
            let mut session = filled(way, partition);
            for (day, rows) in [("2021-01-02", 2), ("2021-01-04", 4), ("2021-01-05", 2)] {
                assert_eq!(
                    session.run_table("ai_t", day),
                    [format!("ai_t|fill|{rows}|0")],
                    "{way} {partition}"
                );
                assert!(session.watermark("ai_t").starts_with(&format!("{day}|{day}")), "{way}");
            }
            assert_eq!(session.value("select count(*), count(distinct id) from ai.ai_t"), "8|8", "{way}");
        }
    }
}

#[test]
fn a_rerun_makes_readers_stale_and_the_quota_counts() {
    for way in WAYS {
        let mut session = filled(way, "");
        session.run_table("ai_t", "2021-01-03");
        session.run_table("ai_reader", "2021-01-03");
        session.run("delete from ai.ai_t where day >= '2021-01-02'");
        session.run("select from dfa.run_table('ai_t', '2021-01-02', run_mode => 'rerun')");
        assert_eq!(
            session.rows("select state, reason from dfa.gaps('ai_reader', '2021-01-02', '2021-01-02')"),
            ["stale|rerun of ai_t for 2021-01-02"],
            "{way}"
        );
        session.run("update dfa.data_pipeline set data_date = '2021-01-01', run_date = '2021-01-03', run_count_now = 0 where table_name = 'ai_t'");
        session.run_table("ai_t", "2021-01-03");
        assert!(session.watermark("ai_t").ends_with("|1"), "{way}: {}", session.watermark("ai_t"));
    }
}

#[test]
fn the_data_date_is_that_of_the_rows_after_a_run_that_changed_none() {
    let mut session = filled(WAYS[0], "");
    session.run("insert into ai.ai_t values ('2021-01-20', 77)");
    assert_eq!(session.run_table("ai_t", "2021-01-21"), ["ai_t|fill|8|0"]);
    session.run("insert into ai.ai_t values ('2021-01-25', 78)");
    assert_eq!(session.run_table("ai_t", "2021-01-26"), ["ai_t|fill|0|0"]);
    assert_eq!(session.watermark("ai_t"), "2021-01-25|2021-01-26|0");
}

#[test]
fn rows_that_a_function_took_back_do_not_count() {
    let mut session = filled(
        "do $$ begin begin insert into {ai_schema_name}.ai_t values ('2021-01-02', 1); raise exception 'no'; exception when others then null; end; end $$",
        "",
    );
    assert_eq!(session.run_table("ai_t", "2021-01-02"), ["ai_t|fill|0|0"]);
    session.run_table("ai_t", "2021-01-02");
    assert_eq!(session.watermark("ai_t"), "2021-01-01|2021-01-02|0");
}
