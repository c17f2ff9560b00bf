-- The database's numbers for Prometheus: metric, label, value of the label, number.
select 'dfa_tasks' as metric, 'state' as label, 'processing' as labelled, count(*)::float8 as number
from dfa.task_process
where status = 2
union all
select 'dfa_queue_depth', 'state', state.of, count(step.id)::float8
from (values ('WAITING'), ('PROCESSING')) as state (of)
     left join (dfa.task_process as task join dfa.task_step as step using (process_id))
          on task.status = 2 and step.state::text = state.of
group by state.of
union all
select 'dfa_queue_oldest_seconds', '', '',
       coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8
from dfa.task_process
where status = 2
union all
select 'dfa_table_age_seconds', 'table', table_name, extract(epoch from (now() at time zone dfa.time_zone()) - data_date)::float8
from dfa.data_pipeline
where isfinite(data_date)
union all
select 'dfa_table_late_seconds', 'table', table_name,
       case when late_since is null then 0 else extract(epoch from clock_timestamp() - late_since) end::float8
from dfa.table_freshness(causes => false)
where state <> 'unknown'
union all
select 'dfa_pipeline_failures', 'pipeline', pipeline_name, failures::float8
from dfa.task_schedule
where kind = 'pipeline'
union all
select 'dfa_paused', 'what', case kind when 'pipeline' then 'pipeline:' || name else name end, 1
from dfa.paused_now
union all
select 'dfa_workers', '', '', count(*)::float8
from dfa.worker
