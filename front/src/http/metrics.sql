-- The database's numbers for Prometheus: metric, label, value of the label, number.
with recent as (
    select status from dfa.task_process where process_id >= to_char(clock_timestamp() - interval '1 day', 'YYYYMMDD')
),
logged as (
    select table_name, process_time
    from dfa.data_logging
    where update_date >= clock_timestamp() - interval '1 day' and action_type in ('common', 'rerun')
    order by update_date desc
    limit 10000
)
select 'dfa_tasks' as metric, 'state' as label, 'processing' as labelled, count(*)::float8 as number
from dfa.task_process
where status = 2
union all
select 'dfa_tasks', 'state', 'succeeded_last_day', count(*)::float8 from recent where status = 0
union all
select 'dfa_tasks', 'state', 'failed_last_day', count(*)::float8 from recent where status = 1
union all
select 'dfa_queue_depth', 'state', state.of, count(step.id)::float8
from (values ('WAITING'), ('PROCESSING')) as state (of)
     left join (dfa.task_process as task join dfa.task_step as step using (process_id))
          on task.status = 2 and step.state::text = state.of
group by state.of
union all
select 'dfa_queue_age_seconds', 'of', 'oldest',
       coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8
from dfa.task_process
where status = 2
union all
select 'dfa_step_seconds', 'table', table_name, avg(process_time)::float8 from logged group by table_name
union all
select 'dfa_table_age_days', 'table', table_name, (dfa.today() - data_date)::float8 from dfa.data_pipeline
