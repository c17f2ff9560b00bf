//! Archives of tables that change: they go on, and what lies in them comes back.

use super::retain;
use crate::session::Session;

/// A table whose archive holds the rows of January to April 2020, and whose columns then change.
fn changed(what: &str, partition: &str, old: &str, new: &str) -> Session {
    let catalog = |version: &str, features: &str| {
        format!(
            "imp_a: {{version: 2021-01-{version}, retention: {{column: day, months: 3, backup: {what}}}, create: {{features: {{day: 'date not null', n: int, {features}}}{partition}}}}}"
        )
    };
    let mut session = Session::with(&catalog("01", old));
    session.run(
        "insert into ai.imp_a (day, n) select make_date(2020, m, 15), m from generate_series(1, 12) as m",
    );
    assert_eq!(retain(&mut session, "'imp_a', '2020-08-20'"), ["imp_a|2020-05-01|4|0"]);
    session.load(&catalog("02", new));
    session.run("select * from dfa.migrate(allow_destructive => true)");
    session
}

const PARTITIONS: [&str; 2] = ["", ", partition_by_range: [day]"];

#[test]
fn after_a_column_is_added_an_archive_goes_on_and_comes_back() {
    for partition in PARTITIONS {
        let mut session = changed(
            "rows",
            partition,
            "a: int",
            "a: int, b: text, c: \"text not null default 'x'\", d: 'timestamp not null default now()'",
        );
        session.run("update ai.imp_a set b = 'new', c = 'y'");
        assert_eq!(retain(&mut session, "'imp_a', '2020-12-20'"), ["imp_a|2020-09-01|4|0"], "{partition}");
        assert_eq!(session.value("select count(*), count(b), min(c), max(c) from ai_bk.imp_a_bk"), "8|4|x|y");
        assert_eq!(session.value("select dfa.restore_backup('imp_a')"), "8");
        assert_eq!(
            session.value(
                "select count(*), sum(n), count(b), count(*) filter (where c = 'x'), count(d) from ai.imp_a"
            ),
            "12|78|8|4|12"
        );
    }
}

#[test]
fn an_archive_that_lacks_a_column_comes_back_as_it_is() {
    for what in ["rows", "table"] {
        let mut session = changed(what, "", "a: int", "a: int, b: text, c: \"text not null default 'x'\"");
        assert_eq!(
            session.value("select dfa.restore_backup('imp_a', '2020-01-01', '2020-04-30')"),
            "4",
            "{what}"
        );
        assert_eq!(
            session.value(
                "select count(*), sum(n) from ai.imp_a where day < '2020-05-01' and b is null and c = 'x'"
            ),
            "4|10",
            "{what}"
        );
    }
}

#[test]
fn a_column_that_is_gone_stays_in_the_archive_and_is_named() {
    for partition in PARTITIONS {
        let mut session = changed("rows", partition, "a: int, gone: int", "a: int");
        assert_eq!(retain(&mut session, "'imp_a', '2020-12-20'"), ["imp_a|2020-09-01|4|0"], "{partition}");
        assert_eq!(session.value("select dfa.restore_backup('imp_a')"), "8");
        assert_eq!(session.value("select count(*), sum(n) from ai.imp_a"), "12|78");
        let output = session.database.psql(
            "select * from dfa.run_retention('imp_a', '2020-12-20'); select dfa.restore_backup('imp_a')",
        );
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("gone") && said.contains("no more"), "{said}");
    }
}

#[test]
fn a_copy_goes_on_after_a_column_is_added_or_gone() {
    let mut session = changed("table", "", "a: int, gone: int", "a: int, b: text");
    assert_eq!(retain(&mut session, "'imp_a', '2020-12-20'"), ["imp_a|2020-09-01|4|0"]);
    assert_eq!(session.value("select count(*), sum(n) from ai_bk.imp_a_bk"), "8|68");
}

#[test]
fn a_column_of_another_type_is_refused_by_name() {
    let mut session = changed("rows", "", "a: int", "a: text");
    let said = session.value("select message from dfa.run_retention('imp_a', '2020-12-20')");
    assert!(said.starts_with("Error:") && said.contains("a: text, there integer"), "{said}");
    assert_eq!(session.value("select count(*) from ai.imp_a"), "8");
}

#[test]
fn generated_and_identity_columns_come_back() {
    for (what, partition) in [
        ("rows", ""),
        ("table", ""),
        ("rows", ", partition_by_range: [day]"),
        ("table", ", partition_by_range: [day]"),
    ] {
        let mut session = Session::with(&format!(
            "imp_a: {{retention: {{column: day, months: 3, backup: {what}}}, create: {{features: {{day: 'date not null', n: int}}{partition}}}}}"
        ));
        // A table that has partitions gets no identity any more.
        let id = if partition.is_empty() { "int generated always as identity" } else { "int" };
        session.run(&format!(
            "alter table ai.imp_a add twice int generated always as (n * 2) stored, add id {id};
             insert into ai.imp_a (day, n) select make_date(2020, m, 15), m from generate_series(1, 12) as m"
        ));
        if !partition.is_empty() {
            session.run("update ai.imp_a set id = n");
        }
        assert_eq!(
            retain(&mut session, "'imp_a', '2020-12-20'"),
            ["imp_a|2020-09-01|8|0"],
            "{what}{partition}"
        );
        assert_eq!(session.value("select sum(twice) from ai_bk.imp_a_bk where day < '2020-09-01'"), "72");
        assert_eq!(session.value("select dfa.restore_backup('imp_a')"), "8", "{what}{partition}");
        assert_eq!(
            session.value("select count(*), sum(twice), count(distinct id), bool_and(id = n) from ai.imp_a"),
            "12|156|12|t"
        );
    }
}

#[test]
fn a_copy_with_types_that_have_no_equality_comes_back_once() {
    let mut session = Session::with(
        "imp_a: {retention: {column: day, months: 3, backup: table}, create: {features: {day: date, j: json, p: point, x: xml}}}",
    );
    session.run("insert into ai.imp_a select make_date(2020, m, 15), '{\"a\": 1}', point(1, 2), '<a/>' from generate_series(1, 12) as m, generate_series(1, 2)");
    retain(&mut session, "'imp_a', '2020-12-20'");
    assert_eq!(session.value("select dfa.restore_backup('imp_a')"), "16");
    assert_eq!(session.value("select dfa.restore_backup('imp_a')"), "0");
    assert_eq!(session.value("select count(*) from ai.imp_a"), "24");
}
