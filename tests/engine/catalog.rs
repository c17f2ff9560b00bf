//! `dfa.load_catalog` and `dfa.validate_catalog`: what is stored, and what is refused with which words.

use crate::session::{quoted, Session};

/// A derived table with one process.
const DAILY: &str = "
ai_daily:
  version: 2021-03-01
  create:
    features: {day: 'date not null', amount: 'int'}
    primary_key: [day]
  update:
    fill:
      parameter: [run_date]
      statement: \"insert into {ai_schema_name}.ai_daily values (date '{run_date}', 1)\"
";

/// A table `ai_x` whose process has this one statement, in line 5.
fn with_statement(statement: &str) -> String {
    format!(
        "ai_x:\n  create: {{features: {{a: 'int'}}}}\n  update:\n    fill:\n      statement: {}\n",
        json_text(statement)
    )
}

/// A YAML double-quoted scalar.
fn json_text(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}

/// The catalog is refused with this SQLSTATE, says each of the words, and leaves nothing behind.
fn refuses(catalog: &str, sqlstate: &str, words: &[&str]) {
    let mut session = Session::fresh();
    let refusal = session.load_refused(catalog);
    assert_eq!(refusal.sqlstate, sqlstate, "{refusal}");
    assert!(!refusal.hint.is_empty(), "no hint: {refusal}");
    refusal.says(words);
    assert_eq!(session.value("select count(*) from dfa.catalog"), "0");
    assert_eq!(session.value("select count(*) from dfa.task_schedule"), "0");
}

#[test]
fn a_definition_is_new_then_the_same() {
    let mut session = Session::fresh();
    assert_eq!(session.load(DAILY), ["table|ai_daily|new"]);
    assert_eq!(session.load(DAILY), ["table|ai_daily|same"]);
    assert_eq!(session.value("select count(*) from dfa.catalog"), "1");
}

#[test]
fn a_greater_version_is_a_change_and_the_history_is_kept() {
    let mut session = Session::fresh();
    session.load(DAILY);
    let newer = DAILY.replace("2021-03-01", "2021-03-02").replace("'int'", "'bigint'");
    assert_eq!(session.load(&newer), ["table|ai_daily|changed"]);
    assert_eq!(
        session.rows("select version, current from dfa.catalog order by version"),
        ["2021-03-01|f", "2021-03-02|t"]
    );
}

#[test]
fn the_same_version_with_another_text_is_a_change() {
    let mut session = Session::fresh();
    session.load(DAILY);
    assert_eq!(session.load(&DAILY.replace("'int'", "'bigint'")), ["table|ai_daily|changed"]);
    assert_eq!(
        session
            .value("select document -> 'create' -> 'features' ->> 'amount' from dfa.catalog where current"),
        "bigint"
    );
}

#[test]
fn an_older_version_is_not_taken() {
    let mut session = Session::fresh();
    session.load(DAILY);
    assert_eq!(session.load(&DAILY.replace("2021-03-01", "2021-02-28")), ["table|ai_daily|older"]);
    assert_eq!(session.value("select version from dfa.catalog"), "2021-03-01");
}

#[test]
fn a_definition_without_a_version_is_older_than_any_other() {
    let mut session = Session::fresh();
    session.load(DAILY);
    assert_eq!(session.load(&DAILY.replace("  version: 2021-03-01\n", "")), ["table|ai_daily|older"]);
}

#[test]
fn one_wrong_definition_keeps_the_others_of_its_file_out() {
    refuses(
        &format!("{DAILY}\nai_other:\n  create: {{features: {{a: 'int'}}}}\n"),
        "DF001",
        &["ai_other", "test.yaml:12"],
    );
}

#[test]
fn key_order_survives_storage() {
    let mut session = Session::fresh();
    session.load("src_z: {create: {features: {z: 'int', a: 'int', m: 'int'}}}");
    assert_eq!(
        session.rows("select json_object_keys(document -> 'create' -> 'features') from dfa.catalog"),
        ["z", "a", "m"]
    );
}

#[test]
fn the_loader_and_the_file_are_kept() {
    let mut session = Session::fresh();
    session.load(DAILY);
    assert_eq!(
        session.value("select source, loaded_by, shortname from dfa.catalog"),
        "test.yaml|postgres|ad"
    );
}

#[test]
fn yaml_that_does_not_parse_is_refused_with_its_place() {
    refuses("ai_x:\n  create: {", "DF001", &["test.yaml:3:1", "no YAML"]);
}

#[test]
fn an_empty_document_stores_nothing() {
    let mut session = Session::fresh();
    assert!(session.load("# nothing but a comment\n").is_empty());
}

#[test]
fn a_landed_table_without_a_date_is_a_warning_when_somebody_takes_its_rows_by_date() {
    let session = Session::fresh();
    let load = |text: &str| {
        let statement = format!("select name from dfa.load_catalog({}, 'test.yaml')", quoted(text));
        String::from_utf8_lossy(&session.database.psql(&statement).stderr).into_owned()
    };
    assert_eq!(load("src_a: {create: {features: {id: int, day: date}}}"), "");
    // Whichever of the two comes later.
    let reader = "ai_a: {create: {features: {day: date}}, update: {p: {parameter: [interval_end], statement: \"insert into ai.ai_a select day from ai.src_a where day < '{interval_end}'\"}}}";
    let warning = load(reader);
    for word in ["WARNING", "test.yaml: src_a", "'ai_a'", "retention: {column: day, months: 0}"] {
        assert!(warning.contains(word), "'{word}' is not in: {warning}");
    }
    assert_eq!(load(reader), "", "nothing has changed");
    let dated = "src_a: {version: 2021-02-01, create: {features: {id: int, day: date}}, retention: {column: day, months: 0}}";
    assert_eq!(load(dated), "");
}

#[test]
fn an_unknown_key_is_a_warning_with_a_suggestion() {
    let session = Session::fresh();
    let catalog = DAILY.replace("  create:", "  descripton: text\n  create:");
    let statement = format!("select name, action from dfa.load_catalog({}, 'test.yaml')", quoted(&catalog));
    let output = session.database.psql(&statement);
    let warning = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{warning}");
    for word in ["WARNING", "test.yaml:4", "'descripton'", "did you mean 'description'?"] {
        assert!(warning.contains(word), "'{word}' is not in: {warning}");
    }
    assert!(String::from_utf8_lossy(&output.stdout).contains("ai_daily"));
}

#[test]
fn wrong_types_are_refused() {
    refuses(
        "ai_x: {create: {features: 7}, update: {p: {statement: select 1}}}",
        "DF001",
        &["create.features", "a map belongs here"],
    );
    refuses(
        "src_x: {version: soon, create: {features: {a: int}}}",
        "DF001",
        &["version", "'soon' is not a date", "YYYY-MM-DD"],
    );
    refuses(
        "ai_x: {create: {features: {a: int}}, update: {p: {priority: high, statement: select 1}}}",
        "DF001",
        &["update.p.priority", "'high' is not a number"],
    );
    refuses("src_x: {run: {quota: many}, create: {features: {a: int}}}", "DF001", &["run.quota", "many"]);
    refuses(
        "src_x: {run: {type: hourly}, create: {features: {a: int}}}",
        "DF001",
        &["run.type", "hourly", "daily"],
    );
}

#[test]
fn a_key_column_that_is_no_feature_is_refused_with_a_suggestion() {
    refuses(
        &DAILY.replace("primary_key: [day]", "primary_key: [days]"),
        "DF001",
        &["test.yaml:6", "create.primary_key", "'days' is not among the features", "'day'"],
    );
    refuses(
        &DAILY.replace("primary_key: [day]", "partition_by_range: [month]"),
        "DF001",
        &["test.yaml:6", "partition_by_range", "'month'"],
    );
    refuses(
        &DAILY.replace("primary_key: [day]", "foreign_key: {shop: 'src_shop(id)'}"),
        "DF001",
        &["test.yaml:6", "foreign_key", "'shop'"],
    );
}

#[test]
fn a_key_column_listed_twice_is_refused() {
    refuses(&DAILY.replace("[day]", "[day, day]"), "DF001", &["'day' is listed twice"]);
}

#[test]
fn a_process_without_statement_is_refused() {
    let catalog =
        "ai_x:\n  create: {features: {a: int}}\n  update:\n    fill:\n      parameter: [run_date]\n";
    refuses(catalog, "DF001", &["test.yaml:4", "update.fill", "has no statement", "give `statement`"]);
}

#[test]
fn a_derived_table_without_process_is_refused() {
    refuses(
        "ai_x: {create: {features: {a: int}}}",
        "DF001",
        &["test.yaml:1", "ai_x", "at least one process"],
    );
}

#[test]
fn a_placeholder_that_is_not_listed_is_refused() {
    refuses(
        &with_statement("insert into {ai_schema_name}.ai_x values ({amount})"),
        "DF001",
        &["test.yaml:5", "update.fill.statement", "{amount} is not listed", "parameter: [amount]"],
    );
}

#[test]
fn a_listed_placeholder_that_nothing_defines_stops_the_process_before_a_row_changes() {
    let mut session = Session::with(
        "ai_x:\n  create: {features: {a: int}}\n  update:\n    first: {statement: insert into ai.ai_x values (1)}\n    \
         second: {parameter: [amount], statement: 'insert into ai.ai_x values ({amount})'}\n",
    );
    assert_eq!(
        session.rows("select process, status, message from dfa.run_table('ai_x')"),
        ["second|1|Error: placeholder {amount} is not defined"]
    );
    assert_eq!(session.value("select count(*) from ai.ai_x"), "0");
    let error =
        session.value("select error ->> 'sqlstate', error ->> 'detail', error ->> 'hint' from dfa.task_step");
    assert!(
        error.starts_with("DF004|")
            && error.contains("'second' of 'ai_x'")
            && error.contains("dfa.data_parameter"),
        "{error}"
    );
}

#[test]
fn unbalanced_braces_are_refused() {
    for statement in ["select {run_date", "select run_date}", "select {{run_date}", "select {}"] {
        refuses(&with_statement(statement), "DF001", &["test.yaml:5", "update.fill.statement", "position"]);
    }
}

#[test]
fn a_statement_that_postgres_cannot_parse_is_refused_with_its_place() {
    refuses(
        &format!("{DAILY}\n{}", with_statement("insert ino ai.ai_x values (1)")),
        "DF001",
        &["test.yaml:16:7", "ai_x: process 'fill'", "syntax error at or near \"ino\"", "character 8"],
    );
}

#[test]
fn an_unclosed_quote_is_refused() {
    refuses(
        &with_statement("insert into ai.ai_x values ('1)"),
        "DF001",
        &["test.yaml:5", "update.fill.statement"],
    );
}

#[test]
fn nodes_in_a_cycle_are_refused() {
    let table = |name: &str, source: &str| {
        format!("{name}:\n  create: {{features: {{a: int}}}}\n  update: {{fill: {{statement: insert into ai.{name} select a from ai.{source}}}}}\n")
    };
    let pipeline = "circle:\n  nodes: [ai_a, ai_b, ai_c]\n";
    let catalog =
        [table("ai_a", "ai_c"), table("ai_b", "ai_a"), table("ai_c", "ai_b"), pipeline.to_owned()].concat();
    refuses(&catalog, "DF001", &["circle: nodes", "in a cycle", "ai_a → ai_c → ai_b → ai_a", "test.yaml:10"]);
}

#[test]
fn tables_that_depend_on_each_other_by_key_are_refused() {
    let table = |name: &str, other: &str| {
        format!("{name}:\n  depends_on: [{other}]\n  create: {{features: {{a: int}}}}\n")
    };
    refuses(
        &[table("src_a", "src_b"), table("src_b", "src_a")].concat(),
        "DF001",
        &["depends_on", "cycle", "src_a → src_b → src_a"],
    );
}

#[test]
fn an_unknown_node_is_refused_with_a_suggestion() {
    refuses(
        &format!("{DAILY}\nnightly:\n  nodes: [ai_dayly]\n"),
        "DF001",
        &["test.yaml:13:11", "nightly", "'ai_dayly' is not known", "'ai_daily'"],
    );
}

#[test]
fn an_unknown_process_of_a_node_is_refused_with_a_suggestion() {
    refuses(
        &format!("{DAILY}\nnightly:\n  nodes: {{ai_daily: [fil]}}\n"),
        "DF001",
        &["test.yaml:13:11", "'ai_daily' has no process 'fil'", "'fill'"],
    );
}

#[test]
fn two_pipelines_with_one_id_are_refused() {
    refuses(
        &format!("{DAILY}\na: {{id: n, nodes: [ai_daily]}}\nb: {{id: n, nodes: [ai_daily]}}\n"),
        "DF001",
        &["test.yaml:13", "'n' belongs to pipeline 'a' already"],
    );
}

#[test]
fn a_mixed_trigger_without_brackets_is_refused() {
    refuses(
        &format!("{DAILY}\nnightly: {{nodes: [ai_daily], trigger: 'a & b | c'}}\n"),
        "DF001",
        &["nightly", "trigger"],
    );
}

#[test]
fn a_wrong_schedule_is_refused() {
    refuses(
        &format!("{DAILY}\nnightly: {{nodes: [ai_daily], schedule: every_someday_at_25_00}}\n"),
        "DF001",
        &["nightly", "schedule"],
    );
}

#[test]
fn a_foreign_key_to_a_column_that_is_not_there_is_refused() {
    let catalog = "src_shop: {create: {features: {id: 'int'}, primary_key: [id]}}\n\
                   src_sale: {create: {features: {shop: 'int'}, foreign_key: {shop: src_shop.ident}}}\n";
    refuses(catalog, "DF001", &["test.yaml:2", "src_sale", "'src_shop' has no column 'ident'"]);
}

#[test]
fn a_pipeline_is_tracked_and_the_sources_that_it_names_are_external() {
    let mut session = Session::fresh();
    session.load(&format!(
        "{DAILY}\nnightly:\n  id: n\n  nodes: [ai_daily]\n  trigger: [landed, w]\n  alert: [x]\n"
    ));
    assert_eq!(
        session.rows(
            "select pipeline_id, pipeline_name, pipeline_type, tracking from dfa.task_schedule order by 1"
        ),
        [
            "landed|landed|source|SUCCESS",
            "n|nightly|pipeline|SUCCESS",
            "w|w|source|SUCCESS",
            "x|x|source|SUCCESS"
        ]
    );
}

#[test]
fn validation_lists_every_finding_and_stores_nothing() {
    let mut session = Session::fresh();
    let catalog = DAILY.replace("  create:", "  colour: red\n  create:").replace("[day]", "[days]");
    assert_eq!(
        session.rows(&format!(
            "select severity, source, line, definition, key from dfa.validate_catalog({}, 'f.yaml') order by line",
            quoted(&catalog)
        )),
        ["warning|f.yaml|4|ai_daily|colour", "error|f.yaml|7|ai_daily|create.primary_key"]
    );
    assert_eq!(session.value("select count(*) from dfa.catalog"), "0");
}

#[test]
fn a_null_document_is_refused() {
    let mut session = Session::fresh();
    let refusal = session.refused("select * from dfa.load_catalog(null)");
    assert_eq!(refusal.sqlstate, "22004", "{refusal}");
}

/// A statement of a chain of `links` links.
fn chain(of: &str, links: usize) -> String {
    match of {
        "plus" => format!("select {}", vec!["1"; links].join("+")),
        "text" => format!("select {}", vec!["'a'"; links].join("||")),
        "union" => vec!["select 1"; links].join(" union all "),
        "not" => format!("select {} true", "not ".repeat(links)),
        _ => format!("select {}1{}", "(select ".repeat(links), ")".repeat(links)),
    }
}

#[test]
fn a_long_chain_is_read_like_any_statement_and_one_without_end_is_refused() {
    let mut session = Session::fresh();
    for of in ["plus", "text", "union", "not", "brackets"] {
        let catalog = |links| {
            format!(
                "ai_long: {{create: {{features: {{a: text}}}}, update: {{fill: {{statement: \"{}\"}}}}}}",
                chain(of, links)
            )
        };
        session.load(&catalog(if of == "brackets" { 1_000 } else { 3_000 }));
        let refusal = session.load_refused(&catalog(30_000));
        // Where one has to remember what is open, the server's own parser is bounded, too.
        let is_open = matches!(of, "not" | "brackets");
        refusal.says(&["ai_long", if is_open { "memory exhausted" } else { "nested deeper than" }]);
        assert_eq!(
            session.rows("select current from dfa.catalog where name = 'ai_long' and current"),
            ["t"],
            "{of}"
        );
    }
}

#[test]
fn reading_a_statement_can_be_stopped() {
    let mut session = Session::fresh();
    let wide = format!("select * from t where a in ({})", vec!["f(1)"; 2_000_000].join(","));
    let catalog =
        format!("ai_wide: {{create: {{features: {{a: int}}}}, update: {{fill: {{statement: '{wide}'}}}}}}");
    session.run("set statement_timeout = '1ms'");
    assert_eq!(session.load_refused(&catalog).sqlstate, "57014");
    session.run("set statement_timeout = 0");
    assert_eq!(session.rows("select name from dfa.catalog"), Vec::<String>::new());
}
