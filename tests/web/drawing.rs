//! What feeds what, as a drawing that is read by keys and by ear, too; charts; grids.

use crate::browser::View;
use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::{Database, Service};

#[test]
fn a_lineage_is_links_from_left_to_right_and_a_list() {
    let stage = stage::shared();
    let visitor = Visitor::new(&stage.1, "vera");
    let page = visitor.page(View::LAPTOP);
    page.go("/tables/ai_share?up=2");
    let x = |name: &str| {
        let at = format!(
            "document.querySelector('.graph a[href=\"/tables/{name}\"] rect').getBoundingClientRect().x"
        );
        page.value(&at).as_f64().unwrap()
    };
    assert!(x("src_in") < x("ai_sales") && x("ai_sales") < x("ai_share") && x("ai_share") < x("ai_report"));
    assert_eq!(page.value("document.querySelectorAll('.graph .edge').length"), 3);
    // A name is in its box, whatever the font is.
    let inside = "[...document.querySelectorAll('.graph .node')].every((node) => {
        const box = node.querySelector('rect').getBoundingClientRect(), text = node.querySelector('text').getBoundingClientRect();
        return text.left >= box.left && text.right <= box.right; })";
    assert_eq!(page.value(inside), true);
    // By keys: each node is reached and opened.
    page.value("document.querySelector('.graph a[href=\"/tables/ai_report\"]').focus()");
    page.press("Enter");
    page.until("location.pathname === '/tables/ai_report'");
    let text = visitor.get("/tables/ai_share?up=2").text;
    assert!(text.contains("What it reads is to the left, 2 far"), "{text}");
    let far = visitor.get("/tables/src_in?down=9").text;
    assert!(
        far.contains("href=\"/tables/ai_report\" ") || far.contains("href=\"/tables/ai_report\"><title>"),
        "{far}"
    );
}

#[test]
fn the_grid_is_by_date_and_by_run_and_the_runs_are_bars() {
    let stage = stage::shared();
    let visitor = Visitor::new(&stage.1, "vera");
    let text = visitor.get("/pipelines/broken").text;
    assert!(text.contains("title=\"2021-01-03\"") && text.contains("class=\"cell failed\""), "{text}");
    assert!(text.contains("aria-label=\"Duration of the last runs\""), "{text}");
    let runs = visitor.get("/pipelines/broken?grid=runs").text;
    let heads =
        runs.split("class=\"rows grid\"").nth(1).and_then(|rest| rest.split("</thead>").next()).unwrap();
    assert_eq!(heads.matches("href=\"/t/").count(), 2, "{heads}");
    assert!(runs.contains("class=\"cell held\""), "{runs}");
    let table = visitor.get("/tables/ai_sales?by=month").text;
    assert!(
        table.contains("aria-label=\"Rows over time\"") && table.contains("<summary>The numbers</summary>"),
        "{table}"
    );
}

/// A pipeline of many nodes with long names, each of which reads some before it.
pub fn large(database: &Database) {
    let name = |number: usize| format!("ai_{:0>60}", format!("node_{number}"));
    let mut catalog = String::new();
    for number in 0..300_usize {
        let reads: Vec<String> = [number / 2, number / 3, number.saturating_sub(7)]
            .into_iter()
            .filter(|read| *read < number)
            .map(|read| format!("select id from ai.{}", name(read)))
            .collect();
        let select = if reads.is_empty() { "select 1".to_owned() } else { reads.join(" union ") };
        catalog.push_str(&format!(
            "{0}:\n  create: {{features: {{id: bigint}}}}\n  update: {{p: {{statement: 'insert into ai.{0} {select}'}}}}\n",
            name(number)
        ));
    }
    let nodes: Vec<String> = (0..300).map(name).collect();
    catalog.push_str(&format!("pipeline:large: {{nodes: [{}]}}\n", nodes.join(", ")));
    database.connect().query("select * from dfa.load_catalog($1)", &[&catalog]).unwrap();
}

#[test]
fn three_hundred_nodes_with_names_of_63_bytes_are_drawn_and_break_nothing() {
    let database = stage::database();
    large(&database);
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "vera");
    for view in [View::LAPTOP, View::PHONE] {
        let page = visitor.page(view);
        page.go("/pipelines/large");
        assert_eq!(page.faults(), [""; 0]);
        let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert!(page.value(wide).as_i64() <= Some(0), "{view:?}");
        assert_eq!(page.value("document.querySelectorAll('.graph .node').length"), 300);
        let apart = "(() => { const boxes = [...document.querySelectorAll('.graph .node rect')].map((it) => it.getBoundingClientRect());
            return boxes.every((a, i) => boxes.slice(i + 1).every((b) =>
                a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top)); })()";
        assert_eq!(page.value(apart), true);
        if let Some(folder) = std::env::var_os("DFA_SCREENS") {
            page.picture(&std::path::Path::new(&folder).join(format!("pipeline-large-{}.png", view.width)));
        }
    }
}
