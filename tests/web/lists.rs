//! Lists: their order, columns and pages stand in the address, and the same address gives the whole as CSV or JSON.

use crate::stage;
use crate::visitor::Visitor;
use serde_json::Value;

/// The names that a page of a list opens, in their order, and the address of the next one.
fn names(text: &str, below: &str) -> (Vec<String>, Option<String>) {
    let rows = text.split("<tr data-row").skip(1);
    let link = format!("href=\"{below}");
    let name = |row: &str| row.split(&link).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let next = text.split("\" rel=\"next\"").next().filter(|before| before.len() < text.len());
    let next = next
        .and_then(|before| before.rsplit("href=\"").next())
        .map(|link| link.replace("&#38;", "&").replace("&amp;", "&"));
    (rows.filter_map(name).collect(), next)
}

#[test]
fn pages_of_any_order_hold_each_row_once_and_nulls_come_last() {
    let stage = stage::shared();
    let visitor = Visitor::new(&stage.1, "vera");
    for sort in ["", "name", "-name", "-seconds,name", "update_date,-name", "-size", "rows,-age,state"] {
        let mut at = Some(format!("/tables?limit=1&sort={sort}"));
        let mut all = Vec::new();
        while let Some(path) = at {
            let page = visitor.get(&path);
            page.assert_status(200);
            let (found, next) = names(&page.text, "/tables/");
            assert_eq!(found.len(), 1, "{path}");
            all.extend(found);
            at = next;
            assert!(all.len() <= 4, "{sort}: {all:?}");
        }
        let whole = names(&visitor.get(&format!("/tables?sort={sort}")).text, "/tables/").0;
        assert_eq!(all, whole, "{sort}");
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{sort}");
    }
    // Rows only land in src_in: nothing ran it, in neither direction.
    for sort in ["update_date", "-update_date"] {
        let (found, _) = names(&visitor.get(&format!("/tables?sort={sort}")).text, "/tables/");
        assert_eq!(found.last().map(String::as_str), Some("src_in"), "{sort}");
    }
}

#[test]
fn the_same_address_gives_the_list_as_csv_and_json() {
    let stage = stage::shared();
    let visitor = Visitor::new(&stage.1, "vera");
    let csv = visitor.get("/tables?prefix=ai&sort=-name&columns=name,table_type,description&format=csv");
    assert!(csv.header("content-type").starts_with("text/csv"), "{}", csv.header("content-type"));
    let lines: Vec<&str> = csv.text.split("\r\n").collect();
    assert_eq!(lines[0], "name,table_type,description");
    let names: Vec<&str> = lines[1..4].iter().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(names, ["ai_share", "ai_sales", "ai_report"]);
    assert!(lines[2].ends_with(",Sales by day") && lines[3].ends_with(','), "{lines:?}");
    assert_eq!(lines.len(), 5, "{lines:?}");
    for path in ["/pipelines", "/tables", "/tasks", "/log", "/catalog"] {
        let json = visitor.get(&format!("{path}?format=json"));
        json.assert_status(200);
        let rows: Vec<Value> = serde_json::from_str(&json.text).unwrap();
        assert!(
            !rows.is_empty() && rows.iter().all(|row| row.as_object().is_some_and(|row| row.len() > 5)),
            "{path}"
        );
        let csv = visitor.get(&format!("{path}?format=csv"));
        assert_eq!(csv.text.trim_end().split("\r\n").count(), rows.len() + 1, "{path}");
    }
    let failed: Vec<Value> =
        serde_json::from_str(&visitor.get("/tasks?status=1&columns=name,state&format=json").text).unwrap();
    assert_eq!(failed, [serde_json::json!({ "name": "broken", "state": "FAILED" })]);
}

#[test]
fn columns_are_chosen_and_what_is_no_column_is_told() {
    let stage = stage::shared();
    let visitor = Visitor::new(&stage.1, "vera");
    let page = visitor.get("/tables?columns=name&columns=size&sort=-size").text;
    let heads = page.split("<thead>").nth(1).and_then(|rest| rest.split("</thead>").next()).unwrap();
    assert_eq!(heads.matches("<th").count() - heads.matches("<thead").count(), 2, "{heads}");
    assert!(heads.contains("aria-sort=\"descending\""), "{heads}");
    // A further column is put before those that rows are sorted by.
    assert!(heads.contains("sort=name%2C-size"), "{heads}");
    for (path, word) in [
        ("/tables?sort=colour", "'colour' is not one of"),
        ("/tables?columns=name,colour", "'colour' is not one of"),
        ("/tasks?sort=message", "'message' is not one of"),
        ("/tables?limit=0", "from 1 to 500"),
        ("/tables?after=zz", "after"),
        ("/log?format=xls", "'xls' is not one of csv, json"),
    ] {
        let reply = visitor.get(path);
        assert!(
            reply.status == 422 && reply.text.replace("&#39;", "'").contains(word),
            "{path}: {}",
            reply.text
        );
    }
    // A place of another order is none of this one.
    let (_, next) = names(&visitor.get("/tables?limit=1&sort=name").text, "/tables/");
    let after = next.unwrap().split("after=").nth(1).unwrap().to_owned();
    assert_eq!(visitor.get(&format!("/tables?sort=size,age&after={after}")).status, 422);
}
