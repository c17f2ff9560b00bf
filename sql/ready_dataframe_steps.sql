-- Steps that this session may claim, the next one first. More than one, since others claim, too.
select id
from dfa.ready_dataframe_step
where pg_has_role(session_user, process_by, 'member')
order by priority, process_id, step_order
limit 20
