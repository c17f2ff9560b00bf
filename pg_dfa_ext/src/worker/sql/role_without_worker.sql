-- A role that has steps to run and no worker. Names nobody of this session, whose role may be gone.
select ready.process_by
from dfa.ready_step as ready
     join pg_roles as role on role.rolname = ready.process_by and role.rolcanlogin
where ready.process_by not in (select process_by from dfa.worker)
limit 1
