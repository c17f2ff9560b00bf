//! Every page, light and dark, on a laptop and on a phone, and once without scripts: no violation of the policy, no error,
//! no foreign host, nothing that jumps, nothing that shuts anybody out. With `DFA_SCREENS` set to a folder, pictures.

use crate::browser::{Page, View};
use crate::stage;
use crate::visitor::Visitor;
use std::path::PathBuf;

/// A name for its pictures, and a path.
fn pages(task: &str, good: &str) -> Vec<(&'static str, String)> {
    [
        ("today", "/".to_owned()),
        ("pipelines", "/pipelines?open=daily".to_owned()),
        ("pipeline", "/pipelines/broken".to_owned()),
        ("tables", "/tables".to_owned()),
        ("table", "/tables/ai_sales".to_owned()),
        ("table-failed", "/tables/ai_share".to_owned()),
        ("log", "/log".to_owned()),
        ("catalog", "/catalog".to_owned()),
        ("definition", "/catalog/table/ai_sales".to_owned()),
        ("edit", "/edit?kind=table&name=ai_sales".to_owned()),
        ("edit-new", "/edit".to_owned()),
        ("ingest", "/tables/src_in/ingest".to_owned()),
        ("pipeline-runs", "/pipelines/broken?grid=runs".to_owned()),
        ("tables-empty", "/tables?name=nothing".to_owned()),
        ("catalog-empty", "/catalog?name=nothing".to_owned()),
        ("log-empty", "/log?table=nothing".to_owned()),
        ("pipelines-empty", "/pipelines?name=nothing".to_owned()),
        ("definition-compared", "/catalog/table/ai_sales?against=current".to_owned()),
        ("tables-sorted", "/tables?sort=-size,name&columns=name,state,rows,size".to_owned()),
        ("search", "/search?q=ai_".to_owned()),
        ("run", "/run?name=broken".to_owned()),
        ("pause", "/pause?name=broken".to_owned()),
        ("cancel", format!("/t/{task}/cancel")),
        ("resume", format!("/t/{task}/resume")),
        ("backfill", "/run?name=broken&mode=backfill&date=2021-01-01&to=2021-01-05&gaps=Y".to_owned()),
        ("setup", "/setup?name=broken".to_owned()),
        ("retention", "/retention?name=broken".to_owned()),
        ("unpause", "/unpause?name=daily".to_owned()),
        ("restore", "/restore?name=ai_sales".to_owned()),
        ("note", "/note?kind=table&name=ai_sales".to_owned()),
        ("freshness", "/freshness?state=all".to_owned()),
        ("freshness-none", "/freshness".to_owned()),
        ("admin", "/admin".to_owned()),
        ("people", "/admin/people".to_owned()),
        ("person-add", "/admin/people/add".to_owned()),
        ("keys", "/admin/keys".to_owned()),
        ("key-add", "/admin/keys/add".to_owned()),
        ("notify", "/admin/notify".to_owned()),
        ("channel", "/admin/notify/channel".to_owned()),
        ("rule", "/admin/notify/rule?name=nights".to_owned()),
        ("audit", "/audit".to_owned()),
        ("audit-empty", "/audit?name=nothing".to_owned()),
        ("tasks", "/tasks".to_owned()),
        ("tasks-empty", "/tasks?name=nothing".to_owned()),
        ("task-failed", format!("/t/{task}")),
        ("task-good", format!("/t/{good}")),
        ("account", "/account".to_owned()),
        ("about", "/about".to_owned()),
        ("not-found", "/nowhere".to_owned()),
    ]
    .into_iter()
    .collect()
}

fn screens() -> Option<PathBuf> {
    std::env::var_os("DFA_SCREENS").map(PathBuf::from)
}

/// What a browser says of an answer that is meant to be an error is no fault of the page.
fn unmeant(faults: Vec<String>) -> Vec<String> {
    faults.into_iter().filter(|fault| !fault.contains("responded with a status of")).collect()
}

fn check(page: &Page, name: &str, path: &str, view: View) {
    page.go(path);
    assert_eq!(unmeant(page.faults()), [""; 0], "{path} {view:?}");
    let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert!(page.value(wide).as_i64() <= Some(0), "{path} {view:?} is wider than its window");
    if view.scripts {
        let moved: f64 = page.shifts().iter().filter_map(|shift| shift[0].as_f64()).sum();
        assert!(moved < 0.01, "{path} {view:?}: {:?}", page.shifts());
        assert_eq!(page.barriers(), [""; 0], "{path} {view:?}");
    } else {
        assert!(!page.text("h1").is_empty(), "{path} is empty without scripts");
    }
    if let Some(folder) = screens() {
        let theme = if view.dark { "dark" } else { "light" };
        let kind = match (view.scripts, view.width) {
            (false, _) => "plain",
            (_, 390) => "phone",
            _ => "laptop",
        };
        page.picture(&folder.join(format!("{name}-{kind}-{theme}.png")));
    }
}

#[test]
fn every_page_is_sound_in_light_and_dark_on_a_laptop_and_a_phone_and_without_scripts() {
    let stage = stage::shared();
    let (database, service) = &*stage;
    let task = stage::failed_task(database);
    let good =
        "select process_id from dfa.task_process where status = 0 and process_name_put = 'daily' limit 1";
    let good: String = database.connect().query_one(good, &[]).unwrap().get(0);
    let visitor = Visitor::new(service, "ada");
    for view in
        [View::LAPTOP, View::LAPTOP.dark(), View::PHONE, View::PHONE.dark(), View::LAPTOP.without_scripts()]
    {
        let page = Page::open(&service.url(""), view);
        check(&page, "login", "/login", view);
        page.take_cookie(&visitor.set_cookie);
        for (name, path) in pages(&task, &good) {
            check(&page, name, &path, view);
        }
    }
}

#[test]
fn one_signs_in_by_keyboard_and_finds_the_way() {
    let stage = stage::shared();
    let (_, service) = &*stage;
    let page = Page::open(&service.url(""), View::LAPTOP);
    page.go("/tasks?status=1");
    page.until("location.pathname === '/login' && document.activeElement.id === 'user'");
    page.fill("#user", "vera");
    page.fill("#password", "not this one");
    page.press("Enter");
    page.until("document.querySelector('#refusal')");
    page.fill("#password", stage::PASSWORD);
    page.press("Enter");
    page.until("location.pathname === '/tasks' && location.search === '?status=1'");
    page.until("document.querySelector('#live').dataset.state === 'live'");
    page.press("j");
    page.until("document.activeElement.matches('tr[data-row]')");
    page.press("Enter");
    page.until("location.pathname.startsWith('/t/')");
    page.until("document.querySelector('#live').dataset.state === 'live'");
    page.press("?");
    page.until("document.querySelector('#keys').open");
    assert_eq!(unmeant(page.faults()), [""; 0]);
}

#[test]
fn a_first_visit_is_light() {
    let stage = stage::shared();
    let (_, service) = &*stage;
    let page = Page::open(&service.url(""), View::LAPTOP);
    page.go("/");
    page.fill("#user", "vera");
    page.fill("#password", stage::PASSWORD);
    page.press("Enter");
    page.until("location.pathname === '/' && document.readyState === 'complete'");
    page.until("document.querySelector('#live').dataset.state === 'live'");
    let received = page.received();
    assert!(received > 10_000.0 && received < 90.0 * 1024.0, "{received} bytes");
}
