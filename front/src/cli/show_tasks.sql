-- The last tasks of the table or pipeline $1. Index task_process_name serves it.
select process_id, process_module as module, run_date_put as run_dates,
       case status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end as status, process_time::float8 as seconds,
       process_message as message
from dfa.task_process
where process_name_put = $1
order by created_at desc, process_id desc
limit 5
