//! What an admin does: people, keys, notifications, everything held.

use crate::browser::View;
use crate::stage::{self, PASSWORD};
use crate::visitor::{fields, sign_in, Visitor};
use dfa_tests::{Database, Service};
use ureq::http::Request;

/// Opens a dialog, fills it in, and sends it.
fn does(visitor: &Visitor<'_>, path: &str, typed: &[(&str, &str)]) -> dfa_tests::Reply {
    let shown = visitor.get(path);
    shown.assert_status(200);
    let page = fields(&shown.text);
    let kept = page.iter().filter(|(name, _)| !typed.iter().any(|(other, _)| other == name));
    let sent: Vec<(&str, &str)> =
        kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(typed.iter().copied()).collect();
    visitor.post(path.split('?').next().unwrap(), &sent)
}

/// What is shown this once.
fn secret(page: &str) -> String {
    page.split("id=\"secret\"")
        .nth(1)
        .unwrap()
        .split('>')
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .replace("&#38;", "&")
}

fn one(database: &Database, sql: &str) -> String {
    database.connect().query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn a_person_is_added_by_a_link_that_is_good_once_and_whose_password_nobody_else_knows() {
    let database = stage::database();
    let service = Service::start(&database);
    let ada = Visitor::new(&service, "ada");
    let added = does(&ada, "/admin/people/add", &[("name", "nina"), ("role", "operator")]);
    added.assert_status(200);
    let link = secret(&added.text);
    let place = link.strip_prefix(&service.url("")).unwrap_or_else(|| panic!("{link}")).to_owned();
    let token = place.split("link=").nth(1).unwrap().to_owned();
    assert!(!one(&database, "select string_agg(to_jsonb(known)::text, '') from dfa.password_link as known")
        .contains(&token));
    let nobody = Visitor::nobody(&service);
    nobody.get(&place).assert_status(200);
    let choose = |token: &str, new: &str| {
        nobody.post("/password", &[("link", token), ("password_new", new), ("password_again", new)])
    };
    assert_eq!(choose(&token, "short").status, 422);
    let chosen = choose(&token, PASSWORD);
    assert_eq!((chosen.status, chosen.header("location")), (303, "/"));
    let nina = Visitor { service: &service, set_cookie: chosen.header("set-cookie").to_owned() };
    assert!(nina.get("/account").text.contains("operator"));
    assert_eq!(choose(&token, "another long one").status, 422, "a link is good once");
    assert_eq!(sign_in(&service, &[("user", "nina"), ("password", PASSWORD)]).status, 303);
    // One that has ended, and one that was made anew meanwhile.
    let old = secret(&does(&ada, "/admin/people/link?name=nina", &[]).text);
    let new = secret(&does(&ada, "/admin/people/link?name=nina", &[]).text);
    let of = |link: &str| link.split("link=").nth(1).unwrap().to_owned();
    assert_eq!(choose(&of(&old), "another long one").status, 422);
    database.connect().batch_execute("update dfa.password_link set ends_at = now()").unwrap();
    assert_eq!(choose(&of(&new), "another long one").status, 422);
    assert_eq!(nina.get("/account").status, 200);
    // Twice the same person is told at the field.
    let twice = does(&ada, "/admin/people/add", &[("name", "nina"), ("role", "viewer")]);
    assert!(
        twice.status >= 400 && twice.text.contains("aria-invalid") && twice.text.contains("is there already"),
        "{}",
        twice.text
    );
}

#[test]
fn a_role_holds_from_the_next_page_on_and_who_is_removed_is_out() {
    let database = stage::database();
    let service = Service::start(&database);
    let (ada, vera) = (Visitor::new(&service, "ada"), Visitor::new(&service, "vera"));
    assert!(!vera.get("/pipelines/daily").text.contains("Pause …"));
    does(&ada, "/admin/people/role?name=vera", &[("role", "operator"), ("because", "on call")])
        .assert_status(303);
    assert!(vera.get("/pipelines/daily").text.contains("Pause …"));
    assert!(ada.get("/admin/people/remove?name=ada").text.contains("Nobody else is an admin"));
    does(&ada, "/admin/people/sessions?name=vera", &[]).assert_status(303);
    assert_eq!(vera.get("/account").status, 303);
    let vera = Visitor::new(&service, "vera");
    does(&ada, "/admin/people/remove?name=vera", &[]).assert_status(303);
    assert_eq!(vera.get("/account").status, 303);
    let said = "select string_agg(action || ' ' || person || coalesce(' ' || reason, ''), ', ' order by at) from dfa.audit
                where kind = 'user' and name = 'vera' and way = 'web'";
    assert_eq!(one(&database, said), "update ada on call, delete ada");
    // An operator makes nobody an admin, whatever he sends.
    let otto = Visitor::new(&service, "otto");
    let token = otto.token();
    let refused = otto.post("/admin/people/role", &[("token", &*token), ("name", "otto"), ("role", "admin")]);
    assert_eq!(refused.status, 403);
    assert_eq!(
        one(&database, "select role::text from dfa.user_account where user_name = 'otto'"),
        "operator"
    );
}

#[test]
fn a_key_is_shown_once_does_what_it_may_and_nothing_when_it_is_revoked() {
    let database = stage::database();
    let service = Service::start(&database);
    let ada = Visitor::new(&service, "ada");
    let made = does(
        &ada,
        "/admin/keys/add",
        &[("name", "erp"), ("role", "reader"), ("patterns", "src_*, ai_sales")],
    );
    made.assert_status(200);
    let key = secret(&made.text);
    let ask = || {
        service
            .send_once(Request::get(service.url("/api/ai/tables")).header("APIKEY", &key).body(()).unwrap())
            .status
    };
    assert_eq!(ask(), 200);
    let list = ada.get("/admin/keys").text;
    assert!(list.contains("erp") && list.contains("src_*, ai_sales") && !list.contains(&key), "{list}");
    let wrong = does(&ada, "/admin/keys/add", &[("name", "no name"), ("role", "reader")]);
    assert!(wrong.status == 422 && wrong.text.contains("aria-invalid"), "{} {}", wrong.status, wrong.text);
    does(&ada, "/admin/keys/revoke?name=erp", &[("because", "it leaked")]).assert_status(303);
    assert_eq!(ask(), 401);
    assert!(ada.get("/audit?kind=key&name=erp").text.contains("it leaked"));
}

#[test]
fn channels_and_rules_are_made_tested_changed_and_removed() {
    let database = stage::database();
    let service = Service::start(&database);
    let ada = Visitor::new(&service, "ada");
    let channel = [("name", "ops"), ("kind", "webhook"), ("target", "http://127.0.0.1:9/hook")];
    does(&ada, "/admin/notify/channel", &channel).assert_status(303);
    let rule = [
        ("name", "nights"),
        ("events", "late"),
        ("channels", "ops"),
        ("patterns", "ai_*"),
        ("quiet_from", "22:00"),
        ("quiet_to", "06:00"),
    ];
    does(&ada, "/admin/notify/rule", &rule).assert_status(303);
    let known = "select concat_ws(' ', events::text, channels::text, patterns::text, quiet_from, tell_recovered) from dfa.notify_rule";
    assert_eq!(one(&database, known), "{late} {ops} {ai_*} 22:00:00 t");
    // What is there is in the form.
    let shown = ada.get("/admin/notify/rule?name=nights").text;
    assert!(shown.contains("value=\"late\" checked") && shown.contains("value=\"22:00\""), "{shown}");
    does(&ada, "/admin/notify/channel/test?name=ops", &[]).assert_status(303);
    assert_eq!(one(&database, "select about || ' ' || channel_name from dfa.delivery"), "test ops");
    service.until("the message was tried", |_| {
        one(&database, "select state::text from dfa.delivery") == "failed"
    });
    assert!(ada.get("/admin/notify").text.contains("test"));
    assert!(ada.get("/admin/notify/channel/remove?name=ops").text.contains("rules name it"));
    does(&ada, "/admin/notify/rule/remove?name=nights", &[]).assert_status(303);
    does(&ada, "/admin/notify/channel/remove?name=ops", &[]).assert_status(303);
    let wrong =
        does(&ada, "/admin/notify/channel", &[("name", "ops"), ("kind", "slack"), ("target", "nowhere")]);
    assert!(
        wrong.status == 422 && wrong.text.contains("nowhere") && wrong.text.contains("aria-invalid"),
        "{}",
        wrong.text
    );
}

#[test]
fn everything_is_held_and_let_go_by_clicks_and_every_page_says_so() {
    let database = stage::database();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "ada");
    let page = visitor.page(View::LAPTOP);
    page.go("/admin");
    page.click("a[href='/pause?name=all']");
    page.dialog();
    page.fill("#f-reason", "moving house");
    page.click("#dialog button.danger");
    page.until("document.querySelector('.banner') && document.querySelector('.banner').innerText.includes('moving house')");
    page.click("a[href='/unpause?name=all']");
    page.dialog();
    page.click("#dialog button.primary");
    page.until("document.querySelector('a[href=\"/pause?name=all\"]') && !document.querySelector('.banner')");
    assert_eq!(page.faults(), [""; 0]);
}
