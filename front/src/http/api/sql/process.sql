-- Task $1 with its steps.
select json_build_object(
           'message', coalesce(task.process_message, ''),
           'process_id', task.process_id,
           'status', task.status,
           'process_time', task.process_time,
           'percent', case when task.status = 0 then 100 when counted.steps = 0 then 0
                          else floor(1000.0 * counted.done / counted.steps) / 10 end,
           'logging', coalesce(counted.rows, 0),
           'name', task.process_name_put,
           'module', task.process_module,
           'run_mode', task.run_mode,
           'run_dates', coalesce(to_json(string_to_array(task.run_date_put, ',')), '[]'::json),
           'by', task.process_by,
           'created_at', task.created_at,
           'finished_at', task.finished_at,
           'node', counted.node,
           'steps', counted.list
       )
from dfa.task_process as task
     cross join lateral (
         select count(*) as steps,
                count(*) filter (where state not in ('WAITING', 'PROCESSING')) as done,
                sum(rows)::bigint as rows,
                min(node) filter (where state = 'PROCESSING') as node,
                coalesce(json_agg(json_build_object(
                    'order', step_order, 'run_date', run_date, 'node', node, 'state', state, 'attempts', attempts,
                    'rows', rows, 'process_rows', process_rows, 'process_time', process_time,
                    'started_at', started_at, 'finished_at', finished_at, 'message', message, 'error', error
                ) order by step_order), '[]'::json) as list
         from dfa.task_step as step
         where step.process_id = task.process_id
     ) as counted
where task.process_id = $1
