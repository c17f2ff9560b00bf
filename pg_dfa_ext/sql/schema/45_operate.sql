-- What becomes of each task that has not ended: it runs, or waits, and why. dfa.why tells it in the words of a sentence.
create view dfa.open_task as
select task.process_id, task.process_name_put as name, task.process_type like '%|pipeline' as is_pipeline,
       task.created_at, steps.percent, at_work.node, at_work.run_date,
       state.cause,
       case state.cause
           when 'lost' then 'the session that ran it has ended; dfa.resume does what is left'
           when 'running' then format('runs now, at %s %%', steps.percent)
           when 'orphaned' then orphan.reason
           when 'paused' then held.sentence
           when 'queued' then format('is queued behind task %s, which runs table %L', other.process_id, other.node)
           when 'limit' then format('waits for limit %s: %s of %s steps are at work', full_limit.limit_name, full_limit.steps, full_limit.most)
           when 'retry' then format('is tried again at %s, after: %s', to_char(again.retry_at, 'YYYY-MM-DD HH24:MI:SS'), again.message)
           when 'no_front' then format('waits for a front service that runs the DataFrame functions of table %L for role %I: dfa run',
                                       handed.node, task.process_by)
           when 'no_worker' then format('no worker slot is free: %s of dfa.max_workers = %s are at work', crew.number, crew.greatest)
           else 'no worker has taken it yet'
       end as sentence,
       case state.cause when 'queued' then other.process_id end as waits_for,
       case state.cause when 'running' then coalesce(at_work.started_at, task.created_at) when 'paused' then held.since
                        else task.created_at end as since,
       case state.cause when 'paused' then held.until when 'retry' then again.retry_at end as until
from dfa.task_process as task
     left join dfa.lost_task as lost using (process_id)
     left join dfa.orphaned_task as orphan using (process_id)
     left join (select sentence, since, until from dfa.paused_now where kind in ('worker', 'all') order by kind limit 1) as held on true
     cross join (select count(*) as number, current_setting('dfa.max_workers', true) as greatest from dfa.worker) as crew
     cross join lateral (
         select coalesce(round(100.0 * count(*) filter (where state not in ('WAITING', 'PROCESSING')) / nullif(count(*), 0), 1), 0)::float8 as percent
         from dfa.task_step where process_id = task.process_id
     ) as steps
     -- A step that says that it is under way is so if its process is alive.
     left join lateral (
         select node, run_date, started_at from dfa.task_step
         where process_id = task.process_id and state = 'PROCESSING'
           and (task.process_type like 'foreground|%' or worker in (select pid from dfa.worker)
                or id in (select step_id from dfa.front_session))
         order by step_order limit 1
     ) as at_work on true
     left join lateral (
         select retry_at, message from dfa.task_step
         where process_id = task.process_id and state = 'WAITING' and is_ready and retry_at > clock_timestamp()
         order by retry_at limit 1
     ) as again on true
     left join lateral (
         select running.process_id, running.node
         from dfa.task_step as step join dfa.task_step as running on running.node = step.node
         where step.process_id = task.process_id and step.state = 'WAITING' and step.is_ready
           and running.state = 'PROCESSING' and running.process_id <> task.process_id
           and (running.worker in (select pid from dfa.worker) or running.id in (select step_id from dfa.front_session))
         order by step.step_order limit 1
     ) as other on true
     -- A named limit that its next step would go beyond.
     left join lateral (
         select own.limit_name, used.steps, own.most
         from dfa.task_step as step
              join dfa.step_limit as own
                   on own.kind = 'table' and own.name = step.node or own.kind = 'pipeline' and own.name = step.pipeline_name
              join dfa.limit_use as used on used.limit_name = own.limit_name and used.steps >= own.most
         where step.process_id = task.process_id and step.state = 'WAITING' and step.is_ready
         order by step.step_order limit 1
     ) as full_limit on true
     left join lateral (
         select step.node
         from dfa.ready_dataframe_step as ready join dfa.task_step as step using (id)
         where ready.process_id = task.process_id
         order by ready.step_order limit 1
     ) as handed on true
     cross join lateral (
         select case when lost.process_id is not null then 'lost'
                     when at_work.node is not null or task.process_type like 'foreground|%' and handed.node is null then 'running'
                     when orphan.process_id is not null then 'orphaned'
                     when held.sentence is not null then 'paused'
                     when other.process_id is not null then 'queued'
                     when full_limit.limit_name is not null then 'limit'
                     when again.retry_at is not null then 'retry'
                     when handed.node is not null then 'no_front'
                     when crew.number >= crew.greatest::integer then 'no_worker'
                     else 'waiting' end as cause
     ) as state
where task.status = 2;
comment on view dfa.open_task is 'What becomes of each task that has not ended: it runs, or waits, and why';
comment on column dfa.open_task.process_id is 'The task';
comment on column dfa.open_task.name is 'What was asked for';
comment on column dfa.open_task.is_pipeline is 'It is about a pipeline';
comment on column dfa.open_task.created_at is 'When it was asked for';
comment on column dfa.open_task.percent is 'Steps that ended, of all';
comment on column dfa.open_task.node is 'The table that runs now';
comment on column dfa.open_task.run_date is 'The date that it runs for';
comment on column dfa.open_task.cause is 'running; or lost, orphaned, paused, queued, limit, retry, no_front, no_worker, waiting';
comment on column dfa.open_task.sentence is 'The same to be read';
comment on column dfa.open_task.waits_for is 'The task that it is queued behind';
comment on column dfa.open_task.since is 'Since when it is so';
comment on column dfa.open_task.until is 'When that ends by itself, where it does';
