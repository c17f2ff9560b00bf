-- What an idle worker needs to know: seconds until a step of its role is tried again; a role that has steps to run and
-- no worker.
select (select extract(epoch from min(step.retry_at) - clock_timestamp())::float8
        from dfa.task_step as step join dfa.task_process as task using (process_id)
        where step.state = 'WAITING' and step.is_ready and step.retry_at > clock_timestamp() and task.status = 2
          and task.cancelled_at is null and task.process_by = session_user) as seconds,
       (select ready.process_by from dfa.ready_step as ready
             join pg_roles as role on role.rolname = ready.process_by and role.rolcanlogin
        where ready.process_by not in (select process_by from dfa.worker) limit 1) as other_role
