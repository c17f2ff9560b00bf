//! Two services before one database, for an hour of schedules.

use crate::ready;
use dfa_tests::Service;

const PIPELINES: &str = "
pipeline:minutely: {id: minutely, nodes: [ai_a], schedule: '* * * * *'}
pipeline:sevenths: {id: sevenths, nodes: [ai_b], schedule: '*/7 * * * *'}
pipeline:hourly: {id: hourly, nodes: [ai_a], schedule: '30 * * * *'}
";

#[test]
fn each_slot_of_an_hour_runs_once_though_two_clocks_tick() {
    let database = ready::database();
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&PIPELINES]).unwrap();
    // The clock of the scheduler is a row: tick() takes its moment from there instead of from now().
    client
        .batch_execute(
            "create table public.clock as select date_trunc('hour', now()) + interval '1 hour' as at;
             create function public.clock_now() returns timestamptz language sql stable as 'select at from public.clock';
             do $$ begin execute replace(pg_get_functiondef('dfa.tick(timestamptz)'::regprocedure),
                                         'DEFAULT now()', 'DEFAULT public.clock_now()'); end $$",
        )
        .unwrap();
    let begin: String = client.query_one("select at::text from public.clock", &[]).unwrap().get(0);
    client
        .execute(
            "update dfa.task_schedule set next_slot = (select at from public.clock)
                    where pipeline_id in ('minutely', 'sevenths')",
            &[],
        )
        .unwrap();
    client
        .execute(
            "update dfa.task_schedule set next_slot = (select at + interval '30 minutes' from public.clock)
                    where pipeline_id = 'hourly'",
            &[],
        )
        .unwrap();
    let services = [Service::start(&database), Service::start(&database)];
    for service in &services {
        service
            .until("it listens", |it| it.log().iter().any(|line| line["message"] == "listening for events"));
    }
    for minute in 0..60 {
        client
            .execute(
                "update public.clock set at = $1::text::timestamptz + make_interval(mins => $2)",
                &[&begin, &minute],
            )
            .unwrap();
        // What a task that ends says, and so both services tick.
        client
            .batch_execute(r#"select pg_notify('dfa_event', '{"event": "task", "state": "SUCCESS"}')"#)
            .unwrap();
        let done = "select (select count(*) from dfa.schedule_slot where pipeline_id = 'minutely') = $1
                       and not exists (select from dfa.task_process where status = 2)";
        services[0].until("the minute's tasks have run", |_| {
            client.query_one(done, &[&i64::from(minute + 1)]).unwrap().get(0)
        });
    }
    let tasks = "select string_agg(format('%s %s %s', process_name_put, count, slots), ', ' order by process_name_put)
        from (select process_name_put, count(*),
                     (select count(distinct slot) from dfa.schedule_slot where pipeline_id = process_name_put) as slots
              from dfa.task_process where process_type = 'background|pipeline' group by process_name_put) as counted";
    assert_eq!(ready::value(&database, tasks), "hourly 1 1, minutely 60 60, sevenths 9 9");
    assert_eq!(
        ready::value(
            &database,
            "select count(*) from dfa.task_process where status <> 0 and process_name_put <> 'sevenths'"
        ),
        "0"
    );
    for service in &services {
        let metrics = service.get("/metrics").text;
        let ticks =
            metrics.lines().find_map(|line| line.strip_prefix("dfa_ticks_total ")?.parse::<u32>().ok());
        assert!(ticks.is_some_and(|ticks| ticks >= 30), "both are to tick: {ticks:?}");
    }
}
