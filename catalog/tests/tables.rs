//! `create`: columns in all their forms, and what a table has at least.

use crate::reading::{created, definition, findings, finds, indented, table, with_table};
use dfa_catalog::model::Column;

fn column(name: &str, datatype: &str) -> Column {
    Column { name: name.into(), datatype: datatype.into(), nullable: true, ..Column::default() }
}

/// The columns of a table with these `features`.
fn columns(features: &str) -> Vec<Column> {
    table(&format!("src_t:\n  create:\n    features:\n{}", indented(features, 6))).columns
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
        ("a: int check (a > 0", "a: column 'a': 'int check (a > 0' has a bracket without a partner (within { … } a comma ends a value that is not in quotes)"),
        ("a: numeric( 24, 8", "a: column 'a': 'numeric( 24, 8' has a bracket without a partner (within { … } a comma ends a value that is not in quotes)"),
        ("a: int unique maybe", "a: column 'a': 'maybe' is not understood after the datatype"),
        ("a: int unique )", "a: column 'a': ')' is not understood after the datatype"),
        ("a: \"text default 'x\"", "a: column 'a': a text that begins at line 1 of the statement is not closed"),
        (
            "a: int references src_o(id)",
            "a: column 'a': `references` does not belong into a feature: name the other table under `foreign_key`",
        ),
        ("a: int generated always", "a: column 'a': `generated` is followed by '' where as belongs"),
        (
            "a: int generated always as (b + 1)",
            "a: column 'a': `generated` is followed by '' where stored belongs",
        ),
        (
            "a: serial generated always as identity",
            "a: column 'a' has an identity and a serial type; give it one of them",
        ),
        (
            "a: {datatype: int, default: 1, generated: b + 1}",
            "a: column 'a' has a default and `generated`; give it one of them",
        ),
        (
            "a: {datatype: int, identity: sometimes}",
            "a.identity: 'sometimes' is none of always, by default, true, yes, false, no",
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
