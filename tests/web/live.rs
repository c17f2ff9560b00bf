//! What happens appears in open pages by itself.

use crate::browser::View;
use crate::pooler::Pooler;
use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::{Cluster, Service};

#[test]
fn a_run_that_somebody_starts_appears_in_an_open_page_at_another_replica() {
    let database = stage::database();
    let (one, other) = (Service::start(&database), Service::start(&database));
    let visitor = Visitor::new(&one, "vera");
    // The session is of all replicas.
    let page = visitor.at(&other).page(View::LAPTOP);
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
    let page = visitor.page(View::LAPTOP);
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

#[test]
fn behind_a_pooler_a_run_that_somebody_starts_at_one_replica_appears_at_another() {
    let database = stage::database();
    let pooler = Pooler::start(4);
    let (one, other) = (pooler.service(&database), pooler.service(&database));
    let visitor = Visitor::new(&one, "otto");
    let here = visitor.page(View::LAPTOP);
    let there = visitor.at(&other).page(View::LAPTOP);
    there.go("/tasks?name=daily");
    there.until("document.querySelector('#live').dataset.state === 'live'");
    here.go("/pipelines/daily");
    here.press("r");
    here.dialog();
    here.click("#dialog button.primary");
    here.until("location.pathname.startsWith('/t/')");
    there.until("document.querySelector('#list').innerText.includes('daily')");
    let way =
        "select way || ' ' || person || ' ' || run_as from dfa.task_process where process_name_put = 'daily'";
    let way: String = database.connect().query_one(way, &[]).unwrap().get(0);
    assert_eq!(way, "web otto dfa_operator");
}

#[test]
fn a_database_that_goes_and_comes_back_is_told_on_an_open_page_which_is_right_again_by_itself() {
    let cluster = Cluster::start(&[]);
    let database = stage::on(&cluster, "comes_back");
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "otto");
    let page = visitor.page(View::LAPTOP);
    page.go("/tasks?name=daily");
    page.until("document.querySelector('#live').dataset.state === 'live'");
    let shown = page.text("#list");
    cluster.stop();
    page.until("document.querySelector('#live').dataset.state !== 'live'");
    assert_eq!(page.text("#list"), shown, "what was there stays");
    cluster.start_again();
    service.until("the service is back", |_| visitor.get("/tasks").status == 200);
    database.connect().simple_query("call dfa.run('daily', array['2021-01-02'::date])").unwrap();
    page.until("document.querySelector('#live').dataset.state === 'live'");
    page.until("document.querySelector('#list').innerText.includes('succeeded')");
}
