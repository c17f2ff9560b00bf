-- Tasks, with the conditions of http/task_list.rs. Index task_process_recent serves the newest, task_process_name one name, the
-- primary key an id. Of a message nobody reads more in a list.
select process_id, process_name_put as name,
       replace(replace(process_module, 'framework|', ''), 'data|', '') as module, run_mode,
       case when status = 0 then 'SUCCESS' when cancelled_at is not null and status = 1 then 'CANCELLED'
            when status = 1 then 'FAILED' else 'PROCESSING' end as state,
       (case when status = 2 then extract(epoch from now() - created_at) else process_time end)::double precision as seconds,
       process_number_put as steps, process_number_get as done, process_by as by, coalesce(person, process_by) as person, way,
       created_at, finished_at, run_date_put, left(process_message, 2000) as process_message
from dfa.task_process
where true{where}
