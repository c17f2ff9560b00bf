//! What happens appears in open pages by itself.

use crate::browser::{Page, View};
use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::Service;

#[test]
fn a_run_that_somebody_starts_appears_in_an_open_page_at_another_replica() {
    let database = stage::database();
    let (one, other) = (Service::start(&database), Service::start(&database));
    let visitor = Visitor::new(&one, "vera");
    // The session is of all replicas.
    let page = Page::open(&other.url(""), View::LAPTOP);
    page.take_cookie(&visitor.set_cookie);
    page.go("/tasks?name=daily");
    page.until("document.querySelector('#live').dataset.state === 'live'");
    page.value("document.querySelector('input[name=error]').value = 'typed meanwhile'");
    one.post("/api/ai/run/data", "pipeline_name=daily&run_date=2021-01-02&background=N").assert_status(200);
    page.until("document.querySelector('#list').innerText.includes('succeeded')");
    assert_eq!(page.value("document.querySelector('input[name=error]').value"), "typed meanwhile");
    assert_eq!(page.faults(), [""; 0]);
}

#[test]
fn a_stream_that_is_lost_says_so_and_what_was_missed_is_there_when_it_is_back() {
    let database = stage::database();
    let mut service = Service::start(&database);
    let visitor = Visitor::new(&service, "vera");
    let port = service.address().rsplit(':').next().unwrap().parse().unwrap();
    let page = Page::open(&service.url(""), View::LAPTOP);
    page.take_cookie(&visitor.set_cookie);
    page.go("/tasks?name=daily");
    page.until("document.querySelector('#live').dataset.state === 'live'");
    service.signal("KILL");
    service.wait();
    page.until("document.querySelector('#live').dataset.state === 'lost'");
    page.until("document.querySelector('#live').innerText.startsWith('reconnecting since ')");
    database.connect().simple_query("call dfa.run('daily', array['2021-01-02'::date])").unwrap();
    let _again = Service::start_at(&database, &[], &[], port);
    page.until("document.querySelector('#live').dataset.state === 'live'");
    page.until("document.querySelector('#list').innerText.includes('succeeded')");
}
