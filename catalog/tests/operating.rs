//! Keys for operating: freshness, limits, files, distribution.

use crate::pipelines::set_findings;
use crate::reading::{finds, pipeline, table, with_table};
use dfa_catalog::model::{Distribution, FileOption, Limit, Place};
use dfa_catalog::set::Extent;

#[test]
fn freshness_is_a_length_above_nothing() {
    let fresh = |given: &str| table(&with_table(&format!("fresh_within: {given}"))).fresh_within.unwrap();
    assert_eq!(fresh("26h").seconds, 93_600.0);
    assert_eq!(fresh("2 days").days, 2);
    for (given, finding) in [
        ("banana", "'banana' is no length of time; write one such as 26h or 2 days"),
        ("0 days", "nothing is as fresh as that; write a length such as 26h or 2 days"),
    ] {
        finds(
            &with_table(&format!("fresh_within: {given}")),
            &[&format!("3:3: error: src_t: fresh_within: {finding}")],
        );
    }
}

#[test]
fn limits_are_numbers_by_name() {
    let expected = [Limit { name: "erp".into(), most: 2 }, Limit { name: "disk".into(), most: 1 }];
    assert_eq!(table(&with_table("limit: {erp: 2, disk: 1}")).limits, expected);
    assert_eq!(pipeline("p: {nodes: [src_t], limits: {erp: 2, disk: 1}}").limits, expected);
    for (given, finding) in [
        ("{erp: 0}", "3:11: error: src_t: limit.erp: limit 'erp' would let no step run; give 1 or more"),
        ("{erp: few}", "3:11: error: src_t: limit.erp: 'few' is not a number of steps, 0 or more"),
        ("[erp]", "3:3: error: src_t: limit: a map belongs here, and this is a list"),
    ] {
        finds(&with_table(&format!("limit: {given}")), &[finding]);
    }
}

#[test]
fn a_source_is_a_path_with_options_of_a_load() {
    assert_eq!(table(&with_table("source: landing/*.csv")).source.unwrap().path, "landing/*.csv");
    let source = table(&with_table(
        "source: {path: 's3://b/x/*.gz', format: CSV, delimiter: ';', header: no, quote: none, on_error: skip, force_null: Y}",
    ))
    .source
    .unwrap();
    assert_eq!(source.path, "s3://b/x/*.gz");
    let options: Vec<(FileOption, &str)> =
        source.options.iter().map(|(option, value)| (*option, value.as_str())).collect();
    assert_eq!(
        options,
        [
            (FileOption::Format, "csv"),
            (FileOption::Delimiter, ";"),
            (FileOption::Quote, "none"),
            (FileOption::ForceNull, "true"),
            (FileOption::Header, "no"),
            (FileOption::OnError, "skip"),
        ]
    );
    for (given, finding) in [
        ("{format: csv}", "3:3: error: src_t: source: `path` is missing"),
        ("../x.csv", "3:3: error: src_t: source: '../x.csv' is no path of files"),
        (
            "{path: x, format: xlsx}",
            "3:21: error: src_t: source.format: 'xlsx' is none of infer, csv, ndjson, parquet",
        ),
        (
            "{path: x, delimiter: ';;'}",
            "3:21: error: src_t: source.delimiter: ';;' is none; give one character",
        ),
        ("{path: x, header: maybe}", "3:21: error: src_t: source.header: 'maybe' is none of"),
    ] {
        let found = dfa_catalog::parse(&with_table(&format!("source: {given}")), "f").diagnostics;
        assert_eq!(found.len(), 1, "{given}: {found:?}");
        assert!(found[0].to_string().starts_with(&format!("f:{finding}")), "{}", found[0]);
    }
    finds(
        "ctr_t:\n  create: {features: {a: int}}\n  source: x.csv",
        &["3:3: error: ctr_t: source: the rows of 'ctr_t' come from no files (files land in tables with prefix src or imp)"],
    );
}

#[test]
fn a_distribution_is_by_a_column_or_whole() {
    let read = |lines: &str| table(&with_table(lines)).distribution.map(|it| *it);
    let by = |colocate_with| Distribution::By { place: Place::default(), column: "a".into(), colocate_with };
    assert_eq!(read("distribute_by: a"), Some(by(None)));
    assert_eq!(read("distribute_by: a\ncolocate_with: src_o"), Some(by(Some("src_o".into()))));
    assert_eq!(read("reference: true"), Some(Distribution::Reference));
    assert_eq!(read("reference: false"), None);
    for (lines, finding) in [
        ("distribute_by: x", "3:3: error: src_t: distribute_by: column 'x' is not among the features"),
        ("distribute_by: a\nreference: true", "4:3: error: src_t: reference: a table is distributed or a reference table; give one of them"),
        ("colocate_with: src_o", "3:3: error: src_t: colocate_with: what lies beside another table is distributed (give `distribute_by`, the column whose values lie together)"),
        ("distribute_by: a\nindexes: [{columns: [b], unique: true}]", "3:3: error: src_t: distribute_by: a unique index lacks the column 'a' by which rows are distributed (Citus keeps it per shard; add the column to it)"),
    ] {
        finds(&with_table(lines), &[finding]);
    }
}

#[test]
fn keys_for_operating_are_read_without_a_word() {
    finds(&with_table("fresh_within: 26h\nlimits: {erp: 2}\nsource: x.csv\ndistribute_by: a"), &[]);
    finds(&with_table("reference: true"), &[]);
    finds("pipeline:p: {nodes: [src_t], limit: {erp: 2}}\n", &[]);
}

#[test]
fn keys_that_lead_off_the_machine_of_their_row_are_found() {
    let set = "\
src_ref: {create: {features: {id: int}, primary_key: [id]}, reference: true}
src_plain: {create: {features: {id: int}, primary_key: [id]}}
src_far: {create: {features: {id: int}, primary_key: [id]}, distribute_by: id}
src_t:
  create:
    features: {id: int, r: int, p: int, f: int}
    foreign_key: {r: src_ref, p: src_plain, id: src_far}
  distribute_by: id
  colocate_with: src_plain
";
    assert_eq!(
        set_findings(set, Extent::Whole),
        [
            "8: src_t: colocate_with: table 'src_plain' is not distributed",
            "4: src_t: create.foreign_key: Citus holds no key from 'p' to 'src_plain', whose rows may lie elsewhere (give that table `reference: true`, or distribute both by the key)",
        ]
    );
}
