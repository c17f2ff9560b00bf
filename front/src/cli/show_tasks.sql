-- The last tasks of the table or pipeline $1, also those that ran the table as a node of a pipeline. Indexes task_process_name and
-- task_step_node serve it.
select process_id, case pg_catalog.split_part(process_module, '|', 2) when 'data' then coalesce(run_mode::pg_catalog.text, 'run')
            else pg_catalog.split_part(process_module, '|', 2) end as action, run_date_put as run_dates,
       case status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end as status, process_time::pg_catalog.float8 as seconds,
       process_message as message
from dfa.task_process
where process_name_put = $1
   or process_id in (select process_id from dfa.task_step where node = $1 order by run_date desc limit 50)
order by created_at desc, process_id desc
limit 5
