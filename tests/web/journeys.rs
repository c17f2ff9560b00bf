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
