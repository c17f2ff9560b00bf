//! Primary, foreign and partition keys in all their forms.

use crate::reading::{created, finds, table};
use dfa_catalog::model::{ForeignKey, Partition, PartitionBy, Table};

/// A table whose `create` has these lines below columns a, b and c.
fn with_create(lines: &str) -> Table {
    table(&created(lines))
}

#[test]
fn a_primary_key_comes_in_every_form_and_alias() {
    for lines in [
        "primary_key: [a, c]",
        "primary_keys: [a, c]",
        "primary: a, c",
        "primaries: {1: a, 2: c}",
        "primary_key:\n  - a\n  - c",
        "primary_key: {2: c, 1: a}",
    ] {
        let table = with_create(lines);
        assert_eq!(table.primary_key, ["a", "c"], "{lines}");
        let nullable: Vec<bool> = table.columns.iter().map(|column| column.nullable).collect();
        assert_eq!(nullable, [false, true, false], "columns of a key are not null: {lines}");
    }
    assert_eq!(with_create("primary_key: a").primary_key, ["a"]);
}

#[test]
fn a_feature_may_be_the_primary_key_itself() {
    let table = table("src_t: {create: {features: {a: int PRIMARY  KEY, b: int primary key, c: int}}}");
    assert_eq!(table.primary_key, ["a", "b"]);
    assert!(!table.columns[0].nullable);
}

#[test]
fn a_dummy_key_is_kept_beside_and_leaves_its_columns_nullable() {
    let table = with_create("primary_key_dummy: [a, b]");
    assert_eq!(
        (table.primary_key.len(), table.primary_key_dummy.as_slice()),
        (0, &["a".into(), "b".into()][..])
    );
    assert!(table.columns[0].nullable);
}

#[test]
fn a_foreign_key_comes_in_five_forms_and_four_aliases() {
    let key = |ref_column: Option<&str>| {
        vec![ForeignKey {
            column: "a".into(),
            ref_table: "src_o".into(),
            ref_column: ref_column.map(str::to_owned),
        }]
    };
    for (lines, ref_column) in [
        ("foreign_key: {a: src_o}", None),
        ("foreign_keys: {a: src_o.id}", Some("id")),
        ("foreign: {a: 'src_o(id)'}", Some("id")),
        ("foreign: {a: 'src_o ( id )'}", Some("id")),
        ("foreign: {a: 'src_o . id'}", Some("id")),
        ("foreigners: {a: {ref_table: src_o, ref_column: id}}", Some("id")),
        ("foreign_key: {a: {ref_table: src_o}}", None),
        ("foreign_key: [{name: a, ref_table: src_o, ref_column: id}]", Some("id")),
        ("foreign_key:\n  - name: a\n    ref_table: src_o", None),
    ] {
        assert_eq!(with_create(lines).foreign_keys, key(ref_column), "{lines}");
    }
}

#[test]
fn several_foreign_keys_keep_their_order() {
    let columns: Vec<String> = with_create("foreign_key: {c: src_o, a: src_p.x, b: src_q(y)}")
        .foreign_keys
        .into_iter()
        .map(|key| key.column)
        .collect();
    assert_eq!(columns, ["c", "a", "b"]);
}

#[test]
fn a_table_is_partitioned_by_range_list_or_hash() {
    for (lines, by, columns) in [
        ("partition_by_range: a", PartitionBy::Range, vec!["a"]),
        ("partition_by_range: [a, b]", PartitionBy::Range, vec!["a", "b"]),
        ("partition_by_list: [c]", PartitionBy::List, vec!["c"]),
        ("partition_by_hash: a, b", PartitionBy::Hash, vec!["a", "b"]),
    ] {
        let columns = columns.into_iter().map(str::to_owned).collect();
        assert_eq!(with_create(lines).partition, Some(Partition { by, columns }), "{lines}");
    }
}

#[test]
fn keys_that_are_no_features_are_errors_with_the_nearest_name() {
    let head = "src_t:\n  create:\n    features: {article: int, amount: int}\n";
    for (line, key) in [
        ("primary_key: [artcle]", "primary_key"),
        ("primaries: [artcle]", "primaries"),
        ("primary_key_dummy: artcle", "primary_key_dummy"),
        ("partition_by_range: artcle", "partition_by_range"),
        ("partition_by_list: artcle", "partition_by_list"),
        ("partition_by_hash: artcle", "partition_by_hash"),
    ] {
        finds(
            &format!("{head}    {line}\n"),
            &[&format!(
                "4:5: error: src_t: create.{key}: column 'artcle' is not among the features (did you mean 'article'?)"
            )],
        );
    }
    finds(
        &format!("{head}    foreign_key:\n      artcle: src_o\n"),
        &["5:7: error: src_t: create.foreign_key.artcle: column 'artcle' is not among the features \
           (did you mean 'article'?)"],
    );
    finds(
        &format!("{head}    primary_key: colour\n"),
        &["4:5: error: src_t: create.primary_key: column 'colour' is not among the features"],
    );
}

#[test]
fn a_key_column_twice_is_an_error() {
    for key in ["primary_key", "primary_key_dummy", "partition_by_range"] {
        finds(
            &created(&format!("{key}: [a, b, a]")),
            &[&format!("4:5: error: src_t: create.{key}: column 'a' is listed twice")],
        );
    }
    finds(
        &created("foreign_key: [{name: a, ref_table: x}, {name: a, ref_table: y}]"),
        &["4:44: error: src_t: create.foreign_key.2: column 'a' has two foreign keys"],
    );
}

#[test]
fn keys_that_contradict_each_other_are_errors() {
    finds(
        "src_t:\n  create:\n    features: {a: int primary key, b: int}\n    primary_key: b\n",
        &["4:5: error: src_t: create.primary_key: column 'a' says `primary key` and is not listed here"],
    );
    finds(
        &created("partition_by_range: a\npartition_by_hash: b"),
        &["5:5: error: src_t: create.partition_by_hash: a table is partitioned in one way, and this is a second"],
    );
    finds(
        &created("partition_by_list: [a, b]"),
        &["4:5: error: src_t: create.partition_by_list: a table is partitioned by a list of values of one column"],
    );
    finds(
        &created("primary_key: a\npartition_by_range: b"),
        &["5:5: error: src_t: create.partition_by_range: the primary key lacks the partition column 'b' \
           (Postgres keeps a primary key per partition; add the column to it)"],
    );
}

#[test]
fn a_foreign_key_that_is_none_is_an_error() {
    for reference in ["'src_o('", "'src_o()'", "'src_o(a, b)'", "'.a'", "'src_o.'", "''", "'(a)'"] {
        finds(
            &created(&format!("foreign_key:\n  a: {reference}")),
            &[&format!(
                "5:7: error: src_t: create.foreign_key.a: {reference} is no reference: \
                 write table, table.column or table(column)"
            )],
        );
    }
    finds(
        &created("foreign_key: [src_o.a]"),
        &["4:19: error: src_t: create.foreign_key.1: a foreign key in a list is {name, ref_table, ref_column}"],
    );
    finds(
        &created("foreign_key: [{ref_table: src_o}]"),
        &["4:19: error: src_t: create.foreign_key.1: a foreign key in a list needs `name`, the column"],
    );
    finds(
        &created("foreign_key: {a: {ref_column: id}}"),
        &["4:19: error: src_t: create.foreign_key.a: the foreign key of 'a' does not say which table it refers to"],
    );
    finds(
        &created("foreign_key: {a: {ref_table: src_o.x, ref_column: y}}"),
        &["4:43: error: src_t: create.foreign_key.a.ref_column: 'src_o.x' names another column than 'y'"],
    );
}
