//! What asks before it acts: it shows what the database says that will happen, and what is done is what was shown.

use crate::browser::View;
use crate::stage;
use crate::visitor::{fields, value_of, Visitor};
use dfa_tests::{Database, Service};

/// Tasks of a pipeline; the service has tasks of its own.
fn tasks(database: &Database, name: &str) -> i64 {
    let sql = "select count(*) from dfa.task_process where process_name_put = $1";
    database.connect().query_one(sql, &[&name]).unwrap().get(0)
}

/// Nothing starts but what a test starts: `broken` follows `daily`.
fn still(database: &Database) {
    database.connect().simple_query("select dfa.pause('broken', 'not in this test')").unwrap();
}

/// The fields of a dialog as a browser sends them, with others in place of some.
fn sent<'a>(page: &'a [(String, String)], others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = page.iter().filter(|(name, _)| !others.iter().any(|(other, _)| other == name));
    kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(others.iter().copied()).collect()
}

#[test]
fn a_run_shows_nodes_dates_and_history_and_what_has_changed_meanwhile_is_asked_again() {
    let database = stage::database();
    still(&database);
    let service = Service::start(&database);
    let mut client = database.connect();
    for line in [
        "insert into ai.src_in values (1, '2021-01-01')",
        "call dfa.run('daily', array['2021-01-02'::date])",
        "select dfa.mark_stale('src_in', '2021-01-02', '2021-01-02', 'corrected by hand')",
    ] {
        client.simple_query(line).unwrap();
    }
    let otto = Visitor::new(&service, "otto");
    let path = "/run?name=daily&mode=backfill&gaps=Y&date=2021-01-01&to=2021-01-03";
    let shown = otto.get(path);
    shown.assert_status(200);
    for words in ["ai_sales", "2021-01-02", "corrected by hand", "Rows last time"] {
        assert!(shown.text.contains(words), "'{words}' is not in {}", shown.text);
    }
    let page = fields(&shown.text);
    assert!(value_of(&page, "if_preview").len() > 10 && value_of(&page, "seen").contains("ai_sales"));
    // Somebody else makes another gap.
    client.simple_query("select dfa.mark_stale('src_in', '2021-01-01', '2021-01-01', 'and this')").unwrap();
    client.simple_query("call dfa.run('daily', array['2021-01-03'::date])").unwrap();
    let before = tasks(&database, "daily");
    let refused = otto.post("/run", &sent(&page, &[]));
    refused.assert_status(409);
    assert!(
        refused.text.contains("is not what was shown") && refused.text.contains("Look again"),
        "{}",
        refused.text
    );
    assert_eq!(tasks(&database, "daily"), before);
    let again = fields(&refused.text);
    assert_ne!(value_of(&again, "if_preview"), value_of(&page, "if_preview"));
    assert_eq!(
        (value_of(&again, "date"), value_of(&again, "to"), value_of(&again, "gaps")),
        ("2021-01-01", "2021-01-03", "Y")
    );
    otto.post("/run", &sent(&again, &[])).assert_status(303);
    assert_eq!(tasks(&database, "daily"), before + 1);
}

#[test]
fn a_form_that_asks_for_something_else_than_it_showed_shows_that_first() {
    let stage = stage::shared();
    let (database, service) = &*stage;
    let otto = Visitor::new(service, "otto");
    let page = fields(&otto.get("/run?name=broken&date=2021-01-03").text);
    // What failed is tried again by itself.
    let begun = || -> i64 {
        let sql = "select count(*) from dfa.task_process where process_name_put = 'broken' and way = 'web'";
        database.connect().query_one(sql, &[]).unwrap().get(0)
    };
    let before = begun();
    let other = otto.post("/run", &sent(&page, &[("date", "2021-01-04"), ("mode", "rerun")]));
    other.assert_status(409);
    assert!(other.text.contains("2021-01-04"), "{}", other.text);
    assert_eq!(begun(), before);
}

#[test]
fn a_form_that_is_sent_twice_does_what_it_does_once() {
    let database = stage::database();
    let service = Service::start(&database);
    let otto = Visitor::new(&service, "otto");
    let page = fields(&otto.get("/run?name=daily&date=2021-01-02").text);
    let first = otto.post("/run", &sent(&page, &[]));
    let second = otto.post("/run", &sent(&page, &[]));
    assert_eq!((first.status, second.status), (303, 303), "{}", second.text);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(tasks(&database, "daily"), 1);
}

#[test]
fn everything_that_is_done_from_pages_is_in_the_audit_with_who_and_web() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let task = stage::failed_task(&database);
    let (otto, ada) = (Visitor::new(&service, "otto"), Visitor::new(&service, "ada"));
    let acts: [(&Visitor<'_>, String, &[(&str, &str)]); 8] = [
        (&otto, "/run?name=daily&mode=rerun&date=2021-01-02".to_owned(), &[]),
        (&otto, "/run?name=daily&mode=backfill&date=2021-01-01&to=2021-01-02".to_owned(), &[]),
        (&otto, "/retention?name=ai_sales".to_owned(), &[]),
        (&ada, "/setup?name=ai_sales".to_owned(), &[]),
        (&otto, "/pause?name=broken".to_owned(), &[("reason", "so it is")]),
        (&otto, "/unpause?name=broken".to_owned(), &[]),
        (&ada, "/admin/parameter?name=factor".to_owned(), &[("value", "4"), ("because", "prices rose")]),
        (&otto, format!("/t/{task}/resume"), &[]),
    ];
    for (visitor, path, others) in &acts {
        let mut shown = visitor.get(path);
        shown.assert_status(200);
        // What was begun before goes on meanwhile: what it changes is looked at again, as a person would.
        for _ in 0..20 {
            let page = fields(&shown.text);
            shown = visitor.post(path.split('?').next().unwrap(), &sent(&page, others));
            if shown.status != 409 {
                break;
            }
        }
        assert_eq!(shown.status, 303, "{path}: {}", shown.text);
    }
    let said = "select string_agg(distinct kind || ' ' || action || ' ' || person || ' ' || way || coalesce(' ' || reason, ''), E'\n')
                from dfa.audit where way = 'web'";
    let said: String = database.connect().query_one(said, &[]).unwrap().get(0);
    for line in [
        "pipeline run otto web",
        "table retention otto web",
        "table setup ada web",
        "pause insert otto web so it is",
        "pause delete otto web",
        "parameter update ada web prices rose",
        "task resume otto web",
    ] {
        assert!(said.contains(line), "'{line}' is not in\n{said}");
    }
    // And its page says it.
    let audit = otto.get("/audit?kind=parameter&name=factor").text;
    for words in ["prices rose", "ada", "<del><bdi>3</bdi></del>", "<bdi>4</bdi>"] {
        assert!(audit.contains(words), "'{words}' is not in {audit}");
    }
    assert!(
        otto.get("/pipelines/broken").text.contains("so it is"),
        "the history of a pipeline is on its page"
    );
}

#[test]
fn what_is_refused_is_told_at_its_field_in_the_words_of_pages_and_keeps_what_was_typed() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let otto = Visitor::new(&service, "otto");
    let token = otto.token();
    let wrong =
        otto.post("/run", &[("token", &*token), ("name", "daily"), ("date", "never"), ("mode", "rerun")]);
    assert_eq!(wrong.status, 422);
    for words in ["aria-invalid", "never", "22007", "value=\"rerun\" checked"] {
        assert!(wrong.text.contains(words), "'{words}' is not in {}", wrong.text);
    }
    let no_reason = otto.post(
        "/pause",
        &[("token", &*token), ("name", "broken"), ("reason", ""), ("until", "2031-01-01T10:00")],
    );
    assert!(
        (400..500).contains(&no_reason.status) && no_reason.text.contains("2031-01-01T10:00"),
        "{}",
        no_reason.text
    );
    database.connect().simple_query("select dfa.pause('all', 'moving house')").unwrap();
    let page = fields(&otto.get("/run?name=daily&date=2021-01-04").text);
    let paused = otto.post("/run", &sent(&page, &[]));
    assert_eq!(paused.status, 503);
    for words in ["moving house", "DF014", "on Admin", "2021-01-04"] {
        assert!(paused.text.contains(words), "'{words}' is not in {}", paused.text);
    }
    let main = paused.text.split("<main").nth(1).unwrap();
    assert!(!main.contains("dfa.unpause") && !main.contains("/api/"), "{main}");
}

#[test]
fn a_note_is_left_seen_by_everybody_and_removed() {
    let database = stage::with_past();
    let service = Service::start(&database);
    let task = stage::failed_task(&database);
    let (otto, vera) = (Visitor::new(&service, "otto"), Visitor::new(&service, "vera"));
    let page = fields(&otto.get(&format!("/note?kind=task&name={task}")).text);
    otto.post("/note", &sent(&page, &[("text", "known, fixed tomorrow"), ("until", "2031-01-01T08:00")]))
        .assert_status(303);
    for path in [format!("/t/{task}"), "/".to_owned()] {
        let shown = vera.get(&path).text;
        assert!(shown.contains("known, fixed tomorrow") && shown.contains("otto"), "{path}: {shown}");
    }
    let id = "select id::text from dfa.note_now where kind = 'task'";
    let id: String = database.connect().query_one(id, &[]).unwrap().get(0);
    let page = fields(&otto.get(&format!("/note/remove?kind=task&name={task}&id={id}")).text);
    otto.post("/note/remove", &sent(&page, &[])).assert_status(303);
    assert!(!vera.get(&format!("/t/{task}")).text.contains("known, fixed tomorrow"));
    let token = vera.token();
    assert_eq!(
        vera.post("/note", &[("token", &*token), ("kind", "task"), ("name", &*task), ("text", "so")]).status,
        403
    );
}

#[test]
fn rows_that_retention_put_away_are_brought_back() {
    let database = stage::database();
    let mut client = database.connect();
    let catalog = "ai_old: {retention: {column: day, months: 1}, create: {features: {day: date}}, update: {p: {statement: 'select 1'}}}";
    client.query("select * from dfa.load_catalog($1)", &[&catalog]).unwrap();
    for sql in [
        "select * from dfa.setup('ai_old')",
        "insert into ai.ai_old values ('2020-03-05'), ('2020-03-06')",
        "select * from dfa.run_retention('ai_old', '2020-12-20', 'Y', 'Y')",
    ] {
        client.simple_query(sql).unwrap();
    }
    let days = |client: &mut postgres::Client| -> i64 {
        client.query_one("select count(*) from ai.ai_old", &[]).unwrap().get(0)
    };
    assert_eq!(days(&mut client), 0);
    let service = Service::start(&database);
    let otto = Visitor::new(&service, "otto");
    assert!(otto.get("/tables/ai_old").text.contains("href=\"/restore?name=ai_old\""));
    let page = fields(&otto.get("/restore?name=ai_old").text);
    let wrong = otto.post("/restore", &sent(&page, &[("from", "2020-03-06"), ("to", "2020-03-01")]));
    assert!((400..500).contains(&wrong.status) && wrong.text.contains("2020-03-06"), "{}", wrong.text);
    otto.post("/restore", &sent(&page, &[("from", "2020-03-06")])).assert_status(303);
    assert_eq!(days(&mut client), 1);
}

#[test]
fn in_a_browser_the_dialog_follows_what_is_chosen_and_stays_when_it_is_refused() {
    let database = stage::database();
    still(&database);
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "otto");
    let page = visitor.page(View::LAPTOP);
    page.go("/pipelines/daily");
    page.click("a[href^='/run?mode=backfill']");
    page.dialog();
    page.choose(&[("#dialog [name=date]", "2021-01-01"), ("#dialog [name=to]", "2021-01-05")]);
    page.until("document.querySelector('#dialog [name=seen]').value.includes('2021-01-05')");
    assert_eq!(page.value("document.querySelector('#dialog [name=to]').value"), "2021-01-05");
    // Meanwhile a day of it is done.
    database.connect().simple_query("call dfa.run('daily', array['2021-01-01'::date])").unwrap();
    page.click("#dialog button.primary");
    page.until("document.querySelector('#dialog').open && document.querySelector('#dialog #changed')");
    assert_eq!(tasks(&database, "daily"), 1);
    page.click("#dialog button.primary");
    page.until("location.pathname.startsWith('/t/')");
    let faults: Vec<String> =
        page.faults().into_iter().filter(|fault| !fault.contains("status of 409")).collect();
    assert_eq!(faults, [""; 0]);
    // A field that one choice alone needs is seen with that choice.
    let admin = Visitor::new(&service, "ada").page(View::LAPTOP);
    admin.go("/setup?name=daily");
    let seen = "getComputedStyle(document.querySelector('[name=cascade]').closest('div')).display !== 'none'";
    assert_eq!(admin.value(seen), false);
    admin.click("[name=drop_before_create]");
    admin.until(seen);
}

#[test]
fn a_form_that_gets_no_answer_says_so_and_keeps_what_was_typed() {
    let database = stage::database();
    let mut service = Service::start(&database);
    let visitor = Visitor::new(&service, "otto");
    let page = visitor.page(View::LAPTOP);
    page.go("/pipelines/daily");
    page.click("a[href^='/pause']");
    page.dialog();
    page.fill("#f-reason", "the source is away");
    service.signal("KILL");
    service.wait();
    page.click("#dialog button.primary");
    page.until("(document.querySelector('#dialog .unanswered') || {innerText: ''}).innerText.includes('did not answer')");
    assert_eq!(page.value("document.querySelector('#f-reason').value"), "the source is away");
}

#[test]
fn without_scripts_all_of_it_works() {
    let database = stage::database();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "otto");
    let page = visitor.page(View::LAPTOP.without_scripts());
    page.go("/pipelines/daily");
    page.click("a[href^='/run?mode=rerun']");
    page.until("location.pathname === '/run' && document.querySelector('form.dialog')");
    assert!(page.text("main").contains("1 node will run"), "{}", page.text("main"));
    page.click("form.dialog button.primary");
    page.until("location.pathname.startsWith('/t/')");
    assert_eq!(tasks(&database, "daily"), 1);
}
