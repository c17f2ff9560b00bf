//! What can be looked up.

use crate::ready;
use dfa_tests::Service;

fn names(service: &Service, path: &str, under: &str, member: &str) -> (Vec<String>, Option<String>) {
    let body = service.get(path).assert_status(200).json();
    let names =
        body[under].as_array().unwrap().iter().map(|row| row[member].as_str().unwrap().to_owned()).collect();
    (names, body["next"].as_str().map(str::to_owned))
}

#[test]
fn pages_go_on_where_the_last_one_ended_whatever_came_in_between() {
    let (database, service) = ready::service();
    let (first, next) = names(&service, "/api/ai/tables?limit=2", "tables", "name");
    assert_eq!(first, ["ai_a", "ai_b"]);
    database
        .connect()
        .query("select * from dfa.load_catalog('src_aaa: {create: {features: {id: bigint}}}')", &[])
        .unwrap();
    let (second, end) =
        names(&service, &format!("/api/ai/tables?limit=3&after={}", next.unwrap()), "tables", "name");
    assert_eq!(second, ["ai_slow", "src_aaa", "src_in"]);
    assert_eq!(end, None);
}

#[test]
fn a_list_is_sorted_and_filtered_as_asked() {
    let (_, service) = ready::service();
    service.post("/api/ai/run/data", "table_name=ai_b&run_date=2021-01-09&background=N").assert_status(200);
    let (sorted, _) = names(&service, "/api/ai/tables?sort=-run_date&prefix=ai", "tables", "name");
    assert_eq!(sorted[0], "ai_b");
    assert_eq!(sorted.len(), 3);
    assert_eq!(names(&service, "/api/ai/tables?search=slow", "tables", "name").0, ["ai_slow"]);
    assert_eq!(names(&service, "/api/ai/pipelines?sort=-name", "pipelines", "id").0, ["slow", "both"]);
}

#[test]
fn tasks_come_with_the_newest_first() {
    let (_, service) = ready::service();
    for date in ["2021-01-05", "2021-01-06", "2021-01-07"] {
        let form = format!("table_name=ai_a&run_date={date}&background=N");
        service.post("/api/ai/run/data", &form).assert_status(200);
    }
    let (first, next) = names(&service, "/api/ai/tasks?limit=2&module=data", "tasks", "process_id");
    let (rest, end) = names(
        &service,
        &format!("/api/ai/tasks?limit=2&module=data&after={}", next.unwrap()),
        "tasks",
        "process_id",
    );
    assert_eq!((first.len(), rest.len(), end), (2, 1, None));
    assert!(first[0] > first[1] && first[1] > rest[0]);
    assert_eq!(names(&service, "/api/ai/tasks?status=1", "tasks", "process_id").0, Vec::<String>::new());
}

#[test]
fn the_log_of_a_table_is_found_by_its_short_name_too() {
    let (_, service) = ready::service();
    for date in ["2021-01-05", "2021-01-06"] {
        let form = format!("table_name=ai_b&run_date={date}&background=N");
        service.post("/api/ai/run/data", &form).assert_status(200);
    }
    let (first, next) = names(&service, "/api/ai/tables/ab/logs?limit=1&action=common", "logs", "run_date");
    assert_eq!(first, ["2021-01-06"]);
    let path = format!("/api/ai/tables/ai_b/logs?action=common&after={}", next.unwrap());
    assert_eq!(names(&service, &path, "logs", "run_date").0, ["2021-01-05"]);
    service.get("/api/ai/tables/nothing/logs").assert_problem(404, &["table 'nothing' is not known"]);
}

#[test]
fn a_definition_comes_in_the_order_of_its_keys() {
    let (_, service) = ready::service();
    let reply = service.get("/api/ai/catalogs/ai_b");
    let body = reply.assert_status(200).json();
    assert_eq!((&body["kind"], &body["versions"][0]["current"]), (&"table".into(), &true.into()));
    let keys: Vec<&String> = body["document"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["create", "update"]);
    service.get("/api/ai/catalogs/nothing").assert_problem(404, &["catalog 'nothing' is not known"]);
}

#[test]
fn dependencies_are_told_by_process() {
    let (_, service) = ready::service();
    let body = service.get("/api/ai/get/dpc/ab").assert_status(200).json();
    assert_eq!(body["processes"]["fill"][0]["target"], "ai_b");
    assert_eq!(body["processes"]["fill"][0]["sources"][0], "ai_a");
    service.get("/api/ai/get/dpc/nothing").assert_problem(404, &["'nothing' is not known"]);
    service.get("/api/ai/get/opt/nothing").assert_problem(404, &["task 'nothing' is not known"]);
}
