-- The roles that have background tasks to run and no worker.
select role.oid
from pg_roles as role
where role.rolcanlogin
  and role.rolname in (select process_by from dfa.task_process where status = 2 and process_type like 'background|%')
  and role.rolname not in (select process_by from dfa.worker)
