-- Steps that this session may claim, the next one first. More than one, since others claim, too.
select ready.id
from dfa.ready_dataframe_step as ready
     join pg_roles as role on role.rolname = ready.process_by
where pg_has_role(session_user, role.oid, 'member')
order by ready.priority, ready.process_id, ready.step_order
limit 20
