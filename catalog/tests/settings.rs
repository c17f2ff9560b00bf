//! What we add to a table's catalog: tests, retention, run, and the smaller keys.

use crate::reading::{finds, indented, table, with_table};
use dfa_catalog::model::{
    Audit, AuditCheck, AuditSeverity, Backup, Place, Retention, RunSettings, RunType, TableType,
};

fn audits(lines: &str) -> Vec<Audit> {
    table(&with_table(&format!("tests:\n{}", indented(lines, 2)))).tests
}

#[test]
fn an_audit_has_a_short_form_and_a_name_of_its_own() {
    for (lines, name, check) in [
        ("- unique: [a, b]", "unique_a_b", AuditCheck::Unique(vec!["a".into(), "b".into()])),
        ("- {not_null: a}", "not_null_a", AuditCheck::NotNull(vec!["a".into()])),
        ("unique: a", "unique_a", AuditCheck::Unique(vec!["a".into()])),
        ("no_doubles: {unique: a}", "no_doubles", AuditCheck::Unique(vec!["a".into()])),
        (
            "- accepted_values: {column: c, values: [x, 'y, z', 3]}",
            "accepted_values_c",
            AuditCheck::AcceptedValues {
                column: "c".into(),
                values: vec!["x".into(), "y, z".into(), "3".into()],
            },
        ),
        (
            "- relationships: {column: a, to: src_o, field: id}",
            "relationships_a_src_o",
            AuditCheck::Relationships {
                column: "a".into(),
                ref_table: "src_o".into(),
                ref_column: "id".into(),
            },
        ),
        (
            "- relationships: {column: a, ref_table: src_o, ref_column: id}",
            "relationships_a_src_o",
            AuditCheck::Relationships {
                column: "a".into(),
                ref_table: "src_o".into(),
                ref_column: "id".into(),
            },
        ),
        ("- {expression: a > 0, name: positive}", "positive", AuditCheck::Expression("a > 0".into())),
    ] {
        let expected =
            Audit { place: Place::default(), name: name.into(), severity: AuditSeverity::Error, check };
        assert_eq!(audits(lines), [expected], "{lines}");
    }
}

#[test]
fn an_audit_may_be_any_select_with_placeholders() {
    for lines in [
        "- {name: late, parameter: [run_date], select: \"select 1 where date '{run_date}' < '2020-01-01'\"}",
        "late: {params: run_date, statement: \"select 1 where date '{run_date}' < '2020-01-01'\"}",
    ] {
        let found = audits(lines);
        let [Audit { name, check: AuditCheck::Select(script), .. }] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!((name.as_str(), script.parameters.as_slice()), ("late", &["run_date".to_owned()][..]));
    }
    assert!(matches!(audits("- select 1 where false")[0].check, AuditCheck::Select(_)));
}

#[test]
fn an_audit_warns_if_it_says_so() {
    for (severity, expected) in [
        ("error", AuditSeverity::Error),
        ("warn", AuditSeverity::Warn),
        ("warning", AuditSeverity::Warn),
        ("WARN", AuditSeverity::Warn),
    ] {
        assert_eq!(audits(&format!("- {{unique: a, severity: {severity}}}"))[0].severity, expected);
    }
}

#[test]
fn wrong_audits_say_what_is_wrong() {
    let checks = "unique, not_null, accepted_values, relationships, expression, select";
    for (line, found) in [
        (
            "- {severity: warn}",
            format!("4:7: error: src_t: tests.1: an audit is one of {checks}; this one gives none"),
        ),
        (
            "- {unique: a, not_null: a}",
            format!(
                "4:7: error: src_t: tests.1: an audit is one of {checks}; this one gives unique, not_null"
            ),
        ),
        ("- {unique: x}", "4:8: error: src_t: tests.1.unique: column 'x' is not among the features".into()),
        (
            "- {unique: a, severity: bad}",
            "4:19: error: src_t: tests.1.severity: 'bad' is none of error, warn, warning".into(),
        ),
        (
            "- accepted_values: {column: a}",
            "4:7: error: src_t: tests.1.accepted_values: `values` is missing".into(),
        ),
        (
            "- relationships: {column: a, to: src_o}",
            "4:7: error: src_t: tests.1.relationships: `field` is missing".into(),
        ),
        (
            "- select 1; select 2",
            "4:7: error: src_t: tests.1: an audit is one SELECT, and there are several statements".into(),
        ),
        (
            "- {select: 'select {run_date}'}",
            "4:8: error: src_t: tests.1.select: placeholder {run_date} is not listed under `parameter` \
             (list it: parameter: [run_date])"
                .into(),
        ),
    ] {
        finds(&with_table(&format!("tests:\n  {line}")), &[&found]);
    }
    finds(
        &with_table("tests:\n  - {unique: a}\n  - {unique: a, severity: warn}"),
        &["5:7: error: src_t: tests.2: two audits are called 'unique_a' (give them a `name`)"],
    );
}

#[test]
fn retention_keeps_months_and_may_back_up() {
    let read = |lines: &str| table(&with_table(lines)).retention.unwrap();
    assert_eq!(
        read("retention: {column: c, months: 36, backup: Y}"),
        Retention {
            place: Place::default(),
            column: Some("c".into()),
            months: 36,
            backup: Some(Backup::Table)
        }
    );
    assert_eq!(read("retention: {months: 0}"), Retention::default());
    finds(
        &with_table("retention: {column: a}"),
        &["3:3: error: src_t: retention: retention keeps a number of months, and `months` is missing"],
    );
    for months in ["-1", "many", "1.5"] {
        finds(
            &with_table(&format!("retention: {{months: {months}}}")),
            &[&format!(
                "3:15: error: src_t: retention.months: '{months}' is not a number of months, 0 or more"
            )],
        );
    }
}

#[test]
fn run_says_how_the_watermark_is_made() {
    let read = |lines: &str| table(&with_table(lines)).run;
    assert_eq!(
        read("run: {type: monthly, quota: 3, table_type: report, wait_for_writers: false}"),
        RunSettings {
            run_type: Some(RunType::Monthly),
            quota: Some(3),
            table_type: Some(TableType::Report),
            wait_for_writers: Some(false)
        }
    );
    assert_eq!(read("run: {run_type: Daily, run_count_max: 0}").run_type, Some(RunType::Daily));
    finds(
        &with_table("run: {type: hourly}"),
        &["3:9: error: src_t: run.type: 'hourly' is none of daily, weekly, monthly, yearly"],
    );
    finds(
        &with_table("run: {table_type: big}"),
        &["3:9: error: src_t: run.table_type: 'big' is none of master, transaction, report, adjustment, undefined"],
    );
    finds(
        &with_table("run: {quota: -1}"),
        &["3:9: error: src_t: run.quota: '-1' is not a number of runs, 0 or more"],
    );
}

#[test]
fn the_smaller_keys_are_kept() {
    let table = table(&with_table(
        "tags: [core, daily]\nowner: sales\ndepends_on: src_o, src_p\nlookback: 7\ntimeout: 90s\nretries: 2",
    ));
    assert_eq!(table.tags, ["core", "daily"]);
    assert_eq!(table.owner.as_deref(), Some("sales"));
    assert_eq!(table.depends_on, ["src_o", "src_p"]);
    assert_eq!((table.lookback, table.timeout, table.retries), (Some(7), Some(90), Some(2)));
}

#[test]
fn a_timeout_is_seconds_or_has_a_unit() {
    for (given, seconds) in [("90", 90), ("90s", 90), ("10m", 600), ("2h", 7200), ("'10 min'", 600)] {
        assert_eq!(table(&with_table(&format!("timeout: {given}"))).timeout, Some(seconds), "{given}");
    }
    finds(
        &with_table("timeout: soon"),
        &["3:3: error: src_t: timeout: 'soon' is no duration: write seconds, or a unit, for example 90s or 10m"],
    );
    finds(
        &with_table("lookback: -1\nretries: x"),
        &[
            "3:3: error: src_t: lookback: '-1' is not a number of days, 0 or more",
            "4:3: error: src_t: retries: 'x' is not a number of retries, 0 or more",
        ],
    );
}

#[test]
fn what_dates_the_rows_is_a_column_that_can_be_a_date_or_an_expression() {
    for (column, found) in [
        ("z", Some("column 'z' is not among the features")),
        ("a", Some("column 'a' is of type int, which is no date (give an expression, such as to_timestamp(a / 1000.0) of milliseconds)")),
        ("c", None),
        ("C", None),
        ("to_timestamp(a / 1000.0)", None),
        ("current_date", None),
    ] {
        let yaml = with_table(&format!("retention: {{column: \"{column}\", months: 0}}"));
        let expected: Vec<String> =
            found.iter().map(|found| format!("3:15: error: src_t: retention.column: {found}")).collect();
        finds(&yaml, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn what_the_database_could_not_hold_is_found_where_it_stands() {
    for (line, finding) in [
        ("retention: {column: c, months: 12001}", "3:26: error: src_t: retention.months: 12001 months are more than 12000, the most that there can be"),
        ("run: {quota: 2147483648}", "3:9: error: src_t: run.quota: 2147483648 runs are more than 2147483647, the most that there can be"),
        ("lookback: 99999999999", "3:3: error: src_t: lookback: 99999999999 days are more than 365243, the most that there can be"),
        ("retries: 4000000000", "3:3: error: src_t: retries: 4000000000 retries are more than 2147483647, the most that there can be"),
    ] {
        finds(&with_table(line), &[finding]);
    }
    table(&with_table("lookback: 365243\nretries: 0"));
}
