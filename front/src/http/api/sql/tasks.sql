-- Tasks by the time they were begun ($1 is no other) and process_id from ($2, $3) on, $4 of them; filters from $5 on, made by
-- task_list.rs. Index task_process_recent serves it, task_process_name for one name, the primary key for an id. A process_id
-- holds the local time of whoever began the task, and so does not sort.
select json_build_object(
           'process_id', process_id, 'name', process_name_put, 'type', process_type, 'module', process_module,
           'run_mode', run_mode, 'run_dates', coalesce(to_json(string_to_array(run_date_put, ',')), '[]'::json),
           'status', status, 'message', process_message, 'process_time', process_time,
           'number_put', process_number_put, 'number_get', process_number_get, 'by', process_by, 'person', coalesce(person, process_by), 'way', way, 'parent', parent,
           'created_at', created_at, 'finished_at', finished_at
       )::text as row,
       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, process_id as name
from dfa.task_process
where ($3::text is null or (created_at, process_id) {beyond} ($2::text::timestamp at time zone 'UTC', $3::text))
  and $1::text is not null
  -- A key that is for everything, as nearly all are, costs no call for each row.
  and (coalesce(current_setting('dfa.key_patterns', true), '') = '' or dfa.key_covers(process_name_put)){filters}
order by created_at {direction}, process_id {direction}
limit $4
