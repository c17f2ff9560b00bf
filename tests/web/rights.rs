//! Every route as everybody: who is nobody, viewer, operator, admin; with a form of his session, of another, of elsewhere.

use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::{Database, Service, KEY};
use std::collections::BTreeSet;
use ureq::http::Request;

/// The table of the routes, as the service is made of it.
const ROUTES: &str = include_str!("../../front/src/web/routes.rs");
/// What everybody may see.
pub const OPEN: [&str; 4] = ["/static/{hash}/{name}", "/login", "/password", "/choice"];

/// Path, and whether it takes GET and POST.
pub fn routes() -> Vec<(String, bool, bool)> {
    let lines = ROUTES.lines().filter_map(|line| line.trim().strip_prefix(".route(\""));
    let routes: Vec<_> = lines
        .map(|line| {
            let (path, handlers) = line.split_once('"').unwrap();
            let both = handlers.contains("dialog::<");
            (path.to_owned(), both || handlers.contains("get("), both || handlers.contains("post("))
        })
        .collect();
    let all: BTreeSet<&String> = routes.iter().map(|(path, ..)| path).collect();
    assert!(all.len() == routes.len() && routes.len() > 8, "{routes:?}");
    routes
}

/// A path with something for its parts.
pub fn filled(path: &str, task: &str) -> String {
    let path = path.replace("/tables/{name}", "/tables/ai_sales");
    let path = path
        .replace("{id}", task)
        .replace("{name}", "daily")
        .replace("{kind}", "pipeline")
        .replace("{hash}", "0");
    let name = match path.as_str() {
        "/run" | "/pause" | "/unpause" | "/setup" | "/retention" => "daily",
        "/admin/parameter" => "factor",
        "/admin/people/role" | "/admin/people/link" | "/admin/people/sessions" | "/admin/people/remove" => {
            "vera"
        }
        "/admin/keys/revoke" => "erp",
        "/admin/notify/channel/test" | "/admin/notify/channel/remove" => "ops",
        "/admin/notify/rule/remove" => "nights",
        "/restore" => "ai_sales",
        "/note" => "daily&kind=pipeline",
        "/note/remove" => "daily&kind=pipeline&id=1",
        _ => return path,
    };
    format!("{path}?name={name}")
}

/// What only an admin may open. The others are for everybody: what a form does, the database refuses.
fn is_for_admins(path: &str) -> bool {
    path.starts_with("/admin/") || path.starts_with("/setup")
}

#[test]
fn nobody_sees_anything_but_the_sign_in_and_the_key_of_the_api_opens_no_page() {
    let stage = stage::shared();
    let (database, service) = &*stage;
    let task = stage::failed_task(database);
    for (path, get, _) in routes().into_iter().filter(|(path, ..)| !OPEN.contains(&path.as_str())) {
        let path = filled(&path, &task);
        if get {
            let nobody = Visitor::nobody(service).get(&path);
            assert_eq!(nobody.status, 303, "{path}");
            assert!(nobody.header("location").starts_with("/login"), "{path}");
            let with_key = Request::get(service.url(&path)).header("APIKEY", KEY).body(()).unwrap();
            assert_eq!(service.send_once(with_key).status, 303, "{path}");
        }
        let before = done(database);
        let nobody = Visitor::nobody(service)
            .post(&path, &[("name", "daily"), ("date", "2021-01-04"), ("reason", "so")]);
        assert!([401, 405].contains(&nobody.status), "{path}: {}", nobody.status);
        assert_eq!(done(database), before, "{path} did something for nobody");
        let fragment = Visitor::nobody(service).send("GET", &path, &[("HX-Request", "true")], "");
        if get {
            assert_eq!((fragment.status, fragment.header("hx-redirect")), (401, "/login"), "{path}");
        }
    }
}

/// What was done from pages; the clock does things of its own.
fn done(database: &Database) -> i64 {
    let sql = "select count(*) from dfa.audit where way = 'web'";
    database.connect().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn a_cookie_opens_no_door_of_the_api() {
    let stage = stage::shared();
    let (_, service) = &*stage;
    let admin = Visitor::new(service, "ada");
    for path in ["/api/ai/pipelines", "/api/ai/events", "/apikey"] {
        assert_eq!(admin.get(path).status, 401, "{path}");
    }
}

#[test]
fn every_page_opens_for_whom_it_is_and_has_its_headers() {
    let stage = stage::shared();
    let (database, service) = &*stage;
    let task = stage::failed_task(database);
    for (user, _) in stage::USERS {
        let visitor = Visitor::new(service, user);
        for (path, get, _) in routes() {
            let path = filled(&path, &task);
            if !get
                || path == "/live"
                || path.starts_with("/static/")
                || path.ends_with("/refused")
                || OPEN.contains(&path.as_str())
            {
                continue;
            }
            let reply = visitor.get(&path);
            let status = if user == "ada" || !is_for_admins(&path) { 200 } else { 403 };
            assert_eq!(reply.status, status, "{user} {path}: {}", reply.text);
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{path}");
            assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(reply.header("cache-control"), "no-store", "{path}");
            for mark in ["style=\"", "hx-on", "js:", "onclick"] {
                assert!(!reply.text.contains(mark), "{mark} in {path}");
            }
            // The part that htmx asks for is a part of the page.
            let part = visitor.send("GET", &path, &[("HX-Request", "true")], "");
            assert_eq!(part.status, status, "{user} {path}");
            assert!(!part.text.contains("<html") && part.text.contains("<h1"), "{path}: {}", part.text);
        }
    }
}

#[test]
fn a_form_is_taken_from_a_page_of_its_session_and_from_nowhere_else() {
    let stage = stage::shared();
    let (database, service) = &*stage;
    let task = stage::failed_task(database);
    let (own, other) = (Visitor::new(service, "ada"), Visitor::new(service, "ada"));
    let (token, of_other) = (own.token(), other.token());
    let origin = format!("http://{}", service.address());
    for (path, _, post) in routes() {
        if !post || OPEN.contains(&path.as_str()) {
            continue;
        }
        let path = filled(&path, &task);
        for fields in [&[][..], &[("token", "")], &[("token", of_other.as_str())]] {
            assert_eq!(own.post(&path, fields).status, 403, "{path} {fields:?}");
        }
        let body = format!("token={token}");
        for headers in [
            &[][..],
            &[("Origin", "https://evil.example")],
            &[("Origin", "null")],
            &[("Origin", &*origin), ("Sec-Fetch-Site", "cross-site")],
            &[("Sec-Fetch-Site", "same-site")],
        ] {
            assert_eq!(own.send("POST", &path, headers, &body).status, 403, "{path} {headers:?}");
        }
        assert_eq!(own.get("/account").status, 200, "{path} did what it refused");
    }
}

#[test]
fn without_pages_there_are_none() {
    let database = stage::database();
    let service = Service::start_with(&database, &[], &["--api"]);
    let nobody = Visitor::nobody(&service);
    for path in ["/", "/login", "/tasks"] {
        nobody.get(path).assert_status(404);
    }
    service.get("/api/ai/pipelines").assert_status(200);
}
