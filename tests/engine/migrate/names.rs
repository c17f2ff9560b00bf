//! Names that have to be quoted change like others.

use super::migrate;
use crate::session::Session;

/// Two tables of odd names; the first refers to the second.
fn set(version: &str, datatype: &str, more: &str) -> String {
    format!(
        "src_Odd one:
  version: 2021-01-{version}
  create:
    features: {{\"saleDate\": '{datatype} not null', end: serial, 'order': 'int check (\"order\" > 0)', 'quo\"te': {{datatype: int, description: 'a \"quote\"'}}, User: int}}
    foreign_key: {{User: \"src_Two.Id\"}}
    indexes: [[end, 'quo\"te'], [User]]
    {more}
src_Two: {{version: 2021-01-{version}, create: {{features: {{Id: '{}', all: text}}, primary_key: [Id]}}}}
\"view:v_Odd\": {{create: 'select \"saleDate\", \"end\", \"User\" from {{ai_schema_name}}.\"src_Odd one\"'}}
",
        if datatype == "text" { "int" } else { "bigint" }
    )
}

#[test]
fn types_keys_sequences_indexes_and_partitions_follow() {
    let mut session = Session::with(&set("01", "text", ""));
    session.run(
        "insert into ai.\"src_Two\" values (1); create index \"by Hand\" on ai.\"src_Odd one\" (\"order\");
         insert into ai.\"src_Odd one\" (\"saleDate\", \"order\", \"User\") select '2021-01-0' || n, n, 1 from generate_series(1, 9) as n",
    );
    for (version, more) in [
        ("02", ""),
        ("03", "partition_by_range: [saleDate]"),
        ("04", "partition_by_list: ['order']"),
        ("05", "partition_by_hash: ['quo\"te']"),
        ("06", "primary_key: [saleDate, 'order']"),
    ] {
        session.load(&set(version, "date", more));
        migrate(&mut session);
        assert_eq!(
            session.value("select count(*), max(\"end\"), max(\"saleDate\") from ai.\"v_Odd\""),
            "9|9|2021-01-09",
            "{version}"
        );
        assert_eq!(
            session
                .refused("insert into ai.\"src_Odd one\" (\"saleDate\", \"order\", \"User\") values ('2021-02-01', 1, 9)")
                .sqlstate,
            "23503"
        );
    }
    assert_eq!(session.value("select count(*) from pg_indexes where tablename = 'src_Odd one'"), "4");
}
