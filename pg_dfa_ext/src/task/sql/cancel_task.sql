-- Cancels task $1: what waits will not run. Returns the server processes that are at it, and whether the caller may stop them:
-- the rule of pg_cancel_backend.
with task as (
    update dfa.task_process
    set cancelled_at = clock_timestamp(), update_date = clock_timestamp()
    where process_id = $1 and status = 2
    returning process_id, process_type
),
step as (
    update dfa.task_step as step
    set state = 'CANCELLED', message = 'Cancelled by ' || session_user, finished_at = clock_timestamp()
    from task
    where step.process_id = task.process_id
      and (step.state = 'WAITING'
           -- Its worker died, and there may never be another one of its role.
           or step.state = 'PROCESSING' and (task.process_type like 'background|%' or step.by_front)
              and step.worker not in (select pid from dfa.worker)
              and step.id not in (select step_id from dfa.front_session))
)
select distinct busy.pid,
       pg_has_role(activity.usesysid, 'usage')
           or not role.rolsuper and pg_has_role('pg_signal_backend', 'usage') as may_stop
from task
     cross join lateral (
         select worker from dfa.task_step
         where task_step.process_id = task.process_id and state = 'PROCESSING'
           and worker in (select pid from dfa.worker)
         union all
         select pid from dfa.front_session where front_session.process_id = task.process_id
         union all
         select pid from dfa.foreground_session where foreground_session.process_id = task.process_id
     ) as busy (pid)
     join pg_stat_activity as activity on activity.pid = busy.pid
     join pg_roles as role on role.oid = activity.usesysid
