//! Definitions: shown by lines, compared, edited, tried, and saved by one person at a time.

use crate::browser::View;
use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::{Reply, Service};

/// The text that the editor has of a definition, and the version that it is of.
fn opened(visitor: &Visitor<'_>, kind: &str, name: &str) -> (String, String) {
    let page = visitor.get(&format!("/edit?kind={kind}&name={name}")).text;
    let text = page.split("</textarea>").next().and_then(|before| before.rsplit("\">\n").next()).unwrap();
    let expected =
        page.split("name=\"expected\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    (plain(text), expected.to_owned())
}

/// A text of HTML as it is read.
fn plain(html: &str) -> String {
    let marks = [
        ("&#60;", "<"),
        ("&lt;", "<"),
        ("&#62;", ">"),
        ("&gt;", ">"),
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    marks.iter().fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn asked(visitor: &Visitor<'_>, what: &str, text: &str, name: &str, expected: &str) -> Reply {
    let token = visitor.token();
    visitor.post(
        "/edit",
        &[
            ("token", &token),
            ("kind", "table"),
            ("name", name),
            ("text", text),
            ("expected", expected),
            ("do", what),
            ("date", "2021-01-03"),
        ],
    )
}

#[test]
fn what_is_saved_is_what_was_typed_and_two_people_do_not_write_over_each_other() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "ada");
    let (text, expected) = opened(&visitor, "table", "ai_sales");
    assert!(text.starts_with("ai_sales:\n  description: Sales by day\n"), "{text}");
    // What is in force is no change.
    let same = asked(&visitor, "diff", &text, "ai_sales", &expected);
    assert!(same.text.contains("the text is what is in force"), "{}", same.text);

    let theirs = text.replace("Sales by day", "Sales of a day");
    let saved = asked(&visitor, "save", &theirs, "ai_sales", &expected);
    saved.assert_status(303);
    assert_eq!(saved.header("location"), "/catalog/table/ai_sales");
    let described = "select document ->> 'description' from dfa.catalog where current and name = 'ai_sales'";
    let description = || -> String { database.connect().query_one(described, &[]).unwrap().get(0) };
    assert_eq!(description(), "Sales of a day");

    // From the version before: it is told what they changed, and nothing of it is lost.
    let ours = text.replace("Sales by day", "Our sales");
    let refused = asked(&visitor, "save", &ours, "ai_sales", &expected);
    refused.assert_status(409);
    assert!(
        refused.text.contains("Your text is as you left it")
            && refused.text.contains("description: Our sales")
    );
    assert!(refused.text.contains("<bdi>ada</bdi> saved another version"), "{}", refused.text);
    assert!(refused.text.contains("<span class=\"line del\">") && refused.text.contains("Sales of a day"));
    assert_eq!(description(), "Sales of a day");
    // Who has seen it saves again.
    let now = refused
        .text
        .split("name=\"expected\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    asked(&visitor, "save", &ours, "ai_sales", now).assert_status(303);
    assert_eq!(description(), "Our sales");
    // Both versions can be compared.
    let page = visitor.get("/catalog/table/ai_sales?against=before").text;
    assert!(page.contains("1 lines more, 1 less") && page.contains("line add"), "{page}");
    // Under the name of another definition it is not written over that.
    let other = asked(&visitor, "save", &ours.replace("ai_sales:\n", "ai_share:\n"), "ai_sales", now);
    other.assert_status(409);
    assert!(plain(&other.text).contains("'ai_share' is in force already"), "{}", other.text);
}

#[test]
fn a_text_is_checked_by_line_planned_and_tried_and_nothing_of_that_stays() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "ada");
    let (text, expected) = opened(&visitor, "table", "ai_sales");
    let state = "select md5(string_agg(t::text, '|' order by t::text)) from
        (select id::text, current::text, document::text from dfa.catalog
         union all select process_id, '', '' from dfa.task_process
         union all select t::text, '', '' from ai.ai_sales as t) as t";
    let state = || -> String { database.connect().query_one(state, &[]).unwrap().get(0) };
    let before = state();

    let broken =
        asked(&visitor, "check", &format!("{text}  colour: red\n  keeps: [\n"), "ai_sales", &expected);
    let lines = text.lines().count();
    let told = (lines + 1..=lines + 3).any(|line| broken.text.contains(&format!("data-line=\"{line}\"")));
    assert!(told && broken.text.contains("this is no YAML"), "{}", broken.text);
    let unknown = text.replace("insert into", "insert in to");
    let unknown = asked(&visitor, "check", &unknown, "ai_sales", &expected);
    assert!(unknown.text.contains("data-line=\"") && unknown.text.contains("error"), "{}", unknown.text);
    assert!(asked(&visitor, "check", &text, "ai_sales", &expected).text.contains("It is sound"));

    let wider = text.replace("      seen: date\n", "      seen: date\n      more: integer\n");
    assert_ne!(wider, text, "{text}");
    let plan = asked(&visitor, "plan", &wider, "ai_sales", &expected);
    assert!(
        plan.text.contains("more") && plain(&plan.text).to_lowercase().contains("alter"),
        "{}",
        plan.text
    );
    assert!(plan.text.contains("href=\"/tables/ai_share\""), "{}", plan.text);

    // One more row than stands there, and one that is another.
    let otherwise = text.replace(
        "on conflict do nothing",
        "union all select 77, null on conflict (id) do update set seen = ''2021-02-02''",
    );
    let otherwise = otherwise.replace("''2021-02-02''", "'2021-02-02'");
    assert_ne!(otherwise, text, "{text}");
    let tried = asked(&visitor, "try", &otherwise, "ai_sales", &expected);
    let words = plain(&tried.text);
    assert!(
        tried.status == 200 && words.contains("1 rows would be new") && words.contains(">77<"),
        "{words}"
    );
    assert!(words.contains("rows would be changed") && words.contains("<ins><bdi>2021-02-02"), "{words}");
    let failing = text.replace("select id,", "select 1 / (id - id),");
    let failing = asked(&visitor, "try", &failing, "ai_sales", &expected);
    assert!(failing.text.contains("22012") && failing.text.contains("division by zero"), "{}", failing.text);
    assert_eq!(state(), before);

    // Who may not save may look.
    let viewer = Visitor::new(&service, "vera");
    assert!(asked(&viewer, "check", &text, "ai_sales", &expected).text.contains("It is sound"));
    for what in ["plan", "try", "save", "apply"] {
        assert_eq!(asked(&viewer, what, &wider, "ai_sales", &expected).status, 403, "{what}");
    }
    assert_eq!(state(), before);
}

#[test]
fn a_new_definition_is_saved_and_applied() {
    let database = stage::database();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "ada");
    let text = "src_new:\r\n  create:\r\n    features:\r\n      id: bigint primary key\r\n";
    let token = visitor.token();
    let saved = visitor.post("/edit", &[("token", &token), ("text", text), ("do", "apply")]);
    saved.assert_status(303);
    assert_eq!(saved.header("location"), "/catalog/table/src_new");
    assert!(database.connect().query("select * from ai.src_new", &[]).unwrap().is_empty());
    let none = visitor.post("/edit", &[("token", &token), ("text", "# nothing\n"), ("do", "save")]);
    none.assert_status(422);
    assert!(none.text.contains("the text holds no definition"), "{}", none.text);
}

#[test]
fn ten_thousand_lines_are_shown_some_at_a_time_and_edited_whole() {
    let database = stage::database();
    let mut client = database.connect();
    let columns: String = (0..1599).map(|number| format!("      c{number}: text\n")).collect();
    let lines: String = (0..10_000).map(|number| format!("            -- line {number} of <b>\n")).collect();
    let text = format!("ai_wide:\n  create:\n    features:\n{columns}  update:\n    fill:\n      statement: |\n{lines}            insert into ai.ai_wide (c0) select 'x'\n");
    client.query("select * from dfa.load_catalog($1)", &[&text]).unwrap();
    client.query("select * from dfa.setup('ai_wide')", &[]).unwrap();
    let failing = "ai_loud:\n  create: {features: {id: bigint}}\n  update: {p: {statement: \"do $$ begin raise exception '%', repeat(E'a line of an error\\\\n', 10000); end $$\"}}\n";
    client.query("select * from dfa.load_catalog($1)", &[&failing]).unwrap();
    client.query("select * from dfa.setup('ai_loud')", &[]).unwrap();
    client.simple_query("select * from dfa.run_table('ai_loud')").unwrap();
    let task = stage::failed_task(&database);
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "ada");
    let page = visitor.page(View::LAPTOP);
    for path in [
        "/catalog/table/ai_wide",
        "/tables/ai_wide",
        "/tables/ai_wide?column=1581",
        &format!("/t/{task}"),
        "/",
        "/edit?kind=table&name=ai_wide",
    ] {
        page.go(path);
        assert_eq!(page.faults(), [""; 0], "{path}");
        let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert!(page.value(wide).as_i64() <= Some(0), "{path}");
        if let Some(folder) = std::env::var_os("DFA_SCREENS") {
            let name = path.trim_matches('/').replace(['/', '?', '=', '&'], "-");
            let name = if name.is_empty() { "today".to_owned() } else { name };
            let name = if name.starts_with("t-") { "task-long".to_owned() } else { format!("long-{name}") };
            page.picture(&std::path::Path::new(&folder).join(format!("{name}.png")));
        }
        let bytes = visitor.get(path).text.len();
        assert!(bytes < 250_000 || path.starts_with("/edit"), "{path}: {bytes} bytes");
    }
    let some = visitor.get("/catalog/table/ai_wide?line=9001").text;
    assert!(some.contains("id=\"L9001\"") && some.contains("id=\"L9500\"") && !some.contains("id=\"L9501\""));
    let whole = visitor.get("/catalog/table/ai_wide?format=yaml").text;
    assert!(whole.lines().count() > 11_600);
    let (text, expected) = opened(&visitor, "table", "ai_wide");
    assert_eq!(text, whole);
    let token = visitor.token();
    let form = [
        ("token", &*token),
        ("kind", "table"),
        ("name", "ai_wide"),
        ("text", &*text),
        ("expected", &*expected),
        ("do", "check"),
    ];
    assert!(visitor.post("/edit", &form).text.contains("It is sound"));
}

#[test]
fn one_edits_by_keyboard_and_sees_what_is_wrong_while_typing() {
    let database = stage::database();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "ada");
    let page = visitor.page(View::LAPTOP);
    page.go("/edit?kind=table&name=ai_sales");
    page.until("document.querySelector('#live').dataset.state === 'live'");
    page.fill("#text", "ai_sales:\n  create: [\n");
    page.until("document.querySelector('.findings [data-line]')");
    assert_eq!(page.value("document.activeElement.id"), "text");
    page.click(".findings [data-line]");
    page.until("document.activeElement.id === 'text'");
    // What was typed is there after a visit elsewhere.
    page.go("/");
    page.go("/edit?kind=table&name=ai_sales");
    page.click("[data-restore]");
    page.until("document.querySelector('#text').value === 'ai_sales:\\n  create: [\\n'");
    assert_eq!(page.faults(), [""; 0]);
}
