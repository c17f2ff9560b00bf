-- A past for the catalogs of pages.rs: 1,000,000 tasks of 200 pipelines over a year, each with a step, 1,000,000 rows of the log,
-- 100 intervals of the ledger of each table. One in a hundred failed. Written beside triggers: nothing listens yet.
set session_replication_role = replica;
insert into dfa.task_process
    (process_id, process_type, process_name_put, run_date_put, process_message, process_time, process_number_put, process_number_get,
     process_module, status, created_at, finished_at, update_date)
select to_char(at, 'YYYYMMDDHH24MISSUS') || lpad(number::text, 8, '0'), 'background|pipeline',
       'pipeline_p' || lpad((number % 200)::text, 3, '0'), to_char(at, 'YYYY-MM-DD'),
       case when number % 100 = 7 then '[ run_date: ' || to_char(at, 'YYYY-MM-DD') || ' ] Error: division by zero' else 'Success' end,
       (number % 977) / 10.0, 5, 5, 'framework|data', (case when number % 100 = 7 then 1 else 0 end)::smallint, at, at + interval '1 minute', at
from (select number, now() - interval '365 days' * (1000000 - number) / 1000000 as at from generate_series(1, 1000000) as number) as past;

insert into dfa.task_step (process_id, step_order, pipeline_name, node, run_date, state, rows, started_at, finished_at, process_time, error)
select process_id, 1, process_name_put, 'ai_t' || lpad((number % 1000)::text, 4, '0'), created_at::date,
       (case when status = 1 then 'FAILED' else 'SUCCESS' end)::dfa.step_state, number % 100000, created_at, finished_at, process_time,
       case when status = 1 then json_build_object('message', 'division by zero', 'sqlstate', '22012', 'hint', 'Divide by another number.') end
from (select *, row_number() over (order by process_id) as number from dfa.task_process) as task;

insert into dfa.data_logging (table_name, data_date, update_date, run_date, row_record, process_time, action_type, status, process_id, message)
select node, run_date, finished_at, run_date, rows, process_time, 'common', (case when state = 'FAILED' then 1 else 0 end)::smallint, process_id,
       case when state = 'FAILED' then 'Error: division by zero' end
from dfa.task_step;

insert into dfa.data_interval (table_name, interval_start, run_type, state)
select 'ai_t' || lpad(number::text, 4, '0'), day, 'daily',
       (case when number % 50 = 3 and day = current_date - 1 then 'stale' else 'done' end)::dfa.interval_state
from generate_series(0, 999) as number
     cross join lateral (select current_date - back as day from generate_series(1, 100) as back) as days
on conflict do nothing;
set session_replication_role = origin;
