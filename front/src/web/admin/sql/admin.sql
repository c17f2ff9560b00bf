-- Workers with their steps, named limits, tasks that have not ended, parameters, settings, sources outside, the last rows that were refused:
-- one row of lists.
with worker as (
    select worker.number, worker.pid, worker.process_by as role, step.node, step.run_date, step.process_id,
           extract(epoch from clock_timestamp() - step.started_at) as seconds
    from dfa.worker
         left join dfa.task_step as step on step.state = 'PROCESSING' and step.worker = worker.pid
    order by worker.number
),
queue as (
    select process_id, name, percent, sentence,
           case cause when 'running' then 'PROCESSING' when 'lost' then 'LOST' when 'paused' then 'PAUSED' else 'WAITING' end as state
    from dfa.open_task order by created_at limit 100
),
parameter as (
    select parameter_name as name, parameter_type as kind, parameter_value as value, dfa.is_active(active_flg) as active, update_date
    from dfa.data_parameter order by parameter_name limit 500
),
setting as (
    select name, coalesce(setting, '') as value, short_desc as about from pg_settings
    -- Those of a request say nothing of the database.
    where name like 'dfa.%' and name not in ('dfa.person', 'dfa.way', 'dfa.reason', 'dfa.key', 'dfa.key_patterns')
    order by name
),
source as (
    select tracked.pipeline_id as id, tracked.tracking, case when tracked.update_date > 'epoch' then tracked.update_date end as update_date,
           tracked.run_date,
           coalesce((select json_agg(coalesce(by.pipeline_name, named.pipeline_id) order by named.pipeline_id)
                     from dfa.schedule_trigger as named left join dfa.task_schedule as by on by.pipeline_id = named.pipeline_id
                     where named.trigger_id = tracked.pipeline_id), '[]') as starts
    from dfa.task_schedule as tracked
    where tracked.kind = 'source' order by tracked.pipeline_id limit 200
),
refused as (
    select process_id, table_name, position, column_name, left(reason, 200) as reason, rejected_at as at
    from dfa.rejected_row order by id desc limit 20
),
-- The most that anybody says holds, as for workers.
bound as (
    select own.limit_name as name, min(own.most) as most, coalesce(max(used.steps), 0) as steps,
           json_agg(json_build_array(own.kind, own.name) order by own.name) as named_by
    from dfa.step_limit as own left join dfa.limit_use as used using (limit_name)
    group by own.limit_name order by own.limit_name limit 100
)
select (select coalesce(json_agg(worker), '[]') from worker) as workers, current_setting('dfa.max_workers', true) as greatest,
       (select coalesce(json_agg(queue), '[]') from queue) as queue,
       (select coalesce(json_agg(parameter), '[]') from parameter) as parameters,
       (select coalesce(json_agg(setting), '[]') from setting) as settings,
       (select coalesce(json_agg(source), '[]') from source) as sources,
       (select coalesce(json_agg(refused), '[]') from refused) as refused,
       (select coalesce(json_agg(bound), '[]') from bound) as limits,
       (select sentence from dfa.paused_now where kind = 'worker') as workers_held,
       pg_database_size(current_database()) as size,
       (select count(*) from pg_stat_activity where datname = current_database()) as connections
