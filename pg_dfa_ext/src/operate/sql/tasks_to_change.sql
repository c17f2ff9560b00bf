-- The tasks $1, in the order of the list, for action $2 (cancel, resume, rerun): what is known of each, and why it is refused.
select given.process_id, coalesce(task.process_name_put, '') as name, coalesce(task.status, 2)::integer as status,
       coalesce(task.run_date_put, '') as run_dates, coalesce(task.parameters, '{}')::text as parameters, steps.open, steps.number,
       case
           when task.process_id is null then 'is not known'
           when $2 = 'cancel' and task.status <> 2 then 'has ended'
           when $2 in ('resume', 'rerun') and task.status = 2 then 'is waiting or running'
           when $2 = 'resume' and task.status = 0 then 'succeeded'
           when $2 = 'resume' and steps.number = 0 then 'was one piece, all of which is undone'
           when $2 = 'rerun' and task.process_module <> 'framework|data' then 'is no run of tables'
           when $2 <> 'rerun' and task.process_by <> dfa.session_role() and not pg_has_role('dfa_admin', 'member')
               then format('belongs to role %I', task.process_by)
       end as refusal
from unnest($1) with ordinality as given (process_id, place)
     left join dfa.task_process as task using (process_id)
     cross join lateral (
         select count(*) as number, count(*) filter (where state not in ('SUCCESS', 'SKIPPED')) as open
         from dfa.task_step as step where step.process_id = given.process_id
     ) as steps
order by given.place
