//! `create`: columns, keys and partitions in all their forms.

use crate::reading::{definition, findings, finds, table, with_table};
use dfa_catalog::model::{Column, ForeignKey, Partition, PartitionBy, Table};

fn column(name: &str, datatype: &str) -> Column {
    Column { name: name.into(), datatype: datatype.into(), nullable: true, ..Column::default() }
}

/// A table whose `create` has these lines below columns a, b and c.
fn with_create(lines: &str) -> Table {
    table(&created(lines))
}

fn created(lines: &str) -> String {
    format!(
        "src_t:\n  create:\n    features: {{a: int, b: int, c: text}}\n{}",
        crate::reading::indented(lines, 4)
    )
}

/// The columns of a table with these `features`.
fn columns(features: &str) -> Vec<Column> {
    table(&format!("src_t:\n  create:\n    features:\n{}", crate::reading::indented(features, 6))).columns
}

#[test]
fn the_four_forms_of_features_say_the_same() {
    let expected = [
        Column { nullable: false, ..column("id", "bigint") },
        Column { unique: true, default: Some("'x'".into()), ..column("label", "varchar( 8 )") },
        Column { check: Some("amount >= 0".into()), ..column("amount", "numeric( 24, 8 )") },
    ];
    for features in [
        "id: bigint not null\nlabel: \"varchar( 8 ) unique default 'x'\"\namount: numeric( 24, 8 ) check (amount >= 0)",
        "id: {datatype: bigint, nullable: false}\n\
         label: {type: varchar( 8 ), unique: true, default: \"'x'\"}\n\
         amount: {dtype: 'numeric( 24, 8 )', check: amount >= 0}",
        "- {name: id, datatype: bigint, nullable: No}\n\
         - {name: label, type: varchar( 8 ), unique: Y, default: \"'x'\"}\n\
         - {name: amount, dtype: 'numeric( 24, 8 ) check ( amount >= 0 )'}",
        "1: {name: id, datatype: BIGINT NOT NULL}\n\
         2: {name: label, type: \"varchar( 8 ) default 'x' unique\"}\n\
         3: {name: amount, dtype: 'numeric( 24, 8 )', check: amount >= 0}",
    ] {
        let mut found = columns(features);
        // Postgres reads types in any case, so that they are kept as written.
        found[0].datatype = found[0].datatype.to_lowercase();
        assert_eq!(found, expected, "{features}");
    }
}

#[test]
fn columns_by_position_stand_in_the_order_of_their_numbers() {
    let names: Vec<String> =
        columns("10: {name: c, type: int}\n2: {name: b, type: int}\n1: {name: a, type: int}")
            .into_iter()
            .map(|column| column.name)
            .collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn columns_whose_names_are_numbers_are_columns() {
    let names: Vec<String> =
        columns("2017: int\n2018: {datatype: int}").into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["2017", "2018"]);
}

#[test]
fn the_string_form_takes_any_case_and_spacing() {
    let expected = Column {
        nullable: false,
        unique: true,
        default: Some("0".into()),
        check: Some("a > -1".into()),
        ..column("a", "numeric(24,8)")
    };
    for text in [
        "numeric(24,8) unique not null default 0 check (a > -1)",
        "numeric(24,8)   UNIQUE\tNOT   NULL  DEFAULT  0  CHECK( a > -1 )",
        "numeric(24,8) Check (a > -1) Default 0 Not Null Unique",
    ] {
        assert_eq!(columns(&format!("a: \"{text}\"")), std::slice::from_ref(&expected), "{text}");
    }
}

#[test]
fn a_type_may_be_any_of_postgres() {
    for datatype in [
        "numeric( 24, 8 )",
        "double precision",
        "timestamp( 3 ) with time zone",
        "time without time zone",
        "interval year to month",
        "text[]",
        "bit varying(5)",
        "character varying ( 10 )",
        "public.citext",
        "\"My Type\"",
        "tstzrange",
        "jsonb",
    ] {
        assert_eq!(columns(&format!("a: '{datatype}'")), [column("a", datatype)]);
    }
}

#[test]
fn null_is_the_default_and_may_be_said() {
    assert!(columns("a: int")[0].nullable);
    assert!(columns("a: int null")[0].nullable);
    assert!(!columns("a: int not null")[0].nullable);
    assert_eq!(columns("a: int default null null")[0].default.as_deref(), Some("null"));
}

#[test]
fn serial_kinds_are_filled_from_a_sequence() {
    for datatype in ["serial", "SERIAL", "bigserial", "smallserial", "serial2", "serial4", "serial8"] {
        assert!(columns(&format!("a: {datatype} not null"))[0].is_serial(), "{datatype}");
    }
    assert!(!columns("a: bigint")[0].is_serial());
}

#[test]
fn create_has_two_aliases() {
    for key in ["create", "profile", "profiles"] {
        assert_eq!(
            table(&format!("src_t:\n  {key}: {{features: {{a: int}}}}\n")).columns,
            [column("a", "int")]
        );
    }
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
fn version_and_description_are_optional_and_may_be_blank() {
    let none = definition("src_t: {create: {features: {a: int}}}");
    assert_eq!((none.version.to_string().as_str(), none.description), ("1990-01-01", None));
    let blank = definition("src_t:\n  version:\n  description:\n  create: {features: {a: int}}");
    assert_eq!((blank.version.to_string().as_str(), blank.description), ("1990-01-01", None));
    for (version, expected) in
        [("2022-09-01", "2022-09-01"), ("'2022-09-01'", "2022-09-01"), ("2022-09-01 10:00:00", "2022-09-01")]
    {
        let read = definition(&format!("src_t:\n  version: {version}\n  create: {{features: {{a: int}}}}"));
        assert_eq!(read.version.to_string(), expected);
    }
    for key in ["description", "descriptions"] {
        let read = definition(&format!("src_t:\n  {key}: [one, two]\n  create: {{features: {{a: int}}}}"));
        assert_eq!(read.description.as_deref(), Some("one\ntwo"));
    }
}

#[test]
fn a_derived_table_needs_a_process() {
    finds(
        "ai_t:\n  create: {features: {a: int}}\n",
        &["1:1: error: ai_t: a table with prefix 'ai' is derived and needs at least one process \
           (give update: {<process>: {statement: …}}, or a name with another prefix)"],
    );
}

#[test]
fn what_create_lacks_is_said() {
    finds(
        "src_t:\n  version: 2022-01-01\n",
        &["1:1: error: src_t: a table has columns, and `create` is missing (give create: {features: …})"],
    );
    finds(
        "src_t:\n  create:\n    primary_key: a\n",
        &["2:3: error: src_t: create: a table has columns, and `features` is missing"],
    );
    finds(
        "src_t:\n  create:\n    features: {}\n",
        &["3:5: error: src_t: create.features: a table has at least one column"],
    );
    finds("src_t: 5\n", &["1:1: error: src_t: a map belongs here, and this is a text"]);
    finds("src_t:\n", &["1:1: error: src_t: a map belongs here, and this is nothing"]);
    finds("src_t:\n  create: [a]\n", &["2:3: error: src_t: create: a map belongs here, and this is a list"]);
}

#[test]
fn each_wrong_feature_says_what_is_wrong_with_it() {
    for (feature, message) in [
        ("a:", "a: column 'a' has no datatype"),
        ("a: ''", "a: column 'a': the datatype is missing"),
        ("a: not null", "a: column 'a': the datatype is missing"),
        ("a: int null not null", "a: column 'a': `null` and `not null` are both given"),
        ("a: int not nul", "a: column 'a': `not` is followed by 'nul' where null belongs"),
        ("a: int default", "a: column 'a': `default` is followed by '' where a value belongs"),
        ("a: int default 1 default 1", "a: column 'a': `default` is given twice"),
        ("a: int check a > 0", "a: column 'a': `check` is followed by 'a' where a condition in brackets belongs"),
        ("a: int check (a > 0", "a: column 'a': 'int check (a > 0' has a bracket without a partner"),
        ("a: numeric( 24, 8", "a: column 'a': 'numeric( 24, 8' has a bracket without a partner"),
        ("a: int unique maybe", "a: column 'a': 'maybe' is not understood after the datatype"),
        ("a: int unique )", "a: column 'a': ')' is not understood after the datatype"),
        ("a: \"text default 'x\"", "a: column 'a': a text that begins at line 1 of the statement is not closed"),
        (
            "a: int references src_o(id)",
            "a: column 'a': `references` does not belong into a feature: name the other table under `foreign_key`",
        ),
        (
            "a: int generated always as identity",
            "a: column 'a': `generated` does not belong into a feature: \
             use a `serial` type for a sequence, or compute the value in the process",
        ),
        (
            "a: int constraint positive check (a > 0)",
            "a: column 'a': `constraint` does not belong into a feature: \
             constraints get their names from the table; leave the name out",
        ),
        ("a: {nullable: false}", "a: column 'a' has no datatype"),
        ("a: [int]", "a: a text belongs here, and this is a list"),
        (
            "a: {datatype: int, nullable: perhaps}",
            "a.nullable: 'perhaps' is none of true, false, yes, no, y, n, on, off",
        ),
        ("'': int", ": the name is empty"),
    ] {
        let yaml = format!("src_t:\n  create:\n    features:\n      {feature}\n");
        let found = findings(&yaml);
        let [found] = found.as_slice() else { panic!("one finding was expected of {feature}: {found:#?}") };
        let (place, rest) = found.split_once(": error: src_t: create.features.").unwrap_or_else(|| panic!("{found}"));
        assert!(place.starts_with("4:"), "{found}");
        assert_eq!(rest, message, "{feature}");
    }
}

#[test]
fn a_column_that_is_given_twice_names_the_second() {
    finds(
        "src_t:\n  create:\n    features:\n      - {name: a, type: int}\n      - {name: a, type: text}\n",
        &["5:9: error: src_t: create.features.2: column 'a' is given twice"],
    );
    finds(
        "src_t:\n  create:\n    features:\n      a: int\n      b: int\n      a: text\n",
        &["6:7: error: key 'a' is given twice, first at line 4"],
    );
}

#[test]
fn a_column_without_a_name_is_refused_in_a_list_and_by_position() {
    let message = "a column in a list needs its name (give {name, datatype})";
    finds(
        "src_t:\n  create:\n    features:\n      - int\n",
        &[&format!("4:9: error: src_t: create.features.1: {message}")],
    );
    finds(
        "src_t:\n  create:\n    features:\n      1: {name: a, type: int}\n      2: {type: int}\n",
        &[&format!("5:7: error: src_t: create.features.2: {message}")],
    );
}

#[test]
fn what_the_datatype_says_is_not_said_again_in_other_words() {
    for (feature, key) in [
        ("a: {datatype: int not null, nullable: true}", "nullable"),
        ("a: {datatype: int default 1, default: 2}", "default"),
        ("a: {datatype: int check (a > 0), check: a < 9}", "check"),
        ("a: {datatype: int unique, unique: false}", "unique"),
    ] {
        finds(
            &format!("src_t:\n  create:\n    features:\n      {feature}\n"),
            &[&format!(
                "4:{}: error: src_t: create.features.a.{key}: column 'a': `{key}` contradicts the datatype (say it once)",
                7 + feature.rfind(&format!("{key}:")).unwrap()
            )],
        );
    }
    let same = columns("a: {datatype: int not null unique, nullable: false, unique: true}");
    assert_eq!(same, [Column { nullable: false, unique: true, ..column("a", "int") }]);
}

#[test]
fn a_name_that_differs_from_its_key_is_refused() {
    finds(
        "src_t:\n  create:\n    features:\n      a: {name: b, datatype: int}\n",
        &["4:11: error: src_t: create.features.a.name: the key says 'a' and `name` says 'b'; give one of them"],
    );
    finds(
        &created("foreign_key: {a: {name: b, ref_table: src_o}}"),
        &["4:23: error: src_t: create.foreign_key.a.name: the key says 'a' and `name` says 'b'; give one of them"],
    );
    finds(
        &with_table("update: {load: {name: fill, statement: select 1}}"),
        &["3:19: error: src_t: update.load.name: the key says 'load' and `name` says 'fill'; give one of them"],
    );
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
