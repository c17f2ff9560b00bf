//! The list of tasks by its filters, by REST and by the command.

use crate::ready;
use dfa_tests::{dfa, Database, Service};
use serde_json::Value;

fn by_rest(service: &Service, query: &str) -> Vec<String> {
    let body = service.get(&format!("/api/ai/tasks?{query}")).assert_status(200).json();
    ids(&body)
}

fn by_command(database: &Database, query: &str) -> Vec<String> {
    let answer = dfa(database, &["--json", "task", "list", query]);
    ids(&answer.assert_success().json())
}

fn ids(body: &Value) -> Vec<String> {
    let tasks = body["tasks"].as_array().unwrap().iter();
    tasks.map(|task| task["process_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn tasks_are_found_by_each_filter_in_both_doors() {
    let (database, service) = ready::service();
    database.connect().batch_execute("insert into ai.ai_a values (2)").unwrap();
    let run = |form: &str| {
        let reply = service.post("/api/ai/run/data", form).json();
        reply["process_id"].as_str().unwrap().to_owned()
    };
    let good = run("table_name=ai_a&run_date=2021-01-05&background=N");
    let bad = run("table_name=ai_b&run_date=2021-01-05&background=N");
    let behind = run("pipeline_name=slow&run_date=2021-01-05");
    service.post(&format!("/api/ai/tasks/{behind}/cancel"), "").assert_status(200);
    for (query, expected) in [
        (format!("id={good}"), vec![&good]),
        ("name=ai_b&module=data".to_owned(), vec![&bad]),
        ("status=1&error=DIVISION%20by".to_owned(), vec![&bad]),
        ("sqlstate=22012".to_owned(), vec![&bad]),
        ("sqlstate=23505".to_owned(), vec![]),
        ("type=background".to_owned(), vec![&behind]),
        ("type=foreground&module=data".to_owned(), vec![&bad, &good]),
        ("by=postgres&module=data".to_owned(), vec![&behind, &bad, &good]),
        ("by=nobody".to_owned(), vec![]),
        ("module=data&from=2999-01-01".to_owned(), vec![]),
    ] {
        assert_eq!(by_rest(&service, &query).iter().collect::<Vec<_>>(), expected, "{query}");
        assert_eq!(by_command(&database, &query).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let rerun = format!("select new_process_id from dfa.change_tasks('rerun', array['{bad}'])");
    let again = ready::value(&database, &rerun);
    let query = format!("parent={bad}");
    assert_eq!(by_rest(&service, &query), [again.as_str()]);
    assert_eq!(by_command(&database, &query), [again.as_str()]);
    for wrong in ["id=x", "status=3", "type=x", "from=never", "parent=x"] {
        service.get(&format!("/api/ai/tasks?{wrong}")).assert_problem(422, &[]);
        dfa(&database, &["task", "list", wrong]).assert_failure(2, &[wrong.split('=').next().unwrap()]);
    }
}

#[test]
fn the_newest_task_comes_first_wherever_it_was_begun() {
    let (database, service) = ready::service();
    for zone in ["Asia/Tokyo", "America/New_York"] {
        let mut client = database.connect();
        client.batch_execute(&format!("set timezone = '{zone}'")).unwrap();
        client.batch_execute("call dfa.run('ai_a', array['2021-01-05']::date[])").unwrap();
    }
    let newest = "select process_id from dfa.task_process order by created_at desc limit 1";
    assert_eq!(by_rest(&service, "limit=1"), [ready::value(&database, newest)]);
    assert_eq!(by_command(&database, "limit=1"), [ready::value(&database, newest)]);
    // A day is one of the database, in whatever zone somebody looks.
    let today = ready::value(&database, "select dfa.today()");
    assert_eq!(by_rest(&service, &format!("module=data&from={today}&to={today}")).len(), 2);
}

#[test]
fn a_rare_name_is_found_by_its_index() {
    let (database, _) = ready::service();
    let mut client = database.connect();
    client
        .batch_execute(
            "insert into dfa.task_process (process_id, process_type, process_name_put, process_module, status, created_at)
             select i::text, 'background|table', case when i = 7 then 'rare' else 'usual' end, 'framework|data', 0,
                    now() - i * interval '1 minute'
             from generate_series(1, 50000) as i;
             analyze dfa.task_process",
        )
        .unwrap();
    for condition in ["process_name_put = 'rare'", "process_id >= '4711' and process_id < '4712'"] {
        let explain = format!(
            "explain select process_id from dfa.task_process where {condition}
             order by created_at desc, process_id desc limit 51"
        );
        let plan: Vec<String> = client.query(&explain, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("task_process_name") || plan.contains("task_process_pkey"), "{plan}");
    }
}
