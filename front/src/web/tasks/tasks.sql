-- Tasks for the page: as front/src/http/api/sql/tasks.sql, which says what the parameters are, with what a list shows.
select json_build_object(
           'process_id', process_id, 'name', process_name_put,
           'module', replace(replace(process_module, 'framework|', ''), 'data|', ''), 'run_mode', run_mode,
           'run_dates', case when dates.last is null or dates.first = dates.last then dates.first
                             else dates.first || ' … ' || dates.last end,
           'dates', dates.number,
           'state', case when status = 0 then 'SUCCESS' when cancelled_at is not null and status = 1 then 'CANCELLED'
                         when status = 1 then 'FAILED' else 'PROCESSING' end,
           'message', left(replace(regexp_replace(coalesce(process_message, ''), '^(\[ run_date: [^]]* \]\s*)?(Error: )?', ''), E'\n', ' '), 200),
           'seconds', case when status = 2 then extract(epoch from clock_timestamp() - created_at) else process_time end,
           'steps', process_number_put, 'done', process_number_get, 'by', process_by, 'created_at', created_at
       )::text as row,
       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, process_id as name
from dfa.task_process
     cross join lateral (
         select coalesce(min(date), '') as first, max(date) as last, count(*) as number
         from unnest(string_to_array(run_date_put, ',')) as date
     ) as dates
where ($3::text is null or (created_at, process_id) {beyond} ($2::text::timestamp at time zone 'UTC', $3::text))
  and $1::text is not null{filters}
order by created_at {direction}, process_id {direction}
limit $4
