-- Tasks by process_id ($1 is no other) from $3 on ($2 is the same), $4 of them; status $5, name $6, module $7.
-- The primary key serves it: a process_id begins with its time.
select json_build_object(
           'process_id', process_id, 'name', process_name_put, 'type', process_type, 'module', process_module,
           'run_mode', run_mode, 'run_dates', coalesce(to_json(string_to_array(run_date_put, ',')), '[]'::json),
           'status', status, 'message', process_message, 'process_time', process_time,
           'number_put', process_number_put, 'number_get', process_number_get, 'by', process_by,
           'created_at', created_at, 'finished_at', finished_at
       )::text, $1::text, process_id
from dfa.task_process
where ($3::text is null or process_id {beyond} $3) and $2::text is not distinct from $2
  and ($5::text is null or status = $5::smallint)
  and ($6::text is null or process_name_put = $6)
  and ($7::text is null or process_module like '%|' || $7)
order by process_id {direction}
limit $4
