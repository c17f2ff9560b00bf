//! Silly and hostile values for the arguments of every function: a clear error or an answer, never an internal error.

use crate::session::{quoted, Session};

const TABLES: &str = "
ai_t: {create: {features: {day: date, a: int}, primary_key: [day]}, update: {p: {statement: 'insert into ai.ai_t values (now(), 1)'}}}
query:q_t: {create: {parameter: [n], statement: \"select day from {ai_schema_name}.ai_t where a::text = '{n}'\"}}
nightly: {nodes: [ai_t]}
";

/// What stands for an argument of this type. The first is one that is right, for when another argument is tried.
fn values(kind: &str, argument: &str) -> Vec<String> {
    let text = |values: &[&str]| values.iter().map(|value| quoted(value)).collect::<Vec<_>>();
    let mut found = match kind {
        "text" => {
            let right = match argument {
                "module" => "data",
                "run_mode" | "mode" => "common",
                "action" => "insert",
                "on_error" => "reject",
                "kind" => "table",
                _ => "ai_t",
            };
            text(&[
                right,
                "",
                " ",
                "nothing",
                "q_t",
                "\"; drop table x; --",
                "é漢字",
                "a\nb\t",
                "{a: [b",
                "{}",
                "Y",
            ])
        }
        "date" => {
            text(&["2021-01-02", "infinity", "-infinity", "4713-01-01 BC", "5874897-12-31", "1900-02-28"])
        }
        "date[]" => text(&["{2021-01-02}", "{}", "{NULL}", "{infinity}", "{{2021-01-02},{2021-01-03}}"]),
        "text[]" => text(&["{p}", "{}", "{NULL}", "{\"\"}", "{!}", "{!p,p}", "{\"; --\"}", "{{p},{p}}"]),
        "timestamp with time zone" => text(&["2021-01-02", "infinity", "-infinity", "4713-01-01 BC"]),
        "time without time zone" => text(&["21:00", "00:00", "24:00", "23:59:59.999999"]),
        "interval" => text(&["1 ms", "-1 day", "178000000 years"]),
        "integer" => text(&["1", "0", "-1", "2147483647"]),
        "bigint" => text(&["1", "0", "-1", "9223372036854775807"]),
        "double precision" => text(&["1", "nan", "infinity", "-1e308"]),
        "dfa.user_role" => text(&["viewer", "admin"]),
        "dfa.channel_kind" => text(&["webhook", "email"]),
        "dfa.incident_event[]" => text(&["{failed}", "{}", "{NULL}", "{failed,late}"]),
        "dfa.key_role" => text(&["reader", "admin"]),
        "bytea" => text(&["\\x00ff", "\\x"]),
        "boolean" => text(&["true", "false"]),
        "json" => {
            let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
            let deep_object = format!("{}1{}", "{\"n\":".repeat(500), "}".repeat(500));
            let fixed = [
                "{}",
                "null",
                "[]",
                "\"\"",
                "1e999",
                "{\"priority\":1e999}",
                "{\"n\":1e999}",
                "{\"n\":\"\\ud800\"}",
                "{\"n\":\"\\u0000\"}",
                "{\"choose\":\"\\ud800\"}",
                "{\"choose\":[1,null]}",
                "{\"n\":null,\"n\":[]}",
                &deep,
                &deep_object,
            ];
            text(&fixed)
        }
        other => panic!("values of type {other} are missing here"),
    };
    found.push("null".to_owned());
    found
}

#[test]
fn no_value_of_any_argument_gives_an_internal_error() {
    let mut session = Session::with(TABLES);
    // A task would wake workers, who are not the matter here.
    session.run("set dfa.max_workers = 0");
    let arguments = session.rows(
        "select function.oid::regproc, name, format_type(type, null), position > pronargs - pronargdefaults
         from pg_proc as function, unnest(proargnames[:pronargs], proargtypes::oid[]) with ordinality as argument (name, type, position)
         where pronamespace = 'dfa'::regnamespace and prokind = 'f' order by function.oid, position",
    );
    let arguments: Vec<Vec<&str>> = arguments.iter().map(|row| row.split('|').collect()).collect();
    let mut tried = 0;
    for tested in &arguments {
        for value in values(tested[2], tested[1]) {
            let given: Vec<String> = arguments
                .iter()
                .filter(|argument| {
                    argument[0] == tested[0] && (argument[1] == tested[1] || argument[3] == "f")
                })
                .map(|argument| {
                    let value = if argument[1] == tested[1] {
                        value.clone()
                    } else {
                        values(argument[2], argument[1]).remove(0)
                    };
                    format!("\"{}\" => {value}::{}", argument[1], argument[2])
                })
                .collect();
            let call = format!("select * from {}({})", tested[0], given.join(", "));
            session.run("begin");
            if let Err(error) = session.try_rows(&call) {
                let error = error.as_db_error().unwrap_or_else(|| panic!("the server has gone: {call}"));
                assert!(!error.code().code().starts_with("XX"), "{call}: {error:?}");
                assert!(
                    error.hint().or(error.detail()).is_some() || !error.code().code().starts_with("DF"),
                    "nothing says how to go on: {call}: {error:?}"
                );
            }
            session.run("rollback");
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}
