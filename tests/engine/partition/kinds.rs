//! Partitions for keys of any kind: what is equal by the type's own measure lies together, and what has no place in a
//! partition stays in the default one without harm.

use super::{ingest, places};
use crate::session::{quoted, Session};
use dfa_tests::Cluster;

/// A table `imp_x` partitioned by its column `k`, which is of this type.
fn table(session: &mut Session, by: &str, kind: &str) {
    session
        .load(&format!("imp_x: {{create: {{features: {{id: int, k: '{kind}'}}, partition_by_{by}: [k]}}}}"));
    session.set_up();
}

#[test]
fn values_that_are_equal_by_their_type_have_one_partition() {
    for (kind, one, other) in [
        ("numeric", "1.0", "1.00"),
        ("double precision", "0", "-0"),
        ("interval", "24:00", "1 day"),
        ("public.citext", "North", "NORTH"),
        ("timestamptz", "2024-01-01 00:00+00", "2024-01-01 02:00+02"),
        ("numeric(8,2)", "1", "1.00"),
    ] {
        let mut session = Session::fresh();
        session.run("create extension citext schema public");
        table(&mut session, "list", kind);
        let payload = format!(r#"[{{"id":1,"k":"{one}"}},{{"id":2,"k":"{other}"}},{{"id":3,"k":null}}]"#);
        ingest(&mut session, "imp_x", &payload);
        let partitions = "select count(*) from pg_inherits where inhparent = 'ai.imp_x'::regclass";
        assert_eq!(session.value(partitions), "2", "{kind}");
        assert_eq!(session.value("select count(*) from only ai.imp_x_default"), "1", "{kind}");
        // As rows that came by INSERT, and again.
        session.run(&format!(
            "insert into ai.imp_x values (4, {0}), (5, {1}), (6, null)",
            quoted(other),
            quoted(one)
        ));
        ingest(&mut session, "imp_x", &payload);
        session.run("select * from dfa.make_partitions('imp_x')");
        assert_eq!(session.value(partitions), "2", "{kind}");
        assert_eq!(session.value("select count(*), count(distinct tableoid) from ai.imp_x"), "9|2", "{kind}");
    }
}

#[test]
fn a_collation_that_knows_no_case_and_numbers_of_all_digits() {
    let mut session = Session::fresh();
    session.run("create collation public.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    table(&mut session, "list", "text collate public.any_case");
    ingest(&mut session, "imp_x", r#"[{"id":1,"k":"a"},{"id":2,"k":"A"},{"id":3,"k":"b"}]"#);
    assert_eq!(session.value("select count(distinct tableoid), count(*) from ai.imp_x"), "2|3");
    let mut session = Session::fresh();
    table(&mut session, "list", "double precision");
    session.run("set extra_float_digits = 0");
    ingest(&mut session, "imp_x", r#"[{"id":1,"k":0.30000000000000004},{"id":2,"k":0.3}]"#);
    assert_eq!(session.value("select count(distinct tableoid), count(*) from ai.imp_x"), "2|2");
    assert_eq!(session.value("select count(*) from only ai.imp_x_default"), "0");
    assert_eq!(session.value("show extra_float_digits"), "0");
}

#[test]
fn far_days_and_none_stay_in_the_default_partition() {
    for (kind, far) in [
        ("date", "5874897-12-31"),
        ("date", "294276-12-31"),
        ("date", "infinity"),
        ("date", "-infinity"),
        ("date", "4713-01-01 BC"),
        ("timestamp", "294276-12-31 23:59:59"),
        ("timestamp", "-infinity"),
        ("timestamp", "4713-11-24 BC"),
        ("timestamptz", "294276-12-31 23:59:59+00"),
        ("timestamptz", "infinity"),
    ] {
        let mut session = Session::fresh();
        table(&mut session, "range", kind);
        let payload = format!(r#"[{{"id":1,"k":"{far}"}},{{"id":2,"k":"2031-05-03"}},{{"id":3,"k":null}}]"#);
        ingest(&mut session, "imp_x", &payload);
        assert_eq!(places(&mut session, "imp_x"), ["imp_x_default|2", "imp_x_p2031_05|1"], "{kind} {far}");
        ingest(&mut session, "imp_x", r#"{"id":4,"k":"2032-06-03"}"#);
        assert_eq!(
            places(&mut session, "imp_x"),
            ["imp_x_default|2", "imp_x_p2031_05|1", "imp_x_p2032_06|1"],
            "{kind} {far}"
        );
    }
}

#[test]
fn bounds_beyond_a_timestamp_made_by_hand_are_no_error() {
    let mut session = Session::fresh();
    table(&mut session, "range", "date");
    session
        .run("create table ai.far partition of ai.imp_x for values from ('5000000-01-01') to ('infinity')");
    ingest(&mut session, "imp_x", r#"[{"id":1,"k":"5874897-12-31"},{"id":2,"k":"2031-05-03"}]"#);
    assert_eq!(places(&mut session, "imp_x"), ["far|1", "imp_x_p2031_05|1"]);
}

#[test]
fn rows_that_stay_are_not_written_again_and_no_trigger_sees_the_others_leave() {
    let mut session = Session::fresh();
    table(&mut session, "range", "date");
    session.run(
        "create table public.seen (what text, id int);
         create function public.see() returns trigger language plpgsql as $$
         begin insert into public.seen values (tg_op, coalesce(new.id, old.id)); return coalesce(new, old); end $$;
         create trigger t_after after insert or update or delete on ai.imp_x for each row execute function public.see();
         create trigger t_always after insert or delete on ai.imp_x for each row execute function public.see();
         create trigger t_never after insert or delete on ai.imp_x for each row execute function public.see();
         create trigger t_replica after insert or delete on ai.imp_x for each row execute function public.see();
         alter table ai.imp_x_default enable always trigger t_always;
         alter table ai.imp_x_default disable trigger t_never;
         alter table ai.imp_x_default enable replica trigger t_replica",
    );
    ingest(&mut session, "imp_x", r#"[{"id":1,"k":null},{"id":2,"k":"infinity"},{"id":3,"k":"2031-05-03"}]"#);
    let stay = "select string_agg(id || ':' || ctid, ' ' order by id) from only ai.imp_x_default";
    let before = session.value(stay);
    for day in ["2031-06-03", "2031-07-03"] {
        ingest(&mut session, "imp_x", &format!(r#"{{"id":4,"k":"{day}"}}"#));
    }
    assert_eq!(session.value(stay), before, "the same rows at the same place");
    assert_eq!(
        session.rows("select what, id, count(*) from public.seen group by 1, 2 order by 1, 2"),
        ["INSERT|1|2", "INSERT|2|2", "INSERT|3|2", "INSERT|4|4"],
        "two triggers are on, each fires once for a row"
    );
    assert_eq!(
        session.rows("select tgname, tgenabled from pg_trigger where tgrelid = 'ai.imp_x_default'::regclass order by 1"),
        ["t_after|O", "t_always|A", "t_never|D", "t_replica|R"]
    );
}

#[test]
fn keys_that_are_expressions_have_partitions_as_well() {
    let mut session = Session::fresh();
    table(&mut session, "range", "timestamp");
    session.run(
        "drop table ai.imp_x; create table ai.imp_x (id int, k timestamp) partition by range (date_trunc('day', k));
         create table ai.imp_x_default partition of ai.imp_x default",
    );
    ingest(
        &mut session,
        "imp_x",
        r#"[{"id":1,"k":"2031-05-31 23:59:59"},{"id":2,"k":"2031-06-01"},{"id":3,"k":null}]"#,
    );
    assert_eq!(places(&mut session, "imp_x"), ["imp_x_default|1", "imp_x_p2031_05|1", "imp_x_p2031_06|1"]);
    let mut session = Session::fresh();
    table(&mut session, "list", "text");
    session.run(
        "drop table ai.imp_x; create table ai.imp_x (id int, k text) partition by list (lower(k));
         create table ai.imp_x_default partition of ai.imp_x default",
    );
    ingest(&mut session, "imp_x", r#"[{"id":1,"k":"North"},{"id":2,"k":"NORTH"},{"id":3,"k":null}]"#);
    assert_eq!(places(&mut session, "imp_x"), ["imp_x_default|1", "imp_x_v_north|2"]);
}

#[test]
fn names_that_need_quoting_are_names() {
    let mut session = Session::with(
        "'imp_My \"sales\"': {create: {features: {'sale Day': date, \"order\": int}, partition_by_range: ['sale Day']}}
'imp_By Region': {create: {features: {'Re\"gion': text}, partition_by_list: ['Re\"gion']}}
",
    );
    ingest(
        &mut session,
        "imp_My \"sales\"",
        r#"[{"sale Day":"2031-05-03","order":1},{"sale Day":null,"order":2}]"#,
    );
    ingest(&mut session, "imp_My \"sales\"", r#"{"sale Day":"2032-05-03","order":3}"#);
    assert_eq!(
        session.rows("select tableoid::regclass from ai.\"imp_My \"\"sales\"\"\" order by \"order\""),
        [
            "ai.\"imp_My \"\"sales\"\"_p2031_05\"",
            "ai.\"imp_My \"\"sales\"\"_default\"",
            "ai.\"imp_My \"\"sales\"\"_p2032_05\""
        ]
    );
    ingest(
        &mut session,
        "imp_By Region",
        r#"[{"Re\"gion":"N\"orth"},{"Re\"gion":"south"},{"Re\"gion":"x"},{"Re\"gion":"x_2"}]"#,
    );
    assert_eq!(session.value("select count(distinct tableoid) from ai.\"imp_By Region\""), "4");
}

#[test]
fn values_whose_partitions_would_have_one_name_have_two() {
    let mut session = Session::fresh();
    table(&mut session, "list", "text");
    session.run("create table ai.imp_x_v_x (a int)");
    ingest(&mut session, "imp_x", r#"[{"id":1,"k":"x"},{"id":2,"k":"x_2"}]"#);
    assert_eq!(session.value("select count(distinct tableoid), count(*) from ai.imp_x"), "2|2");
    assert_eq!(session.value("select count(*) from only ai.imp_x_default"), "0");
}

#[test]
fn a_table_of_another_partition_key_begins_around_its_watermark() {
    let mut session = Session::fresh();
    session.load("imp_x: {version: 2024-01-01, create: {features: {id: int, k: date}}}");
    session.run("select * from dfa.setup(run_date => '2015-06-15')");
    session.load(
        "imp_x: {version: 2024-01-02, create: {features: {id: int, k: date}, partition_by_range: [k]}}",
    );
    session.run("select * from dfa.migrate(allow_destructive => true)");
    assert_eq!(
        session.rows(
            "select min(relname), max(relname) from pg_inherits join pg_class on oid = inhrelid
             where inhparent = 'ai.imp_x'::regclass and relname like '%\\_p%'"
        ),
        ["imp_x_p2014_06|imp_x_p2016_06"]
    );
}

#[test]
fn a_server_of_few_locks_makes_some_partitions_at_a_time_and_loses_no_row() {
    let cluster = Cluster::start(&["max_connections=20", "max_locks_per_transaction=10"]);
    let mut session = Session::on(&cluster, "few_locks");
    session.load(
        "imp_x: {create: {features: {id: int, k: date}, primary_key: [k, id], partition_by_range: [k]}}",
    );
    session.run("select * from dfa.setup('imp_x', run_date => '2021-01-01')");
    session.run(
        "select * from dfa.ingest('imp_x', (select json_agg(json_build_object('id', n, 'k', date '1980-01-15' + 30 * n))
                                            from generate_series(1, 400) as n))",
    );
    assert_eq!(session.value("select count(*) from ai.imp_x"), "400");
    let made = session.value("select count(distinct tableoid) from ai.imp_x");
    assert!(made.parse::<u32>().unwrap() > 1, "{made}");
    let message = session.value("select message from dfa.make_partitions('imp_x')");
    assert!(message.contains("the next call makes more"), "{message}");
    for _ in 0..400 {
        session.run("select * from dfa.make_partitions('imp_x')");
        if session.value("select count(*) from only ai.imp_x_default") == "0" {
            break;
        }
    }
    assert_eq!(
        session.value(
            "select count(*), count(*) filter (where tableoid = 'ai.imp_x_default'::regclass) from ai.imp_x"
        ),
        "400|0"
    );
}
