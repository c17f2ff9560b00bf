-- The log by the time it was written ($1 is no other) and id from ($2, $3) on, $4 rows: of table $5, of action $6, with status
-- $7, of run dates $8 to $9, with text $10 in the message. Index data_logging_recent serves it, data_logging_table for a table.
select json_build_object(
           'table_name', table_name, 'run_date', run_date, 'action', action_type,
           'state', case status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end,
           'rows', row_record, 'seconds', process_time, 'update_date', update_date, 'process_id', process_id, 'by', logged_by,
           'message', left(replace(coalesce(message, ''), E'\n', ' '), 300)
       )::text as row,
       to_char(update_date at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, id::text as name
from dfa.data_logging
where $1::text is not null
  and ($3::text is null or (update_date, id) {beyond} ($2::text::timestamp at time zone 'UTC', $3::bigint))
  and ($5::text is null or table_name = $5)
  and ($6::text is null or action_type::text = $6)
  and ($7::text is null or status = $7::smallint)
  and ($8::text is null or run_date >= $8::date)
  and ($9::text is null or run_date <= $9::date)
  and ($10::text is null or strpos(lower(message), lower($10)) > 0)
order by update_date {direction}, id {direction}
limit $4
