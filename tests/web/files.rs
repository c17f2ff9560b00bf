//! A file into a table from its page: looked at, mended, loaded.

use crate::stage;
use crate::visitor::Visitor;
use dfa_tests::{Reply, Service};

fn sent(visitor: &Visitor<'_>, token: &str, fields: &[(&str, &str)], name: &str, content: &str) -> Reply {
    let mut body = String::new();
    for (field, value) in [&[("token", token)], fields].concat() {
        body.push_str(&format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str(&format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{content}\r\n--x--\r\n"
    ));
    let origin = format!("http://{}", visitor.service.address());
    visitor.send_as(
        "/tables/src_in/ingest",
        "multipart/form-data; boundary=x",
        &[("Origin", &origin), ("Sec-Fetch-Site", "same-origin")],
        &body,
    )
}

#[test]
fn bad_rows_are_told_by_line_and_column_before_anything_is_loaded() {
    let database = stage::database();
    let service = Service::start(&database);
    let visitor = Visitor::new(&service, "otto");
    let token = visitor.token();
    let rows =
        || -> i64 { database.connect().query_one("select count(*) from ai.src_in", &[]).unwrap().get(0) };
    let file = "id,day,colour\n1,2021-01-01,red\n2,never,\"a\nb\"\nx,2021-01-03,<b>\n4,2021-01-04,\n";
    let good = file
        .replace(",colour", "")
        .replace(",red", "")
        .replace(",\"a\nb\"", "")
        .replace(",<b>", "")
        .replace("04,", "04");
    let look = sent(&visitor, &token, &[("do", "look")], "sales.csv", &good);
    look.assert_status(200);
    assert!(look.text.contains("2 rows can be loaded, 2 would be refused"), "{}", look.text);
    for (line, column, value) in [(3, "day", "never"), (4, "id", "x")] {
        let row = format!("<td class=\"num\">{line}</td><td class=\"mono\"><bdi>{column}</bdi></td><td class=\"mono wide\"><bdi>{value}</bdi>");
        assert!(look.text.contains(&row), "{row} in {}", look.text);
    }
    assert_eq!(rows(), 0);
    // None, if one is refused; the others, if that is asked for.
    let none = sent(&visitor, &token, &[("do", "load")], "sales.csv", &good);
    assert!(none.status == 200 && none.text.contains("Nothing was kept") && rows() == 0, "{}", none.text);
    let some = sent(&visitor, &token, &[("do", "load"), ("on_error", "skip")], "sales.csv", &good);
    assert!(some.text.contains("2 rows were loaded, 2 refused") && rows() == 2, "{}", some.text);
    let refused =
        some.text.split("href=\"/tables/src_in/refused").nth(1).and_then(|rest| rest.split('"').next());
    let refused = visitor.get(&format!("/tables/src_in/refused{}", refused.unwrap().replace("&amp;", "&")));
    let lines: Vec<&str> = refused.text.split("\r\n").collect();
    assert_eq!(lines[0], "id,day,refused_column,refused_reason");
    assert!(lines[1].starts_with("2,never,day,") && lines[2].starts_with("x,2021-01-03,id,"), "{lines:?}");
    // A column that the table has not is told, and so is a line of another length.
    let surplus = sent(&visitor, &token, &[("do", "look")], "sales.csv", file);
    assert!(surplus.text.contains("colour"), "{}", surplus.text);
    let short = sent(&visitor, &token, &[("do", "look")], "sales.csv", "id,day\n1\n");
    assert!(short.text.contains("line 2: has 1 value"), "{}", short.text);
    let json =
        sent(&visitor, &token, &[("do", "load")], "more.ndjson", "{\"id\": 7, \"day\": \"2021-01-07\"}\n");
    assert!(json.text.contains("1 rows were loaded") && rows() == 3, "{}", json.text);
    let excel = sent(&visitor, &token, &[("do", "load")], "more.xlsx", "PK");
    assert!(excel.status == 415 && excel.text.contains(".parquet"), "{}", excel.text);
    let parquet = sent(&visitor, &token, &[("do", "load")], "more.parquet", "PAR1");
    assert!(parquet.status == 422 && parquet.text.contains("not sound Parquet"), "{}", parquet.text);
    assert_eq!(rows(), 3);
    // The person of the load is the one who is signed in.
    let person =
        "select person || ' ' || way from dfa.task_process where process_module like '%ingestion%' limit 1";
    let person: String = database.connect().query_one(person, &[]).unwrap().get(0);
    assert_eq!(person, "otto web");
}

#[test]
fn a_file_is_taken_from_a_page_of_the_session_and_of_who_may_load() {
    let database = stage::database();
    let service = Service::start(&database);
    let (viewer, operator) = (Visitor::new(&service, "vera"), Visitor::new(&service, "otto"));
    let file = "id,day\n1,2021-01-01\n";
    for token in ["", &viewer.token()] {
        assert_eq!(sent(&operator, token, &[("do", "load")], "a.csv", file).status, 403);
    }
    assert_eq!(sent(&viewer, &viewer.token(), &[("do", "load")], "a.csv", file).status, 403);
    let none: i64 = database.connect().query_one("select count(*) from ai.src_in", &[]).unwrap().get(0);
    assert_eq!(none, 0);
    // A form that breaks off loads nothing of what came.
    let token = operator.token();
    let field = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
    let body = format!("{}{}{head}{file}", field("token", &token), field("do", "load"));
    let origin = format!("http://{}", service.address());
    let headers = [("Origin", origin.as_str()), ("Sec-Fetch-Site", "same-origin")];
    let broken =
        operator.send_as("/tables/src_in/ingest", "multipart/form-data; boundary=x", &headers, &body);
    assert_eq!(broken.status, 400, "{}", broken.text);
    let none: i64 = database.connect().query_one("select count(*) from ai.src_in", &[]).unwrap().get(0);
    assert_eq!(none, 0);
    // More than is held at once.
    let large: String = (0..60_000).map(|number| format!("{number},2021-01-01\n")).collect();
    let look = sent(&operator, &operator.token(), &[("do", "look")], "a.csv", &format!("id,day\n{large}"));
    assert!(look.text.contains("its first rows: 10,000 rows can be loaded"), "{}", look.text);
    let load = sent(
        &operator,
        &operator.token(),
        &[("do", "load")],
        "a.csv",
        &format!("id,day\n{large}x,2021-01-01\n"),
    );
    assert!(load.text.contains(">60002</td>"), "{}", load.text);
}
