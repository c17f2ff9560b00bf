-- The tasks of chain $1 in their order, and why one cannot be carried over.
select coalesce(nullif(task.task_name::text, ''), 'task_' || task.task_id) as name, task.command::text as command,
       case
           when task.kind::text <> 'SQL' then format('it is a %s, and a process is SQL', lower(task.kind::text))
           when coalesce(task.database_connection::text, '') <> '' then 'it connects to another database'
           when exists (select from timetable.parameter as parameter
                        where parameter.task_id = task.task_id and parameter.value is not null
                          and parameter.value not in ('null'::jsonb, '[]'::jsonb))
               then 'it has parameters: write their values into its SQL'
       end as left
from timetable.task as task
where task.chain_id = $1
order by task.task_order, task.task_id
