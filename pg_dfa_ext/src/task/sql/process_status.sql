-- What has become of task $1.
select task.process_id, task.process_name_put,
       case when lost.process_id is null and orphan.process_id is null then task.status else 1 end::integer as status,
       case when steps.total = 0 then 100 else round(100.0 * steps.finished / steps.total, 1) end::float8 as percent,
       steps.finished, steps.total,
       current.node, current.run_date,
       case when lost.process_id is not null then 'Error: the session that ran it has ended'
            when orphan.process_id is not null then 'Error: ' || orphan.reason
            when task.status = 2 then coalesce(waiting.reason, task.process_message)
            else task.process_message end as message,
       round(extract(epoch from coalesce(task.finished_at, clock_timestamp()) - task.created_at), 3)::float8 as process_time
from dfa.task_process as task
     left join dfa.lost_task as lost using (process_id)
     left join dfa.orphaned_task as orphan using (process_id)
     cross join lateral (
         select count(*) filter (where state not in ('WAITING', 'PROCESSING')) as finished, count(*) as total
         from dfa.task_step where process_id = task.process_id
     ) as steps
     left join lateral (
         select node, run_date from dfa.task_step
         where process_id = task.process_id and state = 'PROCESSING' order by step_order limit 1
     ) as current on true
     left join lateral (
         select case
                    when not exists (select from pg_roles where rolname = task.process_by and rolcanlogin)
                    then format('Waiting: role %I, which submitted it, is gone or may not log in', task.process_by)
                    when current.node is null and held.sentence is not null then 'Waiting: ' || held.sentence
                    when exists (select from dfa.ready_dataframe_step as ready
                                 where ready.process_id = task.process_id)
                    then 'Waiting for a front service that runs DataFrame functions (dfa run)'
                    when not exists (select from dfa.worker)
                         and not exists (select from dfa.front_session where process_id = task.process_id)
                    then 'Waiting: no worker yet; see dfa.max_workers and max_worker_processes'
                end as reason
         from (select min(sentence) as sentence from dfa.paused_now where kind in ('worker', 'all')) as held
         where task.process_type like 'background|%'
            or exists (select from dfa.task_step as step where step.process_id = task.process_id and step.by_front
                                                           and step.state = 'WAITING')
     ) as waiting on true
where task.process_id = $1
