//! A session that ends in the middle of a form: one signs in, and is back in the form with what was typed.

use crate::browser::View;
use crate::stage::{self, PASSWORD};
use crate::visitor::{fields, sign_in, value_of, Visitor};
use dfa_tests::{Database, Service};

fn held(database: &Database) -> i64 {
    database.connect().query_one("select count(*) from dfa.paused", &[]).unwrap().get(0)
}

#[test]
fn who_signs_in_again_is_back_in_the_form_with_what_was_typed() {
    let database = stage::database();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "otto");
    let page = visitor.page(View::LAPTOP);
    page.go("/pipelines/daily");
    page.click("a[href^='/pause']");
    page.dialog();
    page.fill("#f-reason", "the source is away & \"so\" on");
    database.connect().batch_execute("delete from dfa.web_session").unwrap();
    page.click("#dialog button.primary");
    page.until("document.querySelector('#user')");
    assert_eq!(held(&database), 0);
    page.fill("#user", "otto");
    page.fill("#password", PASSWORD);
    page.press("Enter");
    page.until("location.pathname === '/pause' && document.querySelector('#f-reason')");
    assert_eq!(page.value("document.querySelector('#f-reason').value"), "the source is away & \"so\" on");
    assert_eq!(held(&database), 0, "nothing is done before it is asked for again");
    page.click("form.dialog button.primary");
    page.until("location.pathname === '/pipelines/daily'");
    assert_eq!(held(&database), 1);
}

#[test]
fn what_is_kept_is_no_secret_and_does_nothing_by_itself() {
    let database = stage::database();
    let service = Service::start(&database);
    let otto = Visitor::new(&service, "otto");
    let token = otto.token();
    database.connect().batch_execute("delete from dfa.web_session").unwrap();
    let asked = otto.post(
        "/pause",
        &[("token", &*token), ("name", "daily"), ("reason", "so & so"), ("if_preview", "x"), ("once", "y")],
    );
    asked.assert_status(401);
    assert!(asked.text.contains("Your session has ended"), "{}", asked.text);
    let kept = asked
        .text
        .split("name=\"kept\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    assert_eq!(kept, "name=daily&reason=so+%26+so");
    let back =
        sign_in(&service, &[("user", "otto"), ("password", PASSWORD), ("next", "/pause"), ("kept", &*kept)]);
    assert_eq!((back.status, back.header("location")), (303, "/pause?name=daily&reason=so+%26+so"));
    let again = Visitor { service: &service, set_cookie: back.header("set-cookie").to_owned() };
    let page = fields(&again.get(back.header("location")).text);
    assert_eq!(value_of(&page, "reason"), "so & so");
    assert_eq!(held(&database), 0);
    // Passwords are not kept, and what is kept goes nowhere else.
    let password = otto.post(
        "/account/password",
        &[("token", &*token), ("password_old", "secret one"), ("password_new", "secret two")],
    );
    assert!(password.status == 401 && !password.text.contains("secret"), "{}", password.text);
    for (next, kept) in
        [("https://evil.example/", "a=1"), ("//evil.example", "a=1"), ("/pause", "a=1#x\r\nSet-Cookie: y")]
    {
        let reply =
            sign_in(&service, &[("user", "otto"), ("password", PASSWORD), ("next", next), ("kept", kept)]);
        let place = reply.header("location");
        assert!(["/?a=1", "/", "/pause"].contains(&place), "{next} {kept}: {place}");
        assert!(!place.contains("evil"));
    }
    // With a wrong password in between it is still there.
    let wrong = sign_in(
        &service,
        &[("user", "otto"), ("password", "not this one"), ("next", "/pause"), ("kept", &*kept)],
    );
    assert!(wrong.status == 422 && wrong.text.contains("so+%26"), "{}", wrong.text);
}

#[test]
fn a_form_of_a_session_that_has_ended_and_a_stolen_token_do_nothing() {
    let database = stage::database();
    let service = Service::start(&database);
    let (otto, ada) = (Visitor::new(&service, "otto"), Visitor::new(&service, "ada"));
    let (of_otto, of_ada) = (otto.token(), ada.token());
    // The token of another's session, and that of one's own after the sign-out.
    assert_eq!(otto.post("/pause", &[("token", &*of_ada), ("name", "daily"), ("reason", "so")]).status, 403);
    otto.post("/logout", &[("token", &*of_otto)]).assert_status(303);
    assert_eq!(otto.post("/pause", &[("token", &*of_otto), ("name", "daily"), ("reason", "so")]).status, 401);
    let again = Visitor::new(&service, "otto");
    assert_eq!(
        again.post("/pause", &[("token", &*of_otto), ("name", "daily"), ("reason", "so")]).status,
        403
    );
    // The hash in the database opens nothing, whoever reads it.
    let stolen = "select encode(token_hash, 'hex') from dfa.web_session limit 1";
    let stolen: String = database.connect().query_one(stolen, &[]).unwrap().get(0);
    let thief = Visitor { service: &service, set_cookie: format!("__Host-dfa={stolen}") };
    assert_eq!(thief.get("/account").status, 303);
    assert_eq!(held(&database), 0);
}
