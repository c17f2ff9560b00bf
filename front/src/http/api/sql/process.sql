-- Task $1 with $2 of its steps, those after number $3; and its status. An unknown task is an error of dfa.process_status.
select json_build_object(
           'message', coalesce(progress.message, ''),
           'process_id', progress.process_id,
           'status', progress.status,
           'ps_status', case progress.status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end,
           'process_time', progress.process_time,
           'percent', progress.percent,
           'percent_status', format('[%s%s] %s %%', repeat('#', (progress.percent / 5)::integer),
                                    repeat('.', 20 - (progress.percent / 5)::integer), progress.percent),
           'logging', coalesce(counted.rows, 0),
           'name', progress.name,
           'node', progress.node,
           'run_date', progress.run_date,
           'module', task.process_module,
           'type', task.process_type,
           'run_mode', task.run_mode,
           'run_dates', coalesce(to_json(string_to_array(task.run_date_put, ',')), '[]'::json),
           'by', task.process_by,
           'created_at', task.created_at,
           'finished_at', task.finished_at,
           'steps_finished', progress.steps_finished,
           'steps_total', progress.steps,
           'next', case when paged.number >= $2 and paged.last < counted.last then paged.last end,
           'steps', paged.list
       )::text as answer,
       progress.status
from dfa.process_status($1) as progress
     join dfa.task_process as task using (process_id)
     cross join lateral (
         select sum(rows)::bigint as rows, max(step_order) as last
         from dfa.task_step as step
         where step.process_id = progress.process_id
     ) as counted
     cross join lateral (
         select count(*) as number, max(step_order) as last,
                coalesce(json_agg(json_build_object(
                    'order', step_order, 'run_date', step.run_date, 'node', step.node, 'state', state,
                    'attempts', attempts, 'rows', rows, 'process_rows', process_rows,
                    'process_time', step.process_time, 'started_at', started_at, 'finished_at', step.finished_at,
                    'message', step.message, 'error', error
                ) order by step_order), '[]'::json) as list
         from (select * from dfa.task_step as step
               where step.process_id = progress.process_id and step_order > $3
               order by step_order
               limit $2) as step
     ) as paged
