//! Texts that would be more than texts: whoever writes them, a page shows them and nothing else.

use crate::browser::View;
use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::Service;

const NASTY: &str =
    "<script>alert(1)</script>'\"&{{7*7}}{% raw %}\u{202e}drowssap<img src=x onerror=alert(2)>";

#[test]
fn a_text_of_markup_templates_or_bidi_is_a_text() {
    let database = stage::with_past();
    let mut client = database.connect();
    // Every text of the tables that pages read.
    client
        .execute(
            "update dfa.task_step set message = $1, error = json_build_object('message', $1::text, 'detail', $1::text,
                 'hint', $1::text, 'process', $1::text, 'sqlstate', '22012', 'statement', $1::text || E'\n' || $1::text, 'line', 2)
             where state = 'FAILED'",
            &[&NASTY],
        )
        .unwrap();
    for sql in [
        "update dfa.task_process set process_message = $1, run_mode = $1, application_name = $1",
        "update dfa.data_logging set message = $1",
        "update dfa.data_interval set reason = $1",
        "update dfa.paused set reason = $1",
        "update dfa.note set text = $1",
        "update dfa.catalog set document = (document::jsonb || jsonb_build_object('description', $1::text, 'owner', $1::text))::json",
        "update dfa.web_session set agent = $1",
    ] {
        client.execute(sql, &[&NASTY]).unwrap();
    }
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "ada");
    client.execute("update dfa.web_session set agent = $1", &[&NASTY]).unwrap();
    let page = visitor.page(View::LAPTOP);
    let task = stage::failed_task(&database);
    for path in [
        "/",
        "/pipelines?open=daily",
        "/tasks",
        &format!("/t/{task}"),
        "/account",
        "/pipelines/daily",
        "/pipelines/broken",
        "/tables",
        "/tables/ai_sales",
        "/tables/ai_share",
        "/log",
        "/catalog",
        "/catalog/pipeline/daily",
        "/search?q=daily%20",
        "/admin",
        "/audit",
        "/freshness?state=all",
        "/unpause?name=daily",
        "/admin/people",
        "/admin/keys",
        "/admin/notify",
    ] {
        page.go(path);
        assert_eq!(
            page.value("document.querySelectorAll('main script, main img, [onerror]').length"),
            0,
            "{path}"
        );
        assert_eq!(page.faults(), [""; 0], "{path}");
        let shown = page.text("main");
        let holds =
            ["/search", "/tables"].iter().all(|short| !path.starts_with(short)) || path.contains("/ai_");
        assert!(
            !holds
                || path.starts_with("/admin")
                || path.starts_with("/freshness")
                || shown.contains("<script>alert(1)</script>'\"&{{7*7}}"),
            "{path}: {shown}"
        );
    }
    // In what is edited, compared and drawn, too.
    for path in [
        "/edit?kind=pipeline&name=daily",
        "/edit?kind=table&name=ai_sales",
        "/catalog/table/ai_sales?against=before",
        "/tables/ai_sales?up=3&down=3&by=year",
        "/pipelines/broken?grid=runs",
        "/tables?columns=name,description,owner",
        "/tables/src_in/ingest",
    ] {
        page.go(path);
        assert_eq!(
            page.value("document.querySelectorAll('main script, main img, [onerror]').length"),
            0,
            "{path}"
        );
        assert_eq!(page.faults(), [""; 0], "{path}");
    }
    page.go("/edit?kind=table&name=ai_sales");
    let typed = page.value("document.querySelector('#text').value");
    let typed = typed.as_str().unwrap();
    assert!(typed.contains("<script>alert(1)</script>'\\\"&{{7*7}}{% raw %}\\U0000202Edrowssap"), "{typed}");
    // In the address, too.
    for path in [
        "/tasks?name=%3Cscript%3Ealert(1)%3C/script%3E",
        "/tasks?status=%22%3E%3Cscript%3E",
        "/pipelines?name=%22%3E%3Cimg%20src=x%3E",
    ] {
        page.go(path);
        assert_eq!(page.value("document.querySelectorAll('main script, main img').length"), 0, "{path}");
    }
}
