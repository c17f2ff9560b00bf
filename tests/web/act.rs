//! What one does from pages, by clicks and by forms, and in whose name it happens.

use crate::browser::View;
use crate::stage;
use crate::visitor::{fields, form, Visitor};
use dfa_tests::Service;

#[test]
fn an_operator_runs_holds_and_lets_go_by_clicks_and_sees_it_happen() {
    let database = stage::database();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "otto");
    let page = visitor.page(View::LAPTOP);
    page.go("/pipelines/daily");
    page.until("document.querySelector('#live').dataset.state === 'live'");
    // `r` asks, and acts not by itself.
    page.press("r");
    page.dialog();
    assert!(page.text("#dialog").contains("1 node will run"), "{}", page.text("#dialog"));
    page.choose(&[("#dialog [name=date]", "2021-01-02")]);
    page.until("document.querySelector('#dialog [name=seen]').value.includes('2021-01-02')");
    page.click("#dialog button.primary");
    page.until("location.pathname.startsWith('/t/')");
    page.until("document.querySelector('#task .head').innerText.includes('succeeded')");

    page.go("/pipelines/daily");
    page.click("a[href^='/pause']");
    page.dialog();
    page.fill("#f-reason", "the source is away");
    page.click("#dialog button.primary");
    page.until(
        "(document.querySelector('.note.held') || {innerText: ''}).innerText.includes('the source is away')",
    );
    page.click("a[href^='/unpause']");
    page.dialog();
    page.click("#dialog button.primary");
    page.until("document.querySelector('a[href^=\"/pause\"]')");
    assert_eq!(page.faults(), [""; 0]);

    let role = "select run_as || ' ' || run_mode from dfa.task_process where process_name_put = 'daily'";
    let role: String = database.connect().query_one(role, &[]).unwrap().get(0);
    assert_eq!(role, "dfa_operator common");
}

#[test]
fn what_a_viewer_may_not_do_the_database_refuses_whatever_he_sends() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let task = stage::failed_task(&database);
    let (viewer, operator) = (Visitor::new(&service, "vera"), Visitor::new(&service, "otto"));
    let acts: [(String, Vec<(&str, &str)>); 5] = [
        ("/run".to_owned(), vec![("name", "daily"), ("date", "2021-01-04"), ("mode", "common")]),
        (
            "/run".to_owned(),
            vec![("name", "daily"), ("date", "2021-01-01"), ("to", "2021-01-02"), ("mode", "backfill")],
        ),
        ("/pause".to_owned(), vec![("name", "broken"), ("reason", "so")]),
        (format!("/t/{task}/resume"), vec![]),
        (format!("/t/{task}/cancel"), vec![]),
    ];
    let with_token = |visitor: &Visitor<'_>, path: &str, fields: &[(&str, &str)]| {
        visitor.post(path, &[&[("token", &*visitor.token())], fields].concat()).status
    };
    let tasks = || -> i64 {
        database
            .connect()
            .query_one("select count(*) from dfa.task_process where way = 'web'", &[])
            .unwrap()
            .get(0)
    };
    let before = tasks();
    for (path, fields) in &acts {
        assert_eq!(with_token(&viewer, path, fields), 403, "{path}");
        assert!(!viewer.get("/pipelines/broken").text.contains("<form method=\"post\" action=\"/unpause\""));
    }
    assert_eq!(tasks(), before);
    for (path, typed) in &acts[..4] {
        // Nothing is done that was not shown first.
        let mut shown = operator.get(&format!("{path}?{}", form(typed)));
        for _ in 0..20 {
            let page = fields(&shown.text);
            let sent: Vec<(&str, &str)> = page.iter().map(|(name, value)| (&**name, &**value)).collect();
            shown = operator.post(path, &sent);
            if shown.status != 409 {
                break;
            }
        }
        assert_eq!(shown.status, 303, "{path}: {}", shown.text);
    }
    let unseen: [(&str, &str); 3] = [("name", "daily"), ("date", "2021-01-04"), ("mode", "rerun")];
    assert_eq!(with_token(&operator, "/run", &unseen), 409, "what was not shown is asked first");
    assert!(tasks() > before);
    // A value that cannot be used is told.
    let wrong = operator.post("/run", &[("token", &*operator.token()), ("name", "daily"), ("date", "never")]);
    assert!(
        (400..500).contains(&wrong.status) && wrong.text.contains("never"),
        "{} {}",
        wrong.status,
        wrong.text
    );
}
