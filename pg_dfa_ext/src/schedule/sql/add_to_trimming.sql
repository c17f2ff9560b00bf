-- Adds rows $3 of tables $2 to what the message of the caller's task of module $1 says was trimmed today; no row where there
-- is no such task yet.
with today as materialized (
    select process_id, process_message
    from dfa.task_process
    where process_name_put = 'logs' and process_module = $1 and process_by = dfa.session_role()
      and created_at >= dfa.today()::timestamp at time zone dfa.time_zone()
    order by created_at desc
    limit 1
),
summed as (
    select process_id, counted.*
    from today
         cross join lateral (
             select sum(rows) as total, string_agg(format('%s: %s', table_name, rows), ', ' order by table_name) as listed
             from (select table_name, sum(rows) as rows
                   from (select said[1] as table_name, said[2]::bigint as rows
                         from regexp_matches(process_message, '(\w+): (\d+)', 'g') as said
                         union all
                         select * from unnest($2, $3)) as part (table_name, rows)
                   group by table_name) as one
         ) as counted
)
update dfa.task_process as task
set process_number_put = least(total, 2147483647), process_number_get = least(total, 2147483647),
    process_message = 'Success: older than dfa.log_retention, went: ' || listed,
    update_date = clock_timestamp(), finished_at = clock_timestamp()
from summed
where task.process_id = summed.process_id
returning task.process_id
