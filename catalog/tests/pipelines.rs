//! Pipelines: nodes in all forms, schedules, triggers, alerts, and what sets of them say of each other.

use crate::reading::{definition, definitions, finds, indented, pipeline};
use dfa_catalog::model::{Body, CatchUp, Definition, Overlap, Pipeline};
use dfa_catalog::set::{check, Extent};

/// A pipeline of one node with these further lines, which begin at line 3.
fn with_pipeline(lines: &str) -> String {
    format!("pipeline:p:\n  nodes: [src_t]\n{}", indented(lines, 2))
}

fn read(lines: &str) -> Pipeline {
    pipeline(&with_pipeline(lines))
}

/// The nodes of a pipeline as `table` or `table[the processes that it chooses]`.
fn nodes(lines: &str) -> Vec<String> {
    let processes = ["p1", "p2", "p3"];
    pipeline(&format!("pipeline:p:\n{}", indented(lines, 2)))
        .nodes
        .iter()
        .map(|node| match node.choose.is_all() {
            true => node.table.clone(),
            false => {
                let taken: Vec<&str> = processes.into_iter().filter(|name| node.choose.takes(name)).collect();
                format!("{}[{}]", node.table, taken.join(" "))
            }
        })
        .collect()
}

#[test]
fn nodes_come_in_every_form_and_alias() {
    for (lines, expected) in [
        ("nodes: [b, a]", vec!["b", "a"]),
        ("node: b", vec!["b"]),
        ("tables: b, a", vec!["b", "a"]),
        ("table:\n  - sql:b\n  - \"py:a\"\n  - func:c", vec!["b", "a", "c"]),
        (
            "nodes: [{name: b, choose: [p1, p2]}, {name: a, chooses: '!p1'}, {name: c, filter: p3}, {name: d}]",
            vec!["b[p1 p2]", "a[p2 p3]", "c[p3]", "d"],
        ),
        ("nodes: {b: [p1], a: ['!p1', '!p2'], c: [], d: }", vec!["b[p1]", "a[p3]", "c", "d"]),
        ("nodes: {b: p1, a: '!p1'}", vec!["b[p1]", "a[p2 p3]"]),
        (
            "nodes:\n  sql:c: {priority: 3, type: sql}\n  a: {priority: 1.5, type: py, choose: [p1]}\n  b: {priority: 1, type: func}",
            vec!["b", "a[p1]", "c"],
        ),
        ("nodes: [{name: b, priority: 2}, a, {name: c, priority: 1}]", vec!["c", "b", "a"]),
    ] {
        assert_eq!(nodes(lines), expected, "{lines}");
    }
}

#[test]
fn an_id_has_an_alias_and_is_the_name_without_one() {
    assert_eq!(read("id: sales").id, "sales");
    assert_eq!(read("pipeline_id: sales").id, "sales");
    assert_eq!(read("").id, "p");
}

#[test]
fn a_priority_may_have_a_fraction() {
    assert_eq!(read("priority: 10.1").priority, 10.1);
    assert_eq!(read("").priority, 99.0);
}

#[test]
fn schedules_are_one_or_several_cron_expressions_and_slots() {
    for (lines, expected) in [
        ("schedule: 5 0 * * *", vec!["5 0 * * *"]),
        ("scheduler: '*/15 8-18 * * mon-fri'", vec!["*/15 8-18 * * mon-fri"]),
        (
            "schedule: [everyday_at_08_05, every_sunday_at_00_05]",
            vec!["everyday_at_08_05", "every_sunday_at_00_05"],
        ),
        (
            "schedule:\n  - every_month_at_1st_00_10\n  - every_quarter_at_19th_00_10\n  - 0 6 1 1,7 *",
            vec!["every_month_at_1st_00_10", "every_quarter_at_19th_00_10", "0 6 1 1,7 *"],
        ),
        ("schedule: every_month_at_2nd_00_10", vec!["every_month_at_2nd_00_10"]),
        ("schedule: every_month_at_3rd_00_10", vec!["every_month_at_3rd_00_10"]),
        ("schedule:", vec![]),
    ] {
        let found: Vec<String> = read(lines).schedules.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{lines}");
    }
    for day in ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] {
        assert_eq!(read(&format!("schedule: every_{day}_at_23_59")).schedules.len(), 1);
    }
}

#[test]
fn what_is_no_schedule_says_what_one_is() {
    let forms = "write a five-field cron expression, everyday_at_HH_MM, every_<weekday>_at_HH_MM, \
                 every_month_at_Nth_HH_MM or every_quarter_at_Nth_HH_MM";
    for (given, message) in [
        ("daily", format!("'daily' is no schedule: {forms}")),
        ("every_someday_at_01_01", format!("'every_someday_at_01_01' is no schedule: {forms}")),
        ("everyday_at_1", format!("'everyday_at_1' is no schedule: {forms}")),
        ("''", format!("'' is no schedule: {forms}")),
        ("everyday_at_24_00", "'everyday_at_24_00' is never due: hour '24' is not from 0 to 23".into()),
        ("everyday_at_00_60", "'everyday_at_00_60' is never due: minute '60' is not from 0 to 59".into()),
        (
            "every_month_at_32nd_00_00",
            "'every_month_at_32nd_00_00' is never due: day '32' is not from 1 to 31".into(),
        ),
        (
            "every_quarter_at_0th_00_00",
            "'every_quarter_at_0th_00_00' is never due: day '0' is not from 1 to 31".into(),
        ),
        ("0 0 30 2 *", "'0 0 30 2 *' is never due: no date matches it".into()),
    ] {
        finds(
            &with_pipeline(&format!("schedule: {given}")),
            &[&format!("3:3: error: p: schedule: {message}")],
        );
    }
    for given in ["61 0 * * *", "* * *", "0 0 0 * * *", "a b c d e"] {
        let found =
            crate::reading::findings(&with_pipeline(&format!("schedule: ['{given}', everyday_at_00_00]")));
        let head = format!("3:14: error: p: schedule.1: '{given}' is no cron expression: ");
        assert!(found.len() == 1 && found[0].starts_with(&head) && found[0].len() > head.len(), "{found:#?}");
    }
    finds(
        &with_pipeline("schedule: {at: everyday_at_00_00}"),
        &["3:3: error: p: schedule: a text belongs here, and this is a map"],
    );
}

#[test]
fn a_trigger_is_a_list_of_all_or_an_expression() {
    for (lines, expected) in [
        ("trigger: a", "a"),
        ("triggers: [a, b]", "a & b"),
        ("trigger: 'a, b'", "a & b"),
        ("trigger: [a]", "a"),
        ("trigger: a & b & (c | d)", "a & b & (c | d)"),
        ("trigger: \"a|b\"", "a | b"),
        ("triggers: '((a)) & (b & c)'", "a & (b & c)"),
        ("trigger: {1: a, 2: b}", "a & b"),
    ] {
        assert_eq!(
            read(lines).trigger.map(|trigger| trigger.to_string()).as_deref(),
            Some(expected),
            "{lines}"
        );
    }
    for lines in ["trigger:", "triggers: []", ""] {
        assert_eq!(read(lines).trigger, None, "{lines}");
    }
}

#[test]
fn a_wrong_trigger_says_where() {
    for (given, message) in [
        ("a & b | c", "the trigger mixes '&' and '|' at position 7: use brackets to say which binds first"),
        (
            "a | (b & c | d)",
            "the trigger mixes '&' and '|' at position 12: use brackets to say which binds first",
        ),
        ("(a & b", "the trigger has a bracket at position 1 that is not closed"),
        ("a & (b | (c)", "the trigger has a bracket at position 5 that is not closed"),
        ("a & b)", "the trigger has ')' at position 6 where '&', '|' or the end belongs"),
        ("a b", "the trigger has 'b' at position 3 where '&', '|' or the end belongs"),
        ("a &", "the trigger has 'the end' at position 4 where a pipeline id or '(' belongs"),
        ("a & & b", "the trigger has '&' at position 5 where a pipeline id or '(' belongs"),
        ("()", "the trigger has ')' at position 2 where a pipeline id or '(' belongs"),
        (" ", "the trigger is empty: give pipeline ids"),
    ] {
        finds(
            &with_pipeline(&format!("trigger: '{given}'")),
            &[&format!("3:3: error: p: trigger: {message}")],
        );
    }
}

#[test]
fn an_expression_within_a_list_of_ids_is_an_error() {
    let message = |id: &str| {
        format!("'{id}' is no pipeline id: it holds one of & | ( ) (give the whole trigger as one expression, a & (b | c))")
    };
    finds(&with_pipeline("trigger: [a & b, c]"), &[&format!("3:3: error: p: trigger: {}", message("a & b"))]);
    finds(
        &with_pipeline("triggers: 'a, b | c'"),
        &[&format!("3:3: error: p: triggers: {}", message("b | c"))],
    );
    finds(
        &with_pipeline("id: a|b"),
        &["3:3: error: p: id: 'a|b' is no pipeline id: it holds one of & | ( )"],
    );
}

#[test]
fn alerts_have_three_names() {
    for key in ["alert", "alerts", "track"] {
        assert_eq!(read(&format!("{key}: [x, y]")).alerts, ["x", "y"], "{key}");
    }
    assert_eq!(read("alert: x").alerts, ["x"]);
}

#[test]
fn what_we_add_to_a_pipeline_is_kept() {
    let found = read(
        "catch_up: all\noverlap: queue\ntimezone: Asia/Bangkok\ndeadline: '07:00'\ntags: core\nowner: sales",
    );
    assert_eq!((found.catch_up, found.overlap), (CatchUp::All, Overlap::Queue));
    assert_eq!(found.timezone.as_deref(), Some("Asia/Bangkok"));
    assert_eq!(found.deadline.map(|deadline| deadline.seconds), Some(25_200.0));
    assert_eq!((found.tags.as_slice(), found.owner.as_deref()), (&["core".to_owned()][..], Some("sales")));
    finds(
        &with_pipeline("catch_up: some\noverlap: never\ntimezone: Mars/Base"),
        &[
            "5:3: error: p: timezone: 'Mars/Base' is no time zone; give an IANA name such as Europe/Berlin",
            "3:3: error: p: catch_up: 'some' is none of none, last, all",
            "4:3: error: p: overlap: 'never' is none of skip, queue, parallel",
        ],
    );
}

#[test]
fn lengths_of_time_are_read_when_the_catalog_is() {
    assert_eq!(read("lag: 1 day").lag.map(|lag| lag.days), Some(1));
    finds(
        &with_pipeline("deadline: banana\nlag: 3 hours"),
        &[
            "3:3: error: p: deadline: 'banana' is no length of time; write one such as 07:00 or 2 hours",
            "4:3: error: p: lag: '3 hours' is no number of days; a run date is a day, so a lag is days",
        ],
    );
}

#[test]
fn a_pipeline_selects_tables_instead_of_naming_them() {
    let parsed =
        dfa_catalog::parse("p: {id: x, select: ['+ai_report_x', 'tag:sales', 'ai_sum_*']}", "t.yaml");
    let Body::Pipeline(found) = &parsed.definitions[0].body else { panic!("no pipeline") };
    let selected: Vec<String> = found.select.iter().map(ToString::to_string).collect();
    assert_eq!(selected, ["+ai_report_x", "tag:sales", "ai_sum_*"]);
    finds(
        "p:\n  select: ['owner:me']\n",
        &["2:12: error: p: select.1: 'owner:me' selects nothing: write a table, prefix_*, tag:x, or one of them after a +"],
    );
    finds(
        "p:\n  nodes: [a]\n  select: [b]\n",
        &["3:3: error: p: select: `select` takes the place of `nodes`; give one of them"],
    );
}

#[test]
fn nodes_that_say_too_little_or_too_much_are_errors() {
    for (line, found) in [
        ("id: x", "1:1: error: p: a pipeline has nodes, and `nodes` is missing"),
        ("nodes: []", "2:3: error: p: nodes: a pipeline has at least one node"),
        ("nodes: {}", "2:3: error: p: nodes: a pipeline has at least one node"),
        ("nodes: [a, a]", "2:14: error: p: nodes.2: node 'a' is given twice"),
        ("nodes: [a, 'sql:a']", "2:14: error: p: nodes.2: node 'a' is given twice"),
        ("nodes: 'a, sql:a'", "2:3: error: p: nodes: node 'a' is given twice"),
        ("nodes: [{choose: [p1]}]", "2:11: error: p: nodes.1: a node in a list needs its name"),
        ("nodes: [[a]]", "2:11: error: p: nodes.1: a text belongs here, and this is a list"),
        ("nodes: [{name: a, type: java}]", "2:21: error: p: nodes.1.type: 'java' is none of sql, py, func"),
        ("nodes: {a: {priority: first}}", "2:15: error: p: nodes.a.priority: 'first' is not a number"),
        (
            "nodes: [{name: a, choose: [p1, '!p2']}]",
            "2:21: error: p: nodes.1.choose: 'p1' chooses a process and '!p2' leaves one out: use either form, not both",
        ),
        (
            "nodes: {a: ['!']}",
            "2:11: error: p: nodes.a: a choice is empty: give a process name, or !name for all but that one",
        ),
        ("nodes: ['']", "2:11: error: p: nodes.1: the name is empty"),
    ] {
        finds(&format!("pipeline:p:\n  {line}\n"), &[found]);
    }
}

/// What the definitions of a whole set say of each other, as `line: definition: key: message (hint)`.
pub fn set_findings(yaml: &str, extent: Extent) -> Vec<String> {
    let all: Vec<Definition> = definitions(yaml);
    check(all.iter(), extent)
        .iter()
        .map(|found| {
            let hint = found.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            format!(
                "{}: {}: {}: {}{hint}",
                found.line,
                found.definition.as_deref().unwrap_or_default(),
                found.key.as_deref().unwrap_or_default(),
                found.message
            )
        })
        .collect()
}

const TABLES: &str = "\
ai_daily_sales:
  create: {features: {day: date, store: int}, primary_key: [day, store]}
  update: {collect: {statement: select 1}, correct: {statement: select 2}}
src_store: {create: {features: {id: int, label: text}, primary_key: id}}
";

#[test]
fn a_set_that_fits_together_has_no_finding() {
    let yaml = format!(
        "{TABLES}src_visit: {{create: {{features: {{store: int, day: date}}, foreign_key: {{store: src_store, day: ai_daily_sales.day}}}}}}\n\
         pipeline:p: {{nodes: {{ai_daily_sales: ['!correct'], src_visit: []}}, trigger: [somebody_elses]}}\n"
    );
    assert_eq!(set_findings(&yaml, Extent::Whole), [""; 0]);
}

#[test]
fn nodes_processes_and_ids_that_do_not_exist_are_errors_of_the_set() {
    for (line, found) in [
        (
            "pipeline:p: {nodes: [ai_daily_sale]}",
            "5: p: nodes: table 'ai_daily_sale' is not known (did you mean 'ai_daily_sales'?)",
        ),
        (
            "pipeline:p: {nodes: {ai_daily_sales: [colect]}}",
            "5: p: nodes: table 'ai_daily_sales' has no process 'colect' (did you mean 'collect'?)",
        ),
        (
            "pipeline:p: {nodes: {ai_daily_sales: ['!zzz']}}",
            "5: p: nodes: table 'ai_daily_sales' has no process 'zzz'",
        ),
        (
            "pipeline:p: {id: x, nodes: [src_store]}\npipeline:q: {id: x, nodes: [src_store]}",
            "6: q: id: id 'x' belongs to pipeline 'p' already (ids are unique over all pipelines)",
        ),
    ] {
        assert_eq!(set_findings(&format!("{TABLES}{line}\n"), Extent::Whole), [found]);
    }
}

#[test]
fn references_of_a_set_lead_to_columns_that_exist() {
    let visit = |key: &str| {
        format!(
            "{TABLES}src_visit: {{create: {{features: {{store: int}}, foreign_key: {{store: {key}}}}}}}\n"
        )
    };
    for (key, found) in [
        (
            "src_store.lable",
            vec!["5: src_visit: create.foreign_key: table 'src_store' has no column 'lable' (did you mean 'label'?)"],
        ),
        (
            "ai_daily_sales",
            vec![
                "5: src_visit: create.foreign_key: table 'ai_daily_sales' has a primary key of 2 columns; \
                 say which column is meant (write table(column))",
            ],
        ),
        // It may be a table of the platform.
        ("somebody_elses", vec![]),
    ] {
        assert_eq!(set_findings(&visit(key), Extent::Whole), found, "{key}");
    }
}

#[test]
fn what_a_table_depends_on_may_come_with_a_later_file_but_not_in_a_cycle() {
    let later = "src_a: {create: {features: {x: int}}, depends_on: [src_b]}\n";
    assert_eq!(set_findings(later, Extent::Whole), ["1: src_a: depends_on: table 'src_b' is not known"]);
    assert_eq!(set_findings(later, Extent::Part), [""; 0]);
    let cycle = format!("{later}src_b: {{create: {{features: {{x: int}}}}, depends_on: [src_a]}}\n");
    assert_eq!(
        set_findings(&cycle, Extent::Whole),
        ["1: src_a: depends_on: tables depend on each other in a cycle: src_a → src_b → src_a"]
    );
}

#[test]
fn a_pipeline_says_its_version_and_description_as_any_definition() {
    let found = definition("pipeline:p:\n  version: 2022-09-01\n  description:\n  nodes: [a]\n");
    assert_eq!(
        (found.name.as_str(), found.version.to_string().as_str(), found.description),
        ("p", "2022-09-01", None)
    );
}
