//! What a browser shows when something is not as it should be.

use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::{Cluster, Service};

#[test]
fn an_error_is_a_page_for_a_browser_and_a_document_for_a_program() {
    let stage = stage::shared();
    let (_, service) = &*stage;
    let visitor = Visitor::new(service, "vera");
    let shows = |reply: &dfa_tests::Reply, status: u16, words: &[&str]| {
        reply.assert_status(status);
        assert!(reply.header("content-type").starts_with("text/html"), "{}", reply.header("content-type"));
        assert!(reply.header("content-security-policy").contains("default-src 'none'"));
        let id = reply.header("x-request-id");
        assert!(!id.is_empty() && reply.text.contains(id), "the id of the request is not in {}", reply.text);
        for word in words {
            assert!(reply.text.contains(word), "'{word}' is not in {}", reply.text);
        }
    };
    shows(&visitor.get("/nowhere"), 404, &["There is nothing here", "/nowhere"]);
    shows(&visitor.get("/t/20210101"), 404, &["task", "20210101", "vera"]);
    shows(&visitor.send("POST", "/logout", &[], ""), 403, &["was not sent by a page"]);
    let origin = [("Sec-Fetch-Site", "same-origin")];
    shows(&visitor.send("DELETE", "/tasks", &origin, ""), 405, &["does something else"]);
    shows(&visitor.send("POST", "/logout", &origin, &"x".repeat(2 << 20)), 413, &["too large"]);
    service.get("/nowhere").assert_problem(404, &["/nowhere"]);
    visitor.get("/api/nowhere").assert_problem(404, &["/api/nowhere"]);
}

#[test]
fn a_database_that_is_away_is_told_and_the_page_is_right_when_it_is_back() {
    let cluster = Cluster::start(&[]);
    let database = cluster.database("away");
    dfa_tests::dfa_fed(&database, &["user", "add", "vera"], &format!("{}\n", stage::PASSWORD))
        .assert_success();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "vera");
    assert_eq!(visitor.get("/tasks").status, 200);
    cluster.stop();
    let away = visitor.get("/tasks");
    away.assert_status(503);
    assert!(away.text.contains("The database is not there"), "{}", away.text);
    assert!(!away.header("retry-after").is_empty());
    assert_eq!(Visitor::nobody(&service).get("/login").status, 200);
    cluster.start_again();
    service.until("the page is back", |_| visitor.get("/tasks").status == 200);
}
