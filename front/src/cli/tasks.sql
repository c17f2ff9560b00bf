-- The last $2 tasks, of pipeline or table $1 (null: any).
select process_id, process_name_put, run_mode, run_date_put,
       case status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end,
       process_time::float8, process_message
from dfa.task_process
where $1::text is null or process_name_put = $1
order by created_at desc
limit $2
