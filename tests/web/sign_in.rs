//! Signing in, staying signed in, and no longer.

use crate::stage::{self, PASSWORD};
use crate::visitor::{sign_in, Visitor};
use dfa_tests::Service;

#[test]
fn the_cookie_is_for_this_host_alone_and_the_database_knows_only_its_hash() {
    let database = stage::database();
    let service = Service::start(&database);
    let reply = sign_in(&service, &[("user", "ada"), ("password", PASSWORD), ("next", "/tasks?status=1")]);
    reply.assert_status(303);
    assert_eq!(reply.header("location"), "/tasks?status=1");
    let cookie = reply.header("set-cookie");
    for part in ["__Host-dfa=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{part} is not in {cookie}");
    }
    assert!(!cookie.contains("Max-Age"), "{cookie}");
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    assert_eq!(token.len(), 64);
    let kept = "select user_name || ' ' || (encode(token_hash, 'hex') = encode(sha256(convert_to($1, 'UTF8')), 'hex'))
                       || ' ' || host(address) from dfa.web_session";
    let kept: String = database.connect().query_one(kept, &[&token]).unwrap().get(0);
    assert_eq!(kept, "ada true 127.0.0.1");
    let remembered = sign_in(&service, &[("user", "ada"), ("password", PASSWORD), ("remember", "Y")]);
    assert!(remembered.header("set-cookie").contains("; Max-Age=7776000"));
}

#[test]
fn a_wrong_password_and_a_user_who_is_not_there_are_told_the_same_and_the_eleventh_waits() {
    let database = stage::database();
    let service = Service::start(&database);
    let answer = |user: &str| {
        let reply = sign_in(&service, &[("user", user), ("password", "wrong password")]);
        (reply.status, reply.text.replace(user, "NAME").replace(reply.header("x-request-id"), ""))
    };
    let (wrong, unknown) = (answer("vera"), answer("nobody"));
    let without_time = |text: &str| text.split("<time").map(str::to_owned).collect::<Vec<_>>()[0].clone();
    assert_eq!((wrong.0, without_time(&wrong.1)), (unknown.0, without_time(&unknown.1)));
    assert_eq!(wrong.0, 422);
    database
        .connect()
        .batch_execute("update dfa.user_account set active_flg = 'N' where user_name = 'otto'")
        .unwrap();
    assert_eq!(sign_in(&service, &[("user", "otto"), ("password", PASSWORD)]).status, 422);
    // By user, wherever they come from; and then even the right password waits.
    let tries: Vec<u16> = (0..100).map(|_| answer("vera").0).collect();
    assert!(tries.contains(&429) && tries.last() == Some(&429), "{tries:?}");
    let refused = sign_in(&service, &[("user", "vera"), ("password", PASSWORD)]);
    refused.assert_status(429);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    assert!(refused.header("set-cookie").is_empty());
}

#[test]
fn a_session_ends_by_itself_at_sign_out_and_with_the_password() {
    let database = stage::database();
    let service = Service::start(&database);
    let mut client = database.connect();
    let mut run = |sql: &str| client.batch_execute(sql).unwrap();
    let is_in = |visitor: &Visitor<'_>| visitor.get("/account").status == 200;

    let idle = Visitor::new(&service, "ada");
    assert!(is_in(&idle));
    run("update dfa.web_session set seen_at = now() - idle");
    assert!(!is_in(&idle));
    let old = Visitor::new(&service, "ada");
    run("update dfa.web_session set ends_at = now()");
    assert!(!is_in(&old));

    let out = Visitor::new(&service, "ada");
    let left = out.post("/logout", &[("token", &out.token())]);
    assert_eq!((left.status, left.header("location")), (303, "/login"));
    assert!(left.header("set-cookie").contains("Max-Age=0") && !is_in(&out));

    let (here, elsewhere) = (Visitor::new(&service, "ada"), Visitor::new(&service, "ada"));
    let new = "another long one";
    let fields = |old: &'static str| [("password_old", old), ("password_new", new), ("password_again", new)];
    let change =
        |old| here.post("/account/password", &[&[("token", &*here.token())], &fields(old)[..]].concat());
    assert_eq!(change("not the old one").status, 422);
    assert!(is_in(&elsewhere));
    let changed = change(PASSWORD);
    assert_eq!(changed.status, 303);
    assert!(!is_in(&elsewhere) && !is_in(&here), "the old token is of no use");
    let again = Visitor { service: &service, set_cookie: changed.header("set-cookie").to_owned() };
    assert!(is_in(&again));
    // By another door.
    run("select dfa.set_password('ada', password_hash) from dfa.user_account where user_name = 'otto'");
    assert!(!is_in(&again));
    let viewer = Visitor::new(&service, "vera");
    run("select dfa.remove_user('vera')");
    assert!(!is_in(&viewer));
}

#[test]
fn nobody_brings_a_session_of_his_own_or_is_sent_elsewhere() {
    let database = stage::database();
    let service = Service::start(&database);
    let fixed = Visitor { service: &service, set_cookie: format!("__Host-dfa={}", "a".repeat(64)) };
    let reply = fixed.post("/login", &[("user", "ada"), ("password", PASSWORD), ("next", "//evil.example/")]);
    assert_eq!((reply.status, reply.header("location")), (303, "/"));
    assert!(!reply.header("set-cookie").contains(&"a".repeat(64)));
    assert_eq!(fixed.get("/account").status, 303);
    // Signing in again ends the session that the browser had.
    let first = Visitor { service: &service, set_cookie: reply.header("set-cookie").to_owned() };
    assert_eq!(first.get("/account").status, 200);
    first.post("/login", &[("user", "otto"), ("password", PASSWORD)]).assert_status(303);
    assert_eq!(first.get("/account").status, 303);
    for next in ["https://evil.example/", "/\\evil.example", "/login", "javascript:alert(1)"] {
        let reply = sign_in(&service, &[("user", "otto"), ("password", PASSWORD), ("next", next)]);
        assert_eq!(reply.header("location"), "/", "{next}");
    }
}

#[test]
fn a_password_is_typed_only_where_nobody_reads_along() {
    let database = stage::database();
    let fields = format!("user=ada&password={}", PASSWORD.replace(' ', "+"));
    let ask = |service: &Service, headers: &[(&str, &str)]| {
        Visitor::nobody(service).send("POST", "/login", headers, &fields).status
    };
    let far = [("Host", "dfa.example"), ("Origin", "https://dfa.example")];
    let by_proxy = [&far[..], &[("X-Forwarded-Proto", "https")]].concat();
    let plain = Service::start(&database);
    assert_eq!(ask(&plain, &far), 403);
    assert_eq!(ask(&plain, &by_proxy), 403, "whoever says so is not a proxy of ours");
    let behind = Service::start_with(&database, &[("DFA_TRUSTED_PROXIES", "127.0.0.1")], &[]);
    assert_eq!((ask(&behind, &by_proxy), ask(&behind, &far)), (303, 403));
    let open = Service::start_with(&database, &[("DFA_INSECURE_SIGN_IN", "True")], &[]);
    assert_eq!(ask(&open, &far), 303);
}
