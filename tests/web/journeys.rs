//! What a stranger does without help, from the first page on, with the clicks that it takes counted.

use crate::browser::{Page, View};
use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::{Database, Service};
use std::cell::Cell;

/// A person before a browser, whose clicks are counted; what is typed is not.
struct Journey {
    page: Page,
    clicks: Cell<usize>,
}

impl Journey {
    fn begin(service: &Service, user: &str) -> Journey {
        let page = Visitor::new(service, user).page(View::LAPTOP);
        page.go("/");
        Journey { page, clicks: Cell::new(0) }
    }

    fn click(&self, selector: &str) {
        self.page.click(selector);
        self.clicks.set(self.clicks.get() + 1);
    }

    /// Types into the box that finds.
    fn find(&self, text: &str) {
        self.page.press("/");
        self.page.fill("#q", text);
        self.page.press("Enter");
    }
}

fn one(database: &Database, sql: &str) -> String {
    database.connect().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn why_last_nights_run_failed_takes_no_click_its_statement_one_and_resuming_it_two() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let journey = Journey::begin(&service, "otto");
    let list = journey.page.text("section[aria-labelledby=failed]");
    assert!(
        list.contains("broken") && list.contains("ai_share") && list.contains("division by zero"),
        "{list}"
    );
    assert_eq!(journey.clicks.get(), 0);

    journey.click("section[aria-labelledby=failed] tbody a[href^='/t/']");
    journey.page.until("document.querySelector('#statement')");
    assert!(journey.page.text("#statement").contains("1 / (id - 2)"));
    assert_eq!(journey.clicks.get(), 1);

    let journey = Journey::begin(&service, "otto");
    journey.click("section[aria-labelledby=failed] a[href$='/resume']");
    journey.page.dialog();
    assert!(journey.page.text("#dialog").contains("ai_report"), "{}", journey.page.text("#dialog"));
    journey.click("#dialog button.primary");
    journey.page.until("location.pathname.startsWith('/t/')");
    assert_eq!(journey.clicks.get(), 2);
    let resumed =
        "select count(*)::text from dfa.audit where action = 'resume' and person = 'otto' and way = 'web'";
    assert_eq!(one(&database, resumed), "1");
}

#[test]
fn whether_a_table_is_fresh_and_if_not_because_of_what_takes_one_click() {
    let database = stage::with_past();
    database.connect().batch_execute(
        "update dfa.catalog set document = (document::jsonb || '{\"fresh_within\": \"1 h\"}')::json
             where current and kind = 'table' and name in ('ai_share', 'ai_sales');
         update dfa.task_step set finished_at = now() - interval '3 days', started_at = now() - interval '3 days';
         update dfa.data_logging set update_date = now() - interval '3 days'",
    ).unwrap();
    let service = Service::start(&database);
    let journey = Journey::begin(&service, "vera");
    journey.click("a[href='/freshness']");
    journey.page.until("document.querySelector('#list') && location.pathname === '/freshness'");
    let list = journey.page.text("#list");
    assert!(list.contains("ai_share") && (list.contains("late") || list.contains("blocked")), "{list}");
    assert!(list.contains("failed") || list.contains("division"), "it says because of what: {list}");
    assert_eq!(journey.clicks.get(), 1);
}

#[test]
fn rerunning_one_day_of_one_node_with_what_depends_on_it_takes_four_clicks() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let journey = Journey::begin(&service, "otto");
    journey.click("section[aria-labelledby=failed] tbody a[href^='/t/']");
    journey.page.until("document.querySelector('#s1')");
    journey.click("#s1 a[href^='/run?mode=rerun']");
    journey.page.dialog();
    assert!(journey.page.text("#dialog").contains("2 more tables"), "{}", journey.page.text("#dialog"));
    journey.click("#dialog input[name=downstream]");
    journey.page.until("document.querySelector('#dialog [name=seen]').value.includes('ai_report')");
    journey.click("#dialog button.primary");
    journey.page.until("location.pathname.startsWith('/t/') && document.querySelector('#steps')");
    assert_eq!(journey.clicks.get(), 4);
    let nodes = "select string_agg(node, ' ' order by step_order) from dfa.task_step
                 where process_id = (select max(process_id) from dfa.task_process)";
    assert_eq!(one(&database, nodes), "ai_sales ai_share ai_report");
}

#[test]
fn backfilling_gaps_cancelling_in_the_middle_and_finishing_later_takes_five_clicks() {
    let database = stage::database();
    let service = Service::start(&database);
    // Somebody reads the table and holds it: the second half of the way is long.
    let mut holder = database.connect();
    let journey = Journey::begin(&service, "otto");
    journey.find("daily");
    journey.page.until("location.pathname === '/pipelines/daily'");
    journey.click("a[href^='/run?mode=backfill']");
    journey.page.dialog();
    journey.page.choose(&[("#dialog [name=date]", "2021-03-01"), ("#dialog [name=to]", "2021-03-31")]);
    journey.page.until("document.querySelector('#dialog [name=seen]').value.includes('2021-03-31')");
    holder.batch_execute("begin; lock table ai.ai_sales in access exclusive mode").unwrap();
    // Enter in a field sends the form.
    journey.page.press_in("#dialog [name=to]", "Enter");
    journey
        .page
        .until("location.pathname.startsWith('/t/') && document.querySelector('a[href$=\"/cancel\"]')");
    service.until("a step is under way", |_| {
        one(&database, "select count(*)::text from dfa.task_step where state = 'PROCESSING'") != "0"
    });
    journey.click("a[href$='/cancel']");
    journey.page.dialog();
    assert!(journey.page.text("#dialog").contains("rolled back"), "{}", journey.page.text("#dialog"));
    journey.click("#dialog button.danger");
    service.until("it is cancelled", |_| {
        one(
            &database,
            "select count(*)::text from dfa.task_process where status = 1 and cancelled_at is not null",
        ) == "1"
    });
    holder.batch_execute("rollback").unwrap();
    journey.page.until("document.querySelector('a[href$=\"/resume\"]')");
    journey.click("a[href$='/resume']");
    journey.page.dialog();
    journey.click("#dialog button.primary");
    journey
        .page
        .until("(document.querySelector('#task .head') || {innerText: ''}).innerText.includes('succeeded')");
    assert_eq!(journey.clicks.get(), 5);
    let done = "select count(*)::text from dfa.task_step join dfa.task_process using (process_id)
                where process_name_put = 'daily' and state = 'SUCCESS'";
    assert_eq!(one(&database, done), "31");
}

#[test]
fn what_an_edit_does_to_table_and_data_takes_two_clicks_after_typing() {
    let database = stage::with_past();
    // As a setup by an admin of the pages makes it.
    database.connect().batch_execute("alter table ai.ai_sales owner to dfa_admin").unwrap();
    let service = Service::start(&database);
    let journey = Journey::begin(&service, "ada");
    journey.find("ai_sales");
    journey.page.until("location.pathname === '/tables/ai_sales'");
    journey.click("a[href='/catalog/table/ai_sales']");
    journey.page.until("location.pathname === '/catalog/table/ai_sales'");
    journey.click("a[href^='/edit?']");
    journey.page.until("location.pathname === '/edit'");
    let text = journey.page.value("document.querySelector('#text').value");
    let wider = text.as_str().unwrap().replace("seen: date\n", "seen: date\n      more: integer\n");
    let wider = wider
        .replace("date '{run_date}'", "date '{run_date}', 7")
        .replace("ai_sales select", "ai_sales (id, seen, more) select");
    journey.page.fill("#text", &wider);
    let typed = journey.clicks.get();
    let answer = |title: &str| {
        let told = format!("document.querySelector('#answer-title').innerText === '{title}'");
        journey.page.until(&told);
        journey.page.text("#answer")
    };
    journey.click("button[value=plan]");
    let plan = answer("What it does to the database");
    assert!(plan.to_lowercase().contains("add column") && plan.contains("ai_share"), "{plan}");
    journey.page.choose(&[("[name=date]", "2021-01-04")]);
    journey.click("button[value=try]");
    let tried = answer("What a run would make of it");
    assert!(tried.contains("it ran and was taken back"), "{tried}");
    assert_eq!(journey.clicks.get() - typed, 2);
    // Each line has its number, and what was typed is still there.
    let lines = "document.querySelector('[data-numbers]').textContent.split('\\n').length";
    assert_eq!(journey.page.value(lines), wider.split('\n').count());
}

#[test]
fn a_file_with_bad_rows_is_looked_at_mended_and_loaded_in_five_clicks() {
    let database = stage::database();
    let service = Service::start(&database);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sales.csv");
    let bad = "id,day\n1,2021-01-01\n2,never\nx,2021-01-03\n4,2021-02-31\n";
    std::fs::write(&file, bad).unwrap();
    let journey = Journey::begin(&service, "otto");
    journey.find("src_in");
    journey.page.until("location.pathname === '/tables/src_in'");
    journey.click("a[href$='/ingest']");
    let choose = |file: &std::path::Path| {
        journey.page.choose_file("#file", file);
        journey.clicks.set(journey.clicks.get() + 1);
    };
    choose(&file);
    journey.click("#load button.primary");
    journey.page.until("document.querySelectorAll('#taken tr[data-row]').length === 3");
    let told = journey.page.text("#taken");
    for words in ["1 rows can be loaded, 3 would be refused", "never", "2021-02-31", "Nothing was kept"] {
        assert!(told.contains(words), "'{words}' is not in {told}");
    }
    let good = bad.replace("never", "2021-01-02").replace("\nx,", "\n3,").replace("02-31", "02-28");
    std::fs::write(&file, good).unwrap();
    choose(&file);
    journey.click("#load button.primary");
    journey.page.until("document.querySelector('#taken').innerText.includes('4 rows were loaded')");
    assert_eq!(journey.clicks.get(), 5);
    assert_eq!(one(&database, "select count(*)::text from ai.src_in"), "4");

    // The same rows as Parquet.
    let parquet = folder.path().join("sales.parquet");
    let path = parquet.to_str().unwrap();
    dfa_tests::dfa(&database, &["export", "-t", "src_in", "-o", path]).assert_success();
    database.connect().batch_execute("delete from ai.src_in").unwrap();
    choose(&parquet);
    journey.click("#load button.primary");
    journey
        .page
        .until("document.querySelector('#taken').innerText.includes('sales.parquet: 4 rows were loaded')");
    assert_eq!(
        one(&database, "select string_agg(id || ' ' || day, ',' order by id) from ai.src_in"),
        "1 2021-01-01,2 2021-01-02,3 2021-01-03,4 2021-02-28"
    );
}

#[test]
fn who_started_a_task_takes_its_first_characters() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let task = stage::failed_task(&database);
    let journey = Journey::begin(&service, "vera");
    // So many that no other task begins so.
    let all = "select count(*)::text from dfa.task_process where process_id like ";
    let length = (8..=task.len())
        .find(|length| one(&database, &format!("{all}'{}%'", &task[..*length])) == "1")
        .unwrap();
    journey.find(&task[..length]);
    journey.page.until(&format!("location.pathname === '/t/{task}'"));
    assert!(
        journey.page.text("section[aria-labelledby=who]").contains("By"),
        "{}",
        journey.page.text("main")
    );
    assert_eq!(journey.clicks.get(), 0);
    // Of several that begin so, a list says it.
    journey.find(&task[..8]);
    journey.page.until("location.pathname === '/search'");
    assert!(journey.page.text("main").contains(&task), "{}", journey.page.text("main"));
}

#[test]
fn switching_a_pipeline_off_until_monday_and_saying_why_takes_three_clicks() {
    let database = stage::database();
    let service = Service::start(&database);
    let journey = Journey::begin(&service, "otto");
    journey.page.until("document.querySelector('section[aria-labelledby=next] a')");
    journey.click("section[aria-labelledby=next] a[href='/pipelines/daily']");
    journey.page.until("document.querySelector('a[href^=\"/pause\"]')");
    journey.click("a[href^='/pause']");
    journey.page.dialog();
    journey.page.fill("#f-reason", "the source is being moved");
    journey.page.choose(&[("#dialog [name=until]", "2031-03-03T08:00")]);
    journey.click("#dialog button.primary");
    journey.page.until("(document.querySelector('.note.held') || {innerText: ''}).innerText.includes('the source is being moved')");
    assert_eq!(journey.clicks.get(), 3);
    assert_eq!(
        one(&database, "select (until at time zone dfa.time_zone())::text from dfa.paused"),
        "2031-03-03 08:00:00"
    );
}
